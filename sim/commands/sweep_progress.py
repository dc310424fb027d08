"""How far a sweep is: a bar where somebody looks, else a line a minute."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sim.experiments.sweep.work import State

EVERY = 60.0  # seconds between two lines
EVERY_LOOK = 2.0  # between two looks at what comes out, where there is a bar


@contextlib.contextmanager
def sweep_progress() -> Iterator[Callable[["State"], None]]:
    """Yield what is told of the progress."""
    if not sys.stderr.isatty():
        yield Lines()
        return
    import shutil

    from tqdm import tqdm

    width = min(160, shutil.get_terminal_size().columns - 1)
    with tqdm(unit=" runs", file=sys.stderr, leave=False, ncols=width) as bar:
        yield Bar(bar)


class Bar:
    """A bar with the rate of the runs that are simulated now, the time left, and what comes out so far."""

    def __init__(self, bar: Any) -> None:
        self._bar, self._looked = bar, 0.0

    def __call__(self, state: "State") -> None:
        """So far it is."""
        self._bar.total, self._bar.initial = state.planned, state.reused
        now = time.monotonic()
        if now - self._looked >= EVERY_LOOK:
            self._looked = now
            self._bar.set_postfix_str(state.headline(), refresh=False)
        self._bar.update(state.done - self._bar.n)


class Lines:
    """A line now and then: runs, rate, time left, and what comes out so far. Nothing within the first minute.

    Rate and time left are counted from the first runs that come out: before them the engine is compiled, once.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, say: Callable[[str], None] | None = None
    ) -> None:
        self._clock = clock
        self._say = say or (lambda line: click.echo(line, err=True))
        self._said = clock()
        self._first: tuple[float, int] | None = (
            None  # when the first runs came out, and how many are done by then
        )

    def __call__(self, state: "State") -> None:
        """So far it is."""
        now = self._clock()
        if self._first is None and state.done > state.reused:
            self._first = now, state.done
        if now - self._said < EVERY or state.done >= state.planned:
            return
        from sim.experiments.sweep.planning import span

        self._said = now
        began, before = self._first or (now, state.done)
        rate = (state.done - before) / (now - began) if now > began else 0.0
        left = (
            f", {rate:,.3g} a second, about {span((state.planned - state.done) / rate)} left"
            if rate > 0
            else ""
        )
        headline = state.headline()
        comes_out = f"; {headline}" if headline else ""
        self._say(f"{state.done:,} of {state.planned:,} runs{left}{comes_out}")
