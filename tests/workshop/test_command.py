"""The real command: it starts, answers on this machine, and ends in order; without its packages it says how to get them."""

import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from helpers.cli import clean, environment, orgsim


def started(*args):
    return subprocess.Popen(
        [sys.executable, "-m", "cli", "workshop", *args],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
    )  # fmt: skip


def address_of(process, seconds=60):
    """The address that the command prints."""
    assert select.select([process.stdout], [], [], seconds)[0], "nothing was printed"
    line = process.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+/", line)
    assert found, line
    return found.group()


@pytest.mark.skipif(os.name == "nt", reason="needs signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_it_answers_on_any_free_port_and_ends_in_order(number):
    pytest.importorskip("starlette", reason="needs the extra 'workshop': pip install -e '.[workshop]'")
    process = started("--port", "0")
    try:
        address = address_of(process)
        with urllib.request.urlopen(address, timeout=20) as answer:
            page = answer.read().decode()
            assert answer.headers["server"] is None
        assert "does a flatter organisation deliver more?" in page
        asked = time.monotonic()
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        assert time.monotonic() - asked < 10
    finally:
        process.kill()
    assert process.returncode == 0, err
    assert out.endswith("Stopped.\n")
    assert "Traceback" not in err
    assert err == ""


def test_a_port_that_is_taken_is_said(tmp_path):
    pytest.importorskip("starlette", reason="needs the extra 'workshop': pip install -e '.[workshop]'")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = orgsim("workshop", "--port", str(port), cwd=tmp_path)
    assert result.returncode == 2
    assert f"--port {port}: 127.0.0.1:{port} cannot be opened" in result.stderr
    assert "use another port, or --port 0" in result.stderr
    assert clean(result)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_lesson_is_said():
    pytest.importorskip("starlette", reason="needs the extra 'workshop': pip install -e '.[workshop]'")
    result = orgsim("workshop", "flat-or-steep")
    assert result.returncode == 2
    assert "'flat-or-steep' is no lesson" in result.stderr
    assert clean(result)


def test_without_the_extra_it_says_how_to_install_it():
    code = (
        "import sys, cli, importlib.util as u; find = u.find_spec;"
        "u.find_spec = lambda name, *a: None if name in ('starlette', 'uvicorn') else find(name, *a);"
        "sys.exit(cli.execute(['workshop']))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=False
    )
    assert result.returncode == 2
    assert result.stderr == (
        "Error: the workshop needs packages that are not installed (starlette, uvicorn); install them with: "
        "pip install 'orgsim[workshop]'\n"
    )
