"""Comparisons: verdicts against a known truth, what differs in words, and robustness over plausible
ranges.
"""

import json
import re
from types import SimpleNamespace

import numpy as np
import pytest
from helpers.fake_engine import BASE, OUTCOMES, Engine

from sim.errors import UserError
from sim.experiments.cautions import MANY_RUNS, smaller_than
from sim.experiments.compare.brief import headline, verdict_sentence
from sim.experiments.compare.study import compare
from sim.experiments.compare.words import (
    DECISIVE,
    MAX_ROWS,
    MAX_WIDTH,
    comparison_json,
    comparison_text,
)
from sim.experiments.differences import structure_difference, unique_names, what_differs
from sim.experiments.plausible import over_ranges, varied
from sim.organisation.costs import PayScale
from sim.organisation.structure import generated_tree
from sim.scenario.scenario import from_yaml, load
from sim.statistics import estimates
from sim.text import numbers, tables

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
        r"flat beats layered on value per payroll dollar by \+1\d\.\d % \[", verdict_sentence(found, "flat")
    )


def test_json_is_the_contract(layered, flat):
    data = json.loads(json.dumps(comparison_json(run([layered, flat], ranges=4)), allow_nan=False))
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
    data = comparison_json(run([layered, flat], runs=1))
    row = data["comparisons"]["flat"]["value_per_payroll_usd"]
    assert (row["ci95"], row["p_holm"], row["verdict"]) == (None, None, "not tested (one run)")
    assert any("1 run is too few" in warning for warning in data["warnings"])


def test_text(layered, flat):
    text = comparison_text(run([layered, flat], ranges=8))
    first = ("What differs", "Verdict", "By chance", "Assumptions", "value_per_payroll_usd*")
    assert [text.index(one) for one in first] == sorted(text.index(one) for one in first)
    assert "of 8 plausible worlds, open in" in " ".join(text.split())
    assert "beyond the noise of its runs (95 %)" in " ".join(text.split())
    assert "\x1b" not in text
    assert text.isascii()


def test_noise_is_not_a_difference_and_more_runs_are_suggested(layered, flat):
    class Same(Engine):
        def truth(self, layers, values):
            return 1.0

    found = run([layered, flat], Same(noise=0.05), runs=20)
    assert found.rows["flat"]["value_per_payroll_usd"].verdict == "no difference detected"
    assert "no difference detected" in verdict_sentence(found, "flat")
    assert "beats" not in comparison_text(found)
    assert any("20 runs are too few to decide value_per_payroll_usd for flat" in w for w in found.warnings)
    assert "Too few runs: 20 runs are too few to decide value_per_payroll_usd" in comparison_text(found)


def test_a_difference_nobody_cares_about_is_said_to_be_small(layered, flat):
    """More runs than anybody does are not suggested: the text says how small the difference is, with its interval."""

    class Near(Engine):
        def truth(self, layers, values):
            return 1.0 + 1e-5 * (layers == 2)

    found = run([layered, flat], Near(noise=0.01), runs=60, seed=4)
    figures = found.rows["flat"]["value_per_payroll_usd"].figures
    assert estimates.runs_needed(figures.sd, figures.difference) > MANY_RUNS
    words = re.search(
        r"but the difference, if there is one, is smaller than ([\d.]+) % with 95 %", found.too_few["flat"]
    )
    most = max(abs(figures.relative_lo), abs(figures.relative_hi))
    assert 0 <= float(words[1]) / 100 - most < 0.001
    assert "would decide" not in found.too_few["flat"]


def test_smaller_than():
    one = estimates.paired(np.array([10.0, 10.0, 10.0]), np.array([10.1, 10.2, 9.9]), 1)
    half = 4.302652729911275 * np.std([0.1, 0.2, -0.1], ddof=1) / np.sqrt(3)
    assert smaller_than([one]) == f"smaller than {np.ceil(100 * (1 / 15 + half)) / 10:.1f} % with 95 %"
    assert smaller_than([one, one]).endswith("% with 95 % each")
    around = estimates.paired(np.array([-1.0, 0.0, 1.0]), np.array([-0.9, 0.2, 0.9]), 1)
    assert smaller_than([around], "hours") == f"smaller than {1 / 15 + half:.3f} hours with 95 %"
    assert smaller_than([]) is None
    assert smaller_than([estimates.paired(np.ones(1), np.ones(1), 1)]) is None


