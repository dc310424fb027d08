"""The engine against theory: the fast subset, one test per check id; and the rule by which limits are judged."""

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.errors import UserError
from sim.validation import catalogue, facts
from sim.validation.catalogue import limits
from sim.validation.checks import check_ids, run_checks
from sim.validation.laboratory import Experiment, Laboratory, experiment, jackknife
from sim.validation.limits import (
    IDENTITIES,
    TICKED,
    TICKS,
    Limit,
    items_identity,
    judge,
    tick_convergence,
    ticked,
    verdict,
)
from sim.validation.manager_facts import doublings_of_best
from sim.validation.people_facts import COHORT_FIGURES
from sim.validation.report import (
    BEGIN,
    CONSTRUCTION,
    ECHO,
    END,
    FACT,
    Check,
    checks_text,
    renew,
    to_json,
    to_markdown,
)

FAST = {limit.id: limit for limit in limits(fast=True)}


@pytest.fixture(scope="module")
def laboratory() -> Laboratory:
    """One laboratory for all checks, because several read the same experiment."""
    return Laboratory()


@pytest.mark.slow
@pytest.mark.parametrize("name", FAST)
def test_limit(name: str, laboratory: Laboratory) -> None:
    check = judge(FAST[name], laboratory)
    assert check.passed, f"target {check.target}, result {check.result} +- {check.tolerance} {check.note}"


@pytest.mark.parametrize(("scenario", "weeks"), IDENTITIES)
def test_integral_of_number_is_sum_of_times(scenario: str, weeks: int) -> None:
    check = items_identity(scenario, weeks)
    assert check.passed
    assert check.result == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize(("scenario", "weeks"), TICKED)
@pytest.mark.parametrize("tick", TICKS)
def test_results_do_not_depend_on_the_tick(
    scenario: str, weeks: int, tick: float, laboratory: Laboratory
) -> None:
    check = tick_convergence(scenario, weeks, tick, laboratory)
    assert (check.passed, check.result, check.target) == (True, 0.0, 0.0)
    coarse, fine = (laboratory.results(ticked(scenario, weeks, hours)) for hours in (1.0, tick))
    assert (coarse.scenario.tick_hours, fine.scenario.tick_hours) == (1.0, tick)
    for name, figures in coarse.outcomes.items():
        np.testing.assert_array_equal(figures, fine.outcomes[name], err_msg=name)


def test_a_difference_between_ticks_would_show() -> None:
    """Two experiments that do differ, put in the place of those that should not."""
    laboratory = Laboratory(1)
    one, other = (laboratory.results(experiment("L1-span", {"time.weeks": weeks}, 4)) for weeks in (20, 21))
    laboratory._done = {ticked("L1-span", 20, 1.0): one, ticked("L1-span", 20, 0.5): other}
    check = tick_convergence("L1-span", 20, 0.5, laboratory)
    assert not check.passed
    assert 0.0 < check.result < 1.0


def test_ids_are_unique_and_every_group_has_checks() -> None:
    ids = check_ids()
    assert len(set(ids)) == len(ids)
    assert {name.split(".")[0] for name in ids} >= {f"L{k}" for k in range(1, 8)} | {
        f"F{k}" for k in range(1, 9)
    }
    assert "L1.s10.utilisation" in ids
    assert set(check_ids(fast=True)) < set(ids)


@pytest.mark.slow
def test_scenarios_of_limits_are_ordinary_ones() -> None:
    for limit in limits():
        scenario = limit.experiment.load()
        assert scenario.path is not None
        assert scenario.path.suffix == ".yaml"
        assert limit.experiment.runs >= 20


# --- The rule ------------------------------------------------------------------------------------------------------------


def _limit(target: float, probability: bool = False) -> Limit:
    return Limit(
        "X", "", "", Experiment("bare"), target, lambda found, _: found["value_per_week"], probability
    )


def _sample(mean: float, error: float, n: int = 25) -> np.ndarray:
    """n figures of exactly this mean and standard error of the mean."""
    x = np.linspace(-1.0, 1.0, n)
    return mean + x / x.std(ddof=1) * error * math.sqrt(n)


def test_a_result_within_four_standard_errors_passes() -> None:
    assert verdict(_limit(1.0), _sample(1.0195, 0.005)).passed
    assert not verdict(_limit(1.0), _sample(1.0205, 0.005)).passed


