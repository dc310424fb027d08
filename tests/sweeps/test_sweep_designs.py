"""Designs besides the grid: points from a table, conditions between factors, roles."""

import numpy as np
import pytest
from helpers.fake_engine import SWEEP, run_file, write_sweep
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import UserError
from sim.experiments.designs import Range
from sim.experiments.feasible import feasible, sampled
from sim.experiments.sweep.file import load_sweep
from sim.experiments.sweep.words import sweep_text

TABLE = """\
question: Which of these?
name: tiny
base: base.yaml
design: table
points: points.csv
runs: 4
ranges: 0
"""
POINTS = """\
organisation.spans,ai.share_of_code,organisation.remove_layer
6-4-4,0.1,null
12-8,0.3,as it is
"[6, 4, 4]",0.5,1
"""
SAMPLED = SWEEP.replace(", steps: 4", "").replace("runs: 12", "runs: 4").replace("ranges: 8", "ranges: 0")


def write_table(folder, points=POINTS, more=""):
    (folder / "points.csv").write_text(points)
    return write_sweep(folder, TABLE + more)


# ---- a table


def test_a_row_is_a_point_in_the_types_of_its_paths(tmp_path):
    sweep = load_sweep(write_table(tmp_path))
    assert sweep.points == (
        {"organisation.spans": (6, 4, 4), "ai.share_of_code": 0.1, "organisation.remove_layer": None},
        {"organisation.spans": (12, 8), "ai.share_of_code": 0.3, "organisation.remove_layer": None},
        {"organisation.spans": (6, 4, 4), "ai.share_of_code": 0.5, "organisation.remove_layer": 1},
    )
    assert sweep.crossing is None
    assert sweep.roles == {
        "organisation.spans": "decide", "ai.share_of_code": "given", "organisation.remove_layer": "decide",
    }  # fmt: skip


def test_a_table_is_run_and_resumed_row_by_row(tmp_path):
    path = write_table(tmp_path)
    found = run_file(path, tmp_path / "out")
    assert (found.runs_done, found.runs_reused) == (12, 0)
    assert (tmp_path / "out" / "summary.csv").read_text().splitlines()[1].startswith("0,6-4-4,0.1,as it is,")
    assert run_file(path, tmp_path / "out").runs_reused == 12


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0.3", "30%", "points.csv:3:2: ai.share_of_code: write 0.3 instead of 30%, a fraction"),
        ("0.3", "much", "points.csv:3:2: ai.share_of_code: "),
        ("0.3", "", "points.csv:3:2: ai.share_of_code: the cell is empty; write null"),
        ("0.3,as it is", "0.3", "points.csv:3: 2 cells where the first row has 3"),
        ("12-8,0.3,as it is", "6-4-4,0.1,null", "points.csv:3: the same point as in row 2"),
        (
            "ai.share_of_code",
            "ai.share_of_cod",
            "points.csv:1:2: ai.share_of_cod: unknown parameter, did you mean",
        ),
        ("ai.share_of_code", "organisation.spans", "points.csv:1:2: organisation.spans: is a column already"),
        ("ai.share_of_code", "events", "points.csv:1:2: events: lists of events cannot be varied"),
        ("0.5,1", "0.5,7", "points.csv:4: organisation.remove_layer: "),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(tmp_path, old, new, message):
    with pytest.raises(UserError) as caught:
        load_sweep(write_table(tmp_path, POINTS.replace(old, new)))
    assert message in str(caught.value)


def test_a_file_that_is_no_table_is_not_quoted(tmp_path):
    with pytest.raises(UserError) as caught:
        load_sweep(write_table(tmp_path, "user,password\nada,secret\n"))
    assert "has no path" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "ada" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TABLE.replace("points.csv", "../points.csv"), "points: ../points.csv: lies outside the folder"),
        (TABLE.replace("points.csv", "none.csv"), "none.csv: no such file"),
        (TABLE.replace("points: points.csv\n", ""), "a table needs the key points"),
        (TABLE + "samples: 3\n", "a table has as many points as rows"),
        (TABLE.replace("table", "lhs"), "points: belongs to design: table, this is lhs"),
        (
            TABLE + "vary: {ai.share_of_code: [0.1, 0.3, 0.5]}\n",
            "organisation.spans is a column of the table",
        ),
        (TABLE + "where: ai.share_of_code > 2\n", "no point is left of 3; loosen the conditions"),
        (TABLE + "roles: {ai.share_of_cod: decide}\n", "is not varied, did you mean 'ai.share_of_code'?"),
        (TABLE + "crossing: {of: organisation.spans, between: [[12, 8], [6, 4, 4]]}\n", "needs design: grid"),
    ],
)
def test_keys_that_do_not_go_with_a_table_are_named(tmp_path, text, message):
    (tmp_path / "points.csv").write_text(POINTS)
    with pytest.raises(UserError) as caught:
        load_sweep(write_sweep(tmp_path, text))
    assert message in str(caught.value)


def test_vary_beside_a_table_has_to_agree(tmp_path):
    points = "ai.share_of_code\n0.1\n0.7\n"
    vary = "vary: {ai.share_of_code: {from: 0, to: %s}}\n"
    assert len(load_sweep(write_table(tmp_path, points, vary % 0.7)).points) == 2
    with pytest.raises(
        UserError, match=r"points.csv:3:1: ai.share_of_code: 0.7 is not among what vary lists"
    ):
        load_sweep(write_table(tmp_path, points, vary % 0.5))


# ---- conditions


