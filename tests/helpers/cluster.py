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
from helpers.fake_engine import Engine

QUIET = ["--no-dashboard", "--host", "127.0.0.1"]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Remote(Engine):
    """A stand-in that can be sent to a worker. seconds: of every run; deadly: layers, AI share and number of the run that kills."""

    def __init__(self, seconds=0.0, deadly=None):
        self.seconds, self.deadly = seconds, deadly
        super().__init__()

    def __getstate__(self):
        return self.seconds, self.deadly

    def __setstate__(self, state):
        self.__init__(*state)

    def __call__(self, scenario, runs=100, seed=1, *, first_run=0, **options):
        until_cpu = time.thread_time() + self.seconds * runs  # blocks are cut by processor time
        while time.thread_time() < until_cpu:
            pass
        at = scenario.organisation.management_layers, scenario.values["ai.share_of_code"]
        if (
            self.deadly is not None
            and at == self.deadly[:2]
            and self.deadly[2] in range(first_run, first_run + runs)
        ):
            os._exit(9)
        return super().__call__(scenario, runs, seed, first_run=first_run, **options)


class Local:
    """A scheduler and its workers."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.started = folder, []
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = self._start("dask_scheduler", *QUIET, "--port", str(port))
        until(lambda: answers(port))

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


def answers(port: int) -> bool:
    """Somebody listens there."""
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


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