def test_the_runs_suggested_decide(layered, flat):
    near = flat.with_values({"ai.share_of_code": 0.5})
    few = run([layered, near], Engine(noise=0.03), runs=5, seed=1)
    suggested = int(re.search(r"about ([\d,]+) would decide", few.too_few["flat"])[1].replace(",", ""))
    figures = few.rows["flat"]["value_per_payroll_usd"].figures
    assert suggested == max(6, estimates.runs_needed(figures.sd, figures.difference))
    enough = run([layered, near], Engine(noise=0.03), runs=2 * suggested, seed=1)
    assert enough.too_few == {}
    assert "Too few" not in comparison_text(enough)


def test_the_primary_outcome_is_tested_alone_and_the_others_with_holm(layered, flat):
    near = flat.with_values({"ai.share_of_code": 0.5})
    one = run([layered, near], Engine(noise=0.1), runs=20)
    two = run([layered, near, near], Engine(noise=0.1), runs=20)
    assert list(two.rows) == ["flat", "flat (2)"]
    primary, lead = one.rows["flat"]["value_per_payroll_usd"], one.rows["flat"]["lead_time_hours"]
    assert 0.0 < primary.p_holm == primary.figures.p
    # Secondary: lead time, share of managers (always different) and cost; the bottleneck is no test.
    raw = {
        name: one.rows["flat"][name].figures.p
        for name in ("managers_share", "cost_per_value", "lead_time_hours")
    }
    assert [one.rows["flat"][name].p_holm for name in raw] == pytest.approx(
        estimates.holm(list(raw.values()))
    )
    # Two comparisons: Holm over the two primary tests, and over the six others.
    again = two.rows["flat"]["value_per_payroll_usd"]
    assert again.p_holm == pytest.approx(2 * again.figures.p)
    assert two.rows["flat"]["lead_time_hours"].p_holm > lead.p_holm


def test_another_primary_outcome_takes_the_place_of_the_first(layered, flat):
    found = run([layered, flat], Engine(noise=0.1), primary="lead_time_hours")
    rows = found.rows["flat"]
    assert rows["lead_time_hours"].p_holm == rows["lead_time_hours"].figures.p
    assert rows["value_per_payroll_usd"].p_holm > rows["value_per_payroll_usd"].figures.p
    assert "on lead time hours by" in verdict_sentence(found, "flat")


@pytest.mark.slow
def test_error_rates_of_both_families_under_the_null(layered, flat):
    class Same(Engine):
        def truth(self, layers, values):
            return 1.0

        def __call__(self, scenario, runs, seed, **options):
            found = super().__call__(scenario, runs, seed, **options)
            layers = scenario.organisation.management_layers or len(scenario.organisation.spans)
            for k, name in enumerate(("managers_share", "cost_per_value", "lead_time_hours")):
                found.outcomes[name] = np.random.default_rng([seed, layers, k]).normal(5, 1, runs)
            return found

    wrong = {"primary": 0, "secondary": 0}
    for seed in range(600):
        rows = run([layered, flat], Same(noise=0.05), runs=10, seed=seed).rows["flat"]
        named = {name for name, row in rows.items() if row.verdict in ("better", "worse", "higher", "lower")}
        wrong["primary"] += "value_per_payroll_usd" in named
        wrong["secondary"] += bool(named - {"value_per_payroll_usd"})
    error = 3 * (0.05 * 0.95 / 600) ** 0.5
    assert abs(wrong["primary"] / 600 - 0.05) < error  # exact, not conservative
    assert wrong["secondary"] / 600 < 0.05 + error


def test_equal_scenarios_are_equal(layered):
    found = run([layered, layered])
    assert {row.verdict for row in found.rows["layered (2)"].values()} == {"equal"}
    assert (
        verdict_sentence(found, "layered (2)")
        == "layered (2) and layered have exactly the same value per payroll dollar."
    )
    assert found.warnings == ()


