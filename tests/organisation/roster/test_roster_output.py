"""What `orgsim import` writes and reports, and that no file at all breaks it."""

import csv
import re
import subprocess
import sys
from fnmatch import fnmatch

import pytest
from helpers import ROOT
from helpers.roster import PAY, account, read, write
from hypothesis import given
from hypothesis import strategies as st

import cli
from sim.errors import UserError
from sim.organisation.roster.building import read_chart
from sim.organisation.roster.filling import METHODS
from sim.organisation.roster.health import health, health_report
from sim.organisation.roster.importing import import_roster
from sim.organisation.structure import chart_tree
from sim.organisation.tree import check_tree

PERSONAL = (
    "Employee ID,Full Name,Work Email,Manager Email,Job Title,Salary,Hire Date\n"
    "E-4711,Zenobia Quux,zenobia@quux.example,,Chief Zeppelin Officer,987654,2011-01-01\n"
    "E-4712,Yorick Blip,yorick@quux.example,zenobia@quux.example,Gravedigger,123987,2015-01-01\n"
    "E-4713,Xaver Blop,xaver@quux.example,zenobia@quux.example,Skull Model,123988,2020-06-01\n"
    "E-4713,Xaver Blop,xaver@quux.example,vanished@quux.example,Skull Model,123988,2020-06-01\n"
    "E-4714,Wanda Blup,wanda@quux.example,vanished@quux.example,Skull Maker,123989,2021-06-01\n"
)


def test_import_writes_a_scenario_and_a_chart_without_anything_personal(tmp_path):
    source = write(tmp_path, PERSONAL, "staff.csv")
    outcome = import_roster(source, {}, tmp_path / "my.yaml")
    assert [path.name for path in outcome.written] == ["my.yaml", "my.chart.csv", "my.chart.salt"]
    output = outcome.report + repr(outcome.chart) + "".join(path.read_text() for path in outcome.written)
    for line in PERSONAL.splitlines()[1:]:
        for cell in line.split(",")[:-1]:
            assert not cell or cell not in output
            assert not cell or cell.split("@")[0] not in output
    scenario, chart, salt = (path.read_text() for path in outcome.written)
    assert salt.strip() not in scenario + chart + outcome.report
    assert "extends: base\n" in scenario
    assert 'chart: "my.chart.csv"' in scenario
    assert chart.splitlines()[0] == "id,manager_id,order,role,layer,level,tenure_years,inferred"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "my.chart.csv", "my.chart.salt", "my.yaml", "staff.csv"
    ]  # fmt: skip


def test_the_scenario_loads(tmp_path):
    from sim.scenario.scenario import load

    outcome = import_roster(write(tmp_path, PERSONAL), {}, tmp_path / "my.yaml")
    scenario = load(outcome.written[0])
    assert scenario.organisation.chart == outcome.written[1]
    assert scenario.name == "my"
    assert "4 people" not in scenario.question
    assert "5 people with 2 management layers above the ICs" in scenario.question


def test_ids_are_hashed_with_a_salt_that_is_kept(tmp_path):
    source = write(tmp_path, PERSONAL)
    one = import_roster(source, {}, tmp_path / "one.yaml").written[1].read_text()
    two = import_roster(source, {}, tmp_path / "two.yaml").written[1].read_text()
    assert one != two
    again = import_roster(source, {}, tmp_path / "one.yaml", force=True).written[1].read_text()
    assert again == one
    for name in ("two.yaml", "two.chart.csv"):
        (tmp_path / name).unlink()
    assert import_roster(source, {}, tmp_path / "two.yaml").written[1].read_text() == two


def test_a_file_in_the_place_of_the_salt_is_not_touched(tmp_path):
    source, other = write(tmp_path, PERSONAL), write(tmp_path, "precious", "my.chart.salt")
    with pytest.raises(UserError, match=r"my.chart.salt: exists already and holds no salt"):
        import_roster(source, {}, tmp_path / "my.yaml", force=True)
    assert other.read_text() == "precious"
    assert not (tmp_path / "my.yaml").exists()


def test_the_report_names_the_files_that_must_not_be_committed_and_git_ignores_them(tmp_path):
    outcome = import_roster(write(tmp_path, PERSONAL, "staff.csv"), {}, tmp_path / "my.yaml")
    (line,) = (line for line in outcome.report.splitlines() if "not to be committed" in line)
    personal, rest = line.split(". ")[0], line.rsplit(". ", 1)[1]
    for name in ("staff.csv", "my.chart.csv", "my.chart.salt"):
        assert name in personal
    assert rest == f"{tmp_path / 'my.yaml'} holds none."
    patterns = (ROOT / ".gitignore").read_text().splitlines()
    for path in outcome.written[1:]:
        assert any(fnmatch(path.name, pattern) for pattern in patterns if pattern)


def test_nothing_is_overwritten_silently(tmp_path):
    source = write(tmp_path, PERSONAL, "my.chart.csv")
    kept = write(tmp_path, "precious", "kept.yaml")
    with pytest.raises(UserError, match=r"kept.yaml: exists already; write --force"):
        import_roster(source, {}, kept)
    with pytest.raises(UserError, match="is the roster itself"):
        import_roster(source, {}, tmp_path / "my.yaml", force=True)
    with pytest.raises(UserError, match=r"ends in .yaml"):
        import_roster(source, {}, tmp_path / "out.csv")
    with pytest.raises(UserError, match="there is no folder"):
        import_roster(source, {}, tmp_path / "none" / "out.yaml")
    with pytest.raises(UserError):
        import_roster(write(tmp_path, "id,manager\n1,\n"), {}, tmp_path / "bad.yaml")
    assert kept.read_text() == "precious"
    assert source.read_text() == PERSONAL
    assert not (tmp_path / "bad.yaml").exists()


