"""Layoff risk as text, JSON and picture: aligned, cautious, finite, and silent about what is withheld."""

import json
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from helpers.people import company, table
from hypothesis import given
from hypothesis import strategies as st

from sim.experiments import plots
from sim.experiments.risk import incidence, pictures, words
from sim.experiments.risk.incidence import Ratio, assess

BY = ("role", "layer")


def assessed(by=BY, replicates=60, **options):
    return assess(company(**{"runs": 12, **options}), by, seed=3, scenario="layered", replicates=replicates)


@pytest.fixture(scope="module")
def risk():
    return assessed()


# ---- text


def tables_of(text: str) -> list[list[str]]:
    """The two tables, each as its lines: head, rule, rows."""
    blocks = [block.splitlines() for block in text.split("\n\n")]
    return [block[1:] for block in blocks if "95 % interval]" in block[0]]


def test_tables_are_aligned(risk):
    for text in (words.risk_text(risk), words.risk_text(assessed(("tenure", "skill")))):
        assert text.isascii()
        for head, rule, *rows in tables_of(text):
            ends = [k for k, sign in enumerate(rule + " ") if sign == " " and rule[k - 1 : k] == "-"]
            assert rows
            for line in (head, *rows):  # nothing stands in the gaps between columns
                assert all(line.ljust(len(rule))[end : end + 2].strip() == "" for end in ends)
                assert len(line) <= len(rule)


def test_table_has_totals_before_groups_and_all_weeks(risk):
    laid_off, quits = tables_of(words.risk_text(risk))
    assert laid_off[0].split() == ["role", "layer", "people", "week", "26", "week", "52", "week", "104"]
    assert [row.split()[:3] for row in laid_off[2:]] == [
        ["all", "all", "117"], ["IC", "0", "96"], ["manager", "all", "21"], ["manager", "1", "16"],
    ]  # fmt: skip
    assert laid_off[2:] != quits[2:]
    mean, lo, hi = risk.groups[0].incidence.layoff.at(52)
    assert f"{100 * mean:.1f} [{100 * lo:.1f}, {100 * hi:.1f}]" in laid_off[3]


def test_caution_is_always_there(risk):
    for one in (risk, assessed(("skill",)), assessed(runs=1), assessed(managers=(1,), ics=3)):
        flat = " ".join(words.risk_text(one).split())
        assert "never a verdict on a person" in flat
        assert "must not be used to choose people" in flat


def test_withheld_groups_are_named_and_have_no_figures(risk):
    text = words.risk_text(risk)
    flat = " ".join(text.split())
    assert "Withheld: 2 groups (manager, layer 2; manager, layer 3), with fewer than 5 people" in flat
    assert not any(
        row.split()[:2] in (["manager", "2"], ["manager", "3"]) for block in tables_of(text) for row in block
    )
    assert "No group is withheld" in words.risk_text(assessed(("role",)))
    many = words.withheld_sentence(assessed(("role", "layer", "tenure", "skill")))
    assert many.startswith("Withheld: ")
    assert "(" not in many  # more than a few are counted only


def test_people_of_groups_that_change_between_runs_are_shown_twice():
    text = words.risk_text(assessed(("skill",)))
    head, _, *rows = tables_of(text)[0]
    assert head.split()[:5] == ["skill", "quartile", "people", "per", "run"]
    assert rows[1].split()[:2] == ["1", "(lowest)"]
    assert float(rows[1].split()[3]) == pytest.approx(117 / 4, abs=0.5)
    assert "how many at a time" in " ".join(text.split())
    assert "per run" not in words.risk_text(assessed(("layer",)))


def test_one_run_and_short_horizon():
    text = words.risk_text(assessed(runs=1, weeks=30))
    assert "1 run of 30 weeks" in text
    assert "one run has no intervals" in text
    head, _, *rows = tables_of(text)[0]
    assert head.split() == ["role", "layer", "people", "week", "26"]
    assert "[" not in "".join(rows)


def test_rule_of_three_is_explained_where_it_is_used():
    text = " ".join(words.risk_text(assessed(hazards=(0, 0, 0.002))).split())
    assert "rule of three over runs" in text
    assert "0.0 [0.0, 22.1]" in text  # 1 - .05 ** (1 / 12)
    assert "rule of three" not in words.risk_text(assessed(hazards=(0.05, 0.05, 0.02), by=("role",)))


