"""`orgsim report`: one file with everything inside, the same bytes twice, readable without a script, silent about persons."""

import csv
import json
import re
import shutil
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from helpers.cli import clean, orgsim
from helpers.results import KINDS

import cli
from sim.engine.codes import STAGES
from sim.outcomes.stages import column
from sim.report.report import known_kinds, report_text

ROOT = Path(__file__).absolute().parents[2]
VOID = {"meta", "br", "hr", "img", "input", "link", "path", "use"}


class Parsed(HTMLParser):
    """Tags, ids, references and the text of a page; complains of tags that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.mark.parametrize(
    "kind", ["run", *(pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS if kind != "run")]
)
class TestEveryKind:
    def test_it_is_one_file_with_the_same_bytes_twice(self, folder, report, kind):
        assert report_text(folder(kind)) == report(kind)
        assert len(report(kind).encode()) < 2_000_000

    def test_nothing_is_fetched_and_nothing_tells_of_the_machine(self, folder, report, kind):
        text = report(kind)
        assert not re.search(r"""(src|href)=["'](?!#)|url\((?!#)|@import|https?://""", text)
        assert str(folder(kind).parent) not in text
        assert str(ROOT) not in text
        assert not re.search(r"\b20\d\d-\d\d-\d\d\b", text)

    def test_pictures_have_a_role_a_title_and_their_table(self, folder, report, kind):
        page = Parsed(report(kind))
        ids = Counter(found["id"] for _, found in page.tags if "id" in found)
        assert max(ids.values()) == 1
        pictures = [found for tag, found in page.tags if tag == "svg"]
        assert pictures
        assert all(found["role"] == "img" and found["aria-labelledby"] in ids for found in pictures)
        assert sum(tag == "figure" for tag, _ in page.tags) == len(pictures)
        text = report(kind)
        for figure in re.findall(r"<figure>.*?</figure>", text, re.DOTALL):
            assert re.search(r"<title[^>]*>[^<]+</title>", figure)
            assert "<text" in figure  # real letters
            assert re.search(r"<details><summary>.*<table>", figure, re.DOTALL)
        for target in re.findall(r"#([\w-]+)\)", text) + re.findall(r'href="#([^"]+)"', text):
            assert target in ids, target
        assert not re.search(r"#0[1-5]00[0-9a-f]{2}", text), "a stand-in colour is left"

    def test_everything_is_there_without_the_script(self, folder, report, kind):
        text = report(kind)
        assert not re.search(r"<[a-z]+[^>]* hidden", text)
        page = Parsed(text)
        for words in ("How sure it is", "What is assumed, and what is missed", "Do it again", "The words"):
            assert words in page.text
        headings = [tag for tag, _ in page.tags if tag in ("h1", "h2", "h3")]
        assert headings[0] == "h1"
        assert headings.count("h1") == 1


def test_every_kind_is_tested():
    assert sorted(KINDS) == known_kinds()


def test_the_script_is_short():
    assert len((ROOT / "sim/report/script.js").read_text().splitlines()) <= 200


@pytest.mark.slow
def test_what_a_user_wrote_is_text_and_nothing_else(report):
    text = report("sweep")
    assert "<flat>" not in text
    assert "does &lt;flat&gt; overtake &quot;layered&quot; &amp; why?" in text


