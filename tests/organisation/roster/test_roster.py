"""`orgsim import`: real and mangled HR exports, the tree made of them, and what may be written."""

import csv
import io
import math
import re
from collections import Counter

import numpy as np
import pytest
from helpers.roster import PAY, account, edges, read, real, said, write

from sim.errors import UserError
from sim.organisation.roster import cells as values
from sim.organisation.roster.building import read_chart
from sim.organisation.roster.importing import import_roster
from sim.organisation.structure import chart_tree
from sim.organisation.tree import check_tree

# file: (rows read, people, ICs, managers, layers, tops)
REAL = {
    "gitlab_2022-11_partial.csv": (1368, 1476, 470, 161, 6, 1),
    "uk_decc_2011-03_senior.csv": (93, 93, 51, 22, 3, 1),
    "uk_decc_2011-03_junior_groups.csv": (364, 1160, 891, 58, 3, 1),
    "rawcols_uk_hm_treasury_2011-09_senior.csv": (115, 95, 71, 24, 4, 1),
    "rawcols_certinsider_synth_2009-12.csv": (2000, 2000, 1414, 120, 5, 1),
    "krackhardt_hightech_1987.csv": (21, 21, 16, 5, 2, 1),
    "rust_project_matrix.csv": (469, 222, 199, 23, 4, 3),
}


# ---- real charts


@pytest.mark.parametrize("name", REAL)
def test_real_charts_import_with_every_row_accounted_for(name, tmp_path):
    outcome = import_roster(real(name), {}, tmp_path / "my.yaml")
    chart = outcome.chart
    tree = chart_tree(chart, PAY)
    check_tree(tree)
    account(chart)
    found = (
        chart.accounting["rows read"],
        tree.people,
        tree.ics,
        tree.managers,
        tree.layers,
        len(tree.roots),
    )
    assert found == REAL[name]
    assert f"{REAL[name][0]:,}" in outcome.report


@pytest.mark.parametrize("name", REAL)
def test_the_written_chart_is_the_same_tree(name, tmp_path):
    outcome = import_roster(real(name), {}, tmp_path / "my.yaml")
    tree, again = chart_tree(outcome.chart, PAY), chart_tree(read_chart(outcome.written[1]), PAY)
    for field in ("pid", "role", "boss", "layer", "pay", "module", "level"):
        assert np.array_equal(getattr(tree, field), getattr(again, field))
    assert (tree.others is None) == (again.others is None)
    for field in ("reports", "heads", "pay") if tree.others is not None else ():
        assert np.array_equal(getattr(tree.others, field), getattr(again.others, field))


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_nothing_personal_of_a_real_chart_is_written_or_reported(name, tmp_path):
    path = real(name)
    outcome = import_roster(path, {}, tmp_path / "my.yaml")
    written = "".join(file.read_text() for file in outcome.written)
    words = set(re.findall(r"\w+", written))
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    secret_columns = (
        "name",
        "email",
        "e-mail",
        "title",
        "salary",
        "pay",
        "id",
        "unique",
        "supervisor",
        "phone",
    )
    # A title that five rows or more have says nothing of one person, and may stand beside the number of a row.
    titles = Counter(
        cell for row in rows for column, cell in row.items() if "title" in (column or "").lower()
    )
    report = outcome.report
    for title in sorted((title for title, times in titles.items() if times >= 5), key=len, reverse=True):
        report = report.replace(f"'{title}'", "")
    for row in rows:
        for column, cell in row.items():
            if column and any(word in column.lower() for word in secret_columns) and len(cell) > 4:
                # A number as a word: a short one may well occur inside a random hash.
                assert cell not in (words if cell.isdigit() else written)
                if not cell.isdigit() and " " in cell:
                    assert cell not in report


