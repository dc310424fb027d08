"""Careers: who is promoted, what becomes of competence, and the limit of people only (Pluchino et al. 2010)."""

from collections.abc import Mapping
from dataclasses import fields, replace
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest
from helpers import ladder
from helpers.claims import (
    DOWN,
    EITHER,
    LADDER,
    OFF_ON,
    QUALITY,
    UP,
    WAITING,
    Claim,
    check_claim,
    choice,
    mean_of,
)
from helpers.people_contract import PeopleContract
from helpers.workforces import run_dice
from hypothesis import given
from hypothesis import strategies as st

from sim.constants import IC, MANAGER
from sim.engine.rng import PROMOTION
from sim.mechanisms.people import careers
from sim.mechanisms.people.careers import APTITUDE, BEST, CORRELATED, MIX, PETER, RANDOM, SAME, WORST
from sim.mechanisms.people.workforce import Workforce
from sim.statistics.scores import Range, normal_scores_of_mean_ranks

#: Figures of the organisation at the end of a run, which are nearer to the mechanism than outcomes are.
RUNS = 4
SHAPE = {"ics": 48, "layers": 3, "weeks": 30, "warmup": 2}
HEIRS = {"ics": 48, "layers": 3, "weeks": 30}
CURRENCY, WAITED = mean_of("currency", MANAGER, "occupants"), mean_of("waited", IC, "occupants")
COACHING = mean_of("coaching_hours")
SAME_SCORE = {**LADDER, "careers.transfer": "same"}
STAFF = {"switches.promotions": True, "careers.staff_share": 0.2, "careers.staff_tenure": 0.0}
EXPERTS = {**STAFF, "careers.staff_share": 0.3}
#: Nobody works; people are hired, judged, promoted and retire.
STILL = {
    "switches.flow": False, "switches.retirement": True, "switches.promotions": True, "switches.hiring": True,
    "hiring.delay_weeks": 0.0, "careers.minimum_tenure": 0.0, "people.age_mean": 55.0,
}  # fmt: skip
YEARS = {"ics": 64, "layers": 5, "weeks": 156, "warmup": 0}


def still(ends: tuple, figure: str, sign: int, values: Mapping | None = None) -> Claim:
    return choice(ends, figure, sign, {**STILL, **(values or {})}, YEARS)


def quits_so_far(org, engine) -> int:
    return org.world["quits"][0]


CLAIMS: Mapping[str, Claim] = {
    "careers.correlation": Claim(QUALITY, UP, {**LADDER, "careers.rule": "aptitude"}),
    "careers.peter_penalty": Claim(QUALITY, DOWN, LADDER),
    "careers.skill_kept": Claim(mean_of("skill"), UP, {**WAITING, "careers.step_down": 0.9, "managers.hands_on_share": 0.0}),
    "careers.currency_years": Claim(CURRENCY, UP, {**WAITING, "managers.hands_on_share": 0.0}),
    "careers.currency_hands_on": Claim(CURRENCY, DOWN, WAITING),
    "careers.coaching_hours": Claim(mean_of("coaching_hours"), UP, STAFF),
    "careers.staff_lift": Claim(mean_of("condition"), UP, STAFF),
    "careers.super_lift": Claim(mean_of("condition"), UP, {**WAITING, "work.skill_sd": 0.5}),
    "careers.ready_share": Claim(WAITED, UP, WAITING),
    "careers.patience_weeks": Claim(quits_so_far, DOWN, {**WAITING, "switches.quits": True, "quits.base": 0.6, "quits.passed_over_effect": 1.0}),
}  # fmt: skip
#: What is decided.
CHOICES: Mapping[str, Claim] = {
    "switches.promotions": choice(OFF_ON, "promotions_per_year", UP, LADDER, HEIRS),
    "careers.rule": choice(("worst", "best"), QUALITY, UP, SAME_SCORE, HEIRS),
    "careers.mix_best": choice((0.0, 1.0), QUALITY, UP, {**SAME_SCORE, "careers.rule": "mix"}, HEIRS),
    "careers.mix_other": choice(
        ("worst", "random"),
        QUALITY,
        UP,
        {**SAME_SCORE, "careers.rule": "mix", "careers.mix_best": 0.0},
        HEIRS,
    ),
    "careers.pool": choice(("team", "firm"), QUALITY, UP, SAME_SCORE, {**HEIRS, "ics": 96, "weeks": 40}),
    "careers.transfer": choice(("same", "peter"), QUALITY, DOWN, LADDER, HEIRS),
    "careers.jitter": choice((0.0, 1.0), QUALITY, EITHER, SAME_SCORE, HEIRS),
    "careers.external_share": choice((0.0, 1.0), "promotions_per_year", DOWN, LADDER, HEIRS),
    "careers.minimum_tenure": choice((0.0, 8.0), "promotions_per_year", DOWN, LADDER, HEIRS),
    "careers.step_down": choice((0.0, 0.9), "managers_share", DOWN, WAITING, HEIRS),
    "careers.staff_share": choice((0.0, 0.3), COACHING, UP, EXPERTS),
    "careers.staff_tenure": choice((0.0, 8.0), COACHING, DOWN, EXPERTS),
    "careers.staff_tenure_weight": choice((0.0, 1.0), mean_of("condition"), EITHER, EXPERTS),
    "careers.staff_coaching": choice((0.05, 0.3), mean_of("condition"), UP, EXPERTS),
    "switches.retirement": still(OFF_ON, "retirements_per_year", UP),
    "people.age_mean": still((30.0, 50.0), "retirements_per_year", UP),
    "people.age_sd": still((2.0, 15.0), "retirements_per_year", UP),
    "people.age_min": still((21.0, 50.0), "retirements_per_year", UP),
    "people.age_max": still((45.0, 64.0), "retirements_per_year", UP),
    "people.retirement_age": still((50.0, 70.0), "retirements_per_year", DOWN),
    "careers.every_weeks": still((1, 104), "layoffs_per_year", DOWN, {"competence.dismissal_below": 6.0}),
    "competence.mean": still((5.0, 8.0), "efficiency", UP),
    # The upper end, 10, is nearer to the mean of 7 than the lower one: more is cut off above.
    "competence.sd": still((0.5, 3.0), "efficiency", DOWN, {"careers.rule": "random"}),
    "competence.low": still((1.0, 6.0), "efficiency", UP),
    "competence.high": still((8.0, 10.0), "efficiency", DOWN),  # efficiency is a share of it
    "competence.dismissal_below": still((0.0, 5.0), "layoffs_per_year", UP),
    **{f"competence.weight_{k}": still((0.1, 1.0), "efficiency", EITHER) for k in range(6)},
}


