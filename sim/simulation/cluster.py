"""The workers of a dask cluster, used as a pool.

Before it gets a task every worker proves itself (`sim.simulation.proof`), also one that joins later; one that computes otherwise
is named and not used. Tasks are handed to a worker by name, one more than it has threads, so it is known what a worker that dies
was doing. A task that was running on a worker that died is tried again on a worker of its own; one that has ended `STRIKES`
workers is given up. Everything about workers is done by one thread; results come back as futures.
"""

import contextlib
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from sim.errors import UserError
from sim.simulation.parallel import ClusterError, Found, LostWorkersError, Pool
from sim.simulation.proof import differences, proof, stated

STRIKES = 3  # workers that a task may end
LOOK = 1.0  # seconds between two looks at who is there
PATIENCE = 10.0  # seconds in which a scheduler should answer
LOOKS_LOST = 2  # looks without an answer after which it is given up


@dataclass(eq=False)
class _Request:
    """A task, what waits for its result, and how many workers it has ended. at: the dask future while it is with a worker."""

    task: Callable[[], Any]
    result: "Future[Any]"
    strikes: int = 0
    at: Any = None


@dataclass
class _Worker:
    """A worker of the cluster. told: None until it has proved itself; '' if it may be used, else why not."""

    threads: int
    proving: Any = None
    told: str | None = None
    running: list[_Request] = field(default_factory=list)

    @property
    def alone(self) -> bool:
        """It has a task that has ended workers: it gets no other."""
        return any(request.strikes for request in self.running)


