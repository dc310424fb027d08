"""Comparisons: verdicts against a known truth, what differs in words, and robustness over plausible
ranges.
"""

import json
import re
from types import SimpleNamespace

import numpy as np
import pytest
from fake_engine import BASE, OUTCOMES, Engine

from sim.compare import compare, structure_difference, unique_names, what_differs
from sim.errors import UserError
from sim.ranges import over_ranges, varied
from sim.scenario import from_yaml, load
from sim.structure import generated_tree
from sim.tree import PayScale

PAY = PayScale(100_000.0)


@pytest.fixture
def layered(tmp_path):
    (tmp_path / "layered.yaml").write_text(BASE)
    return load(tmp_path / "layered.yaml")


@pytest.fixture
def flat(tmp_path, layered):
    (tmp_path / "flat.yaml").write_text(
        "question: And flat?\nextends: layered.yaml\norganisation: {spans: [12, 8], hold: payroll}\n"
        "ai: {share_of_code: 0.8}\n"
    )
    return load(tmp_path / "flat.yaml")


def tree_of(scenario):
    """Managers per level as the scenario says; payroll is held by hand: 16 ICs for the managers saved."""
    two = len(scenario.organisation.spans) == 2
    return generated_tree(112, (8, 1), PAY) if two else generated_tree(96, (16, 4, 1), PAY)


def run(scenarios, engine=None, **options):
    options = {"runs": 40, "ranges": 0, **options}
    return compare(scenarios, simulate=engine or Engine(), outcomes=OUTCOMES, tree_of=tree_of, **options)


def test_a_clear_difference(layered, flat):
    found = run([layered, flat])
    row = found.rows["flat"]["value_per_payroll_usd"]
    # 2 layers at share .8: 1 + .3 (.8 - .42) against 1
    assert row.figures.relative == pytest.approx(0.114, abs=0.02)
    assert row.figures.lo / row.figures.base <= 0.114 <= row.figures.hi / row.figures.base
    assert (row.verdict, found.rows["flat"]["lead_time_hours"].verdict) == ("better", "better")
    assert found.rows["flat"]["managers_share"].verdict == "lower"
    assert row.figures.variance_reduction > 3
    assert re.match(
        r"flat beats layered on value per payroll dollar by \+1\d\.\d % \[", found.verdict("flat")
    )


def test_json_is_the_contract(layered, flat):
    data = json.loads(json.dumps(run([layered, flat], ranges=4).to_json(), allow_nan=False))
    assert data["base"] == "layered"
    assert data["runs"] == 40
    row = data["comparisons"]["flat"]["value_per_payroll_usd"]
    assert {
        "base", "mean", "difference", "ci95", "relative", "win_probability", "p_holm", "variance_reduction", "holds_in",
    } <= set(row)  # fmt: skip
    assert len(row["ci95"]) == 2
    structural = data["comparisons"]["flat"]["managers_share"]
    assert structural["variance_reduction"] is None
    assert structural["win_probability"] is None
    assert data["comparisons"]["flat"]["cost_per_value"]["runs"] == 30


def test_one_run_has_no_interval(layered, flat):
    data = run([layered, flat], runs=1).to_json()
    row = data["comparisons"]["flat"]["value_per_payroll_usd"]
    assert (row["ci95"], row["p_holm"], row["verdict"]) == (None, None, "not tested (one run)")
    assert any("1 run is too few" in warning for warning in data["warnings"])


def test_text(layered, flat):
    text = run([layered, flat], ranges=8).to_text()
    assert text.index("What differs") < text.index("Verdict") < text.index("value_per_payroll_usd*")
    assert "plausible parameter sets." in text
    assert "\x1b" not in text
    assert text.isascii()


def test_noise_is_not_a_difference_and_more_runs_are_suggested(layered, flat):
    class Same(Engine):
        def truth(self, layers, values):
            return 1.0

    found = run([layered, flat], Same(noise=0.05), runs=20)
    assert found.rows["flat"]["value_per_payroll_usd"].verdict == "no difference detected"
    assert "no difference detected" in found.verdict("flat")
    assert "beats" not in found.to_text()
    assert any("20 runs are too few to decide value_per_payroll_usd for flat" in w for w in found.warnings)


