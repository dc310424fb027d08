"""Managers whose boss is not in the file: where they are put, that nobody is lost, and how often it is right."""

import csv
import random
from collections import Counter

import pytest
from helpers import ROOT
from helpers.roster import account, edges, read, real, said, write

import cli
from sim.errors import UserError
from sim.organisation.roster.building import read_chart
from sim.organisation.roster.health import health, health_report

# Two departments, each with a director, of whom both first lines are known but for one of each.
TWO_DEPARTMENTS = "id,manager,team\nceo,,Board\nda,ceo,Board\ndb,ceo,Board\n" + "".join(
    f"m{dept}{k},d{dept},Lead {dept}\n" for dept in "ab" for k in range(3)
)
TEAMS = "".join(
    f"i{dept}{k}{j},{'gone' if k == 3 else 'm'}{dept}{'' if k == 3 else k},Company | Dept {dept} | Team {dept}{k}\n"
    for dept in "ab"
    for k in range(4)
    for j in range(3)
)


def spans(chart):
    return Counter(above for above in chart.boss if above >= 0)


# ---- by team


def test_a_missing_manager_goes_where_the_colleagues_of_the_department_report(tmp_path):
    chart = read(tmp_path, TWO_DEPARTMENTS + TEAMS)
    found = edges(chart)
    assert (found["gonea"], found["goneb"]) == ("da", "db")
    assert found["ia30"] == "gonea"
    assert chart.unknown_bosses == {
        "managers with an unknown boss": 2, "put under a manager by their teams": 2
    }  # fmt: skip
    assert "2 of 2 managers" in said(chart, "most people of the same teams", "more than 5 reports")
    assert "  put under a manager by their teams          2\n" in health_report(chart)


def test_it_does_not_depend_on_the_order_of_the_rows(tmp_path):
    header, *rows = (TWO_DEPARTMENTS + TEAMS).splitlines()
    charts = []
    for seed in range(3):
        random.Random(seed).shuffle(rows)
        charts.append(edges(read(tmp_path, "\n".join([header, *rows]))))
    assert charts[0] == charts[1] == charts[2]


def test_no_layer_is_added_and_a_director_is_not_put_under_a_first_line_manager(tmp_path):
    # 'gone' leads two managers of department a, so the colleagues' first managers stand too low.
    text = TWO_DEPARTMENTS + TEAMS + "ma8,gone,Lead a\nma9,gone,Lead a\n"
    text += "".join(f"x{k}{j},ma{k},Dept a\n" for k in (8, 9) for j in range(2))
    chart = read(tmp_path, text)
    assert edges(chart)["gone"] == "ceo"
    assert health(chart)["management layers above the ICs"] == 3


def test_nobody_gets_a_wider_span_than_managers_of_managers_have(tmp_path):
    # The spans above the first line are 2, 3 and 3, so 5 at most; four more missing managers all point to 'da'.
    many = "".join(f"y{k}{j},lost{k},Dept a\n" for k in range(4) for j in range(2))
    chart = read(tmp_path, TWO_DEPARTMENTS + TEAMS + many)
    below = spans(chart)
    assert below[chart.source_ids.index("da")] == 5
    assert below[chart.source_ids.index("ceo")] == 2 + 3
    assert chart.unknown_bosses == {
        "managers with an unknown boss": 6, "put under a manager by their teams": 3, "put under the top": 3
    }  # fmt: skip


def test_a_team_of_more_than_half_the_rows_tells_nothing(tmp_path):
    text = "id,manager,team\nT,,All\nd,T,All\nm,d,All\nn,d,All\na,m,All\nb,n,All\nc,gone,All\n"
    chart = read(tmp_path, text)
    assert edges(chart)["gone"] == "T"
    assert chart.unknown_bosses == {"managers with an unknown boss": 1, "put under the top": 1}