def test_until_decided_stops_when_it_is_clear(layered, flat):
    found = run([layered, flat], until_decided=True)
    assert (found.runs, found.decided) == (50, {"flat": True})
    assert found.rows["flat"]["value_per_payroll_usd"].p_holm < 0.05
    close = flat.with_values({"ai.share_of_code": 0.42})
    found = run([layered, close], Engine(noise=0.1), until_decided=True, max_runs=200)
    assert (found.runs, found.decided) == (200, {"flat": False})
    row = found.rows["flat"]["value_per_payroll_usd"]
    assert row.p_holm > max(0.05, row.figures.p)  # looking three times is paid for
    assert "200 runs are too few" in found.too_few["flat"]
    assert "--until-decided" not in found.too_few["flat"]
    assert "no difference detected" in verdict_sentence(found, "flat")
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
    assert comparison_json(marked) == comparison_json(dropped)
    assert marked.rows["flat"]["value_per_payroll_usd"].figures.n == 38


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"runs": 0}, "--runs 0"),
        ({"ranges": -1}, "--ranges -1"),
        (
            {"primary": "value_per_payrol_usd"},
            "did you mean 'value_per_payroll_usd'",
        ),
        (
            {"primary": "managers_share"},
            "managers_share: .* neither more nor less of it is better; use one of value_",
        ),
        (
            {"primary": "bottleneck"},
            r"bottleneck: .* it is a kind \(stage\), not a quantity; use one of value_per",
        ),
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


# ---- kinds, tables, units


def test_a_kind_has_no_mean_and_no_test(layered, flat):
    found = run([layered, flat], ranges=4)
    data = comparison_json(found)["comparisons"]["flat"]["bottleneck"]
    figures = (
        "base",
        "mean",
        "difference",
        "ci95",
        "relative",
        "win_probability",
        "p_holm",
        "variance_reduction",
    )
    assert all(data[name] is None for name in (*figures, "holds_in"))
    assert (data["base_shares"], data["runs"]) == ({"writing": 1.0}, 40)
    assert data["shares"] == {"writing": 0.75, "review wait": 0.25}
    assert "shares" not in comparison_json(found)["comparisons"]["flat"]["lead_time_hours"]
    text = comparison_text(found)
    assert "bottleneck: writing in every run (layered), writing in 75 % of the runs (flat)." in text
    assert run([layered, layered]).rows["layered (2)"]["bottleneck"].verdict == "equal"


class Many(Engine):
    """All outcomes of the short table and more; `moved` of the others differ by half, the rest within noise."""

    NAMES = (*DECISIVE, *(f"another_measure_number_{k:02d}" for k in range(30)))

    def __init__(self, moved: int) -> None:
        super().__init__()
        self.moved = moved

    def __call__(self, scenario, runs, seed, **options):
        found = super().__call__(scenario, runs, seed, **options)
        two = len(scenario.organisation.spans) == 2
        for k, name in enumerate(self.NAMES):
            size = 1.5 if two and k - len(DECISIVE) in range(self.moved) else 1.0
            found.outcomes[name] = size * np.random.default_rng([seed, k, two]).normal(12_345_678, 1e5, runs)
        return found


def many(layered, flat, moved):
    outcomes = {name: SimpleNamespace(name=name, unit="hours/USD" if k == 0 else "hours", better=1, ratio=None)
                for k, name in enumerate(Many.NAMES)}  # fmt: skip
    return compare([layered, flat], 20, ranges=2, simulate=Many(moved), outcomes=outcomes, tree_of=tree_of)


def test_the_short_table(layered, flat):
    named = layered.with_sets([]), flat
    few, lots = many(*named, moved=3), many(*named, moved=9)
    for found, shown in ((few, len(DECISIVE) + 3), (lots, len(DECISIVE))):
        text = comparison_text(found)
        table = text[text.index("outcome ") : text.index("more outcome")].splitlines()[2:-1]
        assert len(table) == shown <= MAX_ROWS
        assert tables.width(text) <= MAX_WIDTH
        assert f"{len(Many.NAMES) - shown} more outcomes are not shown" in text
        assert "--all prints them, --json has all." in text.replace("\n", " ")
        full = comparison_text(found, everything=True)
        assert all(name in full for name in Many.NAMES)
        assert "not shown" not in full
        assert len(comparison_json(found)["comparisons"]["flat"]) == len(Many.NAMES)
    assert "another_measure_number_02" in comparison_text(few)
    assert "(9 of them with a difference beyond noise)" in comparison_text(lots)


def test_long_names_do_not_make_the_table_wide(layered, flat, tmp_path):
    (tmp_path / "b.yaml").write_text("extends: layered.yaml\nname: an-organisation-with-a-very-long-name\n")
    (tmp_path / "c.yaml").write_text("extends: flat.yaml\nname: another-organisation-with-a-long-name\n")
    text = comparison_text(many(load(tmp_path / "b.yaml"), load(tmp_path / "c.yaml"), 3))
    assert tables.width(text) <= MAX_WIDTH
    assert "another-organisation-with-a-long-name against an-organisation" in text