def test_holm_counts_every_outcome_of_every_comparison(layered, flat):
    one = run([layered, flat])
    two = run([layered, flat, flat])
    assert list(two.rows) == ["flat", "flat (2)"]
    raw = one.rows["flat"]["lead_time_hours"].figures.p
    assert one.rows["flat"]["lead_time_hours"].p_holm <= 4 * raw
    assert two.rows["flat"]["lead_time_hours"].p_holm > one.rows["flat"]["lead_time_hours"].p_holm


def test_equal_scenarios_are_equal(layered):
    found = run([layered, layered])
    assert {row.verdict for row in found.rows["layered (2)"].values()} == {"equal"}
    assert (
        found.verdict("layered (2)")
        == "layered (2) and layered have exactly the same value per payroll dollar."
    )
    assert found.warnings == ()


def test_until_decided_stops_when_it_is_clear(layered, flat):
    found = run([layered, flat], until_decided=True)
    assert (found.runs, found.decided) == (50, {"flat": True})
    close = flat.with_values({"ai.share_of_code": 0.42})
    found = run([layered, close], Engine(noise=0.1), until_decided=True, max_runs=200)
    assert (found.runs, found.decided) == (200, {"flat": False})
    assert "no difference detected" in found.verdict("flat")
    near = flat.with_values({"ai.share_of_code": 0.5})  # +2.4 % with a sd of 14 %
    found = run([layered, near], Engine(noise=0.1), until_decided=True, max_runs=3200)
    assert 50 < found.runs < 3200
    assert found.decided == {"flat": True}


def test_runs_are_paired_when_some_fail(layered, flat):
    class Dropping(Engine):
        def __call__(self, scenario, runs=100, seed=1, **options):
            results = super().__call__(scenario, runs, seed, **options)
            keep = ~np.isin(results.runs, self.fails)
            results.runs = results.runs[keep]
            results.outcomes = {name: values[keep] for name, values in results.outcomes.items()}
            return results

    marked = run([layered, flat], Engine(fails=(2, 5)))
    dropped = run([layered, flat], Dropping(fails=(2, 5)))
    assert len(marked.failures) == 4
    assert marked.to_json() == dropped.to_json()
    assert marked.rows["flat"]["value_per_payroll_usd"].figures.n == 38


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"runs": 0}, "--runs 0"),
        ({"ranges": -1}, "--ranges -1"),
        ({"primary": "value_per_payrol_usd"}, "did you mean 'value_per_payroll_usd'"),
    ],
)
def test_bad_options(layered, flat, options, message):
    with pytest.raises(UserError, match=message):
        run([layered, flat], **options)


def test_scenarios_must_have_the_same_horizon_and_be_two(layered, flat):
    with pytest.raises(UserError, match=r"differ in time.weeks \(52, 104\).*--set time.weeks=104"):
        run([layered, flat.with_values({"time.weeks": 52})])
    with pytest.raises(UserError, match="at least two"):
        run([layered])


# ---- what differs


def test_what_differs_in_words_and_money(layered, flat):
    lines = what_differs(layered, flat, tree_of)
    assert lines[0].startswith(
        "-12 managers, +16 ICs, mean first-line span 6 -> 14, one layer less, payroll "
    )
    assert lines[1:] == ["ai.share_of_code 0.287 -> 0.8"]
    assert what_differs(layered, layered, tree_of) == ["same organisation chart, payroll equal"]
    longer = layered.with_values({"time.weeks": 208})
    assert "time.weeks 104 -> 208" in what_differs(layered, longer, tree_of)


def test_money_in_words():
    a = {"managers": 21, "ics": 96, "first_line_span_mean": 6.0, "layers": 3, "roots": 1, "payroll": 1e7}
    near, far = {**a, "payroll": 1e7 - 39_200}, {**a, "ics": 97, "layers": 5, "payroll": 1.05e7}
    assert structure_difference(a, near, 1e5) == "same organisation chart, payroll equal within 40,000 USD"
    assert structure_difference(a, far, 1e5) == "+1 IC, 2 layers more, payroll +500,000 USD a year (+5.0 %)"