def test_partial_chart_infers_absent_managers():
    chart = read_chart(real("gitlab_2022-11_partial.csv"))
    account(chart)
    assert chart.counts["rows that point to an absent manager"] == 450
    assert chart.counts["absent managers"] == chart.accounting["inferred managers"] == 139
    assert (chart.accounting["vacancies left out"], chart.counts["vacancies kept as managers"]) == (31, 1)
    assert "789 cells" in said(chart, "several teams")
    apart = read_chart(real("gitlab_2022-11_partial.csv"), keep_roots=True)
    account(apart)
    below = sum(above < 0 for above in apart.boss)
    assert below + int(said(apart, "below whom nobody writes code: put").split()[0]) == 139
    assert apart.n == chart.n


def test_groups_hang_on_the_posts_of_the_other_file():
    files = [real("uk_decc_2011-03_senior.csv"), real("uk_decc_2011-03_junior_groups.csv")]
    chart = read_chart(files)
    account(chart)
    assert chart.accounting["inferred managers"] == 0
    assert chart.n == 93 + 1088
    assert sum(above < 0 for above in chart.boss) == 1
    assert "uk_decc_2011-03_senior.csv row 8" in said(chart, "part-time")


def test_job_shares_eliminated_posts_and_people_not_in_post_are_told_apart():
    chart = read_chart(real("rawcols_uk_hm_treasury_2011-09_senior.csv"))
    assert chart.accounting["merged into a position of the same id"] == 1
    assert chart.accounting["inactive left out"] == 12
    assert chart.accounting["vacancies left out"] == 7


def test_ties_are_no_roster():
    with pytest.raises(UserError, match=r"row 1: .*from_id, to_id.*list of ties.*--map id=COLUMN"):
        read_chart(real("krackhardt_advice_ties.csv"))


# ---- columns


@pytest.mark.parametrize(
    ("who", "above"),
    [
        ("Employee #", "Reporting to"), ("Employee_ID", "supervisorId"), ("employeeNumber", "supervisorEId"),
        ("PersonID", "Manager_ID"), ("Unique ID", "ManagerID"), ("EmpID", "SupervisorID"), ("ID", "Boss ID"),
        ("Post Unique Reference", "Reports To"), ("id", "parentId"), ("EMPLOYEE  id", "REPORTS_TO"),
        ("Employee Number (text)", "Reporting Manager Employee Number"), ("uid", "Reports to Senior Post"),
        ("Work E-mail", "SupervisorEmail"), ("Full Name", "Supervisor"), ("Person Nummer/ID", "Line Manager Emp No"),
    ],
)  # fmt: skip
def test_columns_that_people_really_have(tmp_path, who, above):
    mails = "mail" in who or "mail" in above
    ann, bob = ("ann@x.org", "bob@x.org") if mails else ("ann", "bob")
    column_map = {"id": who} if "Nummer" in who else {}
    chart = read(tmp_path, f"{who},{above}\n{ann},\n{bob},{ann}\ncid,{bob}\n", column_map)
    assert [above >= 0 for above in chart.boss].count(False) == 1
    assert max(chart_tree(chart, PAY).layer) == 2


def test_management_chain_tells_the_manager_and_the_bosses_of_absent_ones(tmp_path):
    text = (
        "Employee ID,Name,Management_Chain_01,Management_Chain_02,Management_Chain_03\n"
        "1,Top,Top,,\n2,Mid,Top,Mid,\n3,Ann,Top,Mid,Gone\n4,Bob,Top,Mid,Gone\n5,Cid,Top,Mid,\n"
    )
    chart = read(tmp_path, text)
    assert edges(chart) == {"1": None, "2": "1", "3": "gone", "4": "gone", "5": "2", "gone": "2"}


def test_map_overrides_what_is_recognised(tmp_path):
    text = "id,manager,chief\n1,3,\n2,3,1\n3,3,1\n"
    assert edges(read(tmp_path, text))["1"] == "3"
    assert edges(read(tmp_path, text, {"manager": "CHIEF"}))["1"] is None


