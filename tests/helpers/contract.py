"""The contract of a mechanism: a test class states its claims in a few lines and inherits the tests (after Axelrod's
`TestPlayer`).

    class TestLearning(MechanismContract):
        parameters = "learning."
        silences = {"switches.learning": "learning."}
        moves = {"learning.rate": ("skill_mean", +1, {})}
"""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pytest

from helpers.worlds import differences, permuted, play, play_tree, world
from sim.parameters.declaration import Parameter
from sim.parameters.registry import REGISTRY
from sim.scenario.tree import tree_of
from sim.simulation.results import Results
from sim.simulation.run import run

RUNS = 6


@lru_cache(maxsize=512)
def results_of(values: tuple, shape: tuple, runs: int = RUNS, workers: int = 1) -> Results:
    """Return the (kept) results of a small world; *values* and *shape* as sorted pairs."""
    return run(world(dict(values), **dict(shape)), runs, 1, workers=workers)


def pairs(mapping: Mapping) -> tuple:
    return tuple(sorted(mapping.items()))


def undefined(results: Results) -> set[str]:
    return {name for name, x in results.outcomes.items() if not np.all(np.isfinite(x))}


class MechanismContract:
    """What every mechanism is held to. Sub-classes state:

    parameters: prefixes of the paths that are this mechanism's own.
    values: what to set so that the mechanism matters; shape: the organisation.
    silences: how to switch off (path, or path=word) -> prefixes or paths of the parameters that must then change nothing.
    moves: path -> (outcome, direction when it rises from low to high, further values).
    """

    parameters: tuple[str, ...] = ()
    values: Mapping = {}
    shape: Mapping = {"ics": 16, "layers": 2, "weeks": 12, "warmup": 1}
    silences: Mapping[str, tuple[str, ...]] = {}
    moves: Mapping[str, tuple[str, int, Mapping]] = {}
    #: Figures that are a parameter, whatever it does.
    ECHOES: frozenset[str] = frozenset({"fluency_mean"})
    OFF: Mapping[str, object] = {"work.demand": float("inf"), "ai.guardrail": 0.0}

    def own(self) -> list[Parameter]:
        """Return the mechanism's own uncertain parameters."""
        return [
            parameter
            for path, parameter in REGISTRY.items()
            if path.startswith(self.parameters) and parameter.uncertain
        ]

    def results(self, values: Mapping, **options: int) -> Results:
        return results_of(pairs({**self.values, **values}), pairs(self.shape), **options)

    def moved(self, reference: np.ndarray, values: Mapping) -> set[str]:
        """Return the figures in which a run with *values* differs from the *reference*."""
        return set(differences(reference, play(world(values, **self.shape)).weeks)) - self.ECHOES

    def test_it_declares_what_it_claims(self):
        assert self.own() or not self.parameters
        assert self.moves
        for path in (*self.moves, *self.silences):
            assert path in REGISTRY

    def test_off_switch_is_identity(self):
        """With the switch off the mechanism's parameters change nothing, bit for bit."""
        for switch, prefixes in self.silences.items():
            off = {**self.values, switch: self.OFF.get(switch, False)}
            reference = play(world(off, **self.shape)).weeks
            silent = [
                parameter
                for path, parameter in REGISTRY.items()
                if path.startswith(prefixes) and parameter.uncertain
            ]
            assert silent, f"{switch}: nothing begins with {prefixes}"
            for end in ("low", "high"):
                ends = {parameter.path: getattr(parameter, end) for parameter in silent}
                if self.moved(reference, {**off, **ends}):
                    loud = [path for path, x in ends.items() if self.moved(reference, {**off, path: x})]
                    pytest.fail(f"with {switch} = {off[switch]} these still change results: {loud}")

    def test_the_switch_does_something(self):
        for switch in self.silences:
            if switch not in self.OFF:
                assert self.moved(
                    play(world(self.values, **self.shape)).weeks, {**self.values, switch: False}
                ), switch

    def test_it_moves_what_it_claims_to_move(self):
        """The driving parameters move the declared outcome strictly, on common random numbers."""
        for path, (outcome, sign, further) in self.moves.items():
            parameter = REGISTRY[path]
            low, high = (parameter.low, parameter.high) if parameter.uncertain else (0.0, 0.5)
            a, b = (self.results({**further, path: x}).outcomes[outcome].mean() for x in (low, high))
            assert sign * (b - a) > 0, f"{path} from {low} to {high}: {outcome} went from {a:.6g} to {b:.6g}"

    def test_outcomes_are_finite_at_the_ends_of_every_range(self):
        allowed = undefined(self.results({}))
        assert not allowed
        for end in ("low", "high"):
            ends = {parameter.path: getattr(parameter, end) for parameter in self.own()}
            for values in ({path: x} for path, x in ends.items()):
                assert undefined(self.results(values, runs=2)) <= allowed, values
            # All at once may leave managers no hour for their inbox: then its utilisation is undefined.
            together = {
                x for x in undefined(self.results(ends, runs=2)) if not x.startswith("manager_utilisation")
            }
            assert together <= allowed, ends

    def test_reordering_rows_changes_nothing(self):
        """Permanent ids kept, rows shuffled: the same counts, and the same hours but for rounding."""
        scenario = world(self.values, **self.shape)
        tree = tree_of(scenario)
        reference = play_tree(tree, scenario).weeks
        for seed in (1, 2):
            order = np.random.default_rng(seed).permutation(tree.n)
            shuffled = play_tree(permuted(tree, order), scenario).weeks
            assert differences(reference, shuffled, rounding=1e-9) == []

    def test_workers_do_not_matter(self):
        one, two = self.results({}), self.results({}, workers=2)
        assert np.array_equal(one.runs, two.runs)
        for name, x in one.outcomes.items():
            assert np.array_equal(x, two.outcomes[name], equal_nan=True), name
        for name, x in one.series.items():
            assert np.array_equal(x, two.series[name], equal_nan=True), name
