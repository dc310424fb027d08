"""The contract of a mechanism of people: that of every mechanism, and what holds because people come and go.

    class TestQuits(PeopleContract):
        parameters = ("quits.", "strain.")
        claims = CLAIMS
        values = {"switches.quits": True, "quits.base": 0.9}
        silences = {"switches.quits": ("quits.base",)}
        zeros = {"switches.quits": {"quits.base": 0.0}}
        moves = {"quits.base": ("quits_per_year", +1, {})}
        streams = (QUIT,)
        shares = alone = ("chance",)

        def decided(self, workforce, p, dice):
            return {"chance": quits.chance(p, workforce.strain, 0.0, 0.0)}

A mechanism of people decides and edits nothing; another room carries it out. So the contract looks at both: at decisions, on
made-up workforces (`decided`), and at the tables of a running organisation that the mechanism takes part in (`values`).
"""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pytest

from helpers.claims import Claim
from helpers.contract import MechanismContract, pairs, undefined
from helpers.people_checks import check, check_books, check_order_of_rows
from helpers.workforces import columns_of, dice_of, frozen, parameters, reordered, without, workforce_of
from helpers.worlds import HOURS_PER_WEEK, play, world
from sim.constants import IC
from sim.engine.codes import LAID_OFF, QUIT
from sim.engine.record import Settings
from sim.engine.state import Org
from sim.mechanisms.people.workforce import Dice, Workforce
from sim.parameters.registry import REGISTRY
from sim.simulation.simulator import Engine

#: The other people leave at a constant hazard, whatever happens around them.
BYSTANDERS: Mapping = {
    "switches.quits": True, "quits.base": 0.9, "switches.strain": False, "quits.passed_over_effect": 0.0, "quits.layoff_jump": 0.0,
    "quits.quality_effect": 0.0,
}  # fmt: skip


@lru_cache(maxsize=256)
def played(values: tuple, shape: tuple) -> Org:
    """Return the (kept) tables of a small world at its end; *values* and *shape* as sorted pairs. Not to be edited."""
    return play(world(dict(values), **dict(shape)))


def tables_that_differ(a: Org, b: Org) -> list[str]:
    """Return the columns of the tables in which two organisations are not the same, bit for bit."""
    found = []
    for name, x, y in zip(Org._fields, a, b, strict=True):
        if x.shape != y.shape:
            found.append(name)
        elif x.dtype.names is None:
            found += [name] if x.tobytes() != y.tobytes() else []
        else:
            found += [f"{name}.{c}" for c in x.dtype.names if x[c].tobytes() != y[c].tobytes()]
    return found


