"""Options, progress and output that the commands share."""

import json
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from sim.errors import UserError, percent_hint
from sim.text.plain import jsonable

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

MAX_RUNS = 100_000
_SHOWN_FAILURES = 10


class InterruptedByUserError(Exception):
    """Ctrl-C. The message says what was kept."""


@contextmanager
def keeping(what: str | Callable[[], str]) -> Iterator[None]:
    """Turn Ctrl-C inside the block into `InterruptedByUserError` with a sentence about what is kept, or what gives one."""
    try:
        yield
    except KeyboardInterrupt:
        raise InterruptedByUserError(what if isinstance(what, str) else what()) from None


# ---- options

FRESH = "Replace earlier results of orgsim in that folder, once the new ones are whole."  # help of --fresh


class WholeNumber(click.ParamType):  # type: ignore[type-arg]  # older releases of click, allowed too, have no parameter
    """A whole number from `low` to `high`, both included."""

    name = "whole number"

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; click's error with what was given and what is possible otherwise."""
        try:
            number = int(value)
        except ValueError:
            self.fail(f"{str(value)[:80]!r} is not a whole number; use {self._span}", param, ctx)
        if not self.low <= number <= self.high:
            self.fail(f"{number:,} is outside {self._span}", param, ctx)
        return number

    @property
    def _span(self) -> str:
        return f"{self.low:,} to {self.high:,}"


def _no_percent(_: click.Context, __: click.Parameter, sets: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse ``60%``: no value is a percentage, shares are written as fractions."""
    for text in sets:
        hint = percent_hint(text.partition("=")[2].strip())
        if hint:
            raise UserError(f"--set {text[:200]}: {hint}")
    return sets


def sets_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--set path=value``, repeatable."""
    return click.option(
        "--set", "sets", multiple=True, metavar="PATH=VALUE", callback=_no_percent,
        help="Override a parameter or setting, for example ai.share_of_code=0.5. Repeatable.",
    )(function)  # fmt: skip


def runs_option(default: int | None = 100) -> Callable[..., Any]:
    """``--runs N``."""
    return click.option(
        "--runs", type=WholeNumber(1, MAX_RUNS), default=default, show_default=default is not None, metavar="N",
        help=f"Number of runs, 1 to {MAX_RUNS:,}.",
    )  # fmt: skip


def seed_option(default: int | None = 1) -> Callable[..., Any]:
    """``--seed N``."""
    return click.option(
        "--seed", type=WholeNumber(0, 2**32 - 1), default=default, show_default=default is not None, metavar="N",
        help="Seed of the dice; run r of every scenario uses the key (seed, r).",
    )  # fmt: skip


def simulation_options(runs: int, out: str, fresh: str = FRESH) -> Callable[..., Any]:
    """The argument SCENARIO and the options of commands that simulate one scenario. out, fresh: their help."""
    options = (
        click.argument("scenario", metavar="SCENARIO"),
        runs_option(runs),
        seed_option(),
        sets_option,
        folder_options(out, fresh),
        workers_option,
        json_option,
    )
    return _together(options)


def folder_options(out: str, fresh: str = FRESH) -> Callable[..., Any]:
    """``--out DIR`` and ``--fresh``: where results go. out, fresh: their help."""
    return _together((
        click.option("--out", metavar="DIR", help=out),
        click.option("--fresh", is_flag=True, help=fresh),
    ))  # fmt: skip


def _together(options: Sequence[Callable[..., Any]]) -> Callable[..., Any]:
    """A decorator that adds all of *options*, shown in this order."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def workers_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--workers N``."""
    return click.option(
        "--workers", type=WholeNumber(1, 1024), metavar="N", help="Threads; default: one per processor."
    )(function)


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--json``."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON object and nothing else on stdout."
    )(function)


# ---- output


def print_json(data: Any) -> None:
    """Print exactly one JSON object; figures that are not finite become null."""
    click.echo(json.dumps(jsonable(data), ensure_ascii=False, allow_nan=False))


def warn(lines: Sequence[str]) -> None:
    """Print warnings to stderr, each once."""
    for line in dict.fromkeys(lines):
        click.echo(f"Warning: {line}", err=True)


def report_failures(failures: Sequence[Any], replay: str) -> None:
    """List failed runs on stderr. replay: the command that runs one again, with {run} and {seed} to be filled in."""
    for failure in failures[:_SHOWN_FAILURES]:
        # Not str.format: what the user has set may have braces.
        again = replay.replace("{run}", str(failure.run)).replace("{seed}", str(failure.seed))
        click.echo(f"Run {failure.run} failed: {failure.message} (again: {again})", err=True)
    if len(failures) > _SHOWN_FAILURES:
        click.echo(f"... and {len(failures) - _SHOWN_FAILURES:,} more", err=True)


def replay_command(scenario: str, sets: Sequence[str]) -> str:
    """The command that runs one run of *scenario* again, for `report_failures`."""
    options = "".join(f" --set {shlex.quote(text)}" for text in sets)
    return f"orgsim run {shlex.quote(scenario)} --seed {{seed}} --first-run {{run}} --runs 1{options}"


def exit_code(failed: int, planned: int) -> int:
    """0 if no run failed, 3 if some did, 1 if all did."""
    if failed == 0:
        return 0
    return 1 if failed >= planned else 3


