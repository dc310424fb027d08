"""What `orgsim compare` keeps: the folder's content, whose it is, the same bytes again, and the picture."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from helpers.cli import TIME, clean, orgsim
from helpers.fake_engine import BASE, OUTCOMES, Engine

from sim.experiments import plots
from sim.experiments.compare import pictures
from sim.experiments.compare.folder import MAX_NAME, SUMMARY, default_folder, question, write
from sim.experiments.compare.study import compare
from sim.organisation.costs import PayScale
from sim.organisation.structure import generated_tree
from sim.scenario.scenario import load
from sim.store.taking import taken

ARGS = ["compare", "layered", "flat", "--runs", "3", "--ranges", "2", *TIME]
CONTENT = {
    "answer.txt", "compare.json", "failures.parquet", "manifest.json", "plots/compare.png", "plots/compare.svg", "runs/runs.parquet",
    "summary.csv",
}  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A folder in which the command was given twice: printing the page, and printing JSON with one worker into another folder."""
    cwd = tmp_path_factory.mktemp("compared")
    page = orgsim(*ARGS, cwd=cwd)
    assert page.returncode == 0, page.stderr
    as_json = orgsim(*ARGS, "--json", "--workers", "1", "--out", "there", cwd=cwd)
    assert as_json.returncode == 0, as_json.stderr
    return cwd, page, as_json


