"""The pool of threads: everything is done once, and whatever ends it early cancels what waits."""

import threading
import time
from functools import partial

import pytest

from sim.errors import UserError
from sim.simulation.parallel import AHEAD, pool, threads


@pytest.mark.parametrize("workers", [1, 3])
def test_every_task_is_done_once_and_kept_in_the_thread_that_asks(workers):
    kept = {}

    def keep(k, found):
        assert threading.current_thread() is threading.main_thread()
        assert k not in kept
        kept[k] = found

    with pool(workers) as side_by_side:
        side_by_side.run(((k, partial(pow, k, 2)) for k in range(50)), keep)
    assert kept == {k: k * k for k in range(50)}


@pytest.mark.parametrize("rescue", [False, True])
def test_an_interrupt_cancels_what_waits_and_rescues_what_is_finished(rescue):
    started, kept = [], []

    def task(k):
        started.append(k)
        time.sleep(0.01)
        return k

    def keep(k, _):
        kept.append(k)
        if len(kept) == 1:
            time.sleep(0.1)  # meanwhile others finish
            raise KeyboardInterrupt

    def again(k, found):
        if kept:
            kept.append(k)
        else:
            keep(k, found)

    with pytest.raises(KeyboardInterrupt), pool(2) as side_by_side:
        side_by_side.run(((k, partial(task, k)) for k in range(500)), again, rescue=rescue)
    assert len(started) <= 2 * AHEAD
    assert (len(kept) > 1) == rescue
    assert len(set(kept)) == len(kept)


def test_tasks_are_made_only_as_far_ahead_as_needed():
    made, most = [], []

    def tasks():
        for k in range(100):
            made.append(k)
            yield k, partial(int, k)

    with pool(2) as side_by_side:
        side_by_side.run(tasks(), lambda k, _: most.append(len(made) - len(most)))
    assert max(most) <= 2 * AHEAD
    assert len(most) == 100


@pytest.mark.parametrize("workers", [0, -1, 1025])
def test_a_number_of_threads_that_cannot_be_is_refused(workers):
    with pytest.raises(UserError, match=f"workers: {workers} is outside 1 to 1024"):
        threads(workers)
