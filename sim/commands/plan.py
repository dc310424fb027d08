"""`orgsim plan`."""

import shlex
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from sim.commands.common import (
    WholeNumber,
    command_line,
    exit_code,
    keeping,
    notice_compilation,
    ordinary_year,
    print_json,
    progress,
    report_failures,
    simulation_options,
    warn,
)  # fmt: skip
from sim.commands.roster import Reading, reading_of, reading_options
from sim.errors import UserError

if TYPE_CHECKING:
    from sim.experiments.plan.imported import Imported
    from sim.experiments.plan.measures import Asked
    from sim.experiments.plan.study import Plan
    from sim.scenario.scenario import Scenario

_STAYS = "stays"  # what --freeze alone is read as
YEAR = 52  # weeks simulated after the measure unless something else is asked for


class FreezeWeeks(click.ParamType):  # type: ignore[type-arg]  # as of `WholeNumber`
    """Nothing (a freeze that stays), or a number of weeks."""

    name = "weeks"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; 0: it stays."""
        if value == _STAYS:
            return 0
        try:
            return WholeNumber(1, 5199).convert(value, param, ctx)
        except click.BadParameter:
            self.fail(
                f"{str(value)[:80]!r} is no number of weeks, 1 to 5,199; alone, --freeze stays: write it after the scenario, as "
                f"in orgsim plan people --freeze",
                param,
                ctx,
            )


@click.command("plan")
@simulation_options(
    20,
    out="Folder for page, picture and scenarios; default: results/plan-NAME, or a new one beside it.",
)
@click.option(
    "--remove-layer",
    metavar="L",
    help="Lay off the managers of a layer; 1 = those of ICs. Their bosses take over.",
)
@click.option(
    "--lay-off", metavar="8%", help="Lay off a share of the ICs and of the managers below the top, at random."
)
@click.option("--ai-share", metavar=".4", help="From then on AI writes this share of the code.")
@click.option(
    "--freeze", is_flag=False, flag_value=_STAYS, default=None, type=FreezeWeeks(), metavar="[WEEKS]",
    help="From then on, or for so many weeks, nobody who leaves is replaced.",
)  # fmt: skip
@click.option(
    "--grow",
    type=WholeNumber(1, 10_000),
    metavar="N",
    help="Open so many seats for ICs, filled by hiring, with ramp-up.",
)
@click.option("--each", is_flag=True, help="Set the measures side by side, each alone, in one table.")
@click.option(
    "--week",
    type=WholeNumber(0, 5199),
    default=26,
    show_default=True,
    metavar="N",
    help="Week at whose end it is done.",
)
@click.option(
    "--weeks",
    type=WholeNumber(1, 5200),
    metavar="N",
    help=f"Weeks to simulate; default: {YEAR} after the measure.",
)
@click.option(
    "--ranges", type=WholeNumber(0, 10_000), default=16, show_default=True, metavar="N",
    help="Plausible parameter sets on which the answer is tried; 0 = skip.",
)  # fmt: skip
@reading_options
def plan_command(
    scenario: str,
    runs: int,
    seed: int,
    sets: tuple[str, ...],
    out: str | None,
    fresh: bool,
    workers: int | None,
    as_json: bool,
    remove_layer: str | None,
    lay_off: str | None,
    ai_share: str | None,
    freeze: int | None,
    grow: int | None,
    each: bool,
    week: int,
    weeks: int | None,
    ranges: int,
    mapped: tuple[str, ...],
    fill: str | None,
    keep_roots: bool,
    roles: tuple[str, ...],
    roles_file: str | None,
    rates: tuple[str, ...],
    fold: bool,
) -> int:
    """What a measure brings, costs, and whom it hits.

    SCENARIO may be a roster (.csv, .json), which is imported first, with the options of import (--map to
    --fold-single-reports). The measure is done in one week, to people who also quit, are hired and are laid off as in an
    ordinary year, and compared to going on as it is on the same dice. Prints one page and writes it with a picture and the two
    scenarios that were run, to be changed by hand. Several measures are combined, or set side by side (--each).

    \b
    Examples:
      orgsim plan people --lay-off 8%
      orgsim plan people.csv --remove-layer 2 --week 13 --weeks 104
      orgsim plan today --ai-share .6 --freeze
      orgsim plan people.csv --freeze 26 --rate EUR=1.08
      orgsim plan people --lay-off 8% --freeze 26 --ai-share .5 --each
    """
    from sim.experiments.plan.measures import Asked, share

    asked = Asked(
        week=week,
        remove_layer=remove_layer,
        lay_off=None if lay_off is None else share(lay_off, "--lay-off"),
        ai_share=None if ai_share is None else share(ai_share, "--ai-share", none=True),
        freeze=freeze is not None,
        grow=grow,
        freeze_weeks=freeze or None,
    )
    measures = _measures(asked, each)
    reading = reading_of(mapped, fill, keep_roots, roles, roles_file, rates, fold)
    how = runs, seed, ranges
    done = _all_done(
        scenario, measures, reading, sets, weeks, how, out, each=each, fresh=fresh, workers=workers
    )
    return _told(done, runs, each=each, as_json=as_json)


def _all_done(
    scenario: str,
    measures: "list[Asked]",
    reading: Reading,
    sets: tuple[str, ...],
    weeks: int | None,
    how: tuple[int, int, int],
    out: str | None,
    *,
    each: bool,
    fresh: bool,
    workers: int | None,
) -> "list[tuple[Plan, Path, str]]":
    """Carry out the plan of each of *measures*, all checked before the first; how: runs, seed, ranges."""
    with tempfile.TemporaryDirectory(prefix="orgsim-") as room:
        source = _source(scenario, _place(scenario, out, measures[0], each), Path(room), reading)
        base, on = _base(source, sets, weeks, measures[0].week)
        variants = [_variant(base, one) for one in measures]
        return [
            _carried_out(
                source, (base, variant), on, one, sets, how, _place(scenario, out, one, each), fresh, workers
            )
            for one, variant in zip(measures, variants, strict=True)
        ]


def _told(done: "list[tuple[Plan, Path, str]]", runs: int, *, each: bool, as_json: bool) -> int:
    """Print what was found, and which runs failed; the exit code."""
    if each:
        _report_each(done, as_json)
    for found, folder, about in done:
        if not each:
            _report(found, folder, about, as_json)
        variant_file = shlex.quote(str(folder / "variant.yaml"))
        replay = f"orgsim run {variant_file} --seed {{seed}} --first-run {{run}} --runs 1"
        report_failures(found.comparison.failures, replay)
    return exit_code(sum(len(found.comparison.failures) for found, _, _ in done), 2 * runs * len(done))


def _measures(asked: "Asked", each: bool) -> "list[Asked]":
    """What is planned: all of it together, or each measure by itself. Raises `UserError`."""
    from sim.experiments.plan.measures import check_named, separate

    if each:
        return separate(asked)
    check_named(asked)
    return [asked]


def _place(given: str, out: str | None, asked: "Asked", each: bool) -> str | None:
    """The folder that was asked for; of measures side by side a folder of each in it, or in that of the scenario."""
    if not each:
        return out
    from sim.experiments.plan.measures import folder_name

    root = Path(out) if out else Path("results") / f"plan-{Path(given).stem}-each"
    return str(root / folder_name(asked))


class _Source(NamedTuple):
    """The scenario file to plan on, what it is called in messages and results, and the import it comes from."""

    path: Path
    name: str
    imported: "Imported | None"


def _source(given: str, out: str | None, room: Path, reading: Reading) -> _Source:
    """The scenario that was named, or that of the roster that was named, imported into *room* or found in an earlier plan.

    reading: how a roster is read.
    """
    from sim.experiments.plan.imported import imported, is_roster
    from sim.scenario.files import find

    if not is_roster(given):
        if reading.asked_for:
            raise UserError(
                f"{reading.asked_for}: says how a roster is read, but {given[:200]} is a scenario; leave it out, or "
                f"name the roster"
            )
        path = find(given)
        return _Source(path, path.stem, None)
    place = Path(out) if out else Path("results") / f"plan-{Path(given).stem}"
    found = imported(
        Path(given),
        place,
        room / "imported",
        reading.columns,
        reading.keep_roots,
        reading.fill,
        reading.wishes,
    )
    return _Source(found.scenario, found.scenario.stem, found)


def _base(
    source: _Source, sets: tuple[str, ...], weeks: int | None, week: int
) -> "tuple[Scenario, dict[str, Any]]":
    """Going on as it is: the scenario over so many weeks, with people over time; and what that adds to it, by path."""
    from sim.scenario.scenario import load

    loaded = load(source.path, sets)
    on: dict[str, Any] = dict.fromkeys(ordinary_year(loaded), True)
    if weeks is not None or not any(text.partition("=")[0].strip() == "time.weeks" for text in sets):
        on["time.weeks"] = week + YEAR if weeks is None else weeks
    return loaded.with_values(on), on


def _variant(base: "Scenario", asked: "Asked") -> "Scenario":
    """The same with the measure, checked. Warns of what is allowed but hardly meant."""
    from sim.experiments.plan.measures import check, short_horizon
    from sim.experiments.plan.study import prepared

    check(asked, base)
    variant = prepared(base, asked)
    short = short_horizon(asked, base.weeks)
    warn([short] if short else [])
    return variant


def _carried_out(
    source: _Source,
    pair: "tuple[Scenario, Scenario]",
    on: "Mapping[str, Any]",
    asked: "Asked",
    sets: tuple[str, ...],
    how: tuple[int, int, int],
    out: str | None,
    fresh: bool,
    workers: int | None,
) -> "tuple[Plan, Path, str]":
    """Run both scenarios and write the folder; how: runs, seed, ranges. Returns what was found, the folder, and a word on the
    import."""
    notice_compilation()
    from sim.experiments.plan import folder
    from sim.experiments.plan.imported import FOLDER
    from sim.experiments.plan.study import plan
    from sim.experiments.written import copies
    from sim.store.taking import taken

    default, question = (
        Path("results") / f"plan-{source.name}",
        folder.question(*pair, asked, *how) | {"command": command_line()},
    )
    with taken(out, default, question, fresh) as place, keeping(place.left):
        if not fresh:
            folder.untouched(place.folder)
        path = source.path if source.imported is None else place.folder / FOLDER / source.path.name
        scenarios = folder.texts(pair[0], path, sets, on, asked, place.folder)
        copied = copies(pair[0], path, place.folder)
        with progress(2 * how[0]) as bar:
            found = plan(*pair, asked, *how, workers, progress=bar.at)
        about = "" if source.imported is None else source.imported.words(place.folder)
        folder.write(place, found, scenarios, copied, about, source.imported)
    return found, place.folder, about


def _report(found: "Plan", folder: Path, about: str, as_json: bool) -> None:
    from sim.experiments.plan.figures import plan_json
    from sim.experiments.plan.words import page
    from sim.text.tables import use_colour

    said = (
        () if as_json else (*found.comparison.too_few.values(), *found.comparison.notes)
    )  # the page has them
    warn([line for line in found.comparison.warnings if line not in said])
    if as_json:
        print_json(plan_json(found, folder, about))
    else:
        click.echo(page(found, folder, about, use_colour(sys.stdout)))


def _report_each(done: "list[tuple[Plan, Path, str]]", as_json: bool) -> None:
    from sim.experiments.plan.each import ahead, each_text
    from sim.experiments.plan.figures import plan_json
    from sim.text.tables import use_colour

    plans = [found for found, _, _ in done]
    if as_json:
        print_json({"measures": [plan_json(*one) for one in done], "ahead": ahead(plans)})
    else:
        found = plans[0].comparison
        warn([line for line in found.warnings if line not in (*found.too_few.values(), *found.notes)])
        click.echo(each_text(plans, [folder.as_posix() for _, folder, _ in done], use_colour(sys.stdout)))
