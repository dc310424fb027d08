"""Candidates from Optuna's tree-structured Parzen estimator, with constraints (Watanabe and Hutter 2023; Ozaki et al. 2022).

The only file that knows Optuna, which comes with orgsim[optimise]. The study is held in memory: a resumed search asks the same
questions and finds the answers in the cache of runs.
"""

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sim.errors import UserError
from sim.experiments.designs import Axis, Levels, as_numbers
from sim.experiments.factors import is_numeric
from sim.experiments.optimise.candidates import Point, Told, sayable

#: Candidates that are drawn at random before the estimator has its say, a share of all within bounds.
STARTUP_SHARE, LEAST_STARTUP, MOST_STARTUP = 0.1, 10, 50


def optuna_version() -> str:
    """The version that proposes the candidates. Raises `UserError` where Optuna is not installed."""
    try:
        return version("optuna")
    except PackageNotFoundError:
        raise UserError(
            "orgsim optimise needs Optuna, which is not installed; pip install 'orgsim[optimise]' (in a checkout: pip install "
            "-c constraints.txt -e '.[optimise]')"
        ) from None


class Tpe:
    """See the module. goals: how many objectives, all to be maximised; total: candidates in all."""

    def __init__(self, vary: Mapping[str, Axis], goals: int, total: int, seed: int) -> None:
        optuna_version()
        import optuna  # three quarters of a second to load

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        startup = min(max(LEAST_STARTUP, int(STARTUP_SHARE * total)), MOST_STARTUP)
        # Together for one objective; for several each path by itself reached 97 % of a known front's volume in 200 candidates,
        # together 92 %, and as much where the paths interact (five paths, Optuna 5.0).
        sampler = optuna.samplers.TPESampler(seed=seed, multivariate=goals == 1, n_startup_trials=startup)
        self._study = optuna.create_study(
            storage=optuna.storages.InMemoryStorage(), sampler=sampler, directions=["maximize"] * goals
        )
        self._axes = {path: _Coded(axis, optuna.distributions) for path, axis in vary.items()}
        self._asked: list[Any] = []

    def ask(self, count: int) -> list[Point]:
        """So many designs."""
        space = {path: axis.distribution for path, axis in self._axes.items()}
        self._asked = [self._study.ask(space) for _ in range(count)]
        return [
            {path: axis.value(trial.params[path]) for path, axis in self._axes.items()}
            for trial in self._asked
        ]

    def tell(self, found: Sequence[Told]) -> None:
        """How those that were asked for last did."""
        for trial, one in zip(self._asked, found, strict=True):
            for k, excess in enumerate(one.excess):
                trial.set_constraint(str(k), excess)
            self._study.tell(trial, list(one.values))
        self._asked = []


class _Coded:
    """An axis as Optuna draws it: ranges as numbers, lists of numbers by their place in order, other lists as categories."""

    def __init__(self, axis: Axis, distributions: Any) -> None:
        self._axis = axis
        self._levels: list[Any] | None = None
        if isinstance(axis, Levels):
            ordered = is_numeric(axis)
            self._levels = sorted(as_numbers(axis.values)) if ordered else list(axis.values)
            last = len(self._levels) - 1
            self.distribution = (
                distributions.IntDistribution(0, last)
                if ordered
                else distributions.CategoricalDistribution(tuple(range(last + 1)))
            )
        elif axis.integer:
            self.distribution = distributions.IntDistribution(round(axis.low), round(axis.high))
        else:
            self.distribution = distributions.FloatDistribution(float(axis.low), float(axis.high))

    def value(self, drawn: Any) -> object:
        """The value of the path."""
        return sayable(self._axis, drawn) if self._levels is None else self._levels[int(drawn)]