def test_the_example_of_the_docs_comes_out_as_the_company_it_was_cut_from():
    chart = read_chart(ROOT / "docs" / "examples" / "missing-managers.csv")
    account(chart)
    found = edges(chart)
    for lead in range(1, 21):
        name = f"L{lead:02d}" if f"L{lead:02d}" in found else f"l{lead:02d}"
        assert found[name].upper() == f"H{(lead + 3) // 4}"
    assert {found[head].upper() for head in ("H1", "H2", "h3", "H4", "h5")} == {"C1"}
    assert found["c1"] is None
    assert chart.n == 90 + 20 + 5 + 1


# ---- the top


def test_the_missing_manager_above_all_others_is_the_top_and_nobody_is_invented(tmp_path):
    text = "id,manager\nm,boss\nn,boss\na,m\nb,n\nc,lost\nd,lost\n"
    chart = read(tmp_path, text)
    assert edges(chart) == {
        "m": "boss", "n": "boss", "a": "m", "b": "n", "c": "lost", "d": "lost", "lost": "boss", "boss": None
    }  # fmt: skip
    assert chart.accounting["inferred top"] == 0
    assert "(1; of the others nobody has more than 0)" in said(chart, "taken to be it")
    forced = read(tmp_path, text, fill="top")
    assert forced.accounting["inferred top"] == 1
    assert "artefact" in said(forced, "one top is inferred")


def test_one_top_is_inferred_where_none_stands_above_the_others(tmp_path):
    chart = read(tmp_path, "id,manager\na,x\nb,x\nc,y\nd,y\n")
    assert chart.accounting["inferred top"] == 1
    assert sorted(spans(chart).values()) == [2, 2, 2]


def test_more_than_the_widest_span_under_the_top_get_a_manager_for_each_team(tmp_path):
    text = "id,manager,team\n" + "".join(
        f"i{team}{k}{j},gone{team}{k},{team}\n" for team in "abc" for k in range(4) for j in range(3)
    )
    chart = read(tmp_path, text)
    assert (chart.accounting["inferred in between"], chart.accounting["inferred top"]) == (3, 1)
    assert sorted(spans(chart).values()) == [3] * 13 + [4] * 3
    found = edges(chart)
    for team in "abc":
        assert len({found[f"gone{team}{k}"] for k in range(4)}) == 1
    assert "3 managers inferred in between" in said(chart, "12 managers whose boss is unknown")


def test_several_tops_of_the_file_stay_and_so_do_those_nobody_can_place(tmp_path):
    chart = read(tmp_path, "id,manager\nS,\nT,\na,S\nb,T\nc,gone\n")
    assert sum(above < 0 for above in chart.boss) == 3
    assert chart.unknown_bosses == {"managers with an unknown boss": 1, "kept as tops": 1}


# ---- spans, and options


def test_spans_gives_the_upper_part_the_mean_span_of_the_rest(tmp_path):
    text = "id,manager\n" + "".join(f"i{k}{j},gone{k:02}\n" for k in range(64) for j in range(4))
    chart = read(tmp_path, text, fill="spans")
    assert (chart.accounting["inferred in between"], chart.accounting["inferred top"]) == (16 + 4, 1)
    assert set(spans(chart).values()) == {4}
    assert chart.unknown_bosses["put under an inferred manager in between"] == 64
    wide = read(tmp_path, text, fill="top")
    assert max(spans(wide).values()) == 64
    apart = read(tmp_path, text, keep_roots=True)
    assert apart.unknown_bosses == {"managers with an unknown boss": 64, "kept as tops": 64}


def test_chains_of_single_reports_do_not_keep_it_from_ending(tmp_path):
    text = "id,manager\n" + "".join(f"i{k},gone{k}\n" for k in range(9))
    for method in ("teams", "spans", "top"):
        chart = read(tmp_path, text, fill=method)
        assert sum(above < 0 for above in chart.boss) == 1


