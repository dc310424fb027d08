"""People tables for tests of layoff risk, without the engine."""

import numpy as np

from sim.experiments.risk.groups import PeopleTable

COLUMNS = ("run", "pid", "role", "layer", "tenure_years", "skill", "ai_exposure", "exit_week", "exit_kind")


def table(weeks: int = 104, **columns) -> PeopleTable:
    """A table from the columns given; the others are those of one run of ICs who stay."""
    n = len(next(iter(columns.values())))
    role = np.asarray(columns.get("role", np.zeros(n)), dtype=int)
    defaults = {
        "run": np.zeros(n, int), "pid": np.arange(n), "role": role, "layer": role, "tenure_years": np.full(n, 3.0),
        "skill": np.ones(n), "ai_exposure": np.full(n, 0.5), "exit_week": np.full(n, np.inf),
        "exit_kind": np.zeros(n, int),
    }  # fmt: skip
    return PeopleTable(
        **{name: np.asarray(columns.get(name, defaults[name])) for name in COLUMNS}, weeks=weeks
    )


def reordered(people: PeopleTable, order: np.ndarray) -> PeopleTable:
    """The same rows in another order."""
    return PeopleTable(**{name: getattr(people, name)[order] for name in COLUMNS}, weeks=people.weeks)


def company(
    runs: int = 40,
    managers=(16, 4, 1),
    ics: int = 96,
    hazards=(0.001, 0.0016, 0.002),
    weeks: int = 104,
    seed: int = 1,
) -> PeopleTable:
    """ICs and managers by layer. hazards: weekly, of layoff of ICs and of managers, and of quits."""
    rng = np.random.default_rng(seed)
    layer = np.repeat(np.arange(len(managers) + 1), (ics, *managers))
    role, n = (layer > 0).astype(int), len(layer)
    tenure = rng.exponential(4.0, n)
    shape = (runs, n)
    laid_off = rng.exponential(1.0, shape) / np.maximum(np.array(hazards)[role], 1e-12)
    left = rng.exponential(1.0, shape) / max(hazards[2], 1e-12)
    at, kind = np.ceil(np.minimum(laid_off, left)), np.where(laid_off < left, 1, 2)
    gone = at <= weeks
    return table(
        weeks,
        run=np.repeat(np.arange(runs), n), pid=np.tile(np.arange(n) + (role << 24), runs), role=np.tile(role, runs),
        layer=np.tile(layer, runs), tenure_years=np.tile(tenure, runs), skill=rng.lognormal(0, 0.35, runs * n),
        ai_exposure=np.tile(np.where(role == 1, 0.3, rng.random(n)), runs),
        exit_week=np.where(gone, at, np.inf).ravel(), exit_kind=np.where(gone, kind, 0).ravel(),
    )  # fmt: skip