def test_values_per_dollar_are_shown_per_thousand_and_kept_as_declared(layered, flat):
    found = run([layered, flat])
    row = found.rows["flat"]["value_per_payroll_usd"]
    assert (
        comparison_json(found)["comparisons"]["flat"]["value_per_payroll_usd"]["base"]
        == row.figures.base
        < 0.02
    )
    for text in (comparison_text(found), comparison_text(found, everything=True)):
        line = next(line for line in text.splitlines() if line.startswith("value_per_payroll_usd*"))
        assert line.split()[1] == numbers.number(1000 * row.figures.base)
        assert "per 1,000 USD" in text


# ---- what differs


def test_what_differs_in_words_and_money(layered, flat):
    lines = what_differs(layered, flat, tree_of)
    assert lines[0].startswith(
        "-12 managers, +16 ICs, mean first-line span 6 -> 14, one layer less, payroll "
    )
    assert lines[1:] == ["ai.share_of_code 0.265 -> 0.8"]
    assert what_differs(layered, layered, tree_of) == ["same organisation chart, payroll equal"]
    longer = layered.with_values({"time.weeks": 208})
    assert "time.weeks 104 -> 208" in what_differs(layered, longer, tree_of)


def test_events_and_paths_that_only_one_has_are_said(layered):
    cut = layered.with_values({"events": [{"week": 20, "lay_off": {"role": "ic", "number": 5}}]})
    later = cut.with_values(
        {"paths": {"as it is": [], "more": [{"week": 30, "lay_off": {"role": "ic", "number": 2}}]}}
    )
    events = what_differs(layered, cut, tree_of)[1:]
    assert events == ["only in the second: week 20: lay off 5 ICs (at random)"]
    assert what_differs(cut, layered, tree_of)[1:] == [events[0].replace("second", "first")]
    path = what_differs(cut, later, tree_of)[1:]
    assert path == [
        "path as it is (only `orgsim run` follows paths), only in the second: no events of its own",
        "path more (only `orgsim run` follows paths), only in the second: week 30: lay off 2 ICs (at random)",
    ]
    found = run([layered, later])
    assert any("its paths are followed by `orgsim run` only" in warning for warning in found.warnings)
    assert "Note: layered: its paths are followed" in comparison_text(found)


def test_a_short_horizon_is_said(layered, flat):
    found = run([scenario.with_values({"time.weeks": 30}) for scenario in (layered, flat)])
    assert "Note: 30 weeks are fewer than 52 weeks" in comparison_text(found)
    assert any(warning.startswith("30 weeks are fewer") for warning in comparison_json(found)["warnings"])
    assert not any("weeks are fewer" in note for note in run([layered, flat]).notes)


def test_a_verdict_on_structure_says_that_it_hangs_on_answers(layered, flat):
    said = "what AI answers decides much of a verdict on structure: see whether this one holds with"
    off, always = "--set switches.ai_answers=false", "--set ai.answers=always"

    def notes(**values):
        settings = {path.replace("__", "."): value for path, value in values.items()}
        return run([scenario.with_values(settings) for scenario in (layered, flat)]).notes

    assert notes() == (f"{said} {off} and with {always}",)
    assert f"Note: {said}" in " ".join(comparison_text(run([layered, flat])).split())
    assert any(warning.startswith(said) for warning in comparison_json(run([layered, flat]))["warnings"])
    assert notes(ai__answers="always") == (f"{said} {off}",)
    assert notes(ai__answers="always", ai__share_of_code=0.0) == (f"{said} {off}",)
    for silent in ({"switches__ai_answers": False}, {"switches__ai": False}, {"ai__share_of_code": 0.0}):
        assert notes(**silent) == ()
    assert run([layered, layered.with_values({"ai.share_of_code": 0.6})]).notes == ()