class TestCareers(PeopleContract):
    """Managers step down, experts join the staff track, vacant seats go to people from below; two seats are to be filled."""

    parameters = ("careers.",)
    claims = CLAIMS
    values: ClassVar = {**LADDER, **STAFF, "careers.step_down": 0.9, "hiring.delay_weeks": 2.0}
    #: Closeness to the technology and the staff track move on without promotions, too.
    silences: ClassVar = {
        "switches.promotions": (
            "careers.correlation", "careers.peter_penalty", "careers.skill_kept", "careers.ready_share", "careers.patience_weeks",
        )
    }  # fmt: skip
    #: Every seat goes to somebody from outside, nobody steps down, nobody is ready for a seat.
    zeros: ClassVar = {
        "switches.promotions": {
            "careers.external_share": 1.0, "careers.step_down": 0.0, "careers.ready_share": 0.0,
        }
    }  # fmt: skip
    moves: ClassVar = {"careers.step_down": ("managers_share", -1, {})}
    streams = (PROMOTION,)
    rules: ClassVar = {"careers.rule": "random", "careers.transfer": "correlated", "careers.step_down": 0.99}
    shares = ("currency", "blocked")
    alone = ("currency", "blocked", "steps_down")

    def decided(self, workforce, p, dice):
        """Beside those present a seat below the top is vacant, and one below a manager of the second layer."""
        n, top = len(workforce.pid), int(np.argmax(workforce.layer))
        middle = int(np.flatnonzero(workforce.layer == 2)[np.argmin(workforce.pid[workforce.layer == 2])])
        boss = np.array([top, middle])
        seats = np.array([1000, 1001]), workforce.pid[boss], np.array([2, 1]), boss
        made = careers.fill_vacancies(workforce, careers.Vacancies(*seats, np.full(n, -1)), p, dice)
        seat, quality = np.full(n, -1), workforce.quality.copy()
        seat[made.person], quality[made.person] = made.row, made.quality
        staff = np.zeros(n, bool)
        staff[careers.new_staff(workforce, p)] = True
        return {
            "seat": seat,
            "quality": quality,
            "considered": made.considered,
            "steps_down": careers.step_downs(workforce, p, dice),
            "staff": staff,
            "ready": careers.ready(workforce, p),
            "currency": careers.next_currency(workforce, p, 4.0),
            "blocked": careers.blocked(10.0 * workforce.tenure, p),
            "lift": careers.team_factors(replace(workforce, staff=workforce.skill > 1.2), p),
            "coaching": careers.coaching_hours(replace(workforce, staff=workforce.skill > 1.2), p),
        }


@pytest.mark.parametrize("path", CLAIMS)
def test_it_moves_the_figure_in_the_declared_direction(path):
    check_claim(path, CLAIMS[path], SHAPE, RUNS)


@pytest.mark.slow
@pytest.mark.parametrize("path", CHOICES)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, CHOICES[path])


