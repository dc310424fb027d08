"""Does levelling managers' load pay? Weekly, one engineer moves from the busiest first-line manager to the least busy.

``python examples/weekly_policy.py`` runs the same organisation on the same dice with and without the policy.
"""

from statistics import mean

from sim import OrgModel, load
from sim.mesa_model.agents import Manager

RUNS = 8


class LevelledLoad(OrgModel):
    def step(self) -> None:
        super().step()  # one working day
        if self.week < 0 or not self.week_has_ended:
            return
        first_line = self.agents_by_type[Manager].select(lambda manager: manager.layer == 1)
        receiver, *_, giver = sorted(first_line, key=lambda manager: manager.load)
        if len(giver.team) > 3 and len(receiver.team) < 9:
            self.move(min(giver.team, key=lambda ic: ic.pid), receiver)


def outcomes(kind: type[OrgModel], run: int) -> dict[str, float]:
    model = kind(load("layered", ["time.weeks=52"]), seed=1, run=run)
    model.run()
    return model.outcomes()


if __name__ == "__main__":
    pairs = [(outcomes(OrgModel, run), outcomes(LevelledLoad, run)) for run in range(RUNS)]
    print(f"{'mean of ' + str(RUNS) + ' runs':24} {'as it is':>9} {'levelled':>9} {'difference':>11}")
    for name in ("value_per_week", "decision_latency_hours", "coaching_coverage", "span_max"):
        before, after = (mean(pair[k][name] for pair in pairs) for k in (0, 1))
        print(f"{name:24} {before:9.2f} {after:9.2f} {after - before:+11.2f}")
