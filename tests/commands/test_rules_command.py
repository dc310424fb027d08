"""`orgsim rules` as a user runs it: a small real scenario, its folder, and what is refused."""

import json
from pathlib import Path

import pytest
from helpers.cli import clean, orgsim

import cli

BASE = "question: How?\nextends: base\norganisation: {ics: 12, management_layers: 2}\ntime: {weeks: 10, warmup_weeks: 2}\n"
FILE = """\
question: Where is the lead time short?
base: base.yaml
passes: {outcome: lead_time_hours, at_most: 36}
vary:
  ai.share_of_code: {from: 0.0, to: 0.9}
  work.size_mean: {from: 2.0, to: 12.0}
points: 60
runs: 2
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("rules")
    (made / "base.yaml").write_text(BASE)
    (made / "mine.yaml").write_text(FILE)
    return made


@pytest.fixture(scope="module")
def printed(folder: Path):
    return orgsim("rules", "mine.yaml", "--out", "found", cwd=folder)


class TestRules:
    def test_a_rule_and_its_folder(self, folder, printed):
        assert printed.returncode == 0, printed.stderr
        assert clean(printed)
        assert printed.stdout.startswith("lead time is at most 36 hours where work size mean is at most ")
        assert "right in" in printed.stdout
        assert "Written: found (picture in plots/" in printed.stdout
        stored = json.loads((folder / "found" / "rules.json").read_text())
        assert stored["is_rule"] is True
        assert [one["path"] for one in stored["conditions"]] == ["work.size_mean"]
        assert stored["certificate"]["density"]["share"] > 0.8
        manifest = json.loads((folder / "found" / "manifest.json").read_text())
        assert (manifest["kind"], manifest["status"]) == ("rules", "complete")
        assert manifest["command"] == "orgsim rules mine.yaml"
        assert (folder / "found" / "answer.txt").read_text() in printed.stdout

    def test_json_is_what_is_stored(self, folder, printed):
        again = orgsim("rules", "mine.yaml", "--out", "found", "--json", cwd=folder)
        stored = json.loads((folder / "found" / "rules.json").read_text())
        assert len(stored.pop("picture")["points"]) == 60
        assert json.loads(again.stdout) == stored

    def test_another_question_is_refused_in_that_folder(self, folder, printed):
        other = orgsim("rules", "mine.yaml", "--out", "found", "--points", "50", cwd=folder)
        assert other.returncode == 2
        assert "holds the results of another rules (mine: other points, fresh)" in other.stderr
        assert clean(other)

    def test_check_and_other_commands_know_the_file(self, folder, monkeypatch, capsys):
        monkeypatch.chdir(folder)
        assert cli.execute(["check", "mine.yaml"]) == 0
        said = capsys.readouterr().out
        assert (
            "mine.yaml: a rule over 2 factors, sought at 60 points and tried at 60 is valid: 12 ICs" in said
        )
        for command in ("run", "sweep"):
            assert cli.execute([command, "mine.yaml"]) == 2
            assert "use `orgsim rules mine" in capsys.readouterr().err

    def test_mistakes(self, folder, monkeypatch, capsys):
        monkeypatch.chdir(folder)
        (folder / "bad.yaml").write_text(FILE.replace("at_most", "atmost"))
        for args, message in (
            (["bad.yaml"], "passes.atmost: unknown key, did you mean 'at_most'"),
            (["base.yaml"], "asks for no rule"),
            (["mine.yaml", "--points", "10"], "10 is outside 40 to 20,000"),
            (["mine.yaml", "--set", "work.size_mean=0"], "work.size_mean"),
        ):
            assert cli.execute(["rules", *args]) == 2, args
            assert message in capsys.readouterr().err
        refused = orgsim("rules", "bad.yaml", cwd=folder)
        assert refused.returncode == 2
        assert clean(refused)
        assert not (folder / "results").exists()