SMALL, BRANCH, FIRM = range(3)
P = SimpleNamespace(
    careers_rule=BEST, careers_transfer=SAME, careers_correlation=0.3, careers_jitter=0.0, careers_mix_best=0.5,
    careers_mix_other=0, careers_pool=BRANCH, careers_external_share=0.0, careers_minimum_tenure=1.0,
    careers_peter_penalty=0.075, careers_step_down=0.0, careers_skill_kept=0.5, careers_currency_hands_on=0.3,
    careers_currency_years=3.0, careers_staff_share=0.1, careers_staff_tenure=2.0, careers_staff_tenure_weight=0.3,
    careers_staff_lift=0.04, careers_staff_coaching=0.1, careers_coaching_hours=0.5, careers_super_lift=0.03,
    careers_ready_share=0.3, careers_patience_weeks=104.0, managers_quality_effect=0.043, questions_super_ic_skill=1.75,
)  # fmt: skip


def p(**changes) -> SimpleNamespace:
    """The plausible parameters with *changes*."""
    return SimpleNamespace(**{**vars(P), **changes})


def dice(stream: int, ids: np.ndarray, index: int, sub: int) -> np.ndarray:
    return run_dice(stream, 0, ids, index, sub)


def workforce_of(spans: tuple[int, ...] = (4, 3, 2), seed: int = 1, **changes) -> Workforce:
    """A balanced organisation: ICs first, then managers by layer; traits drawn from *seed*."""
    sizes = [int(np.prod(spans[k:])) for k in range(len(spans) + 1)]
    first = np.concatenate(([0], np.cumsum(sizes)))
    n, rng = int(first[-1]), np.random.default_rng(seed)
    layer = np.repeat(np.arange(len(sizes)), sizes)
    boss = [first[k + 1] + np.arange(sizes[k]) // spans[k] for k in range(len(spans))]
    boss = np.concatenate([*boss, np.array([-1])])
    role = np.where(layer > 0, MANAGER, IC)
    values = {
        "week": 0, "row": np.arange(n), "pid": np.arange(n), "role": role, "layer": layer, "boss": boss,
        "reports": np.bincount(boss[boss >= 0], minlength=n), "tenure": rng.uniform(1.0, 9.0, n),
        "skill": np.exp(0.35 * rng.standard_normal(n)), "quality": rng.standard_normal(n) * role,
        "aptitude": rng.standard_normal(n), "fluency": np.full(n, 0.5), "expertise": np.zeros(n),
        "currency": np.where(role == MANAGER, 0.5, 1.0), "diverse": np.zeros(n, bool), "hands_on": np.zeros(n),
        "pay": np.full(n, 2e5), "output": rng.gamma(4.0, 2.0, n), "exposure": np.zeros(n), "coverage": np.ones(n),
        "strain": np.zeros(n), "staff": np.zeros(n, bool),
    }  # fmt: skip
    return Workforce(**{**values, **changes})


def without(workforce: Workforce, gone: list[int]) -> tuple[Workforce, careers.Vacancies]:
    """The *workforce* after the managers at positions *gone* left: reports move to the nearest boss who is present."""
    former = np.where(np.isin(workforce.boss, gone), workforce.row[workforce.boss], -1)
    up = workforce.boss.copy()
    while np.isin(up, gone).any():
        up = np.where(np.isin(up, gone), workforce.boss[up], up)
    stay = np.setdiff1d(np.arange(len(workforce.pid)), gone)
    place = np.full(len(workforce.pid) + 1, -1)
    place[stay] = np.arange(len(stay))
    kept = {f.name: getattr(workforce, f.name)[stay] for f in fields(workforce) if f.name != "week"}
    left = Workforce(**{**kept, "week": workforce.week, "boss": place[up[stay]]})
    seats = np.array(gone, np.int64)
    return left, careers.Vacancies(
        *(x[seats] for x in (workforce.row, workforce.pid, workforce.layer, place[up])), former[stay]
    )


WORKFORCE = workforce_of()  # 24 ICs 0..23, managers 24..29 of layer 1, 30 and 31 of layer 2, the top 32
TOP, UPPER, FIRST_LINE = 32, 30, 24


def appointed(workforce: Workforce, gone: list[int], **changes) -> tuple[Workforce, careers.Appointments]:
    left, vacant = without(workforce, gone)
    return left, careers.fill_vacancies(left, vacant, p(**changes), dice)


class TestChoice:
    @pytest.mark.parametrize(("rule", "sign"), [(BEST, 1.0), (WORST, -1.0)])
    def test_best_and_worst_of_the_branch(self, rule, sign):
        left, got = appointed(WORKFORCE, [FIRST_LINE], careers_rule=rule)
        branch = np.arange(12)  # the ICs below the seat's boss
        assert got.row.tolist() == [FIRST_LINE]
        assert got.layer.tolist() == [1]
        assert got.person.tolist() == [int(branch[np.argmax(sign * left.output[branch])])]
        assert np.flatnonzero(got.considered).tolist() == branch.tolist()

    def test_aptitude_decides(self):
        left, got = appointed(WORKFORCE, [FIRST_LINE], careers_rule=APTITUDE)
        assert got.person[0] == np.argmax(left.aptitude[:12])

    def test_random_is_uniform_and_keyed(self):
        workforces = [replace(WORKFORCE, week=week) for week in range(600)]
        chosen = [
            int(appointed(workforce, [FIRST_LINE], careers_rule=RANDOM)[1].person[0])
            for workforce in workforces
        ]
        counts = np.bincount(chosen, minlength=12)
        assert ((counts - 50.0) ** 2 / 50.0).sum() < 31.3  # chi-squared, 11 degrees, 0.1 %
        assert int(appointed(workforces[7], [FIRST_LINE], careers_rule=RANDOM)[1].person[0]) == chosen[7]

    def test_a_mix_shares_vacancies_between_two_rules(self):
        best, worst = (
            appointed(WORKFORCE, [FIRST_LINE], careers_rule=rule)[1].person[0] for rule in (BEST, WORST)
        )
        workforces = (replace(WORKFORCE, week=week) for week in range(400))
        q = {"careers_rule": MIX, "careers_mix_best": 0.7}
        chosen = [int(appointed(workforce, [FIRST_LINE], **q)[1].person[0]) for workforce in workforces]
        assert set(chosen) == {best, worst}
        assert np.mean(np.array(chosen) == best) == pytest.approx(0.7, abs=4 * np.sqrt(0.21 / 400))

    @pytest.mark.parametrize(("width", "size"), [(SMALL, 4), (BRANCH, 12), (FIRM, 24)])
    def test_width_of_the_pool(self, width, size):
        assert appointed(WORKFORCE, [FIRST_LINE], careers_pool=width)[1].considered.sum() == size

    def test_a_pool_without_eligible_people_widens(self):
        tenure = np.where(np.arange(33) < 4, 0.0, WORKFORCE.tenure)
        _, got = appointed(replace(WORKFORCE, tenure=tenure), [FIRST_LINE], careers_pool=SMALL)
        assert np.flatnonzero(got.considered).tolist() == list(range(4, 12))

    def test_recent_hires_and_staff_are_not_eligible(self):
        left, _ = without(WORKFORCE, [FIRST_LINE])
        best = int(np.argmax(left.output[:12]))
        for change in (
            {"tenure": WORKFORCE.tenure * (np.arange(33) != best)},
            {"staff": np.arange(33) == best},
        ):
            _, got = appointed(replace(WORKFORCE, **change), [FIRST_LINE])
            assert got.person[0] != best
            assert not got.considered[best]

    def test_a_root_is_no_candidate_and_the_next_best_gets_the_seat(self):
        left, _ = without(WORKFORCE, [FIRST_LINE])
        best = int(np.argmax(left.output[:12]))
        boss = np.where(np.arange(33) == best, -1, WORKFORCE.boss)  # as in a partial chart
        _, got = appointed(replace(WORKFORCE, boss=boss), [FIRST_LINE], careers_pool=2)
        assert got.person[0] not in (best, -1)
        assert not got.considered[best]

    def test_nobody_eligible_leaves_the_seat_vacant_or_goes_outside(self):
        green = replace(WORKFORCE, tenure=np.zeros(33))
        assert len(appointed(green, [FIRST_LINE])[1].row) == 0
        _, got = appointed(green, [FIRST_LINE], careers_external_share=1e-12)
        assert got.person.tolist() == [-1]
        assert np.isnan(got.quality).all()

    def test_outsiders_fill_their_share(self):
        outside = [
            appointed(replace(WORKFORCE, week=w), [FIRST_LINE], careers_external_share=0.3)[1].person[0] < 0
            for w in range(400)
        ]
        assert np.mean(outside) == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / 400))
        all_out = appointed(WORKFORCE, [FIRST_LINE, TOP], careers_external_share=1.0)[1]
        assert all_out.person.tolist() == [-1, -1]
        assert not all_out.considered.any()

    def test_order_of_rows_does_not_matter(self):
        left, vacant = without(WORKFORCE, [FIRST_LINE, UPPER])
        order = np.random.default_rng(3).permutation(len(left.pid))
        place = np.append(np.argsort(order), -1)
        columns = {f.name: getattr(left, f.name)[order] for f in fields(left) if f.name != "week"}
        shuffled = Workforce(**{**columns, "week": left.week, "boss": place[left.boss[order]]})
        moved = replace(vacant, boss=place[vacant.boss], former=vacant.former[order])
        ties = careers.fill_vacancies(replace(left, output=0.0 * left.output), vacant, P, dice)
        assert left.pid[ties.person].tolist() == [25, 0, 1]  # by permanent id
        for rule in (BEST, RANDOM):
            q = p(careers_rule=rule, careers_transfer=CORRELATED)
            a, b = (
                careers.fill_vacancies(left, vacant, q, dice),
                careers.fill_vacancies(shuffled, moved, q, dice),
            )
            assert left.pid[a.person].tolist() == shuffled.pid[b.person].tolist()
            assert np.array_equal(a.quality, b.quality)


