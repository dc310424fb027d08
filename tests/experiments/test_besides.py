"""A verdict per payroll dollar beside the full cost of an hour of output: said where they part beyond noise, and only there."""

import numpy as np
import pytest
from helpers.fake_engine import BASE

from sim.experiments.besides import costs_beside, leaves_out_costs
from sim.experiments.compare.brief import headline, summary, verdict_sentence
from sim.experiments.compare.study import compare
from sim.organisation.costs import PayScale
from sim.organisation.structure import generated_tree
from sim.outcomes.declared import OUTCOMES
from sim.scenario.scenario import load

NAMES = (
    "value_per_week", "value_per_payroll_usd", "payroll_per_year", "ai_spend_per_year", "cost_per_value", "incidents_per_week",
    "people_usd_per_year",
)  # fmt: skip


@pytest.fixture
def verdict(tmp_path):
    """Compare two scenarios of which the second has *gain* more output, *ai* more AI spend and *incidents* more incidents,
    as shares; return the comparison.
    """
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "more.yaml").write_text("question: And?\nextends: base.yaml\nai: {share_of_code: 0.8}\n")
    pair = [load(tmp_path / name) for name in ("base.yaml", "more.yaml")]

    def found(gain, ai, incidents, primary="value_per_payroll_usd", noise=0.002, more=1):
        def engine(scenario, runs=100, seed=1, *, workers=None, first_run=0, progress=None):
            k = float(scenario.name == "more")
            dice = np.random.default_rng(int(k))
            value = (800 + np.arange(runs)) * (1 + k * gain) * (1 + noise * dice.standard_normal(runs))
            spend, failed = 1e6 * (1 + k * ai) + np.zeros(runs), 10 * (1 + k * incidents) + np.zeros(runs)
            payroll = np.full(runs, 20e6)
            outcomes = {
                "value_per_week": value, "value_per_payroll_usd": 52 * value / payroll, "payroll_per_year": payroll,
                "ai_spend_per_year": spend, "incidents_per_week": failed, "people_usd_per_year": np.zeros(runs),
                "cost_per_value": (payroll + spend + 52 * failed * 5_000) / (52 * value),
            }  # fmt: skip
            numbers = np.arange(first_run, first_run + runs)
            return type(
                "Found", (), {"scenario": scenario, "runs": numbers, "outcomes": outcomes, "failures": (), "seed": seed}
            )  # fmt: skip

        named = [pair[0], *[pair[1]] * more]
        declared = {name: OUTCOMES[name] for name in NAMES}
        return compare(
            named, 30, ranges=0, primary=primary, simulate=engine, outcomes=declared,
            tree_of=lambda _: generated_tree(96, (16, 4, 1), PayScale(100_000.0)),
        )  # fmt: skip

    return found


def test_better_per_payroll_but_dearer_in_full(verdict):
    found = verdict(0.02, 1.0, 0.0)
    text = verdict_sentence(found, "more")
    assert text.startswith("more beats base on value per payroll dollar by +")
    assert ", but is dearer per hour of output (+" in text
    assert text.endswith("), as AI is not in payroll.")
    assert text.removesuffix(".") in headline(found, "more")


def test_all_that_rises_is_named(verdict):
    assert "as AI and incidents are not in payroll" in verdict_sentence(verdict(0.02, 1.0, 0.5), "more")


def test_worse_per_payroll_but_cheaper_in_full(verdict):
    text = verdict_sentence(verdict(-0.02, -0.9, -0.5), "more")
    assert "loses to base" in text
    assert "but is cheaper per hour of output (-" in text


def test_nothing_is_said_where_both_agree_or_the_cost_is_within_noise(verdict):
    assert "per hour of output" not in verdict_sentence(verdict(0.05, 0.1, 0.0), "more")  # better and cheaper
    # AI spend rises by as much as the gain is worth: the cost of an hour does not move beyond noise
    assert "per hour of output" not in verdict_sentence(verdict(0.0255, 0.6, 0.0, noise=0.02), "more")


def test_an_undecided_verdict_says_it_too(verdict):
    text = verdict_sentence(verdict(0.0, 1.0, 0.0), "more")
    assert "no difference detected" in text
    assert "; it is dearer per hour of output (+" in text


def test_only_payroll_leaves_costs_out(verdict):
    assert [name for name in OUTCOMES if leaves_out_costs(name)] == ["value_per_payroll_usd"]
    assert "per hour of output" not in verdict_sentence(verdict(0.02, 1.0, 0.0, "value_per_week"), "more")


def test_the_table_of_several_variants_has_it(verdict):
    assert "better (dearer in full)" in summary(verdict(0.02, 1.0, 0.0, more=2))


def test_a_note_where_use_of_ai_is_varied_and_its_cost_is_not_in_the_outcome():
    (note,) = costs_beside("value_per_payroll_usd", ["organisation.spans", "ai.share_of_code"])
    assert "leaves out what AI and incidents cost, and ai.share_of_code is varied" in note
    assert "outcome: cost_per_value" in note
    assert costs_beside("value_per_payroll_usd", ["organisation.spans"]) == []
    assert costs_beside("cost_per_value", ["ai.share_of_code"]) == []
