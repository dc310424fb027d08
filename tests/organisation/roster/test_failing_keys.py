"""How exports name managers: one test per real kind of file, then small invented examples of the same kinds."""

import pytest
from helpers.roster import edges, read, real, said

from sim.errors import UserError
from sim.organisation.roster.building import read_chart

NINE = (-1, 0, 0, 1, 1, 1, 2, 2, 2)
NINE_FILES = [
    "ad_dn",
    "entra_upn",
    "manager_upn",
    "id_dash_name",
    "manager_first_last",
    "french",
    "german",
    "level_columns",
    "parent_key",
]
FOUR_FILES = [
    "second-id-column-takes-the-manager",
    "last-name-first-without-comma",
    "indented-levels",
    "manager-id-scientific",
]


@pytest.mark.parametrize("name", NINE_FILES)
def test_nine_people_and_nobody_inferred(name):
    chart = read_chart([real(f"failing/{name}.csv")])
    assert (chart.boss, sum(chart.inferred)) == (NINE, 0)


@pytest.mark.parametrize("name", FOUR_FILES)
def test_four_people_and_nobody_inferred(name):
    chart = read_chart([real(f"failing/more/{name}.csv")])
    assert (chart.boss, sum(chart.inferred)) == ((-1, 0, 1, 1), 0)


def test_the_first_of_two_heads_is_the_boss():
    chart = read_chart([real("failing/co_head.csv")])
    assert (chart.boss, sum(chart.inferred)) == ((-1, 0, 0, 1, 1, 1, 1, 2, 2), 0)
    assert said(chart, "1 second manager", "the first one named")


# ---- invented examples


TREE = {"1": None, "2": "1", "3": "2"}


@pytest.mark.parametrize(
    "cell", ["2 - Uma Oak", "Uma Oak - 2", "Uma Oak (2)", "Uma Oak [2]", "[2] Uma Oak", "2 Uma Oak"]
)
def test_id_and_name_in_one_cell(tmp_path, cell):
    chart = read(tmp_path, f"Employee ID,Name,Manager\n1,Ole Elm,\n2,Uma Oak,Ole Elm\n3,Pia Yew,{cell}\n")
    assert edges(chart) == TREE


@pytest.mark.parametrize("word", [" and ", " & ", " und ", " et ", " / ", "; "])
def test_two_heads_in_one_cell(tmp_path, word):
    text = f"Employee ID,Name,Manager\n1,Ole Elm,\n2,Uma Oak,Ole Elm\n3,Pia Yew,Uma Oak{word}Ole Elm\n"
    chart = read(tmp_path, text)
    assert edges(chart) == TREE
    assert chart.counts["second managers ignored"] == 1


@pytest.mark.parametrize(
    "header",
    [
        "Personalnummer,Name,Vorname,Führungskraft",
        "Matricule,Nom,Prénom,Supérieur hiérarchique",
        "Legajo,Apellidos,Nombre,Jefe directo",
        "Matricola,Cognome,Nome,Responsabile diretto",
        "Employee Key,Surname,Given Name,Manager Name",
    ],
)
@pytest.mark.parametrize("order", ["Uma Oak", "Oak Uma", '"Oak, Uma"'])
def test_headings_of_other_languages_and_either_order_of_names(tmp_path, header, order):
    boss = order.replace("Oak", "Elm").replace("Uma", "Ole")
    chart = read(tmp_path, f"{header}\n1,Elm,Ole,\n2,Oak,Uma,{boss}\n3,Yew,Pia,{order}\n")
    assert edges(chart) == TREE


def test_names_in_another_order_are_not_guessed_where_they_fit_two_people(tmp_path):
    text = "ID,Name,Manager\n1,Ole Elm,\n2,Uma Oak Ash,1\n3,Ash Uma Oak,1\n4,Pia Yew,Oak Ash Uma\n"
    assert sum(read(tmp_path, text).inferred) == 1


def test_people_by_indentation_may_share_a_name(tmp_path):
    text = "Level 1,Level 2,Level 3\nOle Elm,,\n,Uma Oak,\n,,Pia Yew\n,Uma Oak,\n,,Kai Fig\n"
    assert read(tmp_path, text).boss == (-1, 0, 1, 0, 3)


def test_people_by_full_paths(tmp_path):
    text = "Level 1,Level 2,Level 3\nOle Elm,,\nOle Elm,Uma Oak,\nOle Elm,Uma Oak,Pia Yew\n"
    assert read(tmp_path, text).boss == (-1, 0, 1)


def test_ids_that_lost_digits_are_refused_by_the_name_of_the_format(tmp_path):
    text = "ID,Manager ID\n400101,\n400102,4.0E+05\n400103,4.0E+05\n400104,4.0E+05\n"
    with pytest.raises(UserError, match=r"row 3.*0 of 3 cells of column 'Manager ID'.*9.9a\+99.*as text"):
        read(tmp_path, text)


def test_a_match_that_is_wrong_is_refused_without_a_name(tmp_path):
    text = "ID,Manager\n101,\n102,Ole Elm\n103,Ole Elm\n104,Uma Oak\n"
    with pytest.raises(UserError, match=r"compared with it \('ID'\).*'aaa aaa'.*--map") as failure:
        read(tmp_path, text)
    assert "Elm" not in str(failure.value)


def test_managers_of_another_file_are_inferred_with_a_loud_note(tmp_path):
    chart = read(tmp_path, "ID,Manager ID\n101,901\n102,901\n103,902\n")
    assert chart.counts["inferred managers"] == 2
    assert said(chart, "CHECK THIS", "0 of 3", "'999'")