def test_a_blurred_result_never_passes() -> None:
    check = verdict(_limit(1.0), _sample(1.0, 0.011))
    assert not check.passed
    assert "standard error" in check.note
    assert not verdict(_limit(1.0), _sample(1.0, 0.005, n=19)).passed
    assert verdict(_limit(0.05, probability=True), _sample(0.05, 0.0019)).passed
    assert not verdict(_limit(0.05, probability=True), _sample(0.05, 0.0021)).passed


def test_a_computed_target_is_met_within_a_fixed_distance() -> None:
    limit = replace(_limit(2.0), within=0.5)
    assert verdict(limit, _sample(2.49, 0.12)).passed
    assert verdict(limit, _sample(2.49, 0.12)).tolerance == 0.5
    assert not verdict(limit, _sample(2.51, 0.12)).passed
    assert not verdict(limit, _sample(2.0, 0.13)).passed  # four standard errors are more than half a point


def test_undefined_figures_do_not_pass() -> None:
    assert not verdict(_limit(1.0), np.full(25, np.nan)).passed


# --- Facts and reports ---------------------------------------------------------------------------------------------------


def test_jackknife_of_a_mean_is_its_standard_error() -> None:
    x = np.random.default_rng(1).normal(size=30)
    value, error = jackknife(lambda means: means[0], [x])
    assert value == pytest.approx(x.mean())
    assert error == pytest.approx(x.std(ddof=1) / math.sqrt(30))


def test_jackknife_of_one_run_has_no_error() -> None:
    value, error = jackknife(lambda means: means[0], [np.array([2.0])])
    assert value == 2.0
    assert math.isnan(error)


def test_echoes_are_those_whose_source_is_an_input() -> None:
    kinds = {fact.id: catalogue.kind_of(fact) for fact in catalogue.facts()}
    assert kinds["F2.volume"] == ECHO  # C04 is the volume ratio
    assert kinds["F4.pickup"] == ECHO  # C20 is the pick-up ratio
    assert kinds["F2.review_time"] == FACT
    assert kinds["F5.short_run"] == FACT
    assert kinds["F6.quits"] == ECHO  # G17 is the jump of the quit hazard
    assert kinds["F7.recent"] == ECHO  # G13 is the weight of recent hires
    assert kinds["F8.quality"] == kinds["F8.promotion"] == ECHO  # I01 and I05 are effects in the model
    assert kinds["F8.quits"] == ECHO  # N68 is the effect of the boss's quality
    assert (
        kinds["F2.changes"] == kinds["F2.delivered"] == FACT
    )  # no parameter cites what they are held against


def test_figures_of_cohorts() -> None:
    cohort = np.zeros(6, [(name, "f8") for name in ("role", "layer", "tenure", "exit_week", "exit_kind")])
    cohort["role"] = cohort["layer"] = [0, 0, 0, 0, 1, 2]
    cohort["role"][5] = 1
    cohort["tenure"] = [0.5, 1.0, 2.0, 2.0, 9.0, 9.0]
    cohort["exit_week"] = [1.0, 52.0, 60.0, np.inf, 1.0, np.inf]
    cohort["exit_kind"] = [1, 2, 2, 0, 1, 0]
    found = {name: figure(cohort) for name, figure in COHORT_FIGURES.items()}
    assert found == {
        "quits_after": 1, "present_after": 3, "cut_managers": 1.0, "cut_ics": 0.25, "cut_recent": 0.5, "cut_others": 1 / 3,
    }  # fmt: skip


def test_doublings_of_the_best() -> None:
    cohort = np.zeros(41, [("role", "f8"), ("skill", "f8")])
    cohort["skill"] = 1.0
    cohort["skill"][:8], cohort["skill"][8:16] = 2.0, 64.0
    cohort["role"][40], cohort["skill"][40] = 1, 1e9  # a manager
    assert doublings_of_best(cohort) == pytest.approx((8 * 1.0 + 8 * 2.0) / 16)


def test_facts_cite_known_evidence_and_change_only_the_base() -> None:
    from sim.parameters.evidence import EVIDENCE
    from sim.parameters.registry import REGISTRY

    for fact in catalogue.facts():
        assert set(fact.sources) <= set(EVIDENCE), fact.id
        lo, hi = fact.expected
        assert lo < hi
        for one in fact.experiments:
            assert one.scenario in (facts.BASE, "F8-promotion")
            paths = {path for path, _ in one.values} - {"time.weeks"}
            assert all(path in REGISTRY or path.startswith("organisation.") for path in paths)