class TestFigures:
    def test_lead_time_by_stage_adds_up_to_the_lead_time(self, folder):
        data = duckdb.read_parquet(str(folder("run") / "runs" / "*.parquet")).fetchnumpy()
        total = sum(data[column(stage)] for stage in STAGES)
        assert total == pytest.approx(data["lead_time_hours"], rel=1e-9)
        assert column("owner's queue") == "lead_time_in_owner_queue_hours"

    def test_hours_add_up_to_all_of_them(self, folder, report):
        text = report("run")
        table = re.search(r"<caption>% of hours</caption>(.*?)</table>", text, re.DOTALL)[1]
        rows = [
            re.findall(r">([\d.]+)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)[1:]
        ]
        assert len(rows) == 2
        assert all(sum(map(float, row)) == pytest.approx(100, abs=0.6) for row in rows)

    def test_the_answer_has_the_figures_of_the_summary(self, folder, report):
        rows = {
            row["outcome"]: row
            for row in csv.DictReader((folder("run") / "summary.csv").read_text().splitlines())
        }
        mean, lo, hi = (float(rows["value_per_week"][key]) for key in ("mean", "ci95_lo", "ci95_hi"))
        assert f"delivers {mean:.1f} [{lo:.1f}, {hi:.1f}] standard hours" in Parsed(report("run")).text

    @pytest.mark.slow
    def test_a_sweep_says_what_its_command_said(self, folder, report):
        said = json.loads((folder("sweep") / "manifest.json").read_text())["answer"]["panels"][0]["answer"]
        page = Parsed(report("sweep")).text
        assert f"{said[:1].upper()}{said[1:]}" in page
        assert "2 layers: 121 people" in page
        assert "3 layers: 117 people" in page

    def test_the_command_is_there_without_folders(self, folder, report):
        assert (
            json.loads((folder("sweep") / "manifest.json").read_text())["command"]
            == "orgsim sweep small.yaml"
        )
        again = Parsed(report("run")).text
        assert "orgsim run layered --runs 3 --set time.weeks=6 --set time.warmup_weeks=2 " in again


@pytest.mark.slow
def test_a_plan_is_told_in_words_with_how_sure_and_who_may_see_it(report):
    text = report("plan")
    for said in (
        "What does it bring to ",
        "Break-even: ",
        "by assumptions: ",
        "Who may see what",
        "Leadership, HR and the works council: ",
    ):
        assert said in text
    assert "{&#x27;" not in text
    assert "<li>words</li>" not in text


class TestUnfinished:
    def test_a_sweep_says_how_far_it_has_come(self, folder, tmp_path):
        half = shutil.copytree(folder("sweep"), tmp_path / "half")
        (path,) = (half / "runs").glob("*.parquet")
        duckdb.sql(
            f"create or replace temp table kept as select * from read_parquet('{path}') where point < 3"
        )
        duckdb.sql(f"copy kept to '{path}' (format parquet)")
        data = json.loads((half / "manifest.json").read_text())
        del data["answer"]
        (half / "manifest.json").write_text(json.dumps({**data, "status": "interrupted"}))
        page = Parsed(report_text(half)).text
        assert "Not finished: 6 of 12 runs are there." in page
        assert "overtakes" not in page
        assert "What comes out" in page

    @pytest.mark.parametrize("kind", ["run", "risk", "explain", "sensitivity"])
    def test_others_say_so_too(self, folder, tmp_path, kind):
        begun = tmp_path / "begun"
        begun.mkdir()
        data = json.loads((folder(kind) / "manifest.json").read_text())
        (begun / "manifest.json").write_text(json.dumps({**data, "status": "running"}))
        if kind == "explain":
            (begun / "unfinished.jsonl").write_text('"hash"\n["a", [1]]\n["b", [2]]\n')
        page = Parsed(report_text(begun)).text
        assert "Not finished:" in page
        assert ("2 figures are kept" in page) == (kind == "explain")


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    at = tmp_path_factory.mktemp("real")
    roster = ROOT / "docs" / "examples" / "example-company.csv"
    result = orgsim("import", str(roster), "-o", "mine.yaml", cwd=at)
    assert result.returncode == 0, result.stderr
    pages = {}
    for kind, more in (("run", []), ("risk", ["--by", "role,layer"])):
        command = [kind, "mine.yaml", "--runs", "2", "--set", "time.weeks=4", "--out", kind]
        result = orgsim(*command, *more, cwd=at)
        assert result.returncode == 0, result.stderr
        pages[kind] = report_text(at / kind)
    return roster, at, pages


@pytest.mark.slow
class TestPrivacy:
    """Of an imported chart: no names, nothing of fewer than five people."""

    def test_no_cell_of_the_roster_is_in_it(self, real):
        roster, _, pages = real
        rows = list(csv.reader(roster.read_text().splitlines()))
        names = {
            cell.strip()
            for row in rows[1:]
            for cell in row
            if re.search(r"[A-Za-z].*[ @]|[a-z]+\.[a-z]+", cell)
        }
        assert len(names) > 5
        for text in pages.values():
            assert not [name for name in names if name in Parsed(text).text]

    def test_no_group_under_five(self, real):
        _, at, pages = real
        layers = json.loads((at / "run" / "manifest.json").read_text())["organisations"][0]["layers"]
        small = [one["layer"] for one in layers if one["people"] is None]
        assert small, "the example has no small layer; the test says nothing"
        for kind, text in pages.items():
            page = Parsed(text).text
            assert "fewer than 5" in page, kind
            for layer in small:
                assert f"manager utilisation layer {layer}" not in page
                assert not re.search(rf"managers? in layer {layer}[:,] \d", page)
        assert all((one["people"] or 5) >= 5 for one in layers)
        counts = duckdb.sql(f"SELECT min(people) FROM '{at}/risk/people/*.parquet'").fetchall()
        assert counts[0][0] is None or counts[0][0] >= 5

    def test_no_box_is_a_person(self, real):
        shape = json.loads((real[1] / "run" / "manifest.json").read_text())["organisations"][0]
        assert shape["real"] is True
        assert "boss" not in shape


class TestErrors:
    @pytest.mark.parametrize(
        ("make", "words"),
        [
            (lambda at: None, "no such folder"),
            (lambda at: at.write_text("x"), "is a file"),
            (lambda at: at.mkdir(), "has no manifest.json of orgsim"),
        ],
    )
    def test_what_is_no_results_folder(self, tmp_path, capsys, make, words):
        make(tmp_path / "x")
        assert cli.execute(["report", str(tmp_path / "x")]) == 2
        assert words in capsys.readouterr().err

    def test_a_folder_of_several_results_names_them(self, folder, capsys):
        assert cli.execute(["report", str(folder("run").parent)]) == 2
        assert str(folder("run")) in capsys.readouterr().err

    def test_a_kind_without_a_report(self, tmp_path, capsys):
        (tmp_path / "manifest.json").write_text('{"program": "orgsim", "kind": "riddle"}')
        assert cli.execute(["report", str(tmp_path)]) == 2
        assert (
            "'riddle', of which there is no report; there is one of compare, explain"
            in capsys.readouterr().err
        )

    def test_a_place_that_cannot_be_written(self, folder, capsys):
        assert cli.execute(["report", str(folder("run")), "-o", "/nowhere/x.html"]) == 2
        assert "/nowhere/x.html: cannot be written" in capsys.readouterr().err

    def test_it_says_where_it_is(self, folder, report, tmp_path):
        result = orgsim("report", str(folder("run")), "-o", "mine.html", cwd=tmp_path)
        assert (result.returncode, clean(result)) == (0, True)
        assert re.fullmatch(r"Written: mine.html \(\d+ kB\)\n", result.stdout)
        assert (tmp_path / "mine.html").read_text() == report("run")