class TestSeats:
    def test_seats_of_the_promoted_are_filled_in_turn_top_first(self):
        left, got = appointed(WORKFORCE, [TOP])
        assert got.layer.tolist() == [3, 2, 1]
        assert left.layer[got.person].tolist() == [2, 1, 0]
        assert got.row[0] == TOP
        assert got.row[1:].tolist() == left.row[got.person[:-1]].tolist()
        assert len(careers.fill_vacancies(*without(WORKFORCE, [TOP]), P, dice, cascade=False).row) == 1

    def test_an_empty_layer_is_jumped(self):
        left, got = appointed(WORKFORCE, [30, 31, TOP])
        assert got.layer.tolist() == [3, 2, 2, 1, 1, 1]
        assert left.layer[got.person].tolist() == [1, 1, 1, 0, 0, 0]

    def test_without_managers_left_only_the_first_line_is_filled(self):
        _, got = appointed(workforce_of((4, 2)), [8, 9, 10])
        assert got.row.tolist() == [8, 9]
        assert set(got.person.tolist()) <= set(range(8))

    @given(st.sets(st.integers(24, 32), min_size=1), st.integers(0, 4), st.integers(0, 2), st.integers(0, 99))
    def test_nobody_takes_two_seats_and_nobody_moves_down(self, gone, rule, width, week):
        left, got = appointed(
            replace(WORKFORCE, week=week),
            sorted(gone),
            careers_rule=rule,
            careers_pool=width,
            careers_external_share=0.2,
        )
        inside = got.person[got.person >= 0]
        assert len(np.unique(inside)) == len(inside)
        assert len(np.unique(got.row)) == len(got.row)
        assert (got.layer[got.person >= 0] > left.layer[inside]).all()
        assert got.considered[inside].all()
        assert np.isfinite(got.quality[got.person >= 0]).all()
        assert (np.diff(got.layer) <= 0).all()

    def test_no_vacancies_and_no_people(self):
        assert len(careers.fill_vacancies(*without(WORKFORCE, []), P, dice).row) == 0
        nobody, vacant = without(WORKFORCE, list(range(33)))
        assert len(nobody.pid) == 0
        assert len(careers.fill_vacancies(nobody, vacant, P, dice).row) == 0
        for function in (careers.ready, careers.new_staff, careers.team_factors, careers.coaching_hours):
            assert len(function(nobody, P)) == 0


