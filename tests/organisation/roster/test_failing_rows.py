"""`orgsim import` of files whose rows are not all people, or that are no plain CSV: real kinds, then small invented ones."""

import json

import pytest
from helpers.roster import account, edges, read, real, said, write

from sim.errors import UserError
from sim.organisation.headcounts import layers_from_below
from sim.organisation.roster import cells as values
from sim.organisation.roster.building import read_chart
from sim.organisation.roster.health import health_report

# file: people, managers, layers
SHARED = {
    "footer.csv": (9, 3, 2),
    "termination_date.csv": (9, 3, 2),
    "effective_dated.csv": (9, 3, 2),
    "people.json": (9, 3, 2),
    "more/status-left-words.csv": (4, 2, 2),
    "more/end-column-end-date.csv": (3, 2, 2),
    "more/end-date-9999.csv": (4, 2, 2),
    "more/end-date-in-the-future.csv": (4, 2, 2),
    "more/snapshots-added-up.csv": (22, 2, 2),
    "more/future-hire-ages-everybody.csv": (4, 2, 2),
    "more/trailing-empty-cells-dropped.csv": (4, 2, 2),
    "more/title-lines-25.csv": (4, 2, 2),
    "more/delimiter-caret.csv": (4, 2, 2),
    "more/people.ndjson": (4, 2, 2),
}


def shape(chart):
    return chart.n, sum(chart.is_manager), max(layers_from_below(chart.boss))


def refused(tmp_path, text, name="roster.csv"):
    with pytest.raises(UserError) as caught:
        read_chart(write(tmp_path, text, name))
    return str(caught.value)


# ---- the shared files


@pytest.mark.parametrize("name", SHARED)
def test_a_shared_file_gives_the_right_tree(name):
    chart = read_chart(real(f"failing/{name}"))
    assert shape(chart) == SHARED[name]
    assert not any(chart.inferred)
    account(chart)


def test_a_shared_ring_is_refused():
    with pytest.raises(UserError, match=r"nobody is the top.*9 of 9 positions report to each other"):
        read_chart(real("failing/cycle_all.csv"))


def test_a_shared_long_chain_is_said_by_row_and_title():
    chart = read_chart(real("failing/long_chain.csv"))
    assert shape(chart) == (10, 4, 3)
    assert "row 5 ('Engineer', 2 managers above)" in said(chart, "one management layer longer")


def test_a_shared_workbook_is_refused_with_the_way_out():
    with pytest.raises(UserError, match=r"workbook; save the sheet as CSV"):
        read_chart(real("failing/workbook.xlsx"))


# ---- who has left


@pytest.mark.parametrize(
    "word",
    [
        "Quit",
        "Departed",
        "Withdrawn",
        "Discharged",
        "Contract ended",
        "Ex-employee",
        "Inactif",
        "ausgetreten",
        "Involuntarily Terminated",
        "Employment ended",
        "Left the company",
        "Licencié",
        "Cessato",
        "No longer employed",
        "Inactive - not employed",
        "Laid off",
    ],
)
def test_words_that_mean_gone(word):
    assert values.status_of(word) == values.INACTIVE


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Exempt", values.OTHER),  # a class of pay, not an ex-employee
        ("Contract extended", values.OTHER),
        ("Not terminated", values.OTHER),
        ("Pending termination", values.OTHER),
        ("Department transfer", values.OTHER),
        ("Active, notice given", values.FILLED),
        ("Employee", values.FILLED),
        ("Withheld", values.UNDISCLOSED),
        ("Paid leave", values.LEAVE),
    ],
)
def test_words_that_do_not_mean_gone(word, status):
    assert values.status_of(word) == status


def test_an_end_date_counts_once_it_has_come_whatever_the_status_says(tmp_path):
    text = "ID,Manager,Status,Last working day\n1,,Active,\n2,1,Active,31.12.9999\n3,1,Active,31.12.2019\n"
    chart = read(tmp_path, text)
    assert edges(chart) == {"1": None, "2": "1"}
    assert "'Last working day'" in said(chart, "a date that has come")
    said(chart, "in the future", "still there")


