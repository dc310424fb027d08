"""What sweeps without a crossing say: the best points, what drives the outcome, until decided, in words, JSON and pictures."""

import json
from dataclasses import replace

import numpy as np
import pytest
from helpers.fake_engine import SWEEP, Engine, drawn, run_file, write_sweep

from sim.errors import UserError
from sim.experiments.sweep.figures import answer_json
from sim.experiments.sweep.file import load_sweep
from sim.experiments.sweep.words import sweep_text
from sim.report.drivers import sections
from sim.text import tables

SAMPLED = SWEEP.replace(", steps: 4", "").replace("ranges: 8", "ranges: 0") + "design: lhs\nsamples: 48\n"
TABLE = """\
question: Which is best?
name: tiny
base: base.yaml
design: table
points: points.csv
runs: {until: decided, max: 200}
ranges: 0
"""


class Same(Engine):
    def truth(self, layers, values):
        return 1.0


class Rough(Engine):
    """Points that differ, by nothing that a simple fit would find."""

    def truth(self, layers, values):
        return 1.0 + 0.3 * np.sin(1e4 * values["ai.share_of_code"])


class Layers(Engine):
    """Any outcome for 1, 2, ... layers, each with its own noise."""

    def __init__(self, at, **options):
        super().__init__(**options)
        self.at = at

    def truth(self, layers, values):
        return self.at[layers - 1]


def said(result):
    return " ".join(sweep_text(result).split())


def write_table(folder, count, text=TABLE):
    (folder / "points.csv").write_text(
        "organisation.management_layers\n" + "".join(f"{k + 1}\n" for k in range(count))
    )
    return write_sweep(folder, text)


# ---- what drives it


def test_a_planted_interaction_is_told_in_words_json_and_a_picture(tmp_path):
    result = run_file(write_sweep(tmp_path, SAMPLED), tmp_path / "out")
    text = said(result)
    assert "Best mean on value per payroll dollar: point" in text
    assert "What drives it, over the points of the design:" in text
    # 2 layers gain .3 over the range of the AI share, 3 layers nothing: of a mean of 1.
    assert "Interaction: management layers from 2 to 3 changes it by +2" in text
    assert (
        "AI share of code is given: what this does shows what the answer hangs on, not what to choose."
        in text
    )
    assert tables.width(sweep_text(result)) <= 130
    data = json.loads(json.dumps(answer_json(result.answer), allow_nan=False))["overall"]
    assert data["claimed"]
    assert data["explained"]["share"] > 0.9
    by = {one["path"]: one for one in data["factors"]}
    effect = by["ai.share_of_code"]["effect"]
    truth = 0.01 * 0.15 * (effect["to"] - effect["from"])
    assert effect["ci95"][0] <= truth <= effect["ci95"][1]
    (pair,) = data["interactions"]
    assert abs(pair["effect"]["change"]) == pytest.approx(
        0.01 * 0.3 * (effect["to"] - effect["from"]), rel=0.1
    )
    assert {path.name for path in drawn(result)} == {"effects.svg", "effects.png"}
    assert data["ranked"][0]["point"] == data["best"]
    assert data["best"] == int(np.argmax([np.mean(one) for one in result.values]))
    drivers, best = sections(answer_json(result.answer))
    titles = [item.title for item in drivers.items[1:]]
    assert any(
        title.startswith("AI share of code: ") and title.endswith("of the variance; given")
        for title in titles
    )
    assert best.items[1].rows[0][:2] == ["1", str(data["best"])]


def test_where_nothing_differs_nothing_is_claimed(tmp_path):
    result = run_file(write_sweep(tmp_path, SAMPLED), tmp_path / "out", Same(noise=0.05))
    text = said(result)
    assert "but no point is behind it beyond noise." in text
    assert "The points do not differ beyond noise (F test, p = " in text
    assert "What drives it" not in text
    assert drawn(result) == ()
    data = answer_json(result.answer)["overall"]
    assert (data["claimed"], data["why_not"]) == (False, "the points do not differ beyond noise")
    assert all("effect" not in one for one in data["factors"])
    assert [one.key for one in sections(answer_json(result.answer))] == ["best"]
    assert {row["rank"] for row in data["ranked"]} == {1}


def test_a_fit_that_explains_little_says_so(tmp_path):
    result = run_file(write_sweep(tmp_path, SAMPLED), tmp_path / "out", Rough())
    assert "A fit of curves and products explains only " in said(result)
    assert "below 50 % nothing is claimed of single factors." in said(result)
    assert "What drives it" not in said(result)


def test_a_grid_with_conditions_is_answered_over_its_points(tmp_path):
    text = SWEEP.replace("steps: 4", "steps: 16").replace("ranges: 8", "ranges: 0")
    where = "where: organisation.management_layers == 2 or ai.share_of_code > .2\n"
    result = run_file(write_sweep(tmp_path, text + where), tmp_path / "out")
    assert not result.answer.panels
    assert "4 of 32 points left out by where." in said(result)
    assert "What drives it" in said(result)


