"""What `orgsim risk` writes into a results folder: the groups, and the ledger of the cuts."""

from collections.abc import Sequence
from pathlib import Path

from sim.engine.codes import LAYOFF_RULES
from sim.engine.kernel import source_hash
from sim.experiments.risk.incidence import Risk
from sim.experiments.risk.pictures import risk_picture
from sim.experiments.risk.words import risk_json, risk_text
from sim.scenario.scenario import Scenario
from sim.simulation.results import Results
from sim.store import files
from sim.store.folder import ANSWER, manifest
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
    return manifest("risk", scenario.name, scenario.question, content, seeds, scenario.to_dict())


def write(place: Taken, risk: Risk, results: Results) -> None:
    """Write the figures, the curves and, for a made-up organisation, the ledger of the cuts."""
    with place.writing() as folder:
        files.write_json(folder / "risk.json", risk_json(risk))
        files.write_text(folder / ANSWER, risk_text(risk) + "\n")
        risk_picture(folder / "plots" / "risk", risk)
        if has_ledger(results):
            _write_ledger(results, folder / "ledger.csv")


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