class Asked:
    """Dice that note for which streams and ids they were asked."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self.streams: set[int] = set()
        self.ids: set[int] = set()

    def __call__(self, stream: int, ids: np.ndarray, index: int, sub: int) -> np.ndarray:
        self.streams.add(stream)
        self.ids.update(np.asarray(ids).tolist())
        return self._dice(stream, ids, index, sub)


class PeopleContract(MechanismContract):
    """What every mechanism of people is held to. Sub-classes state what `MechanismContract` asks for, and:

    claims: the claims of the test file; there is one for every uncertain parameter of the mechanism's own.
    zeros: switch -> values with which the mechanism, though on, does nothing at all.
    streams: the streams of dice that its decisions may ask for.
    decided(workforce, p, dice): what the mechanism decides of everybody, column -> array [n].
    rules: further values, by path, under which `decided` is asked; week: of the workforce.
    shares: columns of `decided` that lie within 0 and 1 (probabilities, shares).
    alone: columns of `decided` that depend on nobody else.
    """

    shape: Mapping = {"ics": 18, "layers": 3, "weeks": 12, "warmup": 1}
    claims: Mapping[str, Claim] = {}
    zeros: Mapping[str, Mapping] = {}
    streams: tuple[int, ...] = ()
    rules: Mapping = {}
    week: int = 26
    shares: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    #: Undefined in less than a year.
    UNWATCHED: frozenset[str] = frozenset({"layoff_risk_ic", "layoff_risk_manager"})

    def decided(self, workforce: Workforce, p: Settings, dice: Dice) -> dict[str, np.ndarray]:
        raise NotImplementedError

    def workforce(self, seed: int = 0) -> Workforce:
        """Return people with something to decide about."""
        return workforce_of((60, 12, 3, 1), week=self.week, seed=seed)

    def knobs(self, **values: object) -> Settings:
        return parameters({**self.values, **self.rules, **values})

    def tables(self, values: Mapping) -> Org:
        return played(pairs({**self.values, **values}), pairs(self.shape))

    # --- In a running organisation

    def test_every_parameter_of_its_own_has_a_claim_here(self):
        assert sorted(parameter.path for parameter in self.own()) == sorted(self.claims)

    def test_off_switch_is_identity(self):
        """With the switch off the mechanism's parameters change no table, bit for bit."""
        for switch, prefixes in self.silences.items():
            off = {switch: self.OFF.get(switch, False)}
            silent = [
                parameter
                for path, parameter in REGISTRY.items()
                if path.startswith(prefixes) and parameter.uncertain
            ]
            assert silent, f"{switch}: nothing begins with {prefixes}"
            for end in ("low", "high"):
                ends = {parameter.path: getattr(parameter, end) for parameter in silent}
                assert not tables_that_differ(self.tables(off), self.tables({**off, **ends})), (switch, ends)

    def test_at_zero_it_is_off(self):
        """With the switch on and nothing to act on every table is the one without the mechanism, bit for bit."""
        for switch, nothing in self.zeros.items():
            assert not tables_that_differ(
                self.tables({**nothing, switch: self.OFF.get(switch, False)}), self.tables(nothing)
            )

    def test_outcomes_are_finite_at_the_ends_of_every_range(self):
        allowed = undefined(self.results({}, runs=1))
        assert allowed <= self.UNWATCHED
        for parameter in self.own():
            for x in (parameter.low, parameter.high):
                assert undefined(self.results({parameter.path: x}, runs=1)) <= allowed, (parameter.path, x)

    def test_reordering_rows_changes_nothing(self):
        """Permanent ids kept, rows shuffled: the same counts, the same people go for the same reasons."""
        check_order_of_rows(world(self.values, **self.shape))

    def test_heads_and_books_balance(self):
        """At three moments: heads are seats less vacancies, and everybody who went is in the books once."""
        scenario = world(self.values, **self.shape)
        engine = Engine(scenario)
        org = engine.begin(1, 0)
        for third in (1, 2, 3):
            org = engine.advance(org, engine.weeks * third // 3 * HOURS_PER_WEEK)
            check(org, scenario)
            check_books(org)

    def test_its_parameters_move_nobody_elses_draws(self):
        """Whoever is not laid off quits in the same week, wherever a parameter of the mechanism's own stands."""
        values = {**self.values, **BYSTANDERS}
        reference = played(pairs(values), pairs(self.shape)).cohort
        assert np.count_nonzero(reference["exit_kind"] == QUIT) > 3
        for parameter in self.own():
            if parameter.path in BYSTANDERS:
                continue
            for x in (parameter.low, parameter.high):
                other = played(pairs({**values, parameter.path: x}), pairs(self.shape)).cohort
                np.testing.assert_array_equal(reference["pid"], other["pid"])
                stayed = (reference["exit_kind"] != LAID_OFF) & (other["exit_kind"] != LAID_OFF)
                assert stayed.any()
                for name in ("exit_kind", "exit_week"):
                    np.testing.assert_array_equal(
                        reference[name][stayed], other[name][stayed], err_msg=parameter.path
                    )

    # --- What it decides

    def test_it_decides_and_edits_nothing(self):
        """Nothing can be written, and nothing is another bit afterwards; what is decided is the workforce's own size."""
        workforce, p = frozen(self.workforce()), self.knobs()
        before = {name: x.tobytes() for name, x in columns_of(workforce).items()}, dict(vars(p))
        found = self.decided(workforce, p, dice_of())
        assert ({name: x.tobytes() for name, x in columns_of(workforce).items()}, dict(vars(p))) == before
        assert found
        for name, x in found.items():
            assert x.shape == workforce.pid.shape, name
            assert len(np.unique(x)) > 1, f"{name} is the same for all: the test shows nothing"

    def test_the_same_seed_decides_the_same(self):
        one, two = (self.decided(self.workforce(), self.knobs(), dice_of(seed=1, run=2)) for _ in range(2))
        others = [self.decided(self.workforce(), self.knobs(), dice_of(*key)) for key in ((2, 2), (1, 3))]
        for name, x in one.items():
            np.testing.assert_array_equal(x, two[name], err_msg=name)
        for other in others:
            moved = any(not np.array_equal(x, other[name], equal_nan=True) for name, x in one.items())
            assert moved == bool(self.streams)

    def test_it_asks_for_its_own_dice_by_permanent_id(self):
        """No stream of another mechanism, no row instead of an id: so nobody else's draws can move."""
        workforce = self.workforce()
        workforce = reordered(workforce, np.random.default_rng(3).permutation(len(workforce.pid)))
        workforce = type(workforce)(
            week=workforce.week, **{**columns_of(workforce), "pid": workforce.pid + 10**6}
        )
        asked = Asked(dice_of())
        self.decided(workforce, self.knobs(), asked)
        assert asked.streams == set(self.streams)
        assert asked.ids <= {0, *workforce.pid.tolist()}  # 0: of the organisation as a whole

    def test_who_leaves_moves_nobody_elses_decision(self):
        workforce, p = self.workforce(), self.knobs()
        reference = self.decided(workforce, p, dice_of())
        for leaver in np.flatnonzero(workforce.role == IC)[[0, 17, -1]].tolist():
            found = self.decided(without(workforce, leaver), p, dice_of())
            for name in self.alone:
                np.testing.assert_array_equal(found[name], np.delete(reference[name], leaver), err_msg=name)

    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_the_order_of_people_decides_nothing(self, seed):
        workforce, p = self.workforce(), self.knobs()
        order = np.random.default_rng(seed).permutation(len(workforce.pid))
        reference = self.decided(workforce, p, dice_of())
        found = self.decided(reordered(workforce, order), p, dice_of())
        for name, x in reference.items():
            if x.dtype.kind == "f":  # means are sums in another order
                np.testing.assert_allclose(found[name], x[order], rtol=1e-12, atol=1e-15, err_msg=name)
            else:
                np.testing.assert_array_equal(found[name], x[order], err_msg=name)

    def test_shares_are_shares_at_the_ends_of_every_range(self):
        assert self.shares
        for parameter in self.own():
            for x in (parameter.low, parameter.high):
                found = self.decided(self.workforce(), self.knobs(**{parameter.path: x}), dice_of())
                for name in self.shares:
                    assert np.all((found[name] >= 0.0) & (found[name] <= 1.0)), (parameter.path, x, name)
