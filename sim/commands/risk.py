"""`orgsim risk`."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.commands.common import (
    exit_code,
    keeping,
    load_scenario,
    notice_compilation,
    print_json,
    progress,
    replay_command,
    report_failures,
    simulation_options,
)  # fmt: skip
from sim.errors import UserError

if TYPE_CHECKING:
    from sim.groups import PeopleTable
    from sim.incidence import Risk
    from sim.scenario.scenario import Scenario
    from sim.simulation.results import Results


@click.command("risk")
@simulation_options(
    400,
    out="Folder for the curves and figures; default: results/risk-NAME.",
    fresh="Remove earlier results of orgsim in that folder first.",
)
@click.option(
    "--by", default="role,layer", show_default=True, metavar="LIST", help="Split by role, layer, tenure, skill, ai_exposure."
)  # fmt: skip
@click.option("--path", metavar="NAME", help="Of a scenario with paths: the path to assess.")
def risk_command(
    scenario: str,
    runs: int,
    seed: int,
    sets: tuple[str, ...],
    out: str | None,
    fresh: bool,
    workers: int | None,
    as_json: bool,
    by: str,
    path: str | None,
) -> int:
    """Layoff risk: who is laid off or quits, by when.

    Cumulative incidence at 26, 52 and 104 weeks with 95 % bands, quits as a competing exit, the hazard ratio of managers
    to ICs, and the curves as a picture. Groups with fewer than 5 people are withheld. The figures describe assumed policies;
    they say nothing about a person, and must not be used to choose people.

    \b
    Examples:
      orgsim risk layered --runs 100
      orgsim risk wave --by tenure,skill
      orgsim risk ic-or-manager --path manager
    """
    from sim.groups import parse_by

    attributes = parse_by(by)
    loaded = _on_path(load_scenario(scenario, sets, follows_paths=True), path)
    switched_on = _switched_on(loaded)
    if switched_on:
        loaded = loaded.with_values(dict.fromkeys(switched_on, True))
    notice_compilation()
    from sim.commands.run_text import died_out
    from sim.incidence import assess
    from sim.report.risk import risk_json, risk_text
    from sim.simulation.run import run
    from sim.text.tables import paragraph

    with keeping("nothing was written; risk keeps no partial results."), progress(runs) as bar:
        results = run(loaded, runs, seed, workers=workers, progress=bar.update)
    risk = assess(people_table(results), attributes, seed, loaded.name)
    folder = Path(out) if out else Path("results") / f"risk-{loaded.name}"
    _write(risk, results, folder, fresh or out is None)
    ended = died_out(results)
    if as_json:
        print_json(risk_json(risk) | {"died_out": ended})
    else:
        click.echo(risk_text(risk))
        if ended is not None:
            click.echo("\n" + paragraph(ended["words"]))
        click.echo(f"\nWritten: {folder} (curves, figures, and a ledger of the cuts)")
    again = (*sets, *(f"{path}=true" for path in switched_on))
    report_failures(results.failures, replay_command(scenario, again))
    return exit_code(len(results.failures), runs)


def _on_path(scenario: "Scenario", path: str | None) -> "Scenario":
    """Return *scenario* on the path asked for. Raises `UserError` where it has paths and none is named."""
    if path is not None:
        made = scenario.on_path(path)
        return replace(made, name=f"{scenario.name}-{path.replace(' ', '-')}")
    if scenario.paths:
        names = ", ".join(name for name, _ in scenario.paths)
        first = scenario.paths[-1][0]
        raise UserError(f"{scenario.name}: has the paths {names}; say which one, such as --path '{first}'")
    return scenario


def _switched_on(scenario: "Scenario") -> tuple[str, ...]:
    """Return the switches that give people events of an ordinary year to a scenario that has none of its own."""
    dated = any(event.action == "lay_off" for event in scenario.events)
    if dated or scenario.values["switches.quits"] or scenario.values["switches.layoffs"]:
        return ()
    click.echo(
        f"{scenario.name}: nobody comes or goes in this scenario; people events of an ordinary year are switched on "
        "(quits, hiring, strain, background layoffs), as in people.yaml",
        err=True,
    )
    return tuple(f"switches.{name}" for name in ("quits", "hiring", "strain", "layoffs"))


def people_table(results: "Results") -> "PeopleTable":
    """Return what became of everybody present at week 0, over all runs."""
    import numpy as np

    from sim.groups import PeopleTable

    rows = np.concatenate(results.cohorts)
    sizes = [len(cohort) for cohort in results.cohorts]
    return PeopleTable(
        run=np.repeat(results.runs, sizes),
        pid=rows["pid"],
        role=rows["role"],
        layer=rows["layer"],
        tenure_years=rows["tenure"],
        skill=rows["skill"],
        ai_exposure=rows["exposure"],
        exit_week=rows["exit_week"],
        exit_kind=rows["exit_kind"],
        weeks=results.scenario.weeks,
    )


def _write(risk: "Risk", results: "Results", folder: Path, fresh: bool) -> None:
    from sim.engine.kernel import source_hash
    from sim.report.risk import risk_json, risk_picture
    from sim.store import files
    from sim.store.folder import claim, content_hash

    scenario = results.scenario
    content = {
        "scenario": scenario.hash(),
        "seed": results.seed,
        "runs": len(results.runs),
        "by": list(risk.grouping.by),
        "source": source_hash(),
    }
    claim(
        folder,
        {
            "kind": "risk",
            "name": scenario.name,
            "question": scenario.question,
            "content_hash": content_hash(content),
            "content": content,
            "seeds": {"seed": results.seed, "runs": [0, len(results.runs) - 1]},
            "scenario": scenario.to_dict(),
        },
        fresh,
    )
    files.write_json(folder / "risk.json", risk_json(risk))
    risk_picture(folder / "plots" / "risk", risk)
    if scenario.organisation.chart is None:  # of an imported chart there are only aggregates
        _write_ledger(results, folder / "ledger.csv")


def _write_ledger(results: "Results", path: Path) -> None:
    """Write a row for every cut: run, week, person, role, layer, tenure, rule, score, percentile, converted."""
    from sim.engine.codes import LAYOFF_RULES

    roles = ("ic", "manager")
    rows = ["run,week,person,role,layer,tenure_years,rule,score,percentile,converted"]
    for run, ledger in zip(results.runs.tolist(), results.ledgers, strict=True):
        for cut in ledger:
            rows.append(
                f"{run},{cut['week']:.0f},{cut['pid']},{roles[cut['role']]},{cut['layer']},{cut['tenure']:.3f},"
                f"{LAYOFF_RULES[cut['rule']]},{cut['score']:.6g},{cut['percentile']:.1f},{int(cut['converted'])}"
            )
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