class TestTransfer:
    def test_same_keeps_the_normal_score(self):
        left, got = appointed(WORKFORCE, [TOP], careers_transfer=SAME)
        ics = left.role == IC
        scores = normal_scores_of_mean_ranks(left.skill[ics])
        assert got.quality[:2].tolist() == left.quality[got.person[:2]].tolist()
        assert got.quality[2] == scores[got.person[2]]
        moved = (
            appointed(WORKFORCE, [TOP], careers_transfer=SAME, careers_jitter=0.5)[1].quality - got.quality
        )
        assert ((moved != 0.0) & (np.abs(moved) <= 0.5)).all()
        assert scores.mean() == pytest.approx(0.0, abs=1e-12)
        assert normal_scores_of_mean_ranks(np.ones(7)).tolist() == [0.0] * 7
        assert np.array_equal(np.argsort(scores), np.argsort(left.skill[ics]))

    def test_peter_forgets_and_is_standard_normal(self):
        workforces = (replace(WORKFORCE, pid=WORKFORCE.pid + 1000 * k) for k in range(400))
        drawn = [
            appointed(workforce, [FIRST_LINE], careers_transfer=PETER)[1].quality[0]
            for workforce in workforces
        ]
        assert np.mean(drawn) == pytest.approx(0.0, abs=0.2)
        assert np.std(drawn) == pytest.approx(1.0, abs=0.15)
        other = replace(WORKFORCE, skill=WORKFORCE.skill[::-1].copy(), aptitude=-WORKFORCE.aptitude)
        got = [
            appointed(workforce, [FIRST_LINE], careers_transfer=PETER)[1].quality[0]
            for workforce in (WORKFORCE, other)
        ]
        assert got[0] == got[1]

    def test_a_promotion_later_finds_the_same_manager(self):
        """Quality is keyed by person and layer, so scenarios that promote at other times agree."""
        workforces = (replace(WORKFORCE, week=week) for week in (3, 80))
        a, b = (
            appointed(workforce, [FIRST_LINE], careers_transfer=PETER)[1].quality[0]
            for workforce in workforces
        )
        assert a == b

    def test_correlated_ends(self):
        free = {"careers_transfer": CORRELATED, "careers_peter_penalty": 0.0}
        left, got = appointed(WORKFORCE, [FIRST_LINE], careers_correlation=1.0, **free)
        assert got.quality[0] == left.aptitude[got.person[0]]
        nothing = appointed(WORKFORCE, [FIRST_LINE], careers_correlation=0.0, **free)[1]
        peter = appointed(WORKFORCE, [FIRST_LINE], careers_transfer=PETER)[1]
        assert nothing.quality[0] == peter.quality[0]
        full = {"careers_transfer": CORRELATED, "careers_correlation": 1.0}
        left, got = appointed(WORKFORCE, [UPPER], **full)
        assert got.quality[0] == left.aptitude[got.person[0]]  # managers who rise pay no penalty

    def test_a_doubling_of_own_output_costs_the_team_seven_and_a_half_percent(self):
        """I05: the loss in quality times the effect of a sd of quality is the loss of the team's output."""
        output = np.ones(33)
        qualities = []
        for own in (0.5, 1.0, 2.0):
            output[0] = own
            pool = replace(
                WORKFORCE, output=output.copy(), staff=np.arange(33) > 0
            )  # nobody else is eligible
            got = appointed(pool, [FIRST_LINE], careers_transfer=CORRELATED)[1]
            assert got.person[0] == 0
            qualities.append(got.quality[0])
        effect = np.diff(qualities) * P.managers_quality_effect
        assert effect == pytest.approx([-0.075, -0.075])

    def test_the_penalty_is_bounded_and_silent_without_output(self):
        peers = np.ones(9)
        got = careers.peter_penalty(np.array([0.0, 0.25, 4.0, 1e9]), peers, P) * P.managers_quality_effect
        assert got == pytest.approx([-0.15, -0.15, 0.15, 0.15])
        assert careers.peter_penalty(np.array([3.0]), np.zeros(4), P).tolist() == [0.0]
        assert careers.peter_penalty(np.array([3.0]), peers, p(managers_quality_effect=0.0)).tolist() == [0.0]

    def test_promotion_on_output_makes_worse_managers_than_promotion_on_aptitude(self):
        def mean(rule: int) -> float:
            q = {"careers_rule": rule, "careers_transfer": CORRELATED}
            return float(
                np.mean([appointed(workforce_of(seed=s), [24, 25, 26], **q)[1].quality for s in range(30)])
            )

        assert mean(APTITUDE) > mean(RANDOM) > mean(BEST)
        assert mean(WORST) > mean(RANDOM)


