"""Who writes code: rules on titles, the user's before the table; other people, and managers who are hardly any."""

import pytest
from helpers.roster import PAY, edges, read, real, said

from sim.errors import UserError
from sim.organisation.roster.building import read_chart
from sim.organisation.roster.health import health, health_report
from sim.organisation.roster.roles import Roles, read_rules, rules_of
from sim.organisation.roster.settling import Wishes
from sim.organisation.structure import chart_tree

COMPANY = (
    "id,manager,Job Title,Department\n"
    "1,,CEO,\n2,1,Engineering Director,\n3,1,HR Director,People\n4,2,Engineer,\n5,2,Backend Developer,\n"
    "6,3,HR Partner,People\n7,3,Specialist,People\n8,6,Intern,People\n"
)


def roles(chart):
    return dict(zip(chart.source_ids, chart.role, strict=True))


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Software Engineer", "engineer"),
        ("SoftwareQualityEngineer", "engineer"),
        ("Senior Backend Engineer, Verify", "engineer"),
        ("Site Reliability Engineer", "engineer"),
        ("Softwareentwickler", "engineer"),
        ("Tech Lead", "engineer"),
        ("HR Business Partner", "other"),
        ("Recruiter, Engineering", "other"),
        ("Executive Assistant", "other"),
        ("Sales Engineer", "other"),
        ("Product Manager", "other"),
        ("Engineering Program Manager", "other"),
        ("UX Designer", "other"),
        ("Engineering Manager", "manager"),
        ("VP of Engineering", "manager"),
        ("Chief Technology Officer", "manager"),
        ("ic", "engineer"),
        ("Chrono Thread Hand", "engineer"),  # no rule: 'hr' is a word, not a part of one
    ],
)
def test_the_table_reads_titles(title, role):
    assert Roles().of(title, [], "row 2") == role


def test_what_fits_no_rule_is_counted_and_shown_from_five_rows_on():
    found = Roles()
    for row in range(5):
        found.of("Wizard", [], f"row {row + 2}")
    found.of("Grand Sage", [], "row 9")
    assert "     5  engineer  no rule: 'Wizard' (rows 2, 3, 4, 5 and 1 more)" in found.lines()
    assert "Sage" not in "".join(found.lines())
    assert any("titles that fewer than 5 rows have (row 9)" in line for line in found.lines())


def test_rules_of_the_user_come_first_and_the_first_fits():
    rules = read_rules(["hr*=engineer", "HR Partner=other"])
    assert Roles(rules).of("HR Partner", [], "row 2") == "engineer"
    from_file = rules_of({"roles": [{"*Analyst": "ic"}, {"platform": "other"}]}, "--roles r.yaml")
    assert [(rule.pattern, rule.role) for rule in from_file] == [
        ("*Analyst", "engineer"),
        ("platform", "other"),
    ]
    assert Roles(from_file).of("Engineer", ["Platform"], "row 2") == "other"  # a department


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: read_rules(["HR*"]), r"--role HR\*: expected PATTERN=ROLE"),
        (
            lambda: read_rules(["HR*=othr"]),
            r"'othr' is no role; use engineer, manager, other, did you mean 'other'",
        ),
        (lambda: read_rules(["-=other"]), "the pattern is empty"),
        (
            lambda: rules_of({"HR*": "other"}, "--roles r.yaml"),
            r"--roles r\.yaml: expected roles: with a list",
        ),
        (lambda: rules_of({"roles": ["HR*"]}, "--roles r.yaml"), r"roles\[0\]: expected one pattern"),
    ],
)
def test_wrong_rules_are_refused_with_the_way_out(call, message):
    with pytest.raises(UserError, match=message):
        call()


def test_a_part_where_nobody_writes_code_counts_at_the_manager_above(tmp_path):
    chart = read(tmp_path, COMPANY)
    assert roles(chart) == {
        "1": "manager", "2": "manager", "3": "other", "4": "ic", "5": "ic", "6": "other", "7": "other", "8": "other",
    }  # fmt: skip
    tree = chart_tree(chart, PAY)
    assert (tree.n, tree.people, tree.ics, tree.managers) == (4, 8, 2, 2)
    assert tree.spans().tolist() == [2, 2]  # the director; the CEO with the HR director as one report
    assert tree.others.reports.tolist() == [0, 0, 0, 1]
    assert tree.others.heads.tolist() == [0, 0, 0, 4]
    assert tree.payroll == pytest.approx(PAY.ic_pay * (2 + 1.29 + 1.6 + 4))
    assert "(rows 4, 7)" in said(chart, "below whom nobody writes code")


def test_the_report_counts_roles_rules_and_other_people(tmp_path):
    chart = read(tmp_path, COMPANY)
    assert health(chart)["other people (write no code)"] == 4
    report = health_report(chart)
    assert "other     hr *" in report
    assert "     2  other     people" in report  # by the department, where the title says nothing
    assert "Intern" not in report