class Cluster(Pool):
    """Runs tasks on the workers of a cluster. wait: seconds without a worker after which everything is given up.

    known: what the folder's runs were computed with, None if there are none: then the first worker decides, and *note* is told.
    say: is told of workers that are not used.
    """

    def __init__(
        self,
        client: Any,
        address: str,
        wait: float,
        known: Mapping[str, object] | None,
        note: Callable[[Mapping[str, object]], None],
        say: Callable[[str], None],
    ) -> None:
        super().__init__(1)
        self._client, self._address, self._wait = client, address, wait
        self._known, self._note, self._say = known, note, say
        self._workers: dict[str, _Worker] = {}
        self._waiting: deque[_Request] = deque()
        self._events: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._first: Future[None] = Future()  # done when a worker can be used
        self._seen = time.monotonic()  # when there was one
        self._silent = 0
        self._error: UserError | None = None
        self._thread = threading.Thread(target=self._manage, name="orgsim-cluster", daemon=True)
        self._thread.start()

    @property
    def width(self) -> int:
        """Threads of the workers that may be used."""
        return max(1, sum(worker.threads for worker in list(self._workers.values()) if worker.told == ""))

    def wait_for_workers(self) -> None:
        """Wait for the first worker that may be used. Raises UserError if there is none in time."""
        self._first.result()

    def call(self, task: Callable[[], Found]) -> Found:
        """One task, for a thread that waits for it."""
        return self.submit(task).result()

    def submit(self, task: Callable[[], Found]) -> "Future[Found]":
        """Hand a task over."""
        request = _Request(task, Future())
        self._events.put(lambda: self._waiting.append(request))
        return request.result

    def close(self) -> None:
        """Give up what is not finished."""
        self._events.put(None)
        self._thread.join(timeout=5)

    # ---- the thread

    def _manage(self) -> None:
        looked = -LOOK
        while True:
            with contextlib.suppress(queue.Empty):
                event = self._events.get(timeout=LOOK / 4)
                if event is None:
                    self._cancel_all()
                    return
                event()
                continue  # all that has happened, before anything is decided
            try:
                if time.monotonic() - looked >= LOOK:
                    looked = time.monotonic()
                    self._look()
                self._hand_out()
            except UserError as error:
                self._error = error
            except Exception as error:  # of dask, whose kinds are many
                self._error = ClusterError(f"--cluster {self._address}: {type(error).__name__}: {error}")
            if self._error is not None:
                self._give_up(self._error)

    def _look(self) -> None:
        """Who is there, who has gone, who is new."""
        threads = self._threads()
        if threads is None:
            return
        for address in set(self._workers) - set(threads):
            self._lose(self._workers.pop(address))
        for address in set(threads) - set(self._workers):
            worker = self._workers[address] = _Worker(threads[address])
            wanted = (self._known or stated())["source"]
            worker.proving = self._client.submit(proof, wanted, workers=[address], pure=False)
            worker.proving.add_done_callback(
                lambda future, address=address: self._events.put(lambda: self._proved(address, future))
            )
        now = time.monotonic()
        if any(worker.told == "" for worker in self._workers.values()):
            self._seen = now
        elif any(worker.told is None for worker in self._workers.values()):
            self._seen = max(self._seen, now - self._wait / 2)  # it may have to compile first
        elif now - self._seen > self._wait:
            refused = [f"{at}: {one.told}" for at, one in self._workers.items() if one.told]
            why = f"; not used: {'; '.join(refused)}" if refused else ""
            raise ClusterError(
                f"--cluster {self._address}: no worker that can be used in {self._wait:.0f} seconds{why}; start workers with "
                f"`dask worker {self._address}` where orgsim is installed, or wait longer with --cluster-wait"
            )

    def _threads(self) -> dict[str, int] | None:
        """Address -> threads of the workers; None if the scheduler did not answer. Raises ClusterError if it is lost."""
        try:
            found: dict[str, int] = self._client.sync(
                self._client.scheduler.ncores, workers=None, callback_timeout=PATIENCE
            )
        except Exception as error:
            self._silent += 1
            if self._silent >= LOOKS_LOST or self._client.status in ("closed", "closing"):
                raise ClusterError(
                    f"--cluster {self._address}: the scheduler is lost ({type(error).__name__}); what is finished is kept, and "
                    f"the same command continues from there"
                ) from None
            return None
        self._silent = 0
        return dict(found)

    def _proved(self, address: str, future: Any) -> None:
        """A worker says what it computes with, or cannot."""
        worker = self._workers.get(address)
        if worker is None or worker.proving is not future:
            return
        try:
            found = future.result(timeout=PATIENCE)
            # What runs here is sent there: without a folder that says more, sources and versions have to be the same.
            worker.told = differences(self._known or stated(), found)
        except Exception as error:
            text = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            worker.told = f"it cannot prove what it computes with ({text})"
        worker.proving = None
        if worker.told:
            self._say(f"Worker {address} is not used: {worker.told}")
            return
        if self._known is None:
            self._known = found
            self._note(found)
        if not self._first.done():
            self._first.set_result(None)

    def _lose(self, worker: _Worker) -> None:
        """A worker has gone: what it may have been running is tried again alone, the rest as it comes."""
        for k, request in enumerate(worker.running):
            future, request.at = request.at, None
            with contextlib.suppress(Exception):
                future.cancel()
            request.strikes += k < worker.threads
            if request.result.done():
                continue
            if request.strikes >= STRIKES:
                request.result.set_exception(
                    LostWorkersError(f"ended every worker that it ran on ({STRIKES} of them)")
                )
            else:
                self._waiting.appendleft(request)

    def _hand_out(self) -> None:
        """Give waiting tasks to the workers."""
        usable = {at: one for at, one in self._workers.items() if one.told == "" and not one.alone}
        suspects = [request for request in self._waiting if request.strikes]
        for request in suspects:
            if not usable:
                return
            at, worker = min(usable.items(), key=lambda item: len(item[1].running))
            del usable[at]  # it empties first
            if not worker.running:
                self._waiting.remove(request)
                self._give(at, worker, request)
        for at, worker in usable.items():
            while len(worker.running) <= worker.threads:
                following = next((one for one in self._waiting if not one.strikes), None)
                if following is None:
                    return
                self._waiting.remove(following)
                if not following.result.cancelled():
                    self._give(at, worker, following)

    def _give(self, address: str, worker: _Worker, request: _Request) -> None:
        future = self._client.submit(request.task, workers=[address], pure=False, retries=0)
        request.at = future
        worker.running.append(request)
        future.add_done_callback(lambda done: self._events.put(lambda: self._done(address, request, done)))

    def _done(self, address: str, request: _Request, future: Any) -> None:
        """A task has ended, somehow."""
        worker = self._workers.get(address)
        if request.at is not future or worker is None:
            return  # of a worker that is gone
        if future.status in ("cancelled", "lost") or "KilledWorker" in str(
            type(future.exception(timeout=PATIENCE))
        ):
            return  # the next look finds that the worker has gone
        worker.running.remove(request)
        request.at = None
        if request.result.done():
            return
        try:
            found = future.result(timeout=PATIENCE)
        except Exception as error:
            if future.status == "error":
                request.result.set_exception(error)
            else:  # it was done, and its result is lost on the way
                self._waiting.appendleft(request)
            return
        request.result.set_result(found)

    def _give_up(self, error: UserError) -> None:
        """Tell everybody who waits."""
        requests = [*self._waiting, *(r for worker in self._workers.values() for r in worker.running)]
        self._waiting.clear()
        for worker in self._workers.values():
            worker.running.clear()
        for request in requests:
            if not request.result.done():
                request.result.set_exception(error)
        if not self._first.done():
            self._first.set_exception(error)

    def _cancel_all(self) -> None:
        for worker in self._workers.values():
            for request in worker.running:
                with contextlib.suppress(Exception):
                    request.at.cancel()


@contextlib.contextmanager
def cluster(
    address: str,
    wait: float,
    known: Mapping[str, object] | None,
    note: Callable[[Mapping[str, object]], None],
    say: Callable[[str], None],
) -> Iterator[Cluster]:
    """The workers of the cluster whose scheduler has that address. See `Cluster`. Raises UserError."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said in a sentence
    client = _client(address, wait)
    try:
        workers = Cluster(client, address, wait, known, note, say)
        try:
            workers.wait_for_workers()
            yield workers
        finally:
            workers.close()
    finally:
        with contextlib.suppress(Exception):
            client.close(timeout=2)


def _client(address: str, wait: float) -> Any:
    try:
        from distributed import Client  # here, because it is an extra that few have installed
    except ImportError:
        raise UserError(
            "--cluster needs dask.distributed, which is not installed; install it with: pip install 'orgsim[cluster]'"
        ) from None
    try:
        return Client(address, timeout=wait, set_as_default=False)  # type: ignore[no-untyped-call]  # dask says no types
    except (OSError, ValueError) as error:
        raise UserError(f"--cluster {address}: no dask scheduler answers there ({error})") from error