@pytest.mark.parametrize(
    ("column_map", "message"),
    [
        ({"manger": "boss"}, r"no field 'manger', did you mean 'manager'\?"),
        ({"manager": "bos"}, r"no column 'bos', did you mean 'boss'\?.*Columns: id, boss"),
    ],
)
def test_a_wrong_map_says_what_exists(tmp_path, column_map, message):
    with pytest.raises(UserError, match=message):
        read(tmp_path, "id,boss\n1,\n2,1\n", column_map)


def test_a_column_of_yes_and_no_is_no_manager(tmp_path):
    chart = read(tmp_path, "id,Manager,Reports To Name,Name\n1,Yes,,Ann Ash\n2,No,Ann Ash,Bob\n")
    assert edges(chart) == {"1": None, "2": "1"}


def test_manager_by_name_in_any_order_with_remarks(tmp_path):
    text = (
        'First Name,Last Name,Employee ID,Manager\nJane,Doe,7,\nBob,Ray,8,"Doe, Jane"\n'
        "Cid,Lot,9,Jane Doe (On Leave)\nDan,Orr,10,JANE  DOE (7)\n"
    )
    assert edges(read(tmp_path, text)) == {"7": None, "8": "7", "9": "7", "10": "7"}


def test_an_ambiguous_name_is_decided_and_reported_by_row(tmp_path):
    chart = read(
        tmp_path, "id,name,manager\n1,Ann Ash,\n2,Bob Bee,Ann Ash\n3,Bob Bee,Ann Ash\n4,Cid,Bob Bee\n"
    )
    assert edges(chart)["4"] == "2"
    assert "row 5" in said(chart, "fits several rows")


# ---- files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(tmp_path, encoding, delimiter):
    rows = [["Mitarbeiter-ID", "Manager", "Name"], ["1", "", "Jörg Groß"], ["2", "Jörg Groß", 'Zoë, "Z"']]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    assert edges(read(tmp_path, text.getvalue(), encoding=encoding)) == {"1": None, "2": "1"}


def test_titles_blank_rows_and_totals_around_the_table(tmp_path):
    text = "sep=;\nStaff list 2024;;\n;;\nID;Manager;FTE\n1;;1\n;;\n2;1;1\nTotal;;2\n"
    chart = read(tmp_path, text)
    assert edges(chart) == {"1": None, "2": "1"}
    assert (chart.accounting["blank rows"], chart.accounting["lines of totals"]) == (1, 1)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b" \r\n ", "is empty"),
        (b"PK\x03\x04rest", "workbook"),
        (b"id,manager\n1,\n2\x00,1\n", r"line 3: holds a zero byte"),
        (b"id,manager\n\x81\xff,1\n", r"line 2: .*neither UTF-8 nor cp1252"),
        (b"id,manager\n", "row 1 is the header and nothing follows"),
        (b"id,manager\n,\n", "no row after the header"),
        (b"id,manager\n1,\n2,1,extra\n", r"row 3 has 3 columns, the header has 2"),
        (b"id,manager\n1,\n2\n", r"row 3 has 1 columns"),
        (b'id,manager\n1,\n2,"1\n3,1\n', r"row 3 .*quotation marks"),
        (b"id,manager\n1,\n2,\n", r"nobody reports to anybody.*column 'manager'"),
        (b"id,manager,fte\n1,,\n2,1,300000\n", "one row stands for more people than the limit of 200,000"),
        (
            b"7,Zoe Quux,z@quux.example\n8,Bo Quux,7\n",
            r"row 1: no column .* holds numbers or e-mails, not column names",
        ),
        (b"id,manager,fte,status\n1,,,\n2,1,150000,group\n3,1,150000,group\n", "300,001 people"),
    ],
)
def test_malformed_files_say_where_and_what_to_do(tmp_path, data, message):
    with pytest.raises(UserError, match=message):
        read(tmp_path, data)