def test_whoever_leads_an_engineer_is_a_manager(tmp_path):
    chart = read(tmp_path, "id,manager,title\n1,,CEO\n2,1,Product Manager\n3,2,Engineer\n4,1,Engineer\n")
    assert roles(chart)["2"] == "manager"
    assert "(row 3)" in said(chart, "whose title writes no code, but who leads somebody who does")


def test_an_engineer_with_an_assistant_writes_code(tmp_path):
    chart = read(tmp_path, "id,manager,title\n1,,CEO\n2,1,Engineer\n3,2,Executive Assistant\n4,1,Engineer\n")
    assert roles(chart) == {"1": "manager", "2": "ic", "3": "other", "4": "ic"}
    assert edges(chart)["3"] == "1"
    assert chart_tree(chart, PAY).spans().tolist() == [3]


def test_a_manager_of_nobody_is_other_and_it_is_said(tmp_path):
    text = "id,manager,title\n1,,CEO\n2,1,Engineer\n3,1,Engineering Manager\n"
    chart = read(tmp_path, text)
    assert roles(chart)["3"] == "other"
    assert "(row 4)" in said(chart, "manager's title and no reports")
    mine = read(tmp_path, text, wishes=Wishes(read_rules(["engineering manager=engineer", "zz*=other"])))
    assert roles(mine)["3"] == "ic"
    assert "zz*" in said(mine, "Rules of yours that fit nobody")


def test_where_titles_tell_nothing_everybody_below_writes_code(tmp_path):
    chart = read(tmp_path, "id,manager,title\n1,,CEO\n2,1,Manager\n3,1,Manager\n")
    assert list(chart.role) == ["manager", "ic", "ic"]
    assert said(chart, "CHECK THIS", "nobody without reports writes code")
    assert list(read(tmp_path, "id,manager\n1,\n2,1\n").role) == ["manager", "ic"]


def test_a_chart_without_other_people_has_none(tmp_path):
    tree = chart_tree(read(tmp_path, "id,manager,title\n1,,CEO\n2,1,Engineer\n3,1,Engineer\n"), PAY)
    assert tree.others is None
    assert "others" not in tree.facts()


def test_a_chart_file_from_before_there_were_levels_is_the_tree_it_was(tmp_path):
    text = (
        "id,manager_id,order,role,layer,tenure_years,inferred\n"
        "pa,,0,manager,2,,0\npb,pa,1,manager,1,,0\npc,pb,2,ic,0,,0\npd,pb,3,ic,0,3.5,0\n"
    )
    chart = read(tmp_path, text)
    tree = chart_tree(chart, PAY)
    assert (tree.ics, tree.managers, tree.others, tree.level) == (2, 2, None, None)
    assert chart.bands.notes == []


def test_the_shared_company_has_seven_who_write_code():
    chart = read_chart(real("failing/mixed_roles.csv"))
    assert (chart.role.count("ic"), chart.role.count("manager"), chart.role.count("other")) == (7, 3, 2)
    assert "(row 13)" in said(chart, "neither a known manager nor reports")


# ---- managers who are hardly any


CHAIN = "id,manager,title\n1,,CEO\n2,1,Director\n3,1,Director\n4,2,Lead\n5,4,Engineer\n6,2,Engineer\n7,3,Engineer\n8,3,Engineer\n"


def test_who_shifts_a_chain_is_said_by_row_and_level(tmp_path):
    chart = read(tmp_path, CHAIN)
    assert chart.counts["managers with one report, an IC"] == 1
    assert "(row 5 (team lead, 2 managers above))" in said(chart, "one management layer longer")
    assert health(chart)["management layers above the ICs"] == 3


def test_it_is_said_how_far_up_a_single_report_shifts(tmp_path):
    chart = read(tmp_path, CHAIN + "9,3,Lead\n10,9,Engineer\n")
    assert chart.counts["managers with one report, an IC"] == 2
    # Either alone: then the CEO stands higher by the other one anyway.
    shifters = "(rows 5 (team lead, 1 manager above), 10 (team lead, 1 manager above))"
    assert shifters in said(chart, "one management layer longer")
    two = read(tmp_path, CHAIN + "9,4,Engineer\n")
    assert not any("one management layer longer" in text for text in two.assumptions)


def test_single_reports_are_folded_from_below(tmp_path):
    chart = read(tmp_path, CHAIN, wishes=Wishes(fold=True))
    assert roles(chart)["4"] == "ic"
    assert edges(chart)["5"] == "2"
    assert health(chart)["management layers above the ICs"] == 2
    assert "(row 5)" in said(chart, "--fold-single-reports")
    deep = read(
        tmp_path,
        "id,manager,title\n1,,CEO\n2,1,Lead\n3,2,Lead\n4,3,Engineer\n5,1,Engineer\n",
        wishes=Wishes(fold=True),
    )
    assert edges(deep) == {"1": None, "2": "1", "3": "2", "4": "2", "5": "1"}  # two reports then: a manager