@pytest.mark.parametrize(
    ("ratio", "sentence"),
    [
        (Ratio(1.42, 1.31, 1.55), "1.42 [1.31, 1.55]; managers are at higher risk."),
        (Ratio(0.8, 0.7, 0.9), "0.80 [0.70, 0.90]; managers are at lower risk."),
        (Ratio(1.2, 0.9, 1.6), "1.20 [0.90, 1.60]; no difference beyond noise."),
        (
            Ratio(16.0, 5.0, None, "too few"),
            "16.00 [5.00, no upper end] (too few); managers are at higher risk.",
        ),
        (Ratio(2.0, None, None, "one run has no interval"), "2.00 (one run has no interval)."),
        (
            Ratio(None, None, None, "no one was laid off in any run"),
            "is undefined: no one was laid off in any run.",
        ),
        (Ratio(None, None, None, "withheld: one of"), "managers : ICs is withheld: one of."),
    ],
)
def test_sentence_on_the_hazard_ratio(ratio, sentence):
    assert words.ratio_sentence(ratio).endswith(sentence)
    assert words.ratio_sentence(ratio, *words.RISK_WORDS).endswith(sentence)


# ---- JSON


def test_json_is_the_contract(risk):
    data = json.loads(json.dumps(words.risk_json(risk), allow_nan=False))
    assert list(data) == ["scenario", "runs", "by", "groups", "hazard_ratio", "risk_ratio", "withheld"]
    assert (data["scenario"], data["runs"], data["by"], data["withheld"]) == (
        "layered",
        12,
        ["role", "layer"],
        2,
    )
    manager = data["groups"][1]
    assert list(manager) == ["role", "layer", "people", "layoff", "quit"]
    assert (manager["role"], manager["layer"], manager["people"]) == ("manager", 1, 16)
    for kind in ("layoff", "quit"):
        assert list(manager[kind]) == ["26", "52", "104"]
        for cell in manager[kind].values():
            assert 0 <= cell["ci95"][0] <= cell["mean"] <= cell["ci95"][1] <= 1
    assert list(data["hazard_ratio"]) == ["manager_vs_ic"]
    assert data["risk_ratio"]["manager_vs_ic"]["week"] == 52
    for ratio in (data["hazard_ratio"]["manager_vs_ic"], data["risk_ratio"]["manager_vs_ic"]):
        assert ratio["ci95"][0] <= ratio["mean"] <= ratio["ci95"][1]


@pytest.mark.parametrize(
    "people",
    [
        company(runs=1),
        company(runs=3, managers=(1,), ics=3),
        company(runs=3, managers=(), ics=12),
        company(runs=3, hazards=(0, 0, 0)),
        company(runs=3, hazards=(5, 5, 0)),
        table(weeks=30, pid=np.arange(8), exit_week=np.arange(8.0)),  # lost from sight one after the other
    ],
)
def test_nothing_that_is_not_finite_is_printed(people, tmp_path):
    for by in (("role",), ("tenure", "skill"), BY):
        risk = assess(people, by, seed=1, scenario="edge", replicates=20)
        text = words.risk_text(risk) + json.dumps(words.risk_json(risk), allow_nan=False)
        assert "nan" not in text.lower().replace("finance", "")
        assert "inf" not in text.lower()
    assert len(pictures.risk_picture(tmp_path / "edge", risk, png=False)) <= 1


def test_withheld_figures_are_nowhere_in_the_json():
    # Every withheld person is laid off in week 9, everybody else stays.
    layer = np.repeat([0, 1, 2, 3], [20, 16, 4, 1])
    people = table(
        pid=np.arange(41), role=(layer > 0).astype(int), layer=layer, exit_kind=(layer > 1).astype(int),
        exit_week=np.where(layer > 1, 9.0, np.inf),
    )  # fmt: skip
    data = words.risk_json(assess(people, BY, seed=1, replicates=20))
    assert [(g["role"], g["layer"]) for g in data["groups"]] == [("ic", 0), ("manager", 1)]
    assert all(g["layoff"]["104"]["mean"] == 0 for g in data["groups"])


def test_ratio_of_a_role_with_few_people_is_null():
    few = assessed(managers=(2,))
    data = words.risk_json(few)
    assert "is withheld: one of the two roles" in words.risk_text(few)
    assert data["hazard_ratio"] == {"manager_vs_ic": {"mean": None, "ci95": None}}
    assert data["risk_ratio"] == {"manager_vs_ic": {"week": 52, "mean": None, "ci95": None}}
    assert data["withheld"] == 1


# ---- picture


@pytest.mark.slow
def test_picture_is_written_and_the_same_bytes_each_time(risk, tmp_path):
    written = pictures.risk_picture(tmp_path / "a", risk)
    assert [path.name for path in written] == ["a.svg", "a.png"]
    pictures.risk_picture(tmp_path / "b", risk)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """The figure instead of a file: drawn(risk) -> its two axes."""

    def draw(risk):
        figures = []
        monkeypatch.setattr(plots, "save", lambda figure, path, png: figures.append(figure) or [])
        pictures.risk_picture(tmp_path / "x", risk)
        return figures[0].axes

    return draw