def test_results_of_a_chart_hold_no_ids_and_nothing_personal(tmp_path, monkeypatch, capsys):
    outcome = import_roster(write(tmp_path, PERSONAL, "staff.csv"), {}, tmp_path / "my.yaml")
    monkeypatch.chdir(tmp_path)
    short = ["--set", "time.weeks=2", "--set", "time.warmup_weeks=0"]
    assert cli.execute(["run", "my.yaml", "--runs", "2", "--out", "found", *short]) == 0
    assert cli.execute(["run", "my.yaml", "--runs", "2", "--json", *short]) == 0
    written = b"".join(path.read_bytes() for path in (tmp_path / "found").rglob("*") if path.is_file())
    output = capsys.readouterr().out.encode() + written
    assert b"my.chart.csv" in output
    ids = [row.split(",")[0] for row in outcome.written[1].read_text().splitlines()[1:]]
    cells = [cell for line in PERSONAL.splitlines()[1:] for cell in line.split(",")[:-1] if cell]
    for secret in (*ids, *cells, outcome.written[2].read_text().strip()):
        # A number not as a part of another one, such as a decimal of an outcome.
        assert not re.search(rf"(?<![\w.]){re.escape(secret)}(?![\w.])".encode(), output), secret


def test_the_default_name_is_that_of_the_roster(tmp_path, monkeypatch):
    source = write(tmp_path, PERSONAL, "staff list.csv")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    outcome = import_roster(source, {})
    assert [str(path) for path in outcome.written] == [
        "staff list.yaml", "staff list.chart.csv", "staff list.chart.salt"
    ]  # fmt: skip


def test_the_report_shows_shape_and_withholds_small_groups(tmp_path):
    chart = read(tmp_path, "id,manager,tenure_years\n1,,3\n2,1,4\n3,1,\n")
    figures = health(chart)
    shape = ("people", "managers", "ICs", "management layers above the ICs")
    assert [figures[key] for key in shape] == [3, 1, 2, 1]
    assert figures["span, mean"] == 2.0
    report = health_report(chart)
    assert "withheld" in report
    lines = [line.split() for line in report.splitlines()]
    assert ["ICs", "(layer", "0)", "2"] in lines
    assert ["managers", "at", "layer", "1", "(first", "line)", "1"] in lines
    assert "No assumption was needed." in report


def test_the_reader_needs_no_heavy_library():
    code = (
        "import sys, sim.organisation.roster.importing; "
        "print([m for m in ('numpy', 'pandas', 'numba', 'mesa', 'pydantic', 'ruamel') if m in sys.modules])"
    )
    root = ROOT
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"


# ---- fuzz


SEEDS = (
    PERSONAL.encode(),
    b"id,manager,fte,status\n1,,1,active\n2,1,0.5,vacancy\n3,1,7,group\n3,2,,\n4,3;2,1,\n",
    b'"id";"Reports To";"start"\r\n"1.0";"XX";"01.02.2003"\r\n"2";"1";""\r\n"3";"9";"x"\r\n"4";"3";""\r\n',
    "Name\tSupervisor\tManagement_Chain_01\nJörg\t\tA\nZoë\tJörg\tA\nX\t\tA\n".encode("cp1252"),
    b"id,manager_id,order,role,layer,tenure_years,inferred\np1,,0,manager,1,7.5,0\np2,p1,1,ic,0,,0\n",
)
PIECES = (
    b",",
    b";",
    b'"',
    b"\n",
    b"\r",
    b"\x00",
    b"\xff",
    b"1",
    b"-1",
    b"\\N",
    b"1e999",
    b"id",
    b"manager",
    b"\xc3",
)


@st.composite
def mangled(draw):
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(data)))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=4)))
        data[at : at + draw(st.integers(0, 12))] = piece
    return bytes(data)


def chart_or_message(path, how=None):
    """how: a method of filling, or "roots" to keep them."""
    try:
        return read_chart(path, keep_roots=how == "roots", fill=how if how != "roots" else None), ""
    except UserError as error:
        return None, str(error)


def survive(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("fuzz") / "roster.csv"
    path.write_bytes(data)
    chart, message = chart_or_message(path)
    if chart is None:
        assert "roster.csv" in message
        return
    check_tree(chart_tree(chart, PAY))
    account(chart)
    assert health_report(chart)


@given(mangled())
def test_mangled_rosters_give_a_chart_or_a_sentence(tmp_path_factory, data):
    survive(tmp_path_factory, data)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["1", "2", "3", "4", "5", "02", "5.0", "", "0", "Deleted"]),
            st.sampled_from(["1", "2", "3", "4", "5", "9", "8;1", "2,3", "", "XX", "Ann (1)", "0"]),
            st.sampled_from(["", "1", "0.5", "3", "x", "-2", "nan"]),
            st.sampled_from(["", "active", "vacant", "inactive", "group", "leave", "odd"]),
            st.sampled_from(["", "a", "b", "a|c", "d;b"]),
        ),
        min_size=1,
        max_size=25,
    ),
    st.sampled_from([*METHODS, "roots"]),
)
def test_any_web_of_references_becomes_a_forest_with_every_row_accounted_for(tmp_path_factory, rows, how):
    path = tmp_path_factory.mktemp("web") / "roster.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("id", "manager", "fte", "status", "team"), *rows])
    chart, message = chart_or_message(path, how)
    if chart is None:
        refused = ("nobody reports", "no row after", "nobody is the top", "has left")
        assert any(words in message for words in refused), message
        return
    tree = chart_tree(chart, PAY)
    check_tree(tree)
    account(chart)
    assert all(tree.role[tree.roots] == 1)
    assert chart.accounting["rows read"] == len(rows)
