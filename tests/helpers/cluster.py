"""A dask cluster on the loopback, in processes of their own, as two commands start it."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from helpers.cli import environment

QUIET = ["--no-dashboard", "--host", "127.0.0.1"]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Local:
    """A scheduler and its workers."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.started = folder, []
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = self._start("dask_scheduler", *QUIET, "--port", str(port))

    def worker(self, *, nanny: bool = False, threads: int = 1, package: Path | None = None, **changes: str):
        """Start a worker. package: a folder with other sources; changes: of its environment."""
        if package is not None:
            changes["PYTHONPATH"] = os.pathsep.join([str(package), environment()["PYTHONPATH"]])
        options = ["--nthreads", str(threads), "--nanny" if nanny else "--no-nanny", "--memory-limit", "0"]
        options += ["--local-directory", str(self.folder)]
        return self._start("dask_worker", self.address, *QUIET, *options, **changes)

    def _start(self, module: str, *args: str, **changes: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{module}", *args], cwd=self.folder,
            env=environment(**changes), stdout=subprocess.DEVNULL, stderr=(self.folder / "dask.log").open("a"),
        )  # fmt: skip
        self.started.append(process)
        return process

    def close(self) -> None:
        for process in reversed(self.started):
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        for process in self.started:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def local(folder: Path) -> Iterator[Local]:
    """A cluster for the time of the block."""
    started = Local(folder)
    try:
        yield started
    finally:
        started.close()


def until(what, seconds: float = 120.0):
    """Wait until something is true; return it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen")
