"""What do the weeks around a reorganisation cost? In week 26 four first-line managers leave, or become ICs, at once.

``python examples/fewer_managers.py`` runs the same organisation on the same dice three times: as it is, and both ways.
"""

from statistics import mean

from sim import OrgModel, load
from sim.mesa_model.agents import Manager

RUNS, WEEK = 8, 26


def outcomes(how: str, run: int) -> dict[str, float]:
    model = OrgModel(load("layered", ["time.weeks=52", "switches.quits=true"]), seed=1, run=run)
    model.run(model.setup.warmup_weeks + WEEK)
    first_line = model.agents_by_type[Manager].select(lambda manager: manager.layer == 1)
    chosen = sorted(first_line, key=lambda manager: manager.quality)[:4]
    if how == "laid off":
        model.lay_off(chosen)  # reports go to the next manager above
    elif how == "converted":
        for manager in chosen:
            model.convert(manager)
    model.run()
    warmup = model.setup.warmup_weeks
    return model.outcomes_of_weeks(warmup + WEEK, warmup + 52)


if __name__ == "__main__":
    ways = ("as it is", "laid off", "converted")
    found = {how: [outcomes(how, run) for run in range(RUNS)] for how in ways}
    print(f"{f'26 weeks, mean of {RUNS} runs':28}" + "".join(f"{how:>12}" for how in ways))
    for name in ("value_per_week", "cost_per_value", "quits_per_year", "people_usd_per_year"):
        print(f"{name:28}" + "".join(f"{mean(one[name] for one in found[how]):12,.2f}" for how in ways))