@pytest.mark.parametrize(
    ("kept", "words", "support"),
    [
        (
            0,
            "; holds in 0 % [0, 11] of 32 plausible worlds, open in 0 %, reversed in 100 %: most plausible worlds say the opposite",
            "most say the opposite",
        ),
        (16, "reversed in 50 %: the plausible worlds do not settle it", "not settled"),
        (
            32,
            "; holds in 100 % [89, 100] of 32 plausible worlds, open in 0 %, reversed in 0 %.",
            "most agree",
        ),
    ],
)
def test_a_verdict_that_the_plausible_sets_contradict(layered, flat, kept, words, support):
    base, seen = dict(layered.values), {}

    class Contrary(Engine):
        def truth(self, layers, values):
            drawn = tuple(values[path] for path in values if path != "ai.share_of_code")
            if all(values[path] == base[path] for path in base if path != "ai.share_of_code"):
                return 1.2 if layers == 2 else 1.0
            holds = seen.setdefault(drawn, len(seen)) < kept
            return 1.0 if layers == 3 else 1.2 if holds else 0.8

    found = run([layered, flat], Contrary(), ranges=32, workers=1)
    assert verdict_sentence(found, "flat").startswith("flat beats layered")
    assert words in headline(found, "flat")
    assert verdict_sentence(found, "flat") in comparison_text(found)
    row = comparison_json(found)["comparisons"]["flat"]["value_per_payroll_usd"]
    assert row["support"] == support


def test_money_in_words():
    a = {"managers": 21, "ics": 96, "first_line_span_mean": 6.0, "layers": 3, "roots": 1, "payroll": 1e7}
    near, far = {**a, "payroll": 1e7 - 39_200}, {**a, "ics": 97, "layers": 5, "payroll": 1.05e7}
    assert structure_difference(a, near, 1e5) == "same organisation chart, payroll equal within 40,000 USD"
    assert structure_difference(a, far, 1e5) == "+1 IC, 2 layers more, payroll +500,000 USD a year (+5.0 %)"


def test_names_are_made_unique():
    assert unique_names(["a", "b", "a", "a"]) == ["a", "b", "a (2)", "a (3)"]


# ---- plausible ranges


def parameter(path, low, high, kind="float"):
    value = (
        (low + high) / 2 if kind == "float" else (low + high) // 2
    )  # drawn evenly: the middle is the median
    return SimpleNamespace(
        path=path, value=value, low=low, high=high, ends=(low, high), kind=kind, uncertain=low != high
    )


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
        assert (a.values["ai.share_of_code"], b.values["ai.share_of_code"]) == (0.265, 0.8)
    assert len({scenario.values["work.size_cv"] for scenario in seen}) == 3


@pytest.mark.slow
def test_share_of_plausible_sets_against_the_truth(layered, flat):
    engine = Engine(noise=0.0)
    found = over_ranges([layered, flat], 200, 2, 1, 2, engine, registry=REGISTRY)
    # flat is ahead where people hours (0.5 to 2, uniform) are below 1.2 + .6 (.8 - .42) = 1.428
    holding = found.holding(0, "value_per_payroll_usd", +1.0)
    holds = holding.holds
    assert holds.n == 200
    # Without noise no world is open.
    assert holds.share == pytest.approx((1.428 - 0.5) / 1.5, abs=1 / 200)
    assert holds.lo < holds.share < holds.hi
    assert found.holding(0, "value_per_payroll_usd", -1.0).holds.k == 200 - holds.k == holding.reversed.k
    assert found.holding(0, "value_per_payroll_usd", 0.0) is None
    # What flips it is found, and where it does.
    assert holding.flips.path == "managers.people_hours_per_report"
    assert holding.flips.value == pytest.approx(1.428, abs=0.01)
    assert (holding.flips.above, holding.flips.against.share) == (True, 1.0)
    again = over_ranges([layered, flat], 200, 2, 1, 1, engine, registry=REGISTRY)
    np.testing.assert_array_equal(
        again.differences[0]["value_per_payroll_usd"].mean, found.differences[0]["value_per_payroll_usd"].mean
    )


def test_sets_that_cannot_be_run_are_counted(layered, flat):
    def engine(scenario, runs, seed, **options):
        if scenario.values["managers.people_hours_per_report"] > 1.4:
            raise UserError("too busy")
        return Engine()(scenario, runs, seed, **options)

    found = over_ranges([layered, flat], 50, 2, 1, 2, engine, registry=REGISTRY)
    assert found.failed == 20
    assert found.reason == "too busy"
    assert found.holding(0, "value_per_payroll_usd", 1.0).worlds == 30


def test_progress_reaches_what_was_planned():
    seen = []
    a = from_yaml(BASE, "a")
    run(
        [a, a.with_values({"ai.share_of_code": 0.5})],
        ranges=4,
        progress=lambda n, total: seen.append((n, total)),
    )
    assert seen[-1] == (2 * 40 + 4 * 2 * 4,) * 2
