"""Rows that share an id: two people are refused, a row exported twice is said, and a shared post stays one position."""

import pytest
from helpers.roster import read

from sim.errors import UserError

HEAD = "Employee ID,Name,Work Email,Title,Manager ID"
TOP = ["1,Ann Ash,,CTO,", "2,Bob Birch,,Engineering Manager,1", "3,Cy Cedar,,Engineer,2"]


def chart(tmp_path, *rows, head=HEAD):
    return read(tmp_path, "\n".join([head, *TOP, *rows]) + "\n")


def notes(found):
    return [text for text in found.assumptions if "in more than one row" in text]


def test_two_people_with_one_number_are_refused_with_their_rows(tmp_path):
    rows = ["4,Di Elm,,Engineer,2", "5,Ed Fir,,Engineer,2", "4,Flo Gum,,Senior Engineer,1"]
    with pytest.raises(
        UserError, match=r"1 id in column 'Employee ID' on two people each: row 5 and row 7"
    ) as error:
        chart(tmp_path, *rows)
    assert "Elm" not in str(error.value)
    assert "Gum" not in str(error.value)


def test_many_are_counted_and_the_first_are_listed(tmp_path):
    rows = [
        f"{k},{name} {word},,Engineer,2"
        for k in range(10, 17)
        for name, word in (("Di", "Elm"), ("Ed", "Fir"))
    ]
    with pytest.raises(UserError, match=r"7 ids .*row 5 and row 6; .*row 13 and row 14; and 2 more"):
        chart(tmp_path, *rows)


def test_a_row_exported_twice_is_counted_once_and_said(tmp_path):
    found = chart(tmp_path, "4,Di Elm,,Engineer,2", "4,Di Elm,,Engineer,2")
    assert found.n == 4
    assert notes(found) == [
        "1 id in more than one row that say the same: counted once, 1 row merged into the first (row 6)."
    ]


@pytest.mark.parametrize(
    "other", ["4,Di Elm,,Designer,1", "4,Diana Elm-Fir,di@firm.example,Engineer,1", "4,,,Engineer,1"]
)
def test_one_person_in_several_rows_is_one_position(tmp_path, other):
    found = chart(tmp_path, "4,Di Elm,di@firm.example,Engineer,2", other)
    assert found.n == 4
    assert found.accounting["merged into a position of the same id"] == 1
    assert len(notes(found)) == 1


def test_a_post_may_be_shared(tmp_path):
    head = HEAD.replace("Employee ID", "Post Unique Reference")
    found = chart(tmp_path, "4,Di Elm,,Engineer,2", "4,Ed Fir,,Engineer,2", head=head)
    assert found.n == 4
    assert "job shares, or several assignments of one person" in notes(found)[0]


def test_a_leaver_leaves_the_number_to_another(tmp_path):
    found = chart(
        tmp_path, "4,Di Elm,,Engineer,2,Terminated", "4,Ed Fir,,Engineer,2,Active", head=HEAD + ",Status"
    )
    assert found.n == 4


def test_rows_that_differ_without_names_say_that_they_may_be_two_people(tmp_path):
    found = read(
        tmp_path, "id,title,manager\n1,CTO,\n2,Engineer,1\n3,Engineer,1\n3,Senior Engineer,2\n4,Engineer,1\n"
    )
    assert notes(found)[0].endswith("If they are two people, give one of them an id of its own (row 5).")
