"""Rosters and charts that are no files: read as files are, values of scenarios, and nothing of who the people are in them."""

import json
import pickle

import pytest

import sim
from sim import load, read_chart, roster_rows, roster_text, run
from sim.errors import UserError
from sim.organisation.roster.importing import health
from sim.organisation.roster.memory import MemoryChart

NAME = "Zebulon Quux"
ROWS = [
    {"Employee ID": 1, "Name": NAME, "Manager ID": None, "Title": "Chief"},
    *(
        {"Employee ID": k, "Name": f"{NAME}{k}", "Manager ID": 1 if k < 4 else 2 + k % 2, "Title": "Engineer"}
        for k in range(2, 20)
    ),
]
SHORT = ["time.weeks=4", "time.warmup_weeks=1"]


def as_text(rows=ROWS) -> str:
    lines = [",".join(ROWS[0])]
    return "\n".join([*lines, *(",".join("" if v is None else str(v) for v in row.values()) for row in rows)])


def test_rows_text_bytes_and_a_file_are_read_alike(tmp_path):
    (tmp_path / "roster.csv").write_text(as_text(), encoding="utf-8")
    file = read_chart(tmp_path / "roster.csv")
    for given in (roster_rows(ROWS), roster_text(as_text()), roster_text(as_text().encode("utf-16"))):
        chart = read_chart(given)
        assert (chart.boss, chart.is_manager, chart.order) == (file.boss, file.is_manager, file.order)
        assert MemoryChart.of(chart) == MemoryChart.of(file)
    assert health(file)["people"] == 19


def test_cells_of_a_data_frame_with_gaps():
    """Ids beside a gap are floats there, and the gap is not a number."""
    rows = [{"id": float(k), "manager": float("nan") if k == 1 else 1.0} for k in range(1, 5)]
    assert read_chart(roster_rows(rows)).boss == (-1, 0, 0, 0)


def test_a_scenario_with_it_simulates_what_the_file_gives_and_touches_no_file(tmp_path, monkeypatch):
    (tmp_path / "roster.csv").write_text(as_text(), encoding="utf-8")
    file = load("base", [*SHORT, f"organisation.chart={tmp_path / 'roster.csv'}"])
    expected = run(file, 2).outcomes["value_per_week"].tolist()
    scenario = load("base", SHORT)
    monkeypatch.setattr("sim.organisation.roster.reading.Path.read_bytes", None)
    made = scenario.with_chart(read_chart(roster_rows(ROWS)))
    assert run(made, 2).outcomes["value_per_week"].tolist() == expected
    assert run(pickle.loads(pickle.dumps(made)), 2).outcomes["value_per_week"].tolist() == expected
    assert len(list(tmp_path.iterdir())) == 1


def test_equality_and_hash_follow_from_the_tree():
    base = load("base", SHORT)
    one = base.with_chart(read_chart(roster_rows(ROWS)))
    renamed = [
        {**row, "Name": f"X{row['Name']}", "Title": row["Title"].replace("Engineer", "Y")} for row in ROWS
    ]
    same = base.with_chart(read_chart(roster_rows(renamed, "other")))
    moved = base.with_chart(
        read_chart(roster_rows([{**r, "Manager ID": 2 if r["Employee ID"] == 19 else r["Manager ID"]} for r in ROWS]))
    )  # fmt: skip
    assert one.organisation == same.organisation
    assert one.hash() == same.hash() == pickle.loads(pickle.dumps(one)).hash()
    assert one.hash() != moved.hash()
    assert one.organisation != moved.organisation
    assert one.with_values({"ai.share_of_code": 0.5}).organisation == one.organisation
    assert (
        one.with_sets(["organisation.management_layers=2", "organisation.ics=9"]).organisation.chart is None
    )


def test_nothing_tells_who_the_people_are():
    chart = read_chart(roster_rows(ROWS))
    made = load("base", SHORT).with_chart(chart)
    texts = [
        repr(chart),
        repr(made),
        str(made.organisation),
        json.dumps(made.to_dict()),
        repr(roster_rows(ROWS)),
    ]
    assert not any("Quux" in text or "Chief" in text for text in texts)
    assert b"Quux" not in pickle.dumps(made)
    assert b"Chief" not in pickle.dumps(made)
    kept = made.organisation.chart
    assert kept.people.source_ids == ()
    assert kept.people.sources == ()
    assert repr(kept) == "<chart in memory: 19 people>"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (roster_text(""), "roster: is empty"),
        (roster_text("id,manager\n", "ours"), "ours: row 1 is the header and nothing follows it"),
        (roster_rows([]), "roster: is empty"),
        (roster_text(b"PK\x03\x04"), "roster: is a spreadsheet workbook"),
    ],
)
def test_what_is_no_roster_is_named_without_a_file(given, words):
    with pytest.raises(UserError, match=words):
        read_chart(given)


def test_rows_that_are_no_mappings_are_refused():
    with pytest.raises(UserError, match="roster: row 3: expected a mapping of columns to values"):
        roster_rows([{"id": 1}, ["Jane", 2]])


def test_a_roster_larger_than_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr("sim.organisation.roster.reading.MAX_BYTES", 20)
    with pytest.raises(UserError, match="roster: more than the limit"):
        read_chart(roster_text("id,manager\n" * 9))


def test_the_door_is_public():
    assert {"read_chart", "roster_rows", "roster_text"} <= set(sim.__all__)


def test_pay_bands_of_a_chart_in_memory_are_those_that_an_import_writes(tmp_path):
    rows = [{**row, "Base salary": 80_000 + 1000 * int(row["Employee ID"])} for row in ROWS]
    chart = read_chart(roster_rows(rows))
    made = load("base", SHORT).with_chart(chart)
    assert chart.bands.pay
    assert dict(made.organisation.pay) == chart.bands.pay