def test_unknown_status_words_are_asked_for_by_name_but_a_text_for_each_row_is_not(tmp_path):
    rows = "1,,Active\n2,1,Active\n3,1,Orbiting\n4,1,Orbiting\n"
    assert "'Orbiting' (2 rows)" in said(read(tmp_path, "id,manager,status\n" + rows), "write 'inactive'")
    chart = read(tmp_path, "id,manager,status\n1,,Active\n2,1,as Una Oak says\n3,1,as Vic Elm says\n")
    assert "Oak" not in " ".join(chart.assumptions)


def test_where_all_have_left_the_column_is_named(tmp_path):
    message = refused(tmp_path, "ID,Manager,Leave date\n1,,2019-01-01\n2,1,2019-01-01\n")
    assert "every row counts as somebody who has left, by column 'Leave date'" in message
    assert "nobody reports" not in message


def test_tenure_is_not_counted_to_a_date_to_come(tmp_path):
    chart = read(tmp_path, "id,manager,hire date\n1,,2010-01-01\n2,1,2020-01-01\n3,1,2199-12-31\n")
    assert "2020-01-01" in said(chart, "Tenure is counted to")
    assert "(1 row)" in said(chart, "in the future")
    assert max(years for years in chart.tenure_years if years == years) < 15


# ---- rows that are nobody's present row


@pytest.mark.parametrize(
    "last", ["Rows: 4,,", "Printed on,2024-01-01,", "Confidential", "\nTotal,,\nEnd of report,,"]
)
def test_lines_at_the_foot_are_no_people(tmp_path, last):
    text = "id,name,manager\n1,Una Oak,\n2,Vic Elm,1\n3,Wes Yew,1\n4,Xia Fig,2\n"
    chart = read(tmp_path, text + last + "\n")
    assert edges(chart) == {"1": None, "2": "1", "3": "1", "4": "2"}
    assert chart.accounting["closing lines without a person"] == 1


@pytest.mark.parametrize("last", ["9,,", "Board,,"])
def test_a_last_row_to_whom_somebody_reports_is_a_person(tmp_path, last):
    who = last.strip(",")
    chart = read(
        tmp_path, f"id,name,manager\n1,Una Oak,{who}\n2,Vic Elm,1\n3,Wes Yew,1\n4,Xia Fig,2\n{last}\n"
    )
    assert edges(chart)[who] is None
    assert chart.n == 5


def test_a_narrow_list_keeps_its_last_row(tmp_path):
    assert read(tmp_path, "id,manager\n2,1\n3,1\n4,2\n1,\n").n == 4


def test_of_several_dates_of_an_id_the_newest_that_has_come_counts(tmp_path):
    rows = [
        "1,,2018-01-01",
        "2,1,2018-01-01",
        "3,2,2018-01-01",
        "3,1,2020-01-01",
        "3,2,2999-01-01",
        "4,2,2018-01-01",
    ]
    for order in (rows, rows[::-1]):
        chart = read(tmp_path, "\n".join(["id,manager,effective date", *order]) + "\n")
        assert edges(chart) == {"1": None, "2": "1", "3": "1", "4": "2"}
        assert chart.accounting["older rows of the same id"] == 2


def test_several_assignments_of_one_date_are_still_one_position(tmp_path):
    chart = read(tmp_path, "id,manager,effective date\n1,,2020-01-01\n2,1,2020-01-01\n2,1,2020-01-01\n")
    assert chart.n == 2
    assert chart.accounting["merged into a position of the same id"] == 1


@pytest.mark.parametrize("dates", [("2023-11", "2024-02"), ("Nov 2023", "Feb 2024"), ("11/2023", "02/2024")])
def test_the_newest_snapshot_counts(tmp_path, dates):
    old, new = dates
    text = f"As of,id,manager\n{old},1,\n{old},2,1\n{old},3,1\n{new},1,\n{new},2,1\n{new},4,2\n"
    chart = read(tmp_path, text)
    assert edges(chart) == {"1": None, "2": "1", "4": "2"}
    assert chart.accounting["rows of other snapshots"] == 3
    assert "2024-02-01" in said(chart, "holds 2 dates")