def test_panels_have_units_bands_and_direct_labels(risk, drawn):
    left, right = drawn(risk)
    assert (left.get_title(loc="left"), right.get_title(loc="left")) == ("Laid off", "Quit")
    assert left.get_ylabel().startswith("% of the group's people")
    for axes in (left, right):
        assert axes.get_xlabel() == "weeks since week 0"
        assert len(axes.lines) == len(axes.collections) == 3  # a band for each line
        assert [text.get_text() for text in axes.texts] == ["IC, layer 0", "all managers", "manager, layer 1"]
        assert axes.get_legend() is None
        styles = {(line.get_linestyle(), line.get_marker()) for line in axes.lines}
        assert len(styles) == 3  # told apart without colour
        assert axes.get_ylim()[0] == 0
    top = 100 * risk.groups[0].incidence.layoff.mean[-1]
    assert left.lines[0].get_ydata()[-1] == pytest.approx(top)


def test_scales_are_shared_unless_one_panel_would_be_flat(drawn):
    left, right = drawn(assessed(hazards=(0.002, 0.002, 0.002)))
    assert left.get_ylim() == right.get_ylim()
    left, right = drawn(assessed(hazards=(0.02, 0.02, 0.0005)))
    assert left.get_ylim()[1] > 3 * right.get_ylim()[1]


def test_many_groups_are_cut_down_and_said_so(drawn, monkeypatch):
    risk = assessed(("tenure", "skill"))
    assert len(risk.groups) == 12 == pictures.MAX_PANELS
    panels = drawn(risk)
    assert "largest of" not in panels[0].figure.get_suptitle()
    monkeypatch.setattr(pictures, "MAX_PANELS", 7)
    fewer = [axes for axes in drawn(risk) if axes.get_visible()]
    assert len(fewer) == 7
    assert "(7 largest of 12 groups)" in fewer[0].figure.get_suptitle().replace("\n", " ")


def test_many_groups_have_a_panel_each_on_one_scale(drawn):
    risk = assessed(("role", "layer", "tenure"))
    lines, _ = pictures.picture_lines(risk)
    assert len(lines) > pictures.MAX_LINES
    panels = [axes for axes in drawn(risk) if axes.get_visible()]
    assert [axes.get_title(loc="left").replace("\n", " ") for axes in panels] == [name for name, _ in lines]
    assert len({axes.get_ylim() for axes in panels}) == 1
    for axes, (_, one) in zip(panels, lines, strict=True):
        assert len(axes.collections) == 2  # bands of its own two curves only
        assert len(axes.lines) == len(lines) - 1 + 2
        layoff, quits = axes.lines[-2:]
        assert layoff.get_ydata() == pytest.approx(100 * one.incidence.layoff.mean, nan_ok=True)
        assert quits.get_ydata() == pytest.approx(100 * one.incidence.quit.mean, nan_ok=True)
    names = [text.get_text() for text in panels[0].figure.legends[0].get_texts()]
    assert names == ["laid off", "quit", "laid off, the other groups"]


def test_nothing_to_show_draws_nothing(tmp_path):
    assert pictures.risk_picture(tmp_path / "x", assessed(managers=(1,), ics=3)) == []
    assert list(tmp_path.iterdir()) == []


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 0.14)), min_size=1, max_size=7))
def test_labels_do_not_overlap_and_stay_inside(labels):
    wanted, heights = (list(x) for x in zip(*labels, strict=True))
    places = pictures.spread(wanted, heights)
    spans = sorted((p - h / 2, p + h / 2) for p, h in zip(places, heights, strict=True))
    assert all(below[1] <= above[0] + 1e-9 for below, above in pairwise(spans))
    assert spans[0][0] >= -1e-9
    assert spans[-1][1] <= 1 + 1e-9
    order = np.argsort(wanted, kind="stable")
    assert (np.diff(np.array(places)[order]) > 0).all()


def test_labels_alone_stay_where_they_belong():
    assert pictures.spread([0.3, 0.9], [0.05, 0.05]) == pytest.approx([0.3, 0.9])
    assert pictures.spread([0.5, 0.5], [0.1, 0.1]) == pytest.approx([0.45, 0.55])
    assert pictures.spread([0.0], [0.1]) == pytest.approx([0.05])


def test_text_and_statistics_need_no_matplotlib():
    code = "import sys, sim.experiments.risk.words, sim.experiments.risk.incidence; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert incidence.MILESTONES == (26, 52, 104)
