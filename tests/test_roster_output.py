"""What `orgsim import` writes and reports, and that no file at all breaks it."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from roster_help import PAY, account, read, write

from sim.errors import UserError
from sim.roster import health, health_report, import_roster, read_chart
from sim.structure import chart_tree, check_tree

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
    assert [path.name for path in outcome.written] == ["my.yaml", "my.chart.csv"]
    output = outcome.report + repr(outcome.chart) + "".join(path.read_text() for path in outcome.written)
    for line in PERSONAL.splitlines()[1:]:
        for cell in line.split(",")[:-1]:
            assert not cell or cell not in output
            assert not cell or cell.split("@")[0] not in output
    scenario, chart = (path.read_text() for path in outcome.written)
    assert "extends: base\n" in scenario
    assert 'chart: "my.chart.csv"' in scenario
    assert chart.splitlines()[0] == "id,manager_id,order,role,layer,tenure_years,inferred"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my.chart.csv", "my.yaml", "staff.csv"]


def test_the_scenario_loads(tmp_path):
    from sim.scenario import load

    outcome = import_roster(write(tmp_path, PERSONAL), {}, tmp_path / "my.yaml")
    scenario = load(outcome.written[0])
    assert scenario.organisation.chart == outcome.written[1]
    assert scenario.name == "my"
    assert "4 people" not in scenario.question
    assert "5 people in 3 layers" in scenario.question


def test_ids_are_hashed_with_a_salt_that_is_kept(tmp_path):
    source = write(tmp_path, PERSONAL)
    one = import_roster(source, {}, tmp_path / "one.yaml").written[1].read_text()
    two = import_roster(source, {}, tmp_path / "two.yaml").written[1].read_text()
    assert one != two
    again = import_roster(source, {}, tmp_path / "one.yaml", force=True).written[1].read_text()
    assert again == one


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


def test_the_default_name_is_that_of_the_roster(tmp_path, monkeypatch):
    source = write(tmp_path, PERSONAL, "staff list.csv")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    outcome = import_roster(source, {})
    assert [str(path) for path in outcome.written] == ["staff list.yaml", "staff list.chart.csv"]


def test_the_report_shows_shape_and_withholds_small_groups(tmp_path):
    chart = read(tmp_path, "id,manager,tenure_years\n1,,3\n2,1,4\n3,1,\n")
    figures = health(chart)
    assert (figures["people"], figures["managers"], figures["ICs"], figures["management layers"]) == (
        3,
        1,
        2,
        1,
    )
    assert figures["span, mean"] == 2.0
    report = health_report(chart)
    assert "withheld" in report
    assert "No assumption was needed." in report


def test_the_reader_needs_no_heavy_library():
    code = (
        "import sys, sim.roster; "
        "print([m for m in ('numpy', 'pandas', 'numba', 'mesa', 'pydantic', 'ruamel') if m in sys.modules])"
    )
    root = Path(__file__).resolve().parents[1]
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


def chart_or_message(path, keep_roots=False):
    try:
        return read_chart(path, keep_roots=keep_roots), ""
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
        ),
        min_size=1,
        max_size=25,
    ),
    st.booleans(),
)
def test_any_web_of_references_becomes_a_forest_with_every_row_accounted_for(
    tmp_path_factory, rows, keep_roots
):
    path = tmp_path_factory.mktemp("web") / "roster.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("id", "manager", "fte", "status"), *rows])
    chart, message = chart_or_message(path, keep_roots)
    if chart is None:
        assert "nobody reports" in message or "no row after" in message
        return
    tree = chart_tree(chart, PAY)
    check_tree(tree)
    account(chart)
    assert all(tree.role[tree.roots] == 1)
    assert chart.accounting["rows read"] == len(rows)
