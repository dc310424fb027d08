"""`orgsim import` with roles, pay and folding; `check`, `run` and `compare` say whom a removed layer takes."""

import json

import pytest
from helpers.cli import orgsim

import cli

ROSTER = (
    "id,manager,Job Title,Salary EUR\n1,,CEO,\n2,1,Director,\n3,1,Director,\n4,2,Engineering Manager,\n5,3,Engineering Manager,\n"
    + "".join(f"{k},{4 + k % 2},Engineer,{60_000 + 500 * k}\n" for k in range(6, 14))
    + "20,13,Engineer,50000\n30,1,HR Partner,45000\n31,2,Wizard,70000\n"
)


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Run a command in a folder with a roster, and return (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text(ROSTER)
    (tmp_path / "rules.yaml").write_text('roles:\n  - "Wiz*": other\n')

    def run(*args):
        code = cli.execute([*args])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_rules_rates_and_folding_reach_the_scenario(tmp_path):
    (tmp_path / "people.csv").write_text(ROSTER)
    (tmp_path / "rules.yaml").write_text('roles:\n  - "Wiz*": other\n')
    options = ("--role", "hr*=other", "--roles", "rules.yaml", "--rate", "EUR=1.5", "--fold-single-reports")
    result = orgsim("import", "people.csv", *options, "-o", "my.yaml", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "     1  other     hr*  (yours)" in result.stdout
    assert "     1  other     Wiz*  (yours)" in result.stdout
    assert "(--fold-single-reports) (row 14)" in result.stdout
    scenario = (tmp_path / "my.yaml").read_text()
    assert "# 9 ICs, 5 managers, 2 other people" in scenario
    assert "pay: {ic: 97000}" in scenario  # the median of nine, 64,500 EUR, to the thousand
    checked = orgsim("check", "my.yaml", "--json", cwd=tmp_path)
    assert json.loads(checked.stdout)["files"][0]["size"]["others"] == 2


def test_whom_a_layer_takes_is_said_before_it_runs(command):
    assert command("import", "people.csv", "--roles", "rules.yaml", "-o", "my.yaml")[0] == 0
    _, out, _ = command("check", "my.yaml", "--set", "organisation.remove_layer=director")
    assert out.endswith("; removes both directors; 3 people get another boss\n")
    _, out, _ = command("check", "my.yaml", "--set", "organisation.remove_layer=2")
    assert "removes 1 of 2 managers (1 stays, at layer 1) and 1 of 2 directors" not in out
    assert "removes " in out
    code, _, err = command(
        "run", "my.yaml", "--runs", "1", "--set", "organisation.remove_layer=top-1", "--set", "time.weeks=2"
    )
    assert code == 0
    assert "my: removes both directors; 3 people get another boss." in err


def test_a_generated_structure_says_that_it_leaves_out_the_other_people_of_the_chart(command, tmp_path):
    assert command("import", "people.csv", "--roles", "rules.yaml", "-o", "my.yaml")[0] == 0
    other = "question: Flatter?\nextends: my.yaml\norganisation: {management_layers: 2, hold: HOLD}\n"
    (tmp_path / "flat.yaml").write_text(other.replace("HOLD", "payroll"))
    code, _, err = command("check", "flat.yaml")
    assert code == 2
    assert "the base has 2 other people (no code), and this structure 0" in err
    assert "set organisation.remove_layer, which keeps them" in err
    (tmp_path / "flat.yaml").write_text(other.replace("HOLD", "ics"))
    code, _, err = command("check", "flat.yaml")
    assert code == 0
    assert "2 other people (no code) of the chart of my are not in it, nor is their pay" in err
    few = ("--runs", "2", "--ranges", "0", "--set", "time.weeks=2")
    code, out, err = command("compare", "my.yaml", "flat.yaml", *few)
    assert code == 0, err
    assert "-2 other people" in out
    assert "flat: its structure is generated, so 2 other people" in err


def test_layers_that_are_not_there_name_those_that_are(command):
    command("import", "people.csv", "-o", "my.yaml")
    for layer, message in (
        ("vp", "there is no vice president; job levels of managers who could go: manager (2), director (2)"),
        ("top-7", "who could go; there are: top-1 (2 managers), top-2 (2 managers)"),
        ("chief", "the chief is a top, and nobody is above to take the reports"),
        ("boss", "'boss' is no layer; use a number counted from below"),
    ):
        code, _, err = command("check", "my.yaml", "--set", f"organisation.remove_layer={layer}")
        assert code == 2
        assert message in err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--role", "HR*"), "--role HR*: expected PATTERN=ROLE"),
        (("--rate", "EUR"), "--rate EUR: expected CURRENCY=USD"),
        (("--roles", "none.yaml"), "none.yaml"),
        (("--roles", "people.csv"), "people.csv"),
    ],
)
def test_wrong_options_are_refused_and_nothing_is_written(command, tmp_path, args, message):
    code, _, err = command("import", "people.csv", *args, "-o", "my.yaml")
    assert code == 2
    assert message in err
    assert "Traceback" not in err
    assert not (tmp_path / "my.yaml").exists()


@pytest.mark.parametrize(
    ("pay", "message"),
    [
        ("{manager: 5}", "organisation.pay.manager: unknown band, did you mean 'manager_1'"),
        ("{ic: -5}", "organisation.pay.ic: -5 is outside from 1"),
        ("90000", "expected base pay by role and layer, such as {ic: 90000"),
    ],
)
def test_wrong_bands_are_refused(command, pay, message):
    code, _, err = command("check", "base", "--set", f"organisation.pay={pay}")
    assert code == 2
    assert message in err


def test_bands_change_the_payroll_of_any_organisation(command):
    _, out, _ = command(
        "check",
        "base",
        "--json",
        "--set",
        "money.load=1",
        "--set",
        "organisation.pay={ic: 100000, manager_1: 100000}",
    )
    size = json.loads(out)["files"][0]["size"]
    upper = 1.6 / 1.29, 2.0 / 1.29  # in the standard proportion to the band below
    assert size["payroll_per_year"] == pytest.approx(100_000 * (96 + 16 + 4 * upper[0] + upper[1]), abs=1)
