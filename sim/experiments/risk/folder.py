"""What `orgsim risk` writes into a results folder: the groups, and the ledger of the cuts."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sim.engine.codes import LAYOFF_RULES
from sim.engine.kernel import source_hash
from sim.experiments.risk.incidence import GroupRisk, Risk
from sim.experiments.risk.pictures import risk_picture
from sim.experiments.risk.words import KINDS, ROLE_TOTALS, in_order, risk_json, risk_text
from sim.scenario.scenario import Scenario
from sim.scenario.tree import shape_of
from sim.simulation.results import Results
from sim.store import files
from sim.store.folder import ANSWER, manifest
from sim.store.tables import Tables
from sim.store.taking import Taken


def question(scenario: Scenario, runs: int, seed: int, by: Sequence[str]) -> dict[str, object]:
    """What identifies the results. runs, seed and attributes to split by, as asked for."""
    content = {
        "scenario": scenario.hash(),
        "seed": seed,
        "runs": runs,
        "by": list(by),
        "source": source_hash(),
    }
    seeds = {"seed": seed, "runs": [0, runs - 1]}
    facts = {"organisations": [shape_of(scenario)]}
    return manifest("risk", scenario.name, scenario.question, content, seeds, scenario.to_dict(), facts)


def write(place: Taken, risk: Risk, results: Results) -> None:
    """Write the figures, the curves and, for a made-up organisation, the ledger of the cuts."""
    with place.writing() as folder:
        files.write_json(folder / "risk.json", risk_json(risk))
        files.write_text(folder / ANSWER, risk_text(risk) + "\n")
        _write_curves(risk, folder / "people" / "incidence.parquet")
        risk_picture(folder / "plots" / "risk", risk)
        if has_ledger(results):
            _write_ledger(results, folder / "ledger.csv")


def _write_curves(risk: Risk, path: Path) -> None:
    """Write a row for every group that may be shown, kind of exit and week: its cumulative incidence with the 95 % band."""
    path.parent.mkdir()
    rows: list[tuple[object, ...]] = []
    keys = tuple(risk.grouping.by)
    for one in in_order(risk):
        texts = dict(zip(one.group.key, one.group.texts, strict=True))
        for kind in KINDS:
            curve = getattr(one.incidence, kind)
            for week in range(risk.weeks + 1):
                named = [texts.get(key, "all") for key in keys]
                rows.append((_name(risk, one), *named, one.group.people, kind, week, *curve.at(week)))
    names = ("group", *keys, "people", "exit", "week", "incidence", "ci95_lo", "ci95_hi")
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    figures = ("incidence", "ci95_lo", "ci95_hi")
    data = {
        name: np.array(values, dtype=float) if name in figures else np.array(values)
        for name, values in zip(names, columns, strict=True)
    }
    with Tables() as tables:
        tables.write(path, data)


def _name(risk: Risk, one: GroupRisk) -> str:
    """'everybody', 'all managers', 'manager, layer 2'."""
    key = one.group.key
    if not key:
        return "everybody"
    return one.group.name if len(key) == len(risk.grouping.by) else ROLE_TOTALS[str(key["role"])]


def has_ledger(results: Results) -> bool:
    """True if a ledger is written: of an imported chart there are only aggregates."""
    return results.scenario.organisation.chart is None


def _write_ledger(results: Results, path: Path) -> None:
    """Write a row for every cut: run, week, person, role, layer, tenure, rule, score, percentile, converted."""
    roles = ("ic", "manager")
    rows = ["run,week,person,role,layer,tenure_years,rule,score,percentile,converted"]
    for run, ledger in zip(results.runs.tolist(), results.ledgers, strict=True):
        for cut in ledger:
            rows.append(
                f"{run},{cut['week']:.0f},{cut['pid']},{roles[cut['role']]},{cut['layer']},{cut['tenure']:.3f},"
                f"{LAYOFF_RULES[cut['rule']]},{cut['score']:.6g},{cut['percentile']:.1f},{int(cut['converted'])}"
            )
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
