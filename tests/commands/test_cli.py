"""The command line: real commands in a process of their own, and their way of failing with a stand-in engine."""

import json
import subprocess
import sys

import pytest
from helpers.cli import SWEEP, TIME, clean, environment, orgsim

import cli
from sim.outcomes.declared import OUTCOMES
from sim.parameters.registry import REGISTRY
from sim.scenario.files import bundled

# ---- light commands


class TestHelp:
    def test_help_lists_every_command(self):
        result = orgsim("--help")
        assert result.returncode == 0
        for name in cli.COMMANDS:
            assert f"\n  {name} " in result.stdout
        assert result.stderr == ""

    @pytest.mark.parametrize("name", cli.COMMANDS)
    def test_every_command_shows_an_example(self, name, capsys):
        assert cli.execute([name, "--help"]) == 0
        text = capsys.readouterr().out
        assert "Example" in text
        assert f"orgsim {name}" in text.split("Example")[1]

    def test_nothing_heavy_is_imported(self):
        code = (
            "import sys, cli; cli.execute(['--help']); cli.execute(['list']);"
            "cli.execute(['check', 'flat', 'layered']); assert 'numpy' not in sys.modules;"
            " assert 'sim.organisation.roster.reading' not in sys.modules;"
            "cli.execute(['check', 'flat-vs-layered']);"
            "print([m for m in ('numba', 'mesa', 'pandas', 'duckdb', 'scipy', 'matplotlib', 'pydantic', 'tqdm')"
            " if m in sys.modules])"
        )
        result = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            capture_output=True,
            text=True,
            env=environment(),
            check=True,
        )
        assert result.stdout.splitlines()[-1] == "[]"

    def test_ruamel_only_where_a_file_is_read(self):
        code = "import sys, cli; cli.execute(['--help']); print('ruamel.yaml' in sys.modules)"
        result = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True
        )
        assert result.stdout.splitlines()[-1] == "False"

    def test_a_scenario_is_no_command(self, capsys):
        assert cli.execute(["growth"]) == 2
        assert "'growth' is a scenario, not a command; use `orgsim run growth`" in capsys.readouterr().err

    def test_version(self, capsys):
        assert cli.execute(["--version"]) == 0
        assert capsys.readouterr().out.startswith("orgsim ")

    @pytest.mark.parametrize(
        ("args", "message"),
        [
            (["rn"], "No such command 'rn', did you mean 'run'?"),
            (["xyz"], "commands: list, check"),
            (["run"], "Missing argument 'SCENARIO'"),
            (["run", "flat", "--rns", "3"], "No such option"),
            (["run", "flat", "--runs", "0"], "0 is outside 1 to 100,000"),
            (["run", "flat", "--runs", "100001"], "100,001 is outside 1 to 100,000"),
            (["run", "flat", "--runs", "abc"], "'abc' is not a whole number; use 1 to 100,000"),
            (["run", "flat", "--runs", "2.5"], "'2.5' is not a whole number"),
            (["run", "flat", "--seed", "-1"], "-1 is outside 0 to 4,294,967,295"),
            (["run", "flat", "--seed", "4294967296"], "4,294,967,296 is outside 0 to"),
            (["run", "flat", "--workers", "0"], "0 is outside 1 to 1,024"),
            (["run", "flat", "--set", "ai.share_of_code=60%"], "Error: --set ai.share_of_code=60%: write 0.6 instead of 60%, a fraction"),
            (["compare", "layered", "flat", "--ranges", "many"], "'many' is not a whole number; use 0 to 10,000"),
            (["compare", "layered", "flat", "--primary", "span_max"], "neither more nor less of it is better; often used are value_per_payroll_usd,"),
            (["compare", "layered", "flat", "--primary", "bottleneck"], "it is a kind (stage), not a quantity; often used are value_per_payroll_usd,"),
            (["sweep", "layered"], "this is a scenario, not a sweep; use `orgsim run layered` or `orgsim compare`, or write a sweep file with `base: layered` and `vary:`"),
            (["run", "bse"], "Error: bse: no such file, did you mean 'base'?"),
            (["run", "flat", "--set", "ai.share_cde=1"], "Error: --set ai.share_cde=1: ai.share_cde: unknown parameter, did you mean 'ai.share_of_code'?"),
            (["run", "flat-vs-layered"], "this is a sweep, not a scenario; use `orgsim sweep"),
            (["compare", "flat"], "at least two scenarios"),
            (["compare", "flat", "layered", "--runs", "3", "--until-decided"], "exclude each other"),
            (["import", "x.csv", "--map", "manager"], "--map manager: expected field=column"),
            (["import", "x.csv", "--map", "a=b", "--map", "a=c"], "a is mapped twice"),
            (["check", "nowhere.yaml"], "nowhere.yaml: no such file"),
            (["sweep", "nowhere.yaml"], "nowhere.yaml: no such file"),
        ],
    )  # fmt: skip
    def test_bad_usage(self, args, message, capsys, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert cli.execute(args) == 2
        captured = capsys.readouterr()
        assert message in captured.err
        assert captured.out == ""


class TestList:
    def test_names_and_questions(self):
        result = orgsim("list", PYTHONWARNINGS="error")
        assert result.returncode == 0
        line = next(line for line in result.stdout.splitlines() if line.startswith("  flat-vs-layered "))
        assert line.endswith(" At which AI share does a flat organisation overtake a layered one?")
        assert all(f"  {name} " in result.stdout for name in bundled())

    def test_json(self):
        data = json.loads(orgsim("list", "--json").stdout)
        names = [entry["name"] for entry in data["scenarios"] + data["sweeps"] + data["rules"]]
        assert set(names) == set(bundled())
        assert [entry["name"] for entry in data["sweeps"]] == ["flat-vs-layered"]
        assert [entry["name"] for entry in data["rules"]] == ["layered-rule"]


class TestCheck:
    def test_bundled_are_clean(self):
        result = orgsim("check", *bundled(), PYTHONWARNINGS="error")
        assert result.returncode == 0
        assert result.stdout.count("is valid") == len(bundled())
        assert "sweep of 40 design points" in result.stdout
        warnings = result.stderr.splitlines()
        assert len(warnings) == 2
        assert warnings[0].startswith(
            "Warning: flat-vs-layered: in 10 of 40 points: organisation: about 96 reports"
        )
        assert warnings[1].startswith("Warning: one-boss: organisation: about 96 reports")

    def test_position_path_and_suggestion(self, tmp_path):
        (tmp_path / "x.yaml").write_text(
            "question: Why?\nextends: base\nai:\n  share_of_cod: 0.5\nreview: {detection: 2}\n"
        )
        result = orgsim("check", "x.yaml", cwd=tmp_path)
        assert result.returncode == 2
        assert result.stdout == ""
        assert result.stderr.splitlines() == [
            "Error: x.yaml:4:3: ai.share_of_cod: unknown key, did you mean 'share_of_code'?",
            "Error: x.yaml:5:21: review.detection: 2 is outside from 0 to 1 probability",
        ]

    def test_good_and_bad_together(self, tmp_path):
        (tmp_path / "x.yaml").write_text("question: Why?\nfoo: 1")
        result = orgsim("check", "flat", "x.yaml", "layered", cwd=tmp_path)
        assert result.returncode == 2
        names = [line.partition(": scenario is valid: ")[0] for line in result.stdout.splitlines()]
        assert names == ["flat", "layered"]
        assert "x.yaml:2:1: foo: unknown key" in result.stderr

    def test_json_is_one_object(self, tmp_path):
        (tmp_path / "x.yaml").write_text("question: Why?\nfoo: 1")
        result = orgsim("check", "flat", "x.yaml", "--json", cwd=tmp_path)
        assert result.returncode == 2
        first, second = json.loads(result.stdout)["files"]
        assert (first["valid"], first["kind"], second["valid"]) == (True, "scenario", False)
        assert second["errors"][0].startswith("x.yaml:2:1: foo: unknown key")
        assert result.stderr == ""

    def test_sets_apply(self):
        assert orgsim("check", "flat", "--set", "ai.retries=2").returncode == 0
        assert orgsim("check", "flat", "--set", "organisation.ics=2").returncode == 2

    def test_a_bad_sweep(self, tmp_path):
        (tmp_path / "s.yaml").write_text("question: Why?\nbase: layered\nvary: {ai.share_cde: [1]}\n")
        result = orgsim("check", "s.yaml", cwd=tmp_path)
        assert result.returncode == 2
        assert clean(result)
        assert "did you mean 'ai.share_of_code'?" in result.stderr


class TestParameters:
    def test_table_ends_with_the_count_of_assumptions(self):
        result = orgsim("parameters", PYTHONWARNINGS="error")
        assumed = sum(q.assumed for q in REGISTRY.values())
        assert result.returncode == 0
        end = result.stdout[result.stdout.rindex("\n\n") :]
        assert f"{len(REGISTRY)} parameters: {assumed} assumptions without a source" in end
        assert all(path in result.stdout for path in REGISTRY)
        assert max(map(len, result.stdout.splitlines())) <= 130
        assert "BLS 2024 [E01]" in " ".join(result.stdout.split())
        assert "ASSUMPTION" in result.stdout

    def test_wide_has_a_line_for_every_parameter(self):
        result = orgsim("parameters", "--wide")
        lines = [line.split()[0] for line in result.stdout.splitlines() if line]
        assert set(REGISTRY) <= set(lines)
        assert "BLS 2024 [E01]" in result.stdout

    @pytest.mark.parametrize(
        ("part", "begins"),
        [
            ("layoffs", "layoffs."),
            ("layoffs.wave", "layoffs.wave_"),
            ("ai", "ai."),
            ("review.detection", "review.detection"),
        ],
    )
    def test_part_by_the_beginning_of_paths(self, part, begins):
        rows = json.loads(orgsim("parameters", part, "--json").stdout)["list"]
        assert {row["path"] for row in rows} == {path for path in REGISTRY if path.startswith(begins)}

    def test_part_by_title(self):
        result = orgsim("parameters", "defects and incidents")
        assert result.stdout.startswith("Defects and incidents\n")
        assert "review.detection" not in result.stdout
        assert result.stdout.splitlines()[-1] == f"10 of {len(REGISTRY)} parameters."

    def test_unknown_part(self):
        result = orgsim("parameters", "layofs")
        assert result.returncode == 2
        assert clean(result)
        assert (
            "parameters layofs: no group, and no path that begins so, did you mean 'layoffs'?"
            in result.stderr
        )

    def test_assumptions_only(self):
        result = orgsim("parameters", "--assumptions", "--json")
        rows = json.loads(result.stdout)["list"]
        assert {row["path"] for row in rows} == {q.path for q in REGISTRY.values() if q.assumed}

    def test_json(self):
        data = json.loads(orgsim("parameters", "--json").stdout)
        rows = {row["path"]: row for row in data["list"]}
        assert set(rows) == set(REGISTRY)
        assert rows["work.demand"]["value"] == ".inf"
        row = rows["review.detection"]
        q = REGISTRY["review.detection"]
        wanted = (q.value, q.low, q.high, "probability", ["C16"])
        assert (row["value"], row["low"], row["high"], row["unit"], row["source"]) == wanted
        assert row["citation"] == "Cohen et al. 2006 [C16] (vendor)"
        assert (row["standing"], row["vendor_interest"]) == ("verified", "all")


# ---- the real engine


class TestRun:
    @pytest.mark.slow
    def test_json_contract(self):
        result = orgsim("run", "small-startup", "--runs", "3", "--seed", "7", "--json", *TIME)
        assert result.returncode == 0, result.stderr
        assert clean(result)
        data = json.loads(result.stdout)
        assert (data["scenario"], data["runs"], data["seed"], data["weeks"]) == ("small-startup", 3, 7, 2)
        kind = data["outcomes"]["bottleneck"]
        assert (kind["mean"], kind["ci95"], kind["sd"], kind["runs"]) == (None, None, None, 3)
        assert data["bottleneck"]["words"].startswith("changes spend")
        for name, figures in data["outcomes"].items():
            assert figures["unit"] == OUTCOMES[name].unit
            assert set(figures) == {"mean", "ci95", "sd", "unit", "runs"}
        figures = data["outcomes"]["changes_per_ic_week"]
        assert figures["ci95"][0] < figures["mean"] < figures["ci95"][1]
        assert figures["sd"] > 0
        assert figures["runs"] == 3
        assert "short" in data["warnings"][0]

    @pytest.mark.slow
    def test_text(self):
        result = orgsim("run", "small-startup", "--runs", "2", *TIME)
        assert result.returncode == 0, result.stderr
        lines = result.stdout.splitlines()
        assert lines[0].startswith("How far does one founder's attention")
        assert lines[1] == "Scenario small-startup: 2 runs of 2 weeks, seed 1"
        assert any(
            line.startswith("value_per_payroll_usd") and line.endswith("standard hours per 1,000 USD")
            for line in lines
        )
        assert any(line.startswith("Utilisation of managers") and "layer 1:" in line for line in lines)
        assert any(line.startswith("Bottleneck: changes spend") for line in lines)
        assert lines[-1] == "2 runs are too few for these intervals; use 30 or more."
        assert (
            result.stderr
            == "Warning: time.weeks: 2 weeks are short; most effects on people need at least 26\n"
        )

    @pytest.mark.slow
    @pytest.mark.parametrize("runs", ["1", "10"])
    def test_only_intervals_of_few_runs_are_called_too_few(self, runs):
        assert "too few" not in orgsim("run", "small-startup", "--runs", runs, *TIME).stdout

    @pytest.mark.slow
    def test_same_seed_same_output_and_a_single_run_is_replayed(self):
        both = json.loads(orgsim("run", "small-startup", "--runs", "2", "--json", *TIME).stdout)
        one = [
            json.loads(
                orgsim("run", "small-startup", "--runs", "1", "--first-run", str(r), "--json", *TIME).stdout
            )
            for r in (0, 1)
        ]
        for name, figures in both["outcomes"].items():
            parts = [single["outcomes"][name]["mean"] for single in one]
            if None not in parts:
                assert figures["mean"] == pytest.approx(sum(parts) / 2)
                assert one[0]["outcomes"][name]["ci95"] is None

    @pytest.mark.slow
    def test_out(self, tmp_path):
        args = ["run", "small-startup", "--runs", "2", "--out", "results/mine", *TIME]
        result = orgsim(*args, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        folder = tmp_path / "results" / "mine"
        manifest = json.loads((folder / "manifest.json").read_text())
        assert manifest["status"] == "complete"
        assert manifest["scenario"]["name"] == "small-startup"
        summary = (folder / "summary.csv").read_bytes()
        assert summary.startswith(b"outcome,unit,runs,failed,defined,mean")
        assert b"\nbottleneck,stage,2,0,2,,,,\n" in summary
        assert {path.name for path in folder.iterdir()} >= {
            "runs",
            "series",
            "failures.parquet",
            "summary.csv",
        }
        assert not (folder / "plots").exists()  # a run draws nothing
        assert orgsim(*args, cwd=tmp_path).returncode == 0
        assert (folder / "summary.csv").read_bytes() == summary
        other = orgsim(*args, "--seed", "2", cwd=tmp_path)
        assert other.returncode == 2
        assert "holds the results of another" in other.stderr
        assert orgsim(*args, "--seed", "2", "--fresh", cwd=tmp_path).returncode == 0

    @pytest.mark.slow
    def test_a_folder_of_somebody_else_is_left_alone(self, tmp_path):
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "thesis.txt").write_text("important")
        result = orgsim(
            "run", "small-startup", "--runs", "1", "--out", "mine", "--fresh", *TIME, cwd=tmp_path
        )
        assert result.returncode == 2
        assert clean(result)
        assert (tmp_path / "mine" / "thesis.txt").read_text() == "important"


class TestCompare:
    def test_json_contract(self, tmp_path):
        result = orgsim(
            "compare", "layered", "flat", "--runs", "3", "--ranges", "2", "--json", *TIME, cwd=tmp_path
        )
        assert result.returncode == 0, result.stderr
        data = json.loads(result.stdout)
        assert data["base"] == "layered"
        assert data["runs"] == 3
        row = data["comparisons"]["flat"]["value_per_payroll_usd"]
        wanted = {
            "base",
            "mean",
            "difference",
            "ci95",
            "relative",
            "win_probability",
            "p_holm",
            "variance_reduction",
            "holds_in",
        }
        assert wanted <= set(row)

    def test_text(self, tmp_path):
        result = orgsim("compare", "layered", "flat", "--runs", "2", "--ranges", "0", *TIME, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        assert clean(result)
        assert "layered" in result.stdout
        assert "value_per_payroll_usd" in result.stdout
        assert max(map(len, result.stdout.splitlines())) <= 100
        assert "time_coding_ic" not in result.stdout
        assert "more outcomes are not shown" in result.stdout

    @pytest.mark.slow
    def test_all(self, tmp_path):
        result = orgsim(
            "compare", "layered", "flat", "--runs", "2", "--ranges", "0", "--all", *TIME, cwd=tmp_path
        )
        assert result.returncode == 0, result.stderr
        assert "time_coding_ic" in result.stdout
        assert "not shown" not in result.stdout

    @pytest.mark.slow
    def test_too_few_runs_are_said_once(self, tmp_path):
        args = (
            "compare",
            "base",
            "layered",
            "--runs",
            "2",
            "--ranges",
            "0",
            *TIME,
            "--set",
            "ai.share_of_code=0.4",
        )
        same = orgsim(*args, cwd=tmp_path)
        assert "have exactly the same" in same.stdout
        assert "Too few" not in same.stdout
        one = orgsim("compare", "layered", "flat", "--runs", "1", "--ranges", "0", *TIME, cwd=tmp_path)
        assert "Too few runs: 1 run is too few to decide" in one.stdout
        assert "too few" not in one.stderr
        data = orgsim(
            "compare", "layered", "flat", "--runs", "1", "--ranges", "0", "--json", *TIME, cwd=tmp_path
        )
        assert any("1 run is too few to decide" in warning for warning in json.loads(data.stdout)["warnings"])


class TestSweep:
    @pytest.mark.slow
    def test_runs_and_resumes(self, tmp_path):
        (tmp_path / "mine.yaml").write_text(SWEEP)
        result = orgsim("sweep", "mine.yaml", *TIME, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        assert clean(result)
        folder = tmp_path / "results" / "mine"
        summary = (folder / "summary.csv").read_bytes()
        again = orgsim("sweep", "mine.yaml", "--json", *TIME, cwd=tmp_path)
        assert again.returncode == 0
        assert json.loads(again.stdout)["sweep"] == "mine"
        assert (folder / "summary.csv").read_bytes() == summary

    @pytest.mark.slow
    def test_more_runs_extend_it_to_the_bytes_of_a_fresh_one(self, tmp_path):
        (tmp_path / "mine.yaml").write_text(SWEEP)
        assert orgsim("sweep", "mine.yaml", *TIME, cwd=tmp_path).returncode == 0
        more = orgsim("sweep", "mine.yaml", "--runs", "5", *TIME, cwd=tmp_path)
        assert more.returncode == 0, more.stderr
        assert "8 runs were there already" in more.stdout
        fresh = orgsim("sweep", "mine.yaml", "--runs", "5", "--out", "fresh", *TIME, cwd=tmp_path)
        assert "already" not in fresh.stdout
        summaries = [(tmp_path / name / "summary.csv").read_bytes() for name in ("results/mine", "fresh")]
        assert summaries[0] == summaries[1]
        fewer = orgsim("sweep", "mine.yaml", "--runs", "3", *TIME, cwd=tmp_path)
        assert fewer.returncode == 2
        assert clean(fewer)
        assert "with 5 runs per point, more than the 3 asked for" in fewer.stderr


class TestImport:
    def test_roster_to_scenario(self, tmp_path):
        rows = ["Employee_ID,Manager_ID,Full Name", "1,,Ada Top"] + [
            f"{k},{1 if k < 5 else 2 + k % 3},Person {k}" for k in range(2, 30)
        ]
        (tmp_path / "people.csv").write_text("\n".join(rows) + "\n")
        result = orgsim("import", "people.csv", "-o", "my.yaml", cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        assert "Ada" not in result.stdout + (tmp_path / "my.yaml").read_text()
        assert orgsim("check", "my.yaml", cwd=tmp_path).returncode == 0
        again = orgsim("import", "people.csv", "-o", "my.yaml", cwd=tmp_path)
        assert again.returncode == 2
        assert "--force" in again.stderr

    def test_missing_file(self, tmp_path):
        result = orgsim("import", "nobody.csv", cwd=tmp_path)
        assert result.returncode == 2
        assert clean(result)
        assert "nobody.csv" in result.stderr


class TestValidate:
    @pytest.mark.slow
    def test_one_limit(self):
        result = orgsim("validate", "--fast", "--only", "L1", "--json")
        assert result.returncode == 0, result.stderr
        checks = json.loads(result.stdout)["checks"]
        assert checks
        for check in checks:
            assert {"id", "kind", "source", "target", "result", "ci95", "pass"} <= set(check)
            assert check["id"].startswith("L1")

    @pytest.mark.slow
    def test_unknown_check(self):
        result = orgsim("validate", "--only", "Z9")
        assert result.returncode == 2
        assert "no check has an id that starts so" in result.stderr
