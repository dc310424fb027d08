"""One pool of threads for everything that is simulated side by side, with one way to cancel.

Threads are enough: the compiled engine releases the interpreter. A task that runs cannot be stopped in the middle, one that
waits can. So whatever ends the work early, an interrupt or an error, what has not started is cancelled, and nobody waits for
what has.
"""

import contextlib
import os
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from sim.errors import UserError

AHEAD = 4  # tasks handed over per thread, so that a large design does not fill memory with waiting work

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")


def threads(workers: int | None) -> int:
    """Threads to use: as asked, else the processors that this process may use. Raises `UserError` if out of bounds."""
    if workers is None:
        affinity = getattr(os, "sched_getaffinity", None)  # Linux; containers often have fewer than cpu_count
        return len(affinity(0)) if affinity else os.cpu_count() or 1
    if not 1 <= workers <= 1024:
        raise UserError(f"workers: {workers} is outside 1 to 1024")
    return workers


@dataclass(frozen=True)
class Lost(Generic[Key, Found]):
    """What becomes of a task that ends the process it runs in, as one may on a cluster.

    split: smaller tasks instead, none if it is the smallest; failed: its result, with the reason in words.
    """

    split: Callable[[Key], list[tuple[Key, Callable[[], Found]]]]
    failed: Callable[[Key, str], Found]


class LostWorkersError(UserError):
    """A task has ended every process that it ran in."""


class ClusterError(UserError):
    """There is nobody left to run tasks."""


class Pool:
    """What runs tasks, *width* at a time. Without an executor they run one after the other, in the thread that asks."""

    def __init__(self, width: int, executor: Executor | None = None) -> None:
        self._width, self._executor = width, executor

    @property
    def width(self) -> int:
        """Tasks at a time."""
        return self._width

    def call(self, task: Callable[[], Found]) -> Found:
        """One task, for a thread that waits for it: threads have that one already."""
        return task()

    def submit(self, task: Callable[[], Found]) -> Future[Found]:
        """Hand a task over."""
        assert self._executor is not None
        return self._executor.submit(task)

    def run(
        self,
        tasks: Iterable[tuple[Key, Callable[[], Found]]],
        keep: Callable[[Key, Found], None],
        *,
        rescue: bool = False,
        lost: Lost[Key, Found] | None = None,
    ) -> None:
        """Run all *tasks*, (key, task) each, and call *keep* with key and result as they end, in this thread.

        If something goes wrong, an interrupt included, what has not started is cancelled; with *rescue* what is finished by
        then is kept before the exception goes on. *lost* is of use on a cluster only: a thread cannot die alone.
        """
        if self._executor is None and type(self) is Pool:
            for key, task in tasks:
                keep(key, task())
            return
        rest = iter(tasks)
        waiting: dict[Future[Found], Key] = {}
        try:
            while True:
                for key, task in islice(rest, max(0, AHEAD * self.width - len(waiting))):
                    waiting[self.submit(task)] = key
                if not waiting:
                    return
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    key = waiting.pop(future)
                    error = future.exception()
                    if lost is None or not isinstance(error, LostWorkersError):
                        keep(key, future.result())
                    elif pieces := lost.split(key):
                        waiting |= {self.submit(task): piece for piece, task in pieces}
                    else:
                        keep(key, lost.failed(key, str(error)))
        except BaseException:
            for future in waiting:
                future.cancel()
            for future, key in waiting.items() if rescue else ():
                if future.done() and not future.cancelled() and future.exception() is None:
                    keep(key, future.result())
            raise


@contextlib.contextmanager
def pool(workers: int | None) -> Iterator[Pool]:
    """A pool of so many threads (default: the processors of this process)."""
    width = threads(workers)
    if width == 1:
        yield Pool(1)
        return
    executor = ThreadPoolExecutor(width, thread_name_prefix="orgsim")
    try:
        yield Pool(width, executor)
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        raise
    else:
        executor.shutdown()
