"""`orgsim list` and `orgsim check`."""

import click

from sim.commands.common import json_option, print_json, sets_option, warn
from sim.errors import UserError


@click.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """List the bundled scenarios and sweeps.

    Each answers a question, which is printed with it.

    \b
    Example:
      orgsim list
    """
    from sim.bundled import bundled
    from sim.statements import is_sweep
    from sim.yaml_source import read_yaml

    found: dict[str, list[dict[str, str]]] = {"scenarios": [], "sweeps": []}
    for name, path in bundled().items():
        document = read_yaml(path, path.name)
        entry = {"name": name, "question": document.data["question"]}
        found["sweeps" if is_sweep(document) else "scenarios"].append(entry)
    if as_json:
        print_json(found)
        return
    width = max(len(entry["name"]) for entries in found.values() for entry in entries)
    for title, entries in found.items():
        click.echo(f"{title.capitalize()}:")
        for entry in entries:
            click.echo(f"  {entry['name']:<{width}}  {entry['question']}")
    click.echo("\nRun one with `orgsim run NAME`, a sweep with `orgsim sweep NAME`.")


@click.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@sets_option
@json_option
def check_command(files: tuple[str, ...], sets: tuple[str, ...], as_json: bool) -> int:
    """Validate scenarios or sweeps without running them.

    \b
    Examples:
      orgsim check my.yaml
      orgsim check layered flat flat-vs-layered
    """
    results, code = [], 0
    for name in files:
        try:
            kind, warnings = _check(name, sets)
        except UserError as error:
            code = 2
            results.append({"file": name, "valid": False, "errors": str(error).splitlines(), "warnings": []})
            continue
        results.append({"file": name, "valid": True, "kind": kind, "errors": [], "warnings": list(warnings)})
    if as_json:
        print_json({"files": results})
        return code
    for result in results:
        for line in result["errors"]:
            click.echo(f"Error: {line}", err=True)
        warn([f"{result['file']}: {line}" for line in result["warnings"]])
        if result["valid"]:
            click.echo(f"{result['file']}: {result['kind']} is valid")
    return code


def _check(name: str, sets: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    from sim.bundled import find
    from sim.statements import is_sweep
    from sim.yaml_source import read_yaml

    path = find(name)
    if is_sweep(read_yaml(path)):
        from sim.sweepfile import load_sweep

        sweep = load_sweep(path, sets)
        return f"sweep of {len(sweep.points):,} design points", sweep.base.warnings
    from sim.scenario import load

    return "scenario", load(path, sets).warnings
