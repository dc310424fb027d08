"""`orgsim list` and `orgsim check`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from sim.commands.common import json_option, print_json, sets_option, warn
from sim.errors import UserError
from sim.text.numbers import plural

if TYPE_CHECKING:
    from pathlib import Path

    from sim.experiments.sweep.file import Sweep
    from sim.organisation.outline import Outline
    from sim.scenario.scenario import Scenario

_STRUCTURAL = ("organisation.", "money.")  # what the trees of a sweep depend on
_MOST_BUILT = 20_000  # people in the trees of a sweep that `check` builds, so that it answers at once


@click.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """List the bundled scenarios, sweeps and rules.

    Each answers a question, which is printed with it.

    \b
    Example:
      orgsim list
    """
    from sim.scenario.files import bundled
    from sim.scenario.statement import is_rules, is_sweep
    from sim.scenario.yaml_source import read_yaml

    found: dict[str, list[dict[str, str]]] = {"scenarios": [], "sweeps": [], "rules": []}
    for name, path in bundled().items():
        document = read_yaml(path, path.name)
        entry = {"name": name, "question": document.data["question"]}
        found["rules" if is_rules(document) else "sweeps" if is_sweep(document) else "scenarios"].append(
            entry
        )
    if as_json:
        print_json(found)
        return
    width = max(len(entry["name"]) for entries in found.values() for entry in entries)
    for title, entries in found.items():
        click.echo(f"{title.capitalize()}:")
        for entry in entries:
            click.echo(f"  {entry['name']:<{width}}  {entry['question']}")
    click.echo(
        "\nRun one with `orgsim run NAME`, a sweep with `orgsim sweep NAME`, a rule with `orgsim rules NAME`."
    )


@click.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@sets_option
@json_option
def check_command(files: tuple[str, ...], sets: tuple[str, ...], as_json: bool) -> int:
    """Validate scenarios, sweeps or rules without running them.

    The organisation is built, so a chart, spans or a hold that cannot be met show here. Prints its size; of a sweep,
    that of its base.

    \b
    Examples:
      orgsim check my.yaml
      orgsim check layered flat flat-vs-layered
    """
    results, code = [], 0
    for name in files:
        try:
            results.append({"file": name, "valid": True, "errors": [], **_check(name, sets)})
        except UserError as error:
            code = 2
            results.append({"file": name, "valid": False, "errors": str(error).splitlines(), "warnings": []})
    if as_json:
        print_json({"files": results})
        return code
    for result in results:
        for line in result["errors"]:
            click.echo(f"Error: {line}", err=True)
        warn([f"{result['file']}: {line}" for line in result["warnings"]])
        if result["valid"]:
            click.echo(f"{result['file']}: {result['kind']} is valid: {_in_words(**result)}")
    return code


def _check(name: str, sets: tuple[str, ...]) -> dict[str, Any]:
    """What is known of a valid file: kind, warnings, size and, of a sweep, how many structures were built."""
    from sim.scenario.files import find
    from sim.scenario.statement import is_rules, is_space, is_sweep
    from sim.scenario.yaml_source import read_yaml

    path = find(name)
    document = read_yaml(path)
    if is_rules(document):
        return _check_rules(path, sets)
    if is_space(document):
        return _check_space(path, sets)
    if is_sweep(document):
        from sim.experiments.sweep.file import load_sweep
        from sim.experiments.sweep.hardly_meant import point_warnings

        sweep = load_sweep(path, sets)
        size, warnings = _size_and_warnings(sweep.base)
        structures = _build_structures(sweep, path)
        return {
            "kind": f"sweep of {len(sweep.points):,} design points"
            + (f" ({left_out})" if (left_out := sweep.left_out.words()) else ""),
            "warnings": [*warnings, *point_warnings(sweep)],
            "size": size,
            "structures": structures,
        }
    from sim.scenario.scenario import load

    scenario = load(path, sets)
    size, warnings = _size_and_warnings(scenario)
    return {"kind": "scenario", "warnings": warnings, "size": size}


def _check_space(path: "Path", sets: tuple[str, ...]) -> dict[str, Any]:
    """What is known of a valid space of designs."""
    from sim.experiments.optimise.space import load_space

    space = load_space(path, sets)
    size, warnings = _size_and_warnings(space.base)
    return {
        "kind": f"space of designs ({plural(space.candidates, 'candidate')})",
        "warnings": warnings,
        "size": size,
    }


def _check_rules(path: "Path", sets: tuple[str, ...]) -> dict[str, Any]:
    """What is known of a valid file that asks for a rule. Loading it has built both designs at the ends of everything."""
    from sim.experiments.rules.file import load_rules

    asked = load_rules(path, sets)
    size, warnings = _size_and_warnings(asked.base)
    for design in asked.designs:
        _outline(asked.scenario(design, {}))
    kind = f"a rule over {plural(len(asked.axes), 'factor')}, sought at {asked.points:,} points and tried at {asked.fresh:,}"
    return {"kind": kind, "warnings": warnings, "size": size}


def _size_and_warnings(scenario: "Scenario") -> tuple[dict[str, Any], list[str]]:
    """The size of the organisation, and its scenario's warnings. Raises `UserError` for what cannot be built."""
    from sim.scenario.plausibility import planned_heads, unusual_shape

    outline = _outline(scenario)
    told = planned_heads(scenario) is not None
    shape = () if told else unusual_shape(outline.ics, outline.managers)
    size = _size(outline)
    if scenario.organisation.remove_layer is not None:
        from sim.scenario.tree import removal_of  # NumPy, which the tree needs anyway

        size["removes"] = removal_of(scenario)
    missing: tuple[str, ...] = ()
    if scenario.hold_base is not None and scenario.hold_base.organisation.chart is not None:
        from sim.scenario.tree import left_out  # NumPy, which the chart needs anyway

        missing = left_out(scenario)
    return size, [*scenario.warnings, *shape, *missing]