def test_unknown_methods_and_contradictions_are_refused(tmp_path):
    path = write(tmp_path, "id,manager\n1,\n2,1\n")
    with pytest.raises(UserError, match=r"--fill span: use teams, spans, top, did you mean 'spans'"):
        read_chart(path, fill="span")
    with pytest.raises(UserError, match="cannot stand beside --keep-roots"):
        read_chart(path, fill="top", keep_roots=True)


def test_the_command_takes_the_method(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "id,manager\n" + "".join(f"i{k}{j},gone{k:02}\n" for k in range(9) for j in range(3)))
    assert cli.execute(["import", "roster.csv", "--fill", "spans", "-o", "my.yaml"]) == 0
    assert "inferred in between" in capsys.readouterr().out
    for options, words in (
        (["--fill", "tops"], "did you mean"),
        (["--fill", "top", "--keep-roots"], "beside"),
    ):
        assert cli.execute(["import", "roster.csv", "-o", "other.yaml", *options]) == 2
        assert words in capsys.readouterr().err
    assert not (tmp_path / "other.yaml").exists()


# ---- real charts


@pytest.mark.slow
def test_the_partial_chart_has_no_giant_span():
    path = real("gitlab_2022-11_partial.csv")
    chart = read_chart(path)
    account(chart)
    figures = health(chart)
    assert chart.unknown_bosses == {
        "managers with an unknown boss": 139, "put under a manager by their teams": 127, "taken to be the top": 1,
        "put under the top": 11,
    }  # fmt: skip
    assert chart.accounting["inferred top"] == chart.accounting["inferred in between"] == 0
    assert (figures["span, largest"], figures["management layers above the ICs"]) == (24, 6)
    by_span = read_chart(path, fill="spans")
    account(by_span)
    known = 1336 / 356  # people with a boss in the file over their managers
    leading = {above for above in by_span.boss if above >= 0}  # of other people, too
    assert (by_span.n - 1) / len(leading) == pytest.approx(known, abs=0.1)
    assert health(read_chart(path, fill="top"))["span, largest"] == 139


def trial(tmp_path, name, columns, share):
    """(share of hidden managers put under their very boss, under somebody in their line), with known managers hidden.

    columns: of id and manager, then of teams.
    """
    with real(name).open(encoding="utf-8-sig", newline="") as file:
        rows = [[row[c] for c in columns] for row in csv.DictReader(file) if row.get("status") != "vacancy"]
    boss = {row[0].casefold(): row[1].casefold() for row in rows}
    known = sorted({b for b in boss.values() if boss.get(b, "") in boss})
    hidden = set(random.Random(1).sample(known, int(share * len(known))))
    path = tmp_path / "part.csv"
    with path.open("w", newline="") as file:
        header = ["id", "manager", "team", "department", "division"][: len(columns)]
        csv.writer(file).writerows([header, *(row for row in rows if row[0].casefold() not in hidden)])
    found = {who.casefold(): above and above.casefold() for who, above in edges(read_chart(path)).items()}

    def line(who):
        above = []
        while boss.get(who):
            who = boss[who]
            above.append(who)
        return above

    tried = [who for who in hidden if who in found]
    right = sum(found[who] == boss[who] for who in tried)
    in_line = sum(found[who] in line(who) or boss[who] in line(found[who]) for who in tried)
    return right / len(tried), in_line / len(tried)


def test_hidden_managers_are_put_where_they_were_far_more_often_than_by_chance(tmp_path):
    columns = ("employee_id", "manager_id", "team")
    trials = [trial(tmp_path, "gitlab_2022-11_partial.csv", columns, share) for share in (0.1, 0.2)]
    assert sum(right for right, _ in trials) / 2 > 0.25  # by chance: about 0.01
    assert sum(line for _, line in trials) / 2 > 0.45
    columns = ("employee_name", "supervisor", "team", "department", "functional_unit")
    right, line = trial(tmp_path, "rawcols_certinsider_synth_2009-12.csv", columns, 0.4)
    assert right > 0.1
    assert line > 0.25