def test_snapshots_without_an_order_are_refused(tmp_path):
    text = "Snapshot,id,manager\nplan A,1,\nplan A,2,1\nplan B,1,\nplan B,2,1\n"
    assert "column 'Snapshot' has 2 values" in refused(tmp_path, text)


# ---- rings and chains


def test_a_ring_of_most_is_refused_and_a_pair_at_the_top_is_cut(tmp_path):
    message = refused(tmp_path, "id,name,manager\n1,Una Oak,2\n2,Vic Elm,3\n3,Wes Yew,1\n4,Xia Fig,1\n")
    assert "3 of 4 positions report to each other in one ring (rows 2, 3, 4)" in message
    assert "Oak" not in message
    assert read(tmp_path, "id,manager\n1,2\n2,1\n3,1\n4,1\n").counts["cycles cut"] == 1


def test_a_title_that_few_have_is_not_shown_with_a_single_report(tmp_path):
    coders = "".join(f"{k},2,Coder\n" for k in range(4, 9))
    text = f"id,manager,title\n1,,Chief\n2,1,Lead\n3,1,Lead\n{coders}9,3,Coder\n10,3,Sage\n11,10,Coder\n12,4,Coder\n"
    chart = read(tmp_path, text)
    note = said(chart, "one management layer longer")
    assert "(rows 5 ('Coder', 1 manager above), 11 (1 manager above))" in note
    assert "Sage" not in note


# ---- forms of file


def test_short_rows_are_filled_up_and_said(tmp_path):
    chart = read(tmp_path, "id,manager,team,notes\n1\n2,1,A\n3,1,A,x\n")
    assert edges(chart) == {"1": None, "2": "1", "3": "1"}
    assert "(rows 2, 3)" in said(chart, "fewer cells than the header")


@pytest.mark.parametrize("mark", "^~|;")
def test_delimiters(tmp_path, mark):
    text = "id,name,manager\n1,Una Oak,\n2,Vic Elm,1\n".replace(",", mark)
    assert edges(read(tmp_path, text)) == {"1": None, "2": "1"}


RECORDS = [
    {"id": 1, "name": "Una Oak", "manager": None},
    {"id": 2, "name": "Vic Elm", "manager": {"id": 1, "name": "Una Oak"}},
    {"id": 3, "name": "Wes Yew", "manager": {"id": 2, "name": "Vic Elm"}},
]
NESTED = {"name": "Una Oak", "directReports": [{"name": "Vic Elm", "directReports": [{"name": "Wes Yew"}]}]}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(RECORDS),
        json.dumps({"count": 3, "employees": RECORDS}, indent=1),
        "\n".join(map(json.dumps, RECORDS)),
        json.dumps(NESTED),
        json.dumps([NESTED]),
        json.dumps({"company": "Grove", "tree": [NESTED]}),
    ],
)
def test_json_records_lines_and_nested_reports(tmp_path, text):
    chart = read_chart(write(tmp_path, text, "people.json"))
    assert shape(chart) == (3, 2, 2)
    account(chart)
    report = health_report(chart)
    assert "JSON" in report
    assert "Oak" not in report


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "Una Oak", "reports": [',
        '{"id": 1, "name": "Una Oak"}\n{"id": 2, "name": "Una Oak"',
        '[["Una Oak", 1]]',
        "[]",
        '[{"label": "Una Oak"}]',
        json.dumps({"name": "Una Oak", "reports": []}),
    ],
)
def test_json_that_is_no_roster_is_refused_without_a_person(tmp_path, text):
    message = refused(tmp_path, text, "people.json")
    assert "Oak" not in message
    assert "people.json" in message


def test_a_header_in_brackets_is_no_json(tmp_path):
    assert read(tmp_path, "[Employee ID],[Manager ID]\n1,\n2,1\n").n == 2