def _outline(scenario: "Scenario") -> "Outline":
    """The organisation's numbers. Raises `UserError` with the place in the file that states what cannot be built."""
    from sim.scenario.events import names_layers
    from sim.scenario.layoff_checks import Heads, check_cuts
    from sim.scenario.outline import outline_of

    if scenario.hold_base is not None:
        _outline(scenario.hold_base)  # so that what is wrong with the base is said at its place
    try:
        outline = outline_of(scenario)
        if outline is not None:
            heads = Heads.of_layers(outline.ics, outline.managers)
        else:
            from sim.scenario.tree import (
                check_named_layers,
                heads_of,
                tree_of,
            )  # NumPy, only where rows are needed

            tree = tree_of(scenario)
            outline, heads = tree.outline(), heads_of(tree)
    except UserError as error:
        path = str(error).partition(":")[0]
        if not path.startswith("organisation"):  # a message about the chart names its file and row
            raise UserError(f"{scenario.place('organisation.chart')}organisation.chart: {error}") from None
        raise UserError(f"{scenario.place(path)}{error}") from None
    if names_layers((*scenario.events, *(event for _, own in scenario.paths for event in own))):
        from sim.scenario.tree import check_named_layers, tree_of  # NumPy, only where rows are needed

        check_named_layers(scenario, tree_of(scenario))
    check_cuts(scenario, heads)
    return outline


def _build_structures(sweep: "Sweep", path: "Path") -> dict[str, int]:
    """Build the trees of a sweep, each structure once, up to a number of people in all; return how many of how many."""
    from sim.experiments.points import label
    from sim.scenario.files import shown

    points: dict[tuple[tuple[str, object], ...], Mapping[str, object]] = {}
    budget = "budget" in (sweep.hold, sweep.base.organisation.hold)  # then the planned AI spend counts, too
    for values in sweep.points:
        structure = (item for item in values.items() if budget or item[0].startswith(_STRUCTURAL))
        points.setdefault(tuple(structure), values)
    built = people = 0
    for values in points.values():
        if people > _MOST_BUILT:
            break
        try:
            people += _outline(sweep.scenario(values)).n
        except UserError as error:
            point = ", ".join(f"{name}={label(value)}" for name, value in values.items())
            raise UserError(f"{shown(path)}: vary: at {point}: {error}") from None
        built += 1
    return {"built": built, "of": len(points)}


def _size(outline: "Outline") -> dict[str, Any]:
    return {
        "ics": outline.ics,
        "managers": outline.managers_count,
        **({"others": outline.others} if outline.others else {}),
        "management_layers": outline.layers,
        "payroll_per_year": round(outline.payroll, 2),
    }


def _in_words(size: dict[str, Any], structures: dict[str, int] | None = None, **_: object) -> str:
    """'96 ICs, 21 managers in 3 management layers, payroll 25.0 million USD a year'; of a sweep, what was built."""
    usd = size["payroll_per_year"]
    money = f"{usd / 1e6:,.1f} million" if usd >= 1e6 else f"{usd:,.0f}"
    words = (
        f"{plural(size['ics'], 'IC')}, {plural(size['managers'], 'manager')} in "
        f"{plural(size['management_layers'], 'management layer')}"
        + (f", {plural(size['others'], 'other person', 'other people')}" if "others" in size else "")
        + f", payroll {money} USD a year"
        + (f"; {size['removes']}" if "removes" in size else "")
    )
    if structures is None:
        return words
    of = "" if structures["built"] == structures["of"] else f" of {structures['of']:,}"
    return f"{structures['built']:,}{of} structures built; its base has {words}"