def test_a_fact_is_judged_by_its_range() -> None:
    short = tuple(
        experiment(
            "bare", {"time.weeks": 4, "work.size_mean": size, "work.size_distribution": "exponential"}, 5
        )
        for size in (2.0, 1.0)
    )
    name = "changes_per_ic_week"
    fact = facts.Fact(
        "X", "twice as small", (), (0.5, 1.5), short, (name,), lambda a, b: facts.growth(a[name], b[name])
    )
    check = catalogue.judge(fact, Laboratory(1))
    assert check.passed
    assert check.ci95 is not None
    assert check.ci95[0] < check.result < check.ci95[1]
    assert check.source == "judgement"
    narrow = facts.Fact("X", "", (), (1.5, 2.5), short, (name,), fact.figure)
    assert not catalogue.judge(narrow, Laboratory(1)).passed


CHECKS = [
    Check("L1.a", "limit", "a", "theory", 0.5, 0.501, (0.5, 0.502), True, 20, 0.002),
    Check("F1.a", "fact", "b", "B12", (0.05, math.inf), 0.01, (0.0, 0.02), False, 40),
    Check("F4.a", "echo", "c", "C20", (-math.inf, 2.0), math.nan, None, False, 40, note="through x"),
]


def test_json_has_no_infinity_and_the_names_of_the_contract() -> None:
    first, second, third = to_json(CHECKS)["checks"]
    assert set(first) >= {"id", "kind", "source", "target", "result", "ci95", "pass"}
    assert first["target"] == 0.5
    assert first["pass"] is True
    assert second["target"] == [0.05, None]
    assert third["result"] is None
    assert third["ci95"] is None


def test_echoes_are_counted_apart() -> None:
    for text in (checks_text(CHECKS), to_markdown(CHECKS)):
        assert "1 of 1 theory limits pass." in text
        assert "0 of 1 stylised facts pass; missed: F1.a." in text
        assert "0 of 1 echoes" in text
        assert "at least 0.05" in text
        assert "at most 2" in text


def test_a_page_is_renewed_between_its_markers() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert renew(page, "new") == f"before\n{BEGIN}\n\nnew\n{END}\nafter\n"
    assert renew(renew(page, "new"), "new") == renew(page, "new")
    with pytest.raises(UserError, match="no place for the checks"):
        renew("nothing", "new")


def test_experiments_side_by_side_give_the_same_results() -> None:
    wanted = tuple(experiment("L1-span", {"time.weeks": weeks}, 3) for weeks in (10, 20, 30))
    alone = Laboratory(1)
    with Laboratory(2).simulating(wanted) as together:
        for one in wanted:
            for name, figures in together.results(one).outcomes.items():
                np.testing.assert_array_equal(figures, alone.results(one).outcomes[name], err_msg=name)


@pytest.mark.slow
def test_an_error_ends_what_is_simulated_ahead() -> None:
    wanted = tuple(experiment("L1-span", {"time.weeks": weeks}, 1000) for weeks in (1, 520, 521, 522))
    laboratory = Laboratory(2)
    with pytest.raises(KeyError), laboratory.simulating(wanted):
        raise KeyError
    assert set(laboratory._done) == {wanted[0]}


def test_run_checks_by_prefix_reports_progress() -> None:
    done: list[int] = []
    checks = run_checks(only="L4.breakeven", fast=True, progress=done.append)
    assert [check.id for check in checks] == ["L4.breakeven.k2"]
    assert checks[0].passed
    assert done == [1]


def test_an_unknown_prefix_is_a_sentence() -> None:
    with pytest.raises(UserError, match="L9: no check"):
        run_checks(only="L9")


def test_what_cannot_fail_by_itself_is_no_limit():
    checks = run_checks(only="T.L1-span")
    assert {check.kind for check in checks} == {CONSTRUCTION}
    assert all(check.passed for check in checks)
    text = checks_text(checks)
    assert "2 of 2 constructions (true by how the program is built; not evidence) pass." in text
    assert "theory limits" not in text
    assert [one["kind"] for one in to_json(checks)["checks"]] == ["construction"] * 2
    missed = [replace(check, passed=False) for check in checks]
    assert "0 of 2 constructions" in checks_text(missed)