def test_paths_that_are_no_files(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        read_chart(tmp_path / "none.csv")
    with pytest.raises(UserError, match="is a folder"):
        read_chart(tmp_path)
    with pytest.raises(UserError, match="no file is given"):
        read_chart([])


@pytest.mark.slow
def test_size_limits_hold_before_the_file_is_read(tmp_path):
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(101 * 1024 * 1024)  # sparse
    with pytest.raises(UserError, match="101 MB are more than the limit of 100 MB"):
        read_chart(huge)
    many = write(tmp_path, "id,manager\n" + "1,\n" * 200_001)
    with pytest.raises(UserError, match="row 200002: more than the limit of 200,000 rows"):
        read_chart(many)


def test_a_chain_of_managers_that_is_no_organisation(tmp_path):
    text = "id,manager\n" + "".join(f"{k},{k - 1 if k else ''}\n" for k in range(150))
    with pytest.raises(UserError, match="149 steps, more than the limit of 100"):
        read(tmp_path, text)


# ---- rows


@pytest.mark.parametrize("mark", ["", "XX", "none", "-1", "*", "\\N", "7", "N/A", "7.0"])
def test_marks_of_the_top(tmp_path, mark):
    assert edges(read(tmp_path, f"id,manager\n7,{mark}\n8,7\n")) == {"7": None, "8": "7"}


def test_ids_after_a_spreadsheet(tmp_path):
    chart = read(tmp_path, 'id,manager\n007,\n123.0,007\n5,123\n6,"=""007"""\n8,7\n')
    assert edges(chart) == {"007": None, "123": "007", "5": "123", "6": "007", "8": "007"}
    assert "row 6" in said(chart, "leading zeros")


def test_ics_are_numbered_by_sorted_source_id_whatever_the_order_of_rows(tmp_path):
    rows = ["t,", "c,t", "a,t", "b,t"]
    trees = [chart_tree(read(tmp_path, "\n".join(["id,boss", *order])), PAY) for order in (rows, rows[::-1])]
    assert trees[0].pid.tolist() == trees[1].pid.tolist() == [0, 1, 2, trees[0].pid[3]]
    assert read(tmp_path, "\n".join(["id,boss", *rows])).source_ids == ("a", "b", "c", "t")


def test_vacancies_inactive_and_isolated_rows(tmp_path):
    text = (
        "id,manager,status\nT,,Active\nV,T,Vacant\na,V,Active\nW,T,Vacancy\nX,T,Terminated\nb,X,Active\n"
        "c,,Active\nL,T,On Leave\nU,T,Vacant\nV2,U,Open\n"
    )
    chart = read(tmp_path, text)
    assert edges(chart) == {"T": None, "V": "T", "a": "V", "b": "T", "c": "T", "L": "T"}
    assert chart.accounting["vacancies left out"] == 3
    assert chart.accounting["inactive left out"] == 1
    assert "row 8" in said(chart, "put under the top")
    assert "row 7" in said(chart, "next active boss")
    assert "row 3" in said(chart, "filled by a manager")


def test_vacancies_named_in_titles(tmp_path):
    chart = read(
        tmp_path, "id,manager,title\n1,,CEO\n2,1,Vacant - Analyst\n3,1,Vacation Planner\n4,1,VACANCY\n"
    )
    assert set(edges(chart)) == {"1", "3"}


def test_absent_managers_go_under_the_one_top_of_the_file(tmp_path):
    text = "id,manager\nT,\na,T\nb,gone\nc,gone\n"
    chart = read(tmp_path, text)
    assert edges(chart) == {"T": None, "a": "T", "b": "gone", "c": "gone", "gone": "T"}
    assert chart.inferred == (False, False, False, False, True)
    assert edges(read(tmp_path, text, keep_roots=True))["gone"] is None


def test_cycles_are_cut_at_the_member_with_most_reports(tmp_path):
    chart = read(tmp_path, "id,manager\nT,\nx,T\na,b\nb,a\nc,b\nd,b\n")
    assert edges(chart) == {"T": None, "x": "T", "a": "b", "b": "T", "c": "b", "d": "b"}
    assert "row 5" in said(chart, "reporting cycle")
    alone = read(tmp_path, "id,manager\na,b\nb,a\nc,b\n")
    assert edges(alone) == {"a": "b", "b": None, "c": "b"}


def test_several_assignments_and_dotted_lines(tmp_path):
    text = "id,manager,Dotted Line Manager\nT,,\nU,T,\na,U;T,\nb,T,U\nb,U,\nc,U,\n"
    chart = read(tmp_path, text)
    assert edges(chart) == {"T": None, "U": "T", "a": "U", "b": "T", "c": "U"}
    assert chart.counts["second managers ignored"] == 3
    assert chart.accounting["merged into a position of the same id"] == 1


@pytest.mark.parametrize(
    ("column", "cells", "people"),
    [
        ("FTE", ["1", "0.5", "0,8"], 4),
        ("FTE %", ["100", "50", "80"], 4),
        ("fte", ["100%", "50%", "80%"], 4),
        ("Weekly", ["40", "20", "30"], 4),
        ("FTE", ["5", "0.5", "1"], 8),
        ("Number of Posts in FTE", ["5", "2.5", "0.4"], 10),
    ],
)
def test_fte_and_groups(tmp_path, column, cells, people):
    column_map = {"fte": "Weekly"} if column == "Weekly" else {}
    full = cells[0] if column == "Weekly" or "%" in column + cells[0] else "1"
    rows = [f'{k},0,"{cell}"' for k, cell in enumerate(cells, 1)]
    text = "\n".join([f"id,manager,{column}", f"0,,{full}", *rows])
    assert read(tmp_path, text, column_map).n == people


def test_groups_without_ids_of_their_own(tmp_path):
    text = "Unit,Reporting Senior Post,Grade,Number of Posts in FTE\nA,S1,HEO,3\nA,S2,EO,1.6\nB,S1,AO,0.4\n"
    chart = read(tmp_path, text)
    assert chart.accounting["people in grouped rows"] + chart.accounting["positions of one person"] == 6
    assert chart.n == 6 + 2 + 1


@pytest.mark.parametrize(
    ("cell", "days_first", "expected"),
    [
        ("2020-03-04", True, "2020-03-04"), ("04.03.2020", True, "2020-03-04"), ("03/04/2020", False, "2020-03-04"),
        ("4-Mar-20", True, "2020-03-04"), ("March 4, 2020", True, "2020-03-04"), ("20200304", True, "2020-03-04"),
        ("43894", True, "2020-03-04"), ("43894.0", True, "2020-03-04"), ("2020-03-04T10:00:00Z", True, "2020-03-04"),
        ("4. Mai 1999", True, "1999-05-04"), ("31/12/99", True, "1999-12-31"), ("31/31/2020", True, "None"),
        ("soon", True, "None"), ("", True, "None"), ("٣", True, "None"), ("9" * 50, True, "None"),
    ],
)  # fmt: skip
def test_dates_in_national_orders(cell, days_first, expected):
    assert str(values.parse_date(cell, days_first)) == expected


def test_the_order_of_dates_is_seen_from_the_column(tmp_path):
    text = "id,manager,Hire_Date\n1,,01/02/2010\n2,1,12/25/2019\n3,1,01/02/2020\n4,1,junk\n"
    chart = read(tmp_path, text)
    assert chart.tenure_years[:3] == (7.5, 0.5, 0.5)
    assert math.isnan(chart.tenure_years[3])
    assert "2020-01-02" in said(chart, "latest start date", "cannot be read")
    european = read(tmp_path, text.replace("12/25", "25/12"))
    assert "2020-02-01" in said(european, "latest start date")
