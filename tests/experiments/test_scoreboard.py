"""Managers' scoreboards: the figures of a run add up, and only distributions over enough managers are shown."""

import json
from dataclasses import replace

import numpy as np
import pytest
from helpers.cli import clean, orgsim

from sim.constants import IC, MANAGER
from sim.experiments.run import scoreboard as report
from sim.organisation import costs
from sim.people.scoreboard import BOARD, FIRM, MEASURES, boards, mark
from sim.scenario.scenario import from_yaml, load
from sim.simulation.run import run
from sim.simulation.simulator import Engine

SHORT = ["time.weeks=20", "time.warmup_weeks=2"]


@pytest.fixture(scope="module")
def results():
    return run(load("ai-bottom-up", SHORT), 4, 1)


def window(scenario, weeks: int):
    """(Organisation at the end, board, increase of its record over the last *weeks*)."""
    engine = Engine(scenario)
    org = engine.advance(engine.begin(1, 0), (engine.weeks - weeks) * 40.0)
    before = mark(org)
    org = engine.advance(org, engine.weeks * 40.0)
    return org, boards(org, engine.parameters, scenario.values, before, weeks)


class TestFigures:
    def test_the_top_has_the_whole_organisation(self):
        scenario = load("layered", SHORT)
        org, board = window(scenario, 13)
        first, last = org.weeks[-14], org.weeks[-1]
        top = board[board["layer"] == 3][0]
        value = last["value"] - first["value"]
        by_managers = last["value_managers"] - first["value_managers"]
        assert top["productivity"] * 96 * 13 == pytest.approx(value - by_managers)
        written = last["ai_standard_hours"] - first["ai_standard_hours"]
        dollars = org.occupants["pay"][np.isin(org.people["role"], (IC, MANAGER))].sum() / 4
        spend = costs.ai_spend(scenario.values, 96, written, 13, org.world["ai_extent"][0])
        assert top["cost"] * value == pytest.approx(dollars + spend)
        assert np.isnan(board["guardrails"]).all()  # nobody builds any without a strategy

    def test_teams_share_out_the_whole(self, results):
        for board in results.boards:
            first = board[board["layer"] == 1]
            top = board[board["layer"] == 3][0]
            for name in (
                "productivity",
                "fluency",
                "adoption",
                "guardrails",
                "ai_share",
            ):  # teams are of the same size
                assert first[name].mean() == pytest.approx(top[name])
            assert np.all((board["utilisation"] > 0) & (board["utilisation"] < 1.5))
            assert np.all((board["wasted"] >= 0) & (board["wasted"] <= 1))

    def test_the_firm_is_what_its_only_top_has(self):
        _, board = window(load("layered", SHORT), 13)
        top, firm = board[board["layer"] == 3][0], board[board["layer"] == FIRM][0]
        for name in ("productivity", "cost", "adoption", "fluency", "ai_share", "wasted"):
            assert firm[name] == pytest.approx(top[name])
        assert firm["reports"] == 117

    def test_the_firm_adds_up_to_the_outcomes_without_incidents(self):
        # All weeks count, nobody comes or goes, and incidents cost nothing: then both definitions are the same.
        free = ["money.usd_per_incident=0", "defects.incident_value_loss=0"]
        found = run(load("layered", ["time.weeks=13", "time.warmup_weeks=2", *free]), 2, 1)
        for k, board in enumerate(found.boards):
            firm = board[board["layer"] == FIRM][0]
            assert firm["cost"] == pytest.approx(found.outcomes["cost_per_value"][k])
            assert firm["utilisation"] == pytest.approx(found.outcomes["manager_utilisation"][k])
        shown = report.assess_boards(found).firm["cost"]
        assert shown.mean == pytest.approx(found.outcomes["cost_per_value"].mean())

    def test_orders_make_ai_dearer_not_people_better(self):
        bottom_up, top_down = (run(load(name, SHORT), 2, 1) for name in ("ai-bottom-up", "ai-top-down"))
        typical = [np.median(np.concatenate(found.boards)["guardrails"]) for found in (bottom_up, top_down)]
        assert typical[0] > typical[1]

    def test_horizon_shorter_than_the_window(self):
        found = run(load("layered", ["time.weeks=3", "time.warmup_weeks=0"]), 1, 1)
        assert report.assess_boards(found).weeks == 3
        assert np.isfinite(found.boards[0]["cost"]).all()

    def test_watching_changes_nothing(self):
        scenario = load("people", SHORT)
        engine = Engine(scenario)
        whole = engine.advance(engine.begin(1, 0), engine.weeks * 40.0).weeks[[2, -1]]
        assert np.array_equal(whole, engine.simulate(1, 0).snapshots)

    def test_a_team_without_ics_has_no_productivity(self):
        scenario = from_yaml(
            "extends: people\norganisation: {ics: 12, spans: [4, 3]}\ntime: {weeks: 6, warmup_weeks: 0}\n"
            "switches: {hiring: false}\nquits: {base: 1.0}"
        )
        board = run(scenario, 1, 1).boards[0]
        assert board.dtype == BOARD or board.dtype.names == BOARD.names
        assert np.isnan(board["productivity"]).all()
        assert report.assess_boards(run(scenario, 1, 1)).layers == ()