@pytest.mark.parametrize("design", ["lhs", "sobol"])
def test_a_sample_keeps_its_size_and_fills_what_is_left(tmp_path, design):
    where = "where: [organisation.management_layers == 2 or ai.share_of_code > .6]\n"
    path = write_sweep(tmp_path, SAMPLED + f"design: {design}\nsamples: 64\n{where}")
    sweep = load_sweep(path)
    assert len(sweep.points) == 64
    assert all(p["organisation.management_layers"] == 2 or p["ai.share_of_code"] > 0.6 for p in sweep.points)
    assert sweep.left_out.drawn == 64 + sweep.left_out.where
    assert load_sweep(path).points == sweep.points
    # A third of the layered half and all of the flat one: three quarters flat.
    flat = [p["ai.share_of_code"] for p in sweep.points if p["organisation.management_layers"] == 2]
    assert len(flat) == pytest.approx(48, abs=3)
    assert np.histogram(flat, 6, (0, 0.9))[0].min() >= 5  # 8 each in a perfectly even design
    text = " ".join(sweep_text(run_file(path, tmp_path / "out")).split())
    assert f"{sweep.left_out.where} of {sweep.left_out.drawn} points left out by where." in text


def test_a_sobol_sequence_is_drawn_on():
    vary = {"a.b": Range(0.0, 1.0), "c.d": Range(0.0, 1.0)}

    class Half:
        def holds(self, point):
            return point["a.b"] < 0.5

    kept, out = sampled("sobol", vary, 20, 3, [Half()])
    longer, _ = sampled("sobol", vary, 100, 3, [])
    assert kept == [point for point in longer if point["a.b"] < 0.5][:20]
    assert longer[out.drawn - 1] == kept[-1]


def test_a_grid_loses_points_and_its_crossing(tmp_path):
    where = "where: organisation.management_layers == 2 or ai.share_of_code > .2\n"
    sweep = load_sweep(write_sweep(tmp_path, SWEEP + where))
    assert (len(sweep.points), sweep.left_out.where, sweep.crossing) == (7, 1, None)
    crossing = "crossing: {of: organisation.management_layers, between: [2, 3]}\n"
    path = write_sweep(tmp_path, SWEEP + where + crossing)
    with pytest.raises(UserError, match="a crossing needs every point of the grid"):
        load_sweep(path)


def test_structures_that_do_not_fit_are_counted(tmp_path):
    text = SAMPLED.replace("hold: payroll\n", "").replace(
        "organisation.management_layers: [2, 3]",
        "organisation.spans: [[6, 4, 4], [12, 8, 2]]\n  organisation.ics: {from: 60, to: 140}",
    )
    sweep = load_sweep(write_sweep(tmp_path, text + "design: lhs\nsamples: 60\n"))
    assert len(sweep.points) == 60
    assert sweep.left_out.unmade > 0
    assert "because they make no scenario (the first: " in sweep.left_out.words()


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("ai.share_of_cod <= 3", "ai.share_of_cod is not varied, did you mean 'ai.share_of_code'?"),
        ("ai.share_of_code ** 2 < 3", "ai.share_of_code ** 2 cannot be used in a condition"),
        ("ai.share_of_code in [1]", "is no comparison by <"),
        ("import os", "cannot be read as a condition"),
        ("__import__('os').system('x') == 0", "cannot be used in a condition"),
        ("ai.share_of_code.__class__ == 1", "ai.share_of_code.__class__ is not varied"),
        ("ai.share_of_code", "which is neither true nor false"),
        ("ai.share_of_code / 0 < 1", "divides by zero"),
        (
            "ai.share_of_code > null",
            "null is nothing at a point, which is no number; ask for null by == or !=",
        ),
        ("ai.share_of_code < 0.001", "are feasible, too few for samples: 64"),
        ("(" * 240 + "1" + ")" * 240 + " < 2", "cannot be read as a condition"),
    ],
)
def test_a_condition_that_cannot_be_told_is_one_sentence(tmp_path, where, message):
    text = SAMPLED + f'design: sobol\nsamples: 64\nwhere: ["{where}"]\n'
    with pytest.raises(UserError) as caught:
        load_sweep(write_sweep(tmp_path, text))
    assert message in str(caught.value)
    assert str(caught.value).count("sweep.yaml:") == 1


@given(st.floats(-10, 10), st.floats(-10, 10))
def test_conditions_mean_what_python_means(a, b):
    from sim.experiments.conditions import read_where
    from sim.experiments.study_file import Reader
    from sim.scenario.yaml_source import parse_yaml

    texts = [
        "0 < x.a <= x.b + 1 or not x.b > 2",
        "-x.a * 2 - x.b / 4 >= 1 and x.a != x.b",
        "x.a == null or true == (x.a < x.b)",
    ]
    document = parse_yaml("where: [" + ", ".join(f'"{text}"' for text in texts) + "]", "f")
    found = [one.holds({"x.a": a, "x.b": b}) for one in read_where(Reader(document), ["x.a", "x.b"])]
    assert found == [0 < a <= b + 1 or not b > 2, -a * 2 - b / 4 >= 1 and a != b, a < b]


def test_what_is_left_out_is_counted_by_reason():
    points = [{"x.a": k} for k in range(6)]

    class Even:
        def holds(self, point):
            return point["x.a"] % 2 == 0

    kept, out = feasible(points, [Even()], lambda point: "no" if point["x.a"] == 4 else None)
    assert kept == [{"x.a": 0}, {"x.a": 2}]
    assert (out.drawn, out.where, out.unmade, out.reason) == (6, 3, 1, "no")
