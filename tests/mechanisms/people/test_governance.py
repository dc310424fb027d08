"""AI strategy: `none` is the identity, the signatures of the strategies are strict, everything stays within its bounds."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest
from helpers.claims import BY_THEMSELVES, DOWN, FLUENCY, QUITS, UP, Claim, check_claim, choice, mean_of
from helpers.claims import MANAGED as LED
from helpers.contract import MechanismContract
from helpers.people_contract import PeopleContract
from helpers.worlds import differences
from hypothesis import given
from hypothesis import strategies as st

from sim.constants import IC, MANAGER
from sim.mechanisms.people import governance
from sim.mechanisms.people.governance import BOTTOM_UP, MANAGED, NO_STRATEGY, TOP_DOWN
from sim.mechanisms.people.workforce import Workforce
from sim.organisation import costs
from sim.outcomes.period import Period
from sim.people import scoreboard

#: Figures of the organisation at the end of a run, which are nearer to the mechanism than outcomes are.
RUNS = 4
SHAPE = {"ics": 48, "layers": 3, "weeks": 30, "warmup": 2}
ORDERED = {**BY_THEMSELVES, "ai.strategy": "top_down"}
NOVICES = {**ORDERED, "ai.fluency_mean": 0.1}


def of_world(field: str) -> Callable:
    return lambda org, engine: org.world[field][0]


def ai_spend(org, engine) -> float:
    """Return the AI spend of the whole run, USD."""
    last = org.weeks[[-1]]
    return float(Period(org.weeks[[0]], last, engine.weeks, engine.tree, engine.scenario.values).ai_spend[0])


GUARDRAILS = of_world("guardrails")

CLAIMS: Mapping[str, Claim] = {
    "governance.own_use": Claim(FLUENCY, UP, BY_THEMSELVES),
    "governance.peers": Claim(FLUENCY, UP, BY_THEMSELVES),
    "governance.champions": Claim(FLUENCY, UP, BY_THEMSELVES),
    "governance.champion": Claim(FLUENCY, DOWN, BY_THEMSELVES),  # a higher threshold: fewer champions
    "governance.champions_needed": Claim(FLUENCY, DOWN, {**BY_THEMSELVES, "ai.fluency_mean": 0.55}),
    "governance.spread": Claim(FLUENCY, UP, BY_THEMSELVES),
    "governance.half_hours": Claim(FLUENCY, DOWN, LED),
    "governance.coaching": Claim(FLUENCY, UP, LED),
    "governance.voluntary": Claim(GUARDRAILS, UP, BY_THEMSELVES),
    "governance.rollout": Claim(GUARDRAILS, DOWN, ORDERED),
    "governance.crowding": Claim(FLUENCY, DOWN, ORDERED),
    "governance.training": Claim(FLUENCY, UP, NOVICES),
    "governance.basic": Claim(FLUENCY, UP, NOVICES),
    "governance.fluency_decay": Claim(FLUENCY, DOWN, BY_THEMSELVES),
    "governance.build": Claim(GUARDRAILS, UP, LED),
    "governance.grown": Claim(GUARDRAILS, UP, BY_THEMSELVES),
    "governance.guardrail_decay": Claim(GUARDRAILS, DOWN, LED),
    "governance.guardrail_effect": Claim(mean_of("guardrail"), UP, LED),
    "governance.tools_effect": Claim(mean_of("tools"), DOWN, LED),
    "governance.ordered_spend": Claim(ai_spend, UP, ORDERED),
    "governance.waste_threshold": Claim(of_world("unfluent_sum"), UP, {**BY_THEMSELVES, "ai.fluency_mean": 0.4}),
}  # fmt: skip
#: What is decided.
CHOICES: Mapping[str, Claim] = {
    "ai.strategy": choice(("none", "managed"), FLUENCY, UP, BY_THEMSELVES),
    "governance.coaching_share": choice((0.0, 1.0), FLUENCY, UP, LED),
}


class TestGovernance(PeopleContract):
    parameters = ("governance.",)
    claims = CLAIMS
    values: ClassVar = {**LED, **QUITS}
    OFF: ClassVar = {**MechanismContract.OFF, "ai.strategy": "none"}
    silences: ClassVar = {"ai.strategy": ("governance.",)}
    moves: ClassVar = {
        "governance.fluency_decay": ("ai_fluency_mean", -1, {}),
        "governance.build": ("guardrail_coverage", +1, {}),
    }
    shares = ("fluency", "guardrails", "prevented", "tools")
    alone = ("duty",)

    def test_at_zero_it_is_off(self):
        """Nothing learned, built or forgotten: but for the rounding of a step of nothing, and the books, as without it."""
        # Without hands-on work: under a strategy desks are as fluent as their managers, else as they were drawn.
        # Nor does anybody learn by use, as people do without a strategy.
        still = {"switches.hands_on": False, "ai.fluency_growth": 0.0}
        nothing = {q.path: q.bounds[0] for q in self.own()} | still
        without, idle = (self.tables({**nothing, "ai.strategy": x}).weeks for x in ("none", "managed"))
        assert set(differences(without, idle, rounding=1e-9)) <= {"unfluent_sum"}

    def decided(self, workforce, p, dice):
        hours = governance.attention(workforce, p)
        guardrails = governance.next_guardrails(0.5 * workforce.currency, workforce, hours, p, 4.0)
        coverage = governance.of_team(workforce, guardrails)
        return {
            "duty": governance.duty_hours(workforce, p),
            "coached": hours.coached,
            "guarding": hours.guarding,
            "fluency": governance.next_fluency(workforce, hours, p, 4.0),
            "guardrails": guardrails,
            "prevented": governance.prevented(coverage, p),
            "tools": governance.tool_factors(coverage, p),
            "wasteful": governance.wasteful(workforce.fluency, p),
        }


@pytest.mark.parametrize("path", CLAIMS)
def test_it_moves_the_figure_in_the_declared_direction(path):
    check_claim(path, CLAIMS[path], SHAPE, RUNS)


@pytest.mark.parametrize("path", CHOICES)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, CHOICES[path])


P = SimpleNamespace(
    ai_strategy=MANAGED, ai_guardrail=0.0, managers_governance_hours=1.0, governance_own_use=0.1, governance_peers=0.38,
    governance_champions=0.2, governance_coaching=3.0, governance_training=0.5, governance_basic=0.3,
    governance_fluency_decay=0.1, governance_champion=0.7, governance_champions_needed=0.1, governance_spread=0.1,
    governance_half_hours=1.0, governance_coaching_share=0.5, governance_voluntary=0.6, governance_rollout=0.8,
    governance_crowding=0.5, governance_build=6.0, governance_grown=0.5, governance_guardrail_decay=0.3,
    governance_guardrail_effect=0.4, governance_tools_effect=0.1, governance_ordered_spend=0.3,
    governance_waste_threshold=0.4,
)  # fmt: skip
STRATEGIES = (BOTTOM_UP, TOP_DOWN, MANAGED)


def p(strategy: int, **changes) -> SimpleNamespace:
    """The plausible parameters with *strategy* and *changes*."""
    return SimpleNamespace(**{**vars(P), "ai_strategy": strategy, **changes})


def workforce_of(
    spans: tuple[int, ...] = (6, 4, 4), seed: int = 1, mean: float = 0.5, sd: float = 0.15, **changes
) -> Workforce:
    """A balanced organisation: ICs first, then managers by layer; fluency drawn from *seed*."""
    sizes = [int(np.prod(spans[k:])) for k in range(len(spans) + 1)]
    first = np.concatenate(([0], np.cumsum(sizes)))
    n, rng = int(first[-1]), np.random.default_rng(seed)
    layer = np.repeat(np.arange(len(sizes)), sizes)
    boss = [first[k + 1] + np.arange(sizes[k]) // spans[k] for k in range(len(spans))]
    boss = np.concatenate([*boss, np.array([-1])])
    role = np.where(layer > 0, MANAGER, IC)
    values = {
        "week": 0, "row": np.arange(n), "pid": np.arange(n), "role": role, "layer": layer, "boss": boss,
        "reports": np.bincount(boss[boss >= 0], minlength=n), "tenure": np.ones(n), "skill": np.ones(n),
        "quality": np.zeros(n), "aptitude": np.zeros(n), "fluency": np.clip(mean + sd * rng.standard_normal(n), 0.0, 1.0),
        "expertise": np.zeros(n), "currency": np.where(role == MANAGER, 0.6, 1.0), "diverse": np.zeros(n, bool),
        "hands_on": np.where(layer == 1, 0.25, 0.0), "pay": np.where(role == MANAGER, 3e5, 2e5), "output": np.ones(n),
        "exposure": np.where(role == IC, 0.27, 0.0), "coverage": np.full(n, 0.8), "strain": np.zeros(n),
        "staff": np.zeros(n, bool),
    }  # fmt: skip
    return Workforce(**{**values, **changes})


def after(workforce: Workforce, q: SimpleNamespace, weeks: int = 52) -> tuple[Workforce, np.ndarray]:
    """The workforce and the guardrails after *weeks* weekly updates, from no guardrails at all."""
    guardrails = np.zeros(len(workforce.pid))
    for _ in range(weeks):
        hours = governance.attention(workforce, q)
        fluency = governance.next_fluency(workforce, hours, q)
        guardrails = governance.next_guardrails(guardrails, workforce, hours, q)
        workforce = replace(workforce, fluency=fluency)
    return workforce, guardrails


def _ordered(q: SimpleNamespace) -> float:
    """The factor on AI spend, of `money`."""
    strategy = governance.STRATEGIES[q.ai_strategy]
    return costs.ordered({"ai.strategy": strategy, "governance.ordered_spend": q.governance_ordered_spend})


def measures(
    strategy: int, weeks: int = 52, mean: float = 0.5, sd: float = 0.15, **changes
) -> dict[str, float]:
    """Means over twelve organisations of what a strategy brings and costs (spend of 1,000 USD a year and IC)."""
    rows = []
    for seed in range(12):
        q = p(strategy, **changes)
        workforce, guardrails = after(workforce_of(seed=seed, mean=mean, sd=sd), q, weeks)
        ics = workforce.role == IC
        fluency, boss = workforce.fluency[ics], workforce.boss[ics]
        spend = 1000.0 * _ordered(q) * ics
        rows.append({
            "fluency": fluency.mean(), "guardrails": governance.of_team(workforce, guardrails)[ics].mean(),
            "between": np.var([fluency[boss == x].mean() for x in np.unique(boss)]),
            "least": np.quantile(fluency, 0.1), "wasted": spend[governance.wasteful(workforce.fluency, q)].sum(),
            "hours": governance.duty_hours(workforce, q).sum(), "spend": spend.sum(),
        })  # fmt: skip
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


@pytest.fixture(scope="module")
def year() -> dict[int, dict[str, float]]:
    """The measures of the three strategies after a year at plausible parameters."""
    return {strategy: measures(strategy) for strategy in STRATEGIES}


class TestNone:
    def test_the_identity_bit_for_bit(self):
        workforce, q = workforce_of(), p(NO_STRATEGY, ai_guardrail=0.1 + 0.2)
        guardrails = np.random.default_rng(0).random(len(workforce.pid))
        hours = governance.attention(workforce, q)
        assert governance.next_fluency(workforce, hours, q) is workforce.fluency
        assert governance.next_guardrails(guardrails, workforce, hours, q) is guardrails
        assert (governance.prevented(guardrails, q) == 0.1 + 0.2).all()
        assert (governance.tool_factors(guardrails, q) == 1.0).all()
        assert _ordered(q) == 1.0
        assert set(governance.duty_hours(workforce, q)[workforce.role == MANAGER]) == {1.0}

    def test_a_strategy_starts_from_the_same_guardrails(self):
        for strategy in STRATEGIES:
            got = governance.prevented(np.array([0.0, 0.5, 1.0]), p(strategy, ai_guardrail=0.2))
            assert got.tolist() == pytest.approx([0.2, 0.2 + 0.8 * 0.2, 0.2 + 0.8 * 0.4])


class TestSignatures:
    def test_guardrails_managed_then_bottom_up_then_top_down(self, year):
        assert (
            year[MANAGED]["guardrails"] > year[BOTTOM_UP]["guardrails"] > year[TOP_DOWN]["guardrails"] > 0.0
        )

    def test_fluency_managed_then_bottom_up_then_top_down(self, year):
        start = measures(NO_STRATEGY)["fluency"]
        assert year[MANAGED]["fluency"] > year[BOTTOM_UP]["fluency"] > year[TOP_DOWN]["fluency"] > start

    def test_fluency_is_most_uneven_between_teams_from_the_bottom_up(self, year):
        assert year[BOTTOM_UP]["between"] > max(year[MANAGED]["between"], year[TOP_DOWN]["between"])
        assert year[MANAGED]["between"] < measures(NO_STRATEGY)["between"] < year[BOTTOM_UP]["between"]

    def test_top_down_without_managers_time_wastes_most(self, year):
        blind = measures(TOP_DOWN, managers_governance_hours=0.0)
        assert (
            blind["wasted"] > year[TOP_DOWN]["wasted"] > year[BOTTOM_UP]["wasted"] > year[MANAGED]["wasted"]
        )
        others = (
            measures(strategy, managers_governance_hours=0.0)["wasted"] for strategy in (BOTTOM_UP, MANAGED)
        )
        assert blind["wasted"] > max(others)
        assert year[TOP_DOWN]["spend"] > year[MANAGED]["spend"] == year[BOTTOM_UP]["spend"]

    def test_no_strategy_is_best_at_everything(self, year):
        """Managed has the most of what time buys; bottom-up takes least time; top-down is most even among novices."""
        assert year[BOTTOM_UP]["hours"] < min(year[MANAGED]["hours"], year[TOP_DOWN]["hours"])
        novices = {x: measures(x, weeks=26, mean=0.2, sd=0.08) for x in STRATEGIES}
        assert novices[TOP_DOWN]["between"] < min(novices[MANAGED]["between"], novices[BOTTOM_UP]["between"])
        blind = {x: measures(x, 26, 0.2, 0.08, managers_governance_hours=0.0) for x in STRATEGIES}
        assert blind[TOP_DOWN]["least"] > max(blind[MANAGED]["least"], blind[BOTTOM_UP]["least"])
        assert year[MANAGED]["fluency"] > max(year[x]["fluency"] for x in (BOTTOM_UP, TOP_DOWN))

    def test_managed_without_time_is_bottom_up(self):
        for none in ({"managers_governance_hours": 0.0}, {}):
            workforce = workforce_of() if none else workforce_of(coverage=np.zeros(117))
            (a, x), (b, y) = (after(workforce, p(strategy, **none)) for strategy in (MANAGED, BOTTOM_UP))
            assert np.array_equal(a.fluency, b.fluency)
            assert np.array_equal(x, y)

    @pytest.mark.parametrize("strategy", STRATEGIES)
    def test_managers_with_time_and_currency_help(self, strategy):
        def gained(**changes) -> tuple[float, float]:
            workforce, guardrails = after(workforce_of(**changes), p(strategy, managers_governance_hours=2.0))
            return workforce.fluency[:96].mean(), guardrails.mean()

        n = 117
        rested, busy = gained(coverage=np.ones(n)), gained(coverage=np.full(n, 0.3))
        current, stale = gained(currency=np.ones(n)), gained(currency=np.full(n, 0.1))
        assert rested[0] > busy[0]
        assert rested[1] > busy[1]
        assert current[0] > stale[0]

    def test_wide_spans_leave_fewer_hours_for_each(self):
        """The same 96 ICs under 24, 16 and 8 first-line managers: fluency and guardrails fall with the span."""
        got = []
        for spans in ((4, 6, 4), (6, 4, 4), (12, 4, 2)):
            workforce, guardrails = after(workforce_of(spans), p(MANAGED))
            ics = workforce.role == IC
            got.append((workforce.fluency[ics].mean(), governance.of_team(workforce, guardrails)[ics].mean()))
        assert got[0][0] > got[1][0] > got[2][0]
        assert got[0][1] > got[1][1] > got[2][1]

    def test_tools_are_matched_to_tasks_only_if_managed(self):
        coverage = np.array([0.0, 0.5, 1.0])
        assert governance.tool_factors(coverage, p(MANAGED)).tolist() == pytest.approx([1.0, 0.95, 0.9])
        for strategy in (BOTTOM_UP, TOP_DOWN):
            assert (governance.tool_factors(coverage, p(strategy)) == 1.0).all()


class TestDiffusion:
    @pytest.mark.parametrize(
        ("path", "sign", "strategy"),
        [
            ("governance_own_use", 1, MANAGED), ("governance_peers", 1, MANAGED), ("governance_champions", 1, MANAGED),
            ("governance_coaching", 1, MANAGED), ("governance_training", 1, TOP_DOWN), ("governance_basic", 1, TOP_DOWN),
            ("governance_fluency_decay", -1, MANAGED), ("governance_champion", -1, BOTTOM_UP),
            ("governance_champions_needed", -1, BOTTOM_UP), ("governance_spread", 1, BOTTOM_UP),
            ("governance_half_hours", -1, MANAGED), ("governance_coaching_share", 1, MANAGED),
            ("governance_voluntary", 1, BOTTOM_UP), ("governance_rollout", -1, TOP_DOWN),
            ("governance_crowding", -1, TOP_DOWN),
        ],
    )  # fmt: skip
    def test_every_parameter_moves_fluency(self, path, sign, strategy):
        value = getattr(P, path)
        low, high = (
            after(workforce_of(), p(strategy, **{path: x}))[0].fluency.mean()
            for x in (0.9 * value, 1.1 * value)
        )
        assert sign * high > sign * low

    @pytest.mark.parametrize(
        ("path", "sign"),
        [("governance_build", 1), ("governance_grown", 1), ("governance_guardrail_decay", -1),
         ("governance_coaching_share", -1)],
    )  # fmt: skip
    def test_every_parameter_moves_guardrails(self, path, sign):
        value = getattr(P, path)
        low, high = (
            after(workforce_of(), p(BOTTOM_UP, **{path: x}))[1].mean() for x in (0.9 * value, 1.1 * value)
        )
        assert sign * high > sign * low

    def test_the_curve_of_a_single_channel(self):
        """With own use alone the gap closes exponentially, whatever the step."""
        off = {name: 0.0 for name in vars(P) if name.startswith("governance_")}
        workforce = workforce_of()
        q = p(
            BOTTOM_UP,
            **{**off, "governance_own_use": 0.4, "governance_half_hours": 1.0, "governance_champion": 0.7},
        )
        expected = 1.0 - (1.0 - workforce.fluency) * np.exp(-0.4 * workforce.exposure)
        weekly = after(workforce, q)[0].fluency
        once = governance.next_fluency(workforce, governance.attention(workforce, q), q, 52.0)
        assert weekly == pytest.approx(expected)
        assert once == pytest.approx(expected)

    def test_learning_from_teammates_not_from_oneself(self):
        """One expert among novices: the teammates gain, people elsewhere do not, the manager learns from the team."""
        off = {name: 0.0 for name in vars(P) if name.startswith("governance_")}
        fluency = np.zeros(117)
        fluency[0] = 0.6
        q = p(BOTTOM_UP, **{**off, "governance_peers": 1.0, "governance_champion": 0.9})
        workforce = workforce_of(fluency=fluency)
        new = governance.next_fluency(workforce, governance.attention(workforce, q), q)
        assert new[0] == pytest.approx(0.6)
        assert (new[1:6] > 0.0).all()
        assert new[96] > 0.0
        assert (np.delete(new, [*range(6), 96]) == 0.0).all()

    def test_hours_of_all_managers_above_reach_a_team(self):
        workforce = workforce_of(coverage=np.ones(117))
        hours = governance.attention(workforce, p(MANAGED, governance_coaching_share=0.5))
        assert hours.guarding[96] == pytest.approx(0.5 / 6 + 0.5 / 24 + 0.5 / 96)
        assert (hours.guarding[:96] == 0.0).all()
        assert hours.coached[:96] == pytest.approx(0.5 * 0.6 / 6)

    @given(
        st.integers(1, 3), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 100.0), st.floats(0.0, 40.0),
        st.sampled_from([1.0, 4.0, 520.0]),
    )  # fmt: skip
    def test_everything_stays_within_its_bounds(self, strategy, mean, coverage, rate, hours, weeks):
        workforce = workforce_of((3, 2, 2), mean=mean, coverage=np.full(19, coverage))
        q = p(strategy, governance_peers=rate, governance_build=rate, managers_governance_hours=hours)
        attention = governance.attention(workforce, q)
        fluency = governance.next_fluency(workforce, attention, q, weeks)
        guardrails = governance.next_guardrails(np.full(19, mean), workforce, attention, q, weeks)
        for x in (
            fluency,
            guardrails,
            governance.prevented(guardrails, q),
            governance.tool_factors(guardrails, q),
        ):
            assert ((x >= 0.0) & (x <= 1.0)).all()
        assert 0.0 <= attention.spread <= 1.0

    def test_order_of_rows_does_not_matter(self):
        workforce = workforce_of()
        order = np.random.default_rng(5).permutation(117)
        place = np.append(np.argsort(order), -1)
        columns = {f.name: getattr(workforce, f.name)[order] for f in fields(workforce) if f.name != "week"}
        shuffled = Workforce(**{**columns, "week": 0, "boss": place[workforce.boss[order]]})
        for strategy in STRATEGIES:
            (a, x), (b, y) = (after(c, p(strategy), 8) for c in (workforce, shuffled))
            assert b.fluency == pytest.approx(a.fluency[order], abs=1e-13)
            assert y == pytest.approx(x[order], abs=1e-13)

    def test_odd_organisations(self):
        """Nobody at all, one IC without a boss, a manager without reports, an IC beside managers under one boss."""
        full = workforce_of((2, 2))
        kept = {f.name: getattr(full, f.name) for f in fields(full) if f.name != "week"}
        for keep, boss in (([], []), ([0], [-1]), ([6], [-1]), ([0, 1, 4, 6], [3, 2, 3, -1])):
            columns = {name: x[np.array(keep, int)] for name, x in kept.items()}
            boss = np.array(boss, np.int64)
            reports = np.bincount(boss[boss >= 0], minlength=len(keep))
            workforce = Workforce(**{**columns, "week": 0, "boss": boss, "reports": reports})
            for strategy in STRATEGIES:
                done, guardrails = after(workforce, p(strategy), 3)
                assert np.isfinite(done.fluency).all()
                assert np.isfinite(governance.of_team(done, guardrails)).all()
            board = scoreboard.scoreboard(workforce, work_of(workforce), P)
            assert all(len(getattr(board, field.name)) == len(keep) for field in fields(board))


def work_of(workforce: Workforce, **changes) -> scoreboard.Work:
    """A year in which everybody delivers 52 standard hours, without AI spend and guardrails."""
    n = len(workforce.pid)
    values = {"weeks": 52.0, "value": np.full(n, 52.0), "ai_spend": np.zeros(n), "guardrails": np.zeros(n)}
    return scoreboard.Work(**{**values, **changes})


class TestScoreboard:
    def test_cost_is_of_everybody_below_and_the_manager(self):
        workforce = workforce_of((2, 2), pay=np.array([100.0, 100.0, 100.0, 100.0, 150.0, 150.0, 300.0]))
        value = np.array([3.0, 1.0, 1.0, 1.0, 0.0, 2.0, 0.0])
        spend = np.array([0.0, 0.0, 50.0, 50.0, 0.0, 0.0, 0.0])
        got = scoreboard.scoreboard(workforce, work_of(workforce, value=value, ai_spend=spend), P)
        assert np.isnan(got.cost[:4]).all()
        assert got.cost[4:] == pytest.approx([350.0 / 4.0, 450.0 / 4.0, 1100.0 / 8.0])
        half = scoreboard.scoreboard(
            workforce, work_of(workforce, value=value, ai_spend=spend, weeks=26.0), P
        )
        assert half.cost[4:] == pytest.approx([175.0 / 4.0, 275.0 / 4.0, 600.0 / 8.0])

    def test_productivity_is_of_the_ics(self):
        value = np.array([52.0, 104.0, 0.0, 0.0, 999.0, 999.0, 999.0])
        workforce = workforce_of((2, 2))
        got = scoreboard.scoreboard(workforce, work_of(workforce, value=value), P)
        assert got.productivity[4:] == pytest.approx([1.5, 0.0, 0.75])

    def test_adoption_counts_the_fluent_ics_below(self):
        fluency = np.array([0.1, 0.9, 0.4, 0.5, 0.2, 0.8, 0.0])
        workforce = workforce_of((2, 2), fluency=fluency)
        got = scoreboard.scoreboard(workforce, work_of(workforce), P)
        assert got.adoption[4:] == pytest.approx([0.5, 1.0, 0.75])
        assert got.fluency[4:] == pytest.approx([0.5, 0.45, 0.475])

    def test_waste_is_weighted_by_spend(self):
        workforce = workforce_of((2, 2), fluency=np.array([0.1, 0.9, 0.4, 0.39, 0.0, 0.0, 0.0]))
        spend = np.array([1.0, 3.0, 0.0, 0.0, 70.0, 0.0, 0.0])
        got = scoreboard.scoreboard(workforce, work_of(workforce, ai_spend=spend), P)
        assert got.wasted[4:] == pytest.approx([0.25, np.nan, 0.25], nan_ok=True)

    def test_guardrails_are_those_of_the_teams_below(self):
        workforce = workforce_of((2, 2))
        got = scoreboard.scoreboard(
            workforce, work_of(workforce, guardrails=np.array([9, 9, 9, 9, 0.2, 0.6, 0.9])), P
        )
        assert got.guardrails[4:] == pytest.approx([0.2, 0.6, 0.4])

    def test_undefined_without_people_or_value(self):
        workforce = workforce_of((2, 2))
        got = scoreboard.scoreboard(workforce, work_of(workforce, value=np.zeros(7)), P)
        assert np.isnan(got.cost).all()
        assert np.isnan(got.wasted).all()
        assert (got.productivity[4:] == 0.0).all()

    def test_sums_up_and_down_the_tree(self):
        workforce = workforce_of((3, 2, 2))
        assert governance.from_below(workforce.boss, np.ones(19))[[12, 16, 18]].tolist() == [3.0, 8.0, 18.0]
        assert governance.from_above(workforce.boss, np.ones(19))[[0, 12, 16, 18]].tolist() == [
            4.0,
            3.0,
            2.0,
            1.0,
        ]


def test_choices_are_declared_as_the_mechanism_counts_them():
    from sim.parameters.registry import REGISTRY

    assert governance.STRATEGIES[NO_STRATEGY] == "none"
    if "ai.strategy" in REGISTRY:
        assert REGISTRY["ai.strategy"].choices == governance.STRATEGIES