class TestShown:
    def test_small_layers_are_withheld(self, results):
        found = report.assess_boards(results)
        assert [one.layer for one in found.layers] == [1]
        assert found.withheld == (2, 3)
        text = report.board_text(found)
        assert "Withheld: managers in layers 2, 3, fewer than 5 a run." in text
        assert "never a verdict on one" in text

    def test_quantiles_over_managers_and_runs(self, results):
        rows = np.concatenate(results.boards)
        rows = rows[rows["layer"] == 1]
        found = report.assess_boards(results).layers[0].measures
        assert tuple(found) == MEASURES == tuple(report.WORDS)
        for name, spread in found.items():
            assert spread.managers == 64
            assert (spread.low, spread.median, spread.high) == pytest.approx(
                tuple(np.quantile(rows[name], (0.1, 0.5, 0.9)))
            )
            assert spread.low <= spread.median <= spread.high
            assert spread.lo <= spread.median <= spread.hi

    def test_the_interval_resamples_runs_not_managers(self, results):
        # Four runs whose managers are all alike: the median is known no better than from four figures.
        alike = []
        for k, board in enumerate(results.boards):
            made = board.copy()
            made["cost"] = float(k)
            alike.append(made)
        spread = report.assess_boards(replace(results, boards=tuple(alike))).layers[0].measures["cost"]
        assert (spread.lo, spread.hi) == (0.0, 3.0)

    def test_one_run_has_no_interval(self, results):
        spread = report.assess_boards(replace(results, boards=results.boards[:1])).layers[0].measures["cost"]
        assert spread.lo is None
        assert spread.median is not None


class TestCommand:
    @pytest.mark.slow
    def test_text_and_json(self):
        options = ("run", "layered", "--runs", "2", "--scoreboard", "--set", "time.weeks=15")
        text = orgsim(*options)
        assert text.returncode == 0
        assert "Managers' scoreboard" in text.stdout
        assert "first-line managers, 16 a run" in text.stdout
        assert "Of the last 13 weeks of 2 runs." in text.stdout
        data = json.loads(orgsim(*options, "--json").stdout)["scoreboard"]
        assert (data["weeks"], data["runs"], data["withheld"]) == (13, 2, [2, 3])
        cost = data["layers"][0]["measures"]["cost"]
        assert cost["p10_p90"][0] < cost["median"] < cost["p10_p90"][1]
        assert cost["unit"] == "USD/standard hour"
        assert data["layers"][0]["measures"]["guardrails"]["median"] is None
        assert (
            data["firm"]["cost"]["ci95"][0] < data["firm"]["cost"]["mean"] < data["firm"]["cost"]["ci95"][1]
        )
        assert data["fluent_from"] == 0.4
        assert "AI fluency of at least 0.4 (governance.waste_threshold)" in " ".join(text.stdout.split())

    def test_not_beside_paths(self):
        result = orgsim("run", "reorganisation", "--runs", "1", "--scoreboard")
        assert result.returncode == 2
        assert "--scoreboard: reorganisation has paths" in result.stderr
        assert clean(result)