class TestCommand:
    def test_what_is_in_the_folder(self, done):
        cwd, page, _ = done
        folder = cwd / "results" / "compare-layered-flat"
        assert set(contents(folder)) == CONTENT
        text, written = page.stdout.split("\nWritten: ")
        assert written.startswith(f"{Path('results') / 'compare-layered-flat'} (")
        assert (folder / "answer.txt").read_text() == text
        manifest = json.loads((folder / "manifest.json").read_text())
        assert (manifest["kind"], manifest["name"], manifest["status"]) == (
            "compare",
            "layered-flat",
            "complete",
        )
        assert manifest["names"] == ["layered", "flat"]
        assert manifest["seeds"] == {"seed": 1, "runs": [0, 2]}
        assert [manifest["scenario"]["name"], *(s["name"] for s in manifest["others"])] == ["layered", "flat"]

    def test_json_is_one_object_and_the_file_has_it(self, done):
        cwd, _, as_json = done
        assert as_json.stdout.count("\n") == 1
        assert json.loads(as_json.stdout) == json.loads((cwd / "there" / "compare.json").read_text())

    def test_the_same_bytes_twice(self, done):
        cwd, _, _ = done
        here, there = contents(cwd / "results" / "compare-layered-flat"), contents(cwd / "there")
        assert set(there) == CONTENT
        for name in CONTENT - {"manifest.json"}:
            assert here[name] == there[name], name

    def test_means_are_those_of_the_runs_and_of_the_figures(self, done):
        cwd, _, _ = done
        folder = cwd / "results" / "compare-layered-flat"
        with (folder / "summary.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert tuple(rows[0]) == SUMMARY
        means = {(row["scenario"], row["outcome"]): row["mean"] for row in rows}
        found = json.loads((folder / "compare.json").read_text())["comparisons"]["flat"]["value_per_week"]
        assert float(means["layered", "value_per_week"]) == pytest.approx(found["base"], rel=1e-11)
        assert float(means["flat", "value_per_week"]) == pytest.approx(found["mean"], rel=1e-11)
        runs = duckdb.sql(
            f"select point, scenario, count(*), avg(value_per_week) from '{folder}/runs/*.parquet' group by all order by 1"
        ).fetchall()
        assert [row[:3] for row in runs] == [(0, "layered", 3), (1, "flat", 3)]
        assert [row[3] for row in runs] == pytest.approx([found["base"], found["mean"]])

    def test_another_question_is_refused_and_the_old_answer_stays(self, done):
        cwd, _, _ = done
        before = contents(cwd / "there")
        other = orgsim(*ARGS, "--primary", "value_per_week", "--out", "there", cwd=cwd)
        assert other.returncode == 2
        assert "holds the results of another compare (layered-flat: other primary)" in other.stderr
        assert clean(other)
        assert contents(cwd / "there") == before


# ---- with a stand-in for the engine


@pytest.fixture
def scenarios(tmp_path):
    (tmp_path / "base.yaml").write_text(BASE + "name: layered\n")
    flat = "question: And {0}?\nname: {0}\nextends: base.yaml\norganisation: {{spans: [12, 8]}}\nai: {{share_of_code: {1}}}\n"
    for name, share in (("one", 0.9), ("two", 0.42), ("three", 0.0)):
        (tmp_path / f"{name}.yaml").write_text(flat.format(name, share))
    return [load(tmp_path / f"{name}.yaml") for name in ("base", "one", "two", "three")]


def tree_of(scenario):
    pay = PayScale(100_000.0)
    two = len(scenario.organisation.spans) == 2
    return generated_tree(112, (8, 1), pay) if two else generated_tree(96, (16, 4, 1), pay)


def run(scenarios, engine=None, **options):
    options = {"runs": 40, "ranges": 0, **options}
    return compare(scenarios, simulate=engine or Engine(), outcomes=OUTCOMES, tree_of=tree_of, **options)


@pytest.fixture
def drawing(monkeypatch):
    """Draws a comparison; returns the figure instead of writing it."""
    figures = []
    monkeypatch.setattr(plots, "save", lambda figure, path, png: figures.append(figure) or [])

    def draw(found, title="Which one?"):
        pictures.comparison_picture(Path("x"), found, title)
        figures[-1].canvas.draw()
        return figures[-1]

    return draw


def test_a_failed_run_is_a_row_without_figures(scenarios, tmp_path):
    found = run(scenarios[:2], Engine(fails=(3,)), runs=5)
    asked = question(scenarios[:2], found.primary, 5, 0, 1)
    with taken(str(tmp_path / "here"), tmp_path, asked, fresh=False) as place:
        write(place, found)
    rows = duckdb.sql(
        f"select scenario, run, value_per_payroll_usd, failure from '{tmp_path}/here/runs/*.parquet' where run in (2, 3)"
    ).fetchall()
    assert [(row[0], row[1], row[2] is None, row[3]) for row in rows] == [
        ("layered", 2, False, None), ("layered", 3, True, "run 3 broke"), ("one", 2, False, None), ("one", 3, True, "run 3 broke"),
    ]  # fmt: skip
    failures = duckdb.sql(
        f"select point, scenario, run, seed, message from '{tmp_path}/here/failures.parquet'"
    ).fetchall()
    assert failures == [(0, "layered", 3, 1, "run 3 broke"), (1, "one", 3, 1, "run 3 broke")]
    assert json.loads((tmp_path / "here" / "manifest.json").read_text())["failures"] == 2


def test_names_of_folders_stay_short(scenarios):
    assert default_folder(scenarios) == Path("results/compare-layered-one-two-three")
    many = default_folder(scenarios * 12).name
    assert many.endswith("-more")
    assert len(many) <= MAX_NAME + len("compare--and-99-more")


def test_the_question_tells_what_would_give_other_results(scenarios):
    asked = [
        question(scenarios[:2], "value_per_week", 5, 0, 1),
        question(scenarios[:2], "value_per_week", None, 0, 1),
        question(scenarios[:2], "value_per_week", 5, 8, 1),
        question(scenarios[:2], "value_per_week", 5, 0, 2),
        question(scenarios[:3], "value_per_week", 5, 0, 1),
        question(scenarios[1::-1], "value_per_week", 5, 0, 1),
    ]
    assert len({one["content_hash"] for one in asked}) == len(asked)
    assert asked[0]["question"] == "And one?"
    assert asked[4]["question"] == "How do one and two compare with layered on value per week?"


class TestPicture:
    def test_colour_and_marker_tell_the_verdict(self, scenarios, drawing):
        found = run([scenarios[0], scenarios[3]])
        rows = found.rows["three"]
        assert (rows["value_per_payroll_usd"].verdict, rows["managers_share"].verdict) == ("worse", "lower")
        figure = drawing(found, "And three?")
        outcomes = pictures.drawn(found, found.names)
        assert outcomes == ["value_per_payroll_usd", "cost_per_value", "lead_time_hours"]
        (axes,) = figure.axes
        points = [line for line in axes.lines if line.get_marker() not in ("None", "")]
        marks = [(point.get_color(), point.get_marker()) for point in points]
        assert marks == [(pictures.WORSE.colour, pictures.WORSE.marker)] * 3
        for outcome, point in zip(outcomes, points, strict=True):
            assert point.get_xdata()[0] == pytest.approx(100 * rows[outcome].figures.relative)
        assert figure.get_suptitle() == "And three?"
        assert axes.get_title(loc="left").startswith("three loses to layered")

    def test_nothing_within_noise_looks_like_a_difference(self, scenarios, drawing):
        found = run([scenarios[0], scenarios[2]], Engine(noise=0.2), runs=4)
        assert {row.verdict for row in found.rows["two"].values()} & {"better", "worse"} == set()
        figure = drawing(found)
        points = [line for line in figure.axes[0].lines if line.get_marker() not in ("None", "")]
        assert points
        assert {point.get_color() for point in points} == {pictures.NOISE.colour}
        assert {point.get_markerfacecolor() for point in points} == {"white"}
        assert "within noise" in [text.get_text() for text in figure.legends[0].get_texts()]

    def test_several_variants_share_a_scale_and_each_has_its_worlds(self, scenarios, drawing):
        found = run(scenarios, ranges=16)
        figure = drawing(found)
        forests = [
            axes for axes in figure.axes if axes.get_visible() and axes.get_xlabel().startswith("change")
        ]
        assert len(forests) == len(found.names)
        assert len({axes.get_xlim() for axes in forests}) == 1
        bars = [axes for axes in figure.axes if axes.get_visible() and axes.get_xlabel().endswith("(%)")]
        assert len(bars) == len(found.names)
        for name, axes in zip(found.names, bars, strict=True):
            holding = found.rows[name][found.primary].holding
            shares = [holding.holds.share, holding.open.share, holding.reversed.share]
            assert [patch.get_width() for patch in axes.patches] == pytest.approx(shares)
            assert sum(shares) == pytest.approx(1)

    @pytest.mark.parametrize("count", [2, 4])
    def test_everything_is_inside_and_nothing_is_covered(self, scenarios, drawing, count):
        figure = drawing(run(scenarios[:count], ranges=4), "A question that takes more than a line? " * 3)
        (legend,) = figure.legends
        box, whole = legend.get_window_extent(), figure.bbox
        assert (box.x0 >= 0, box.y0 >= 0, box.x1 <= whole.x1) == (True, True, True)
        shown = [axes for axes in figure.axes if axes.get_visible()]
        assert min(axes.get_tightbbox().y0 for axes in shown) > box.y1 - 1
        assert max(axes.get_tightbbox().x1 for axes in shown) <= whole.x1
        assert all(axes.get_window_extent().height > 0.1 * figure.dpi for axes in shown)

    def test_one_run_without_worlds(self, scenarios, drawing):
        figure = drawing(run(scenarios[:2], runs=1))
        assert len(figure.axes) == 1
        words = [text.get_text() for text in figure.legends[0].get_texts()]
        assert words == ["one run: not tested"]

    def test_large_changes_are_compressed_and_it_is_said(self, scenarios, drawing):
        class Steep(Engine):
            def truth(self, layers, values):
                return 3.0 if layers == 2 else 1.0

        for engine, even in ((Engine(), True), (Steep(), False)):
            found = run(scenarios[:2], engine)
            rows = [found.rows["one"][name] for name in pictures.drawn(found, found.names)]
            scale = pictures.scale_of(rows)
            assert scale.even == even
            assert all(scale.lo < 100 * row.figures.relative < scale.hi for row in rows)
            said = drawing(found).legends[0].get_title().get_text()
            assert ("compressed beyond 5 %" in " ".join(said.split())) == (not even)

    def test_worlds_that_look_like_a_scenario_are_called_so(self, scenarios, drawing):
        found = replace(run(scenarios[:2], ranges=4), like="our-company-after-the-merger.yaml")
        figure = drawing(found)
        (label,) = figure.axes[1].get_yticklabels()
        assert " ".join(label.get_text().split()).startswith("4 worlds that look like our-company")
        assert figure.axes[1].get_tightbbox().x0 >= 0