def test_names_are_made_unique():
    assert unique_names(["a", "b", "a", "a"]) == ["a", "b", "a (2)", "a (3)"]


# ---- plausible ranges


def parameter(path, low, high, kind="float"):
    return SimpleNamespace(path=path, low=low, high=high, kind=kind, uncertain=low != high)


REGISTRY = {
    p.path: p
    for p in (
        parameter("managers.people_hours_per_report", 0.5, 2.0),
        parameter("ai.share_of_code", 0.1, 0.9),
        parameter("work.size_cv", 0.6, 1.5),
        parameter("communication.partners_max", 5, 12, "int"),
        parameter("work.wip_limit", 3, 3, "int"),
        parameter("review.haste_hours", 4.0, np.inf),
    )
}


def test_only_uncertain_parameters_that_nobody_set_are_varied(layered, flat):
    assert list(varied([layered, flat], REGISTRY)) == [
        "managers.people_hours_per_report",
        "work.size_cv",
        "communication.partners_max",
    ]
    own = layered.with_values({"work.size_cv": 1.0})  # set, if only to its default
    assert "work.size_cv" not in varied([own, flat], REGISTRY)


def test_every_scenario_gets_the_same_values_and_so_does_its_base(layered, flat):
    seen = []

    def engine(scenario, runs, seed, **options):
        seen.append(scenario)
        return Engine()(scenario, runs, seed, **options)

    over_ranges([layered, flat], 3, 2, 1, 1, engine, registry=REGISTRY)
    assert len(seen) == 6
    for a, b in zip(seen[::2], seen[1::2], strict=True):
        assert a.values["work.size_cv"] == b.values["work.size_cv"] == b.hold_base.values["work.size_cv"]
        assert isinstance(a.values["communication.partners_max"], int)
        assert (a.values["ai.share_of_code"], b.values["ai.share_of_code"]) == (0.287, 0.8)
    assert len({scenario.values["work.size_cv"] for scenario in seen}) == 3


def test_share_of_plausible_sets_against_the_truth(layered, flat):
    engine = Engine(noise=0.0)
    found = over_ranges([layered, flat], 200, 2, 1, 2, engine, registry=REGISTRY)
    # flat is ahead where people hours (0.5 to 2, uniform) are below 1.2 + .6 (.8 - .42) = 1.428
    holds = found.holds(0, "value_per_payroll_usd", +1.0)
    assert holds.n == 200
    assert holds.share == pytest.approx((1.428 - 0.5) / 1.5, abs=1 / 200)
    assert holds.lo < holds.share < holds.hi
    assert found.holds(0, "value_per_payroll_usd", -1.0).k == 200 - holds.k
    assert found.holds(0, "value_per_payroll_usd", 0.0) is None
    again = over_ranges([layered, flat], 200, 2, 1, 1, engine, registry=REGISTRY)
    np.testing.assert_array_equal(
        again.differences[0]["value_per_payroll_usd"], found.differences[0]["value_per_payroll_usd"]
    )


def test_sets_that_cannot_be_run_are_counted(layered, flat):
    def engine(scenario, runs, seed, **options):
        if scenario.values["managers.people_hours_per_report"] > 1.4:
            raise UserError("too busy")
        return Engine()(scenario, runs, seed, **options)

    found = over_ranges([layered, flat], 50, 2, 1, 2, engine, registry=REGISTRY)
    assert found.failed == 20
    assert found.reason == "too busy"
    assert found.holds(0, "value_per_payroll_usd", 1.0).n == 30


def test_progress_reaches_what_was_planned():
    seen = []
    a = from_yaml(BASE, "a")
    run(
        [a, a.with_values({"ai.share_of_code": 0.5})],
        ranges=4,
        progress=lambda n, total: seen.append((n, total)),
    )
    assert seen[-1] == (2 * 40 + 4 * 2 * 4,) * 2