class TestLattice:
    def test_step_downs_have_the_annual_rate_and_spare_the_top(self):
        assert not careers.step_downs(WORKFORCE, P, dice).any()
        total = np.zeros(33)
        for week in range(3000):
            total += careers.step_downs(replace(WORKFORCE, week=week), p(careers_step_down=0.2), dice)
        assert total[:24].sum() == 0
        assert total[TOP] == 0
        expected = 8 * 3000 * (1.0 - 0.8 ** (1 / 52))
        assert total.sum() == pytest.approx(expected, abs=4 * np.sqrt(expected))
        every = careers.step_downs(WORKFORCE, p(careers_step_down=1.0), dice)
        assert np.flatnonzero(every).tolist() == list(range(24, 32))

    def test_skill_of_a_returning_manager_rises_with_currency(self):
        skill, currency = np.full(3, 1.2), np.array([0.0, 0.5, 1.0])
        assert careers.skill_as_ic(skill, currency, P).tolist() == pytest.approx([0.6, 0.9, 1.2])

    def test_currency_fades_without_hands_on_work_and_comes_back(self):
        now = replace(
            WORKFORCE,
            currency=np.where(WORKFORCE.role == MANAGER, 0.8, 0.4),
            hands_on=(WORKFORCE.layer == 1) * 0.3,
        )
        year = careers.next_currency(now, P, 52.0)
        assert (year[WORKFORCE.layer == 1] > 0.8).all()
        assert year[UPPER] == pytest.approx(0.8 * np.exp(-1 / 3))
        assert (year[:24] > 0.4).all()
        weekly = now
        for _ in range(52):
            weekly = replace(weekly, currency=careers.next_currency(weekly, P))
        assert weekly.currency == pytest.approx(year)
        assert ((year >= 0.0) & (year <= 1.0)).all()

    def test_staff_are_the_top_of_skill_and_tenure_in_exact_number(self):
        workforce = replace(WORKFORCE, tenure=np.full(33, 5.0))
        got = careers.new_staff(workforce, p(careers_staff_share=0.25))
        assert sorted(got.tolist()) == sorted(np.argsort(-workforce.skill[:24])[:6].tolist())
        by_tenure = careers.new_staff(replace(WORKFORCE, skill=np.ones(33)), p(careers_staff_share=0.25))
        assert sorted(by_tenure.tolist()) == sorted(np.argsort(-WORKFORCE.tenure[:24])[:6].tolist())
        assert len(careers.new_staff(workforce, p(careers_staff_share=0.0))) == 0
        assert len(careers.new_staff(workforce, p(careers_staff_tenure=6.0))) == 0

    def test_staff_stay_staff(self):
        staff = np.zeros(33, bool)
        for share in (0.125, 0.25, 0.1):
            new = careers.new_staff(
                replace(WORKFORCE, staff=staff), p(careers_staff_share=share, careers_staff_tenure=0.0)
            )
            assert not staff[new].any()
            staff[new] = True
        assert staff.sum() == 6

    def test_lifts_of_zero_are_the_identity(self):
        workforce = replace(WORKFORCE, staff=np.arange(33) < 6, skill=np.full(33, 3.0))
        off = p(careers_staff_lift=0.0, careers_super_lift=0.0)
        assert careers.team_factors(workforce, off).tolist() == [1.0] * 33
        assert careers.coaching_hours(workforce, off).tolist() == [0.0] * 33
        assert careers.team_factors(replace(WORKFORCE, skill=np.ones(33)), P).tolist() == [1.0] * 33

    def test_a_staff_ic_lifts_teammates_only_and_pays_with_hours(self):
        workforce = replace(WORKFORCE, staff=np.arange(33) == 0, skill=np.ones(33))
        factor = careers.team_factors(workforce, P)
        assert factor[1:4] == pytest.approx(1.04)
        assert factor[0] == 1.0
        assert (factor[4:] == 1.0).all()
        hours = careers.coaching_hours(workforce, P)
        assert hours[0] == pytest.approx(3 * 0.5)
        assert hours[1:].sum() == 0.0

    def test_one_coach_does_not_reach_everybody_in_a_large_team(self):
        workforce = workforce_of((21,), staff=np.arange(22) == 0, skill=np.ones(22))
        assert careers.coaching_hours(workforce, P)[0] == pytest.approx(4.0)
        assert careers.team_factors(workforce, P)[1] == pytest.approx(1.0 + 0.04 * (4.0 / 20) / 0.5)
        three = replace(workforce, staff=np.arange(22) < 4)
        assert careers.team_factors(three, P)[10] == pytest.approx(1.04)  # and never more than the full lift

    def test_super_ics_lift_by_example_and_one_is_enough(self):
        one = careers.team_factors(replace(WORKFORCE, skill=np.where(np.arange(33) == 0, 2.0, 1.0)), P)
        two = careers.team_factors(replace(WORKFORCE, skill=np.where(np.arange(33) < 2, 2.0, 1.0)), P)
        assert one[:4] == pytest.approx([1.0, 1.03, 1.03, 1.03])
        assert two[:4] == pytest.approx([1.03] * 4)
        assert careers.coaching_hours(WORKFORCE, P).sum() == 0.0

    def test_ready_are_the_top_of_each_layer(self):
        got = careers.ready(WORKFORCE, P)
        top = np.argsort(-WORKFORCE.output[:24])[:8]
        assert np.flatnonzero(got[:24]).tolist() == sorted(top.tolist())
        assert not got[TOP]
        assert not careers.ready(replace(WORKFORCE, staff=np.ones(33, bool)), P).any()

    def test_waiting_blocks_and_a_chance_ends_it(self):
        waited = np.zeros(3)
        is_ready = np.array([True, True, False])
        for week in range(104):
            waited = careers.next_waited(waited, is_ready, np.array([False, week == 51, False]))
        assert careers.blocked(waited, P).tolist() == pytest.approx([1.0, 0.5, 0.0])
        later = careers.next_waited(waited, np.zeros(3, bool), np.zeros(3, bool))
        assert later.tolist() == pytest.approx([103.0, 51.0, 0.0])