def warn_of(scenario: "Scenario") -> None:
    """Print a scenario's warnings to stderr, with those of its tree where only a tree has the numbers."""
    from sim.scenario.plausibility import planned_heads

    if planned_heads(scenario) is not None:
        warn(scenario.warnings)
        return
    from sim.scenario.tree import warnings_of  # NumPy, only where rows are needed

    warn(warnings_of(scenario))


def load_scenario(name: str, sets: Sequence[str], *, follows_paths: bool = False) -> "Scenario":
    """Load a scenario and print its warnings to stderr. follows_paths: the command runs the scenario's paths."""
    from sim.scenario.scenario import load

    scenario = load(name, sets)
    warn_of(scenario)
    say_removal(scenario)
    if scenario.paths and not follows_paths:
        warn(
            [
                f"{scenario.name}: its paths are followed by `orgsim run` only; here it is taken without their events"
            ]
        )
    return scenario


def ordinary_year(scenario: "Scenario") -> tuple[str, ...]:
    """Return the switches that give people events of an ordinary year to a scenario that has none of its own, and say so."""
    dated = any(event.action == "lay_off" for event in scenario.events)
    if dated or scenario.values["switches.quits"] or scenario.values["switches.layoffs"]:
        return ()
    click.echo(
        f"{scenario.name}: nobody comes or goes in this scenario; people events of an ordinary year are switched on "
        "(quits, hiring, strain, background layoffs), as in people.yaml",
        err=True,
    )
    return tuple(f"switches.{name}" for name in ("quits", "hiring", "strain", "layoffs"))


def say_removal(scenario: "Scenario") -> None:
    """Say on stderr whom `organisation.remove_layer` takes, before anything runs. Raises `UserError` if there is nobody."""
    if scenario.organisation.remove_layer is None:
        return
    from sim.scenario.tree import removal_of  # NumPy, which the tree needs anyway

    click.echo(f"{scenario.name}: {removal_of(scenario)}.", err=True)


def version() -> str:
    """Version of the installed package; "unknown" in a checkout that is not installed."""
    from importlib import metadata

    try:
        return metadata.version("orgsim")
    except metadata.PackageNotFoundError:
        return "unknown (not installed)"


#: Options that change no figure.
_NO_FIGURE = ("out", "fresh", "workers", "as_json", "cluster", "scoreboard", "show_all")


def command_line() -> str:
    """The command that is being carried out, as it can be given again: what changes no figure is left out, files are
    named only.
    """
    context = click.get_current_context()
    parts = ["orgsim", context.info_name or ""]
    for one in context.command.params:
        given = context.params.get(one.name or "")
        values = given if isinstance(given, tuple) else (given,)
        if isinstance(one, click.Argument):
            parts += [_file_name(str(value)) for value in values]
        elif (
            one.name not in _NO_FIGURE
            and given is not None
            and given != one.get_default(context)
            and given != ()
        ):
            flag = isinstance(one, click.Option) and one.is_flag
            parts += (
                [one.opts[0]]
                if flag
                else [x for value in values for x in (one.opts[0], _file_name(str(value)))]
            )
    return shlex.join(parts)


def _file_name(text: str) -> str:
    """A path without its folders, also behind the equals sign of an option: what it is called elsewhere is nobody's business."""
    name, equals, value = text.rpartition("=")
    last = re.split(r"[/\\]", value)[-1]
    return f"{name}{equals}{last}"


# ---- progress


def notice(text: str) -> None:
    """Say on stderr what is going on, if somebody is looking."""
    if sys.stderr.isatty():
        click.echo(text, err=True)


def notice_compilation() -> None:
    """Say that the engine is being loaded, or compiled, if somebody is looking: there is no bar yet."""
    if not sys.stderr.isatty():
        return
    notice("Loading the engine ...")
    from sim.engine.kernel import is_cached

    if not is_cached():
        notice("Compiling the engine, once after every installation: about 20 seconds ...")


def say_estimate(runs: int, seconds: float) -> None:
    """Print how long it will take, if somebody is looking."""
    span = f"{max(1, round(seconds))} seconds" if seconds < 90 else f"{seconds / 60:.0f} minutes"
    notice(f"\nAbout {runs:,} runs, about {span} ...")


class Bar:
    """A progress bar on stderr, or nothing when stderr is no terminal."""

    def __init__(self, bar: Any = None) -> None:
        self._bar = bar

    def update(self, more: int = 1) -> None:
        """So many more are done."""
        if self._bar is not None:
            self._bar.update(more)

    def at(self, done: int, planned: int) -> None:
        """So many are done of so many planned."""
        if self._bar is not None:
            self._bar.total = planned
            self._bar.update(done - self._bar.n)

    def about(self, planned: int) -> Callable[[int], None]:
        """What moves the bar by so many more, of a number that is planned but not known: it grows with what is done."""
        done = 0

        def on_done(more: int) -> None:
            nonlocal done
            done += more
            self.at(done, max(done, planned))

        return on_done


@contextmanager
def progress(total: int | None, unit: str = " runs") -> Iterator[Bar]:
    """A bar on stderr for the time of the block, silent when stderr is no terminal."""
    if not sys.stderr.isatty():
        yield Bar()
        return
    import shutil

    from tqdm import tqdm

    width = min(100, shutil.get_terminal_size().columns - 1)
    with tqdm(total=total, unit=unit, file=sys.stderr, leave=False, ncols=width) as bar:
        yield Bar(bar)