def test_the_best_is_tried_in_plausible_worlds(tmp_path):
    result = run_file(write_sweep(tmp_path, SAMPLED.replace("ranges: 0", "ranges: 20")), tmp_path / "out")
    (one,) = result.answer.robust
    assert one.ahead.worlds == 20
    assert "How sure by assumptions: over 20 plausible worlds" in said(result)
    best, (behind, _) = result.answer.overall.best.best, result.answer.overall.nearest
    assert f"that point {best} (management layers " in said(result)
    assert f"is ahead of point {behind} (" in said(result)
    again = run_file(tmp_path / "sweep.yaml", tmp_path / "out")
    assert said(again) == said(result)


def test_undefined_and_failed_runs_are_left_out(tmp_path):
    text = SAMPLED + "outcome: cost_per_value\n"
    result = run_file(write_sweep(tmp_path, text), tmp_path / "out", Engine(fails=(3,)))
    assert result.answer.overall.best.best is not None
    assert result.answer.overall.effects.why == ""
    # Less is better, and it is 100 / value.
    assert result.answer.overall.best.best == int(np.argmin([np.nanmean(one) for one in result.values]))


# ---- until decided


def test_only_points_that_can_be_best_go_on(tmp_path):
    engine = Layers([1.0, 0.999, 0.9, 0.5], noise=0.02)
    result = run_file(write_table(tmp_path, 4), tmp_path / "out", engine)
    assert [len(one) for one in result.values] == [200, 200, 50, 50]
    text = said(result)
    assert "Best mean on value per payroll dollar: point" in text
    assert "beyond noise ahead of 2 others, the nearest of them (point 2) by +1" in text
    assert [row.rank for row in result.answer.overall.ranked] == [1, 1, 3, 4]
    again = run_file(tmp_path / "sweep.yaml", tmp_path / "out", engine)
    assert (again.runs_reused, said(again)) == (500, text)


def test_less_than_is_worth_telling_decides(tmp_path):
    engine = Layers([1.0, 0.999, 0.9], noise=0.005)
    wide = TABLE.replace("max: 200", "max: 400, worth: 0.02")
    result = run_file(write_table(tmp_path, 3, wide), tmp_path / "out", engine)
    assert result.answer.overall.best.decided
    assert len(result.values[0]) == 50
    assert len(result.answer.overall.best.close) == 1
    assert "Decided after 50 runs a point." in said(result)
    assert "None of them is better by more than 2 % (95 % sure, for all points together)." in said(result)
    assert result.answer.notices() == []


def test_what_stays_open_is_listed(tmp_path):
    result = run_file(write_table(tmp_path, 3), tmp_path / "out", Layers([1.0, 1.0, 0.5], noise=0.2))
    assert "Too few runs: 200 runs a point leave open whether point" in said(result)
    assert "than point" in said(result)
    data = answer_json(result.answer)["overall"]
    assert not data["decided"]
    assert len(data["open"]) == 1


@pytest.mark.parametrize(
    ("runs", "message"),
    [
        ("{until: decided, max: 200, worth: 5%}", "write 0.05 instead of 5%"),
        ("{until: decided, max: 200, worth: 2}", "expected a share from 0 to 1, got 2"),
        ("{until: decided, max: 200, worht: 0.1}", "did you mean 'worth'?"),
    ],
)
def test_mistakes_in_the_rule_are_named(tmp_path, runs, message):
    text = TABLE.replace("{until: decided, max: 200}", runs)
    with pytest.raises(UserError, match=message.replace("?", r"\?")):
        load_sweep(write_table(tmp_path, 3, text))


def test_a_crossing_has_no_worth_and_a_shard_cannot_decide(tmp_path):
    text = SWEEP.replace("runs: 12", "runs: {until: decided, max: 200, worth: 0.1}")
    with pytest.raises(UserError, match=r"runs.worth: belongs to sweeps without a crossing"):
        load_sweep(write_sweep(tmp_path, text))
    with pytest.raises(
        UserError, match=r"--shard 1/2: which point is best is decided over all points together"
    ):
        run_file(write_table(tmp_path, 3), tmp_path / "out", shard=(1, 2))


@pytest.mark.slow
def test_until_decided_errs_in_under_five_percent_of_sweeps(tmp_path):
    """400 sweeps of six points whose true values lie about a percent apart."""
    path = write_table(tmp_path, 6)
    wrong = decided = 0
    sweep = load_sweep(path)
    for seed in range(400):
        truth = 1.0 + np.random.default_rng(seed).normal(0, 0.01, 6)
        one = replace(sweep, seed=seed)
        found = run_file(
            path, tmp_path / str(seed), Layers(truth, noise=0.03), one, workers=1
        ).answer.overall.best
        lost = int(np.argmax(truth)) not in found.standing
        wrong += lost or (found.decided and truth.max() > (1 + sweep.worth) * truth[found.best])
        decided += found.decided
    assert decided > 40
    assert wrong < 20