PLUCHINO = ladder.Levels(
    sizes=(81, 41, 21, 11, 5, 1), weights=(0.2, 0.4, 0.6, 0.8, 0.9, 1.0), competence=Range(7.0, np.sqrt(2.0), 1.0, 10.0),
    age=Range(25.0, 5.0, 18.0, 60.0), retirement_age=60.0, dismissal_below=4.0,
)  # fmt: skip
SMALL_FIRM = ladder.Levels((30, 9, 3, 1), (0.3, 0.5, 0.8, 1.0), PLUCHINO.competence, PLUCHINO.age, 60.0, 4.0)


def series(rules: careers.Rules, years: int, runs: int, firm: ladder.Levels = SMALL_FIRM) -> np.ndarray:
    return ladder.ladder(ladder.Study(firm, rules, np.arange(runs), run_dice), years)


class TestLadder:
    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("transfer", "rule", "target"),
        [
            (SAME, BEST, 9.57), (SAME, WORST, -4.82), (SAME, RANDOM, 1.63),
            (PETER, BEST, -10.94), (PETER, WORST, 12.62), (PETER, RANDOM, 0.73),
        ],
    )  # fmt: skip
    def test_the_peter_principle_revisited(self, transfer, rule, target):
        """Change of efficiency after 200 years in %, from its expectation at the start, which has no sampling error."""
        got = series(careers.Rules(rule, transfer, jitter=1.0), years=500, runs=24, firm=PLUCHINO)
        start = PLUCHINO.competence.at((np.arange(20_000) + 0.5) / 20_000).mean() / 10.0
        change = 100.0 * (got[:, 201:].mean(axis=1) / start - 1.0)
        assert abs(change.mean() - target) < 0.5
        assert 4.0 * change.std(ddof=1) / np.sqrt(24) < 0.5
        spread = got[:, 0].std(ddof=1) / np.sqrt(24)
        assert abs(got[:, 0].mean() - start) < 4.0 * spread

    def test_runs_are_independent_of_each_other(self):
        rules = careers.Rules(MIX, PETER)
        together = series(rules, 40, 5)
        alone = ladder.ladder(ladder.Study(SMALL_FIRM, rules, np.array([3]), run_dice), 40)
        assert np.array_equal(together[3], alone[0])
        assert len(np.unique(together[:, -1])) == 5

    @pytest.mark.slow
    @pytest.mark.parametrize("transfer", [SAME, PETER])
    def test_a_mix_contains_both_of_its_rules(self, transfer):
        for share, rule in ((1.0, BEST), (0.0, APTITUDE)):
            mixed = series(careers.Rules(MIX, transfer, mix_best=share, mix_other=APTITUDE), 60, 3)
            assert np.array_equal(mixed, series(careers.Rules(rule, transfer), 60, 3))
        low, half, high = (
            series(careers.Rules(MIX, SAME, mix_best=x), 200, 6)[:, 100:].mean() for x in (0.0, 0.5, 1.0)
        )
        assert low < half < high

    def test_correlation_zero_is_peter_and_aptitude_pays_under_correlation(self):
        assert np.array_equal(
            series(careers.Rules(BEST, CORRELATED), 40, 3), series(careers.Rules(BEST, PETER), 40, 3)
        )
        by = {
            rule: series(careers.Rules(rule, CORRELATED, correlation=0.8), 200, 6)[:, 100:].mean()
            for rule in (BEST, RANDOM, APTITUDE)
        }
        assert by[APTITUDE] > by[RANDOM] > by[BEST]

    def test_everybody_has_one_place_and_the_rules_hold(self):
        study = ladder.Study(SMALL_FIRM, careers.Rules(RANDOM, PETER), np.arange(4), run_dice)
        now = ladder.found(study)
        level = np.repeat(np.arange(4), SMALL_FIRM.sizes).tolist()
        assert now.hired.tolist() == [43] * 4
        for year in range(1, 60):
            before, now = now, ladder.next_year(study, now, year)
            assert not np.isnan(now.competence).any()
            assert all(len(set(people)) == 43 for people in now.person.tolist())
            assert (now.age <= 60.0).all()
            for was, is_now in zip(before.person.tolist(), now.person.tolist(), strict=True):
                steps = [level[is_now.index(x)] - level[was.index(x)] for x in set(was) & set(is_now)]
                assert set(steps) <= {0, 1}  # vacancies are filled from the next level below only
                assert all(level[is_now.index(x)] == 0 for x in set(is_now) - set(was))
            stayed = now.person == before.person
            assert (now.competence[stayed] == before.competence[stayed]).all()
            assert (before.competence[stayed] >= 4.0).all()
            assert ((now.competence >= 1.0) & (now.competence <= 10.0)).all()

    def test_an_upside_down_firm_keeps_empty_places(self):
        """Two at the bottom cannot fill ten seats above in a year; nothing is invented and nothing divides by zero."""
        firm = ladder.Levels(
            (2, 10),
            (0.5, 1.0),
            Range(5.0, 0.0, 1.0, 10.0),
            Range(60.0, 0.0, 18.0, 70.0),
            60.0,
        )
        study = ladder.Study(firm, careers.Rules(BEST, SAME), np.arange(2), run_dice)
        now = ladder.next_year(study, ladder.found(study), 1)
        assert np.isnan(now.competence[:, 2:]).all()
        assert ladder.efficiency(firm, now).tolist() == pytest.approx([5.0 / 110.0] * 2)


def test_choices_are_declared_as_the_mechanism_counts_them():
    from sim.parameters.registry import REGISTRY

    words = {
        "careers.rule": careers.RULES,
        "careers.transfer": careers.TRANSFERS,
        "careers.pool": careers.POOLS,
    }
    words["careers.mix_other"] = careers.RULES[1:4]
    for path, expected in words.items():
        if path in REGISTRY:
            assert REGISTRY[path].choices == expected
