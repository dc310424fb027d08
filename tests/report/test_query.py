"""`orgsim query`: SQL over a results folder, read only, and nothing of the machine beside it."""

import csv

import duckdb
import pandas
import pytest
from helpers.cli import clean, orgsim

import cli


def asked(capsys, folder, sql, *more):
    capsys.readouterr()  # what making the folder printed
    code = cli.execute(["query", str(folder), sql, *more])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


class TestAnswers:
    def test_rows_in_columns(self, folder, capsys):
        sql = 'SELECT "organisation.management_layers" AS layers, count(*) AS runs, NULL AS none FROM runs GROUP BY 1 ORDER BY 1'
        assert asked(capsys, folder("sweep"), sql) == (
            0,
            "layers  runs  none\n------  ----  ----\n     2     6     -\n     3     6     -\n",
            "",
        )

    def test_every_table_is_there(self, folder, capsys):
        for kind, tables in (
            ("run", "runs series summary"),
            ("sweep", "runs series summary"),
            ("risk", "people"),
        ):
            code, out, _ = asked(capsys, folder(kind), "SHOW TABLES")
            assert (code, out.split()[2:]) == (0, tables.split())

    def test_people_are_groups_of_five_and_more(self, folder, capsys):
        code, out, _ = asked(
            capsys, folder("risk"), 'SELECT min(people), count(DISTINCT "group") > 1 FROM people'
        )
        assert code == 0
        assert int(out.split()[-2]) >= 5
        assert out.split()[-1] == "true"

    def test_csv_has_all_digits_and_nothing_for_null(self, folder, tmp_path, capsys):
        sql = "SELECT run, lead_time_hours AS hours, failure, NULL::DOUBLE AS none FROM runs ORDER BY run"
        target = tmp_path / "x.csv"
        code, out, _ = asked(capsys, folder("run"), sql, "--csv", str(target))
        assert (code, out) == (0, f"Written: {target} (3 rows)\n")
        rows = list(csv.DictReader(target.read_text().splitlines()))
        found = duckdb.read_parquet(str(folder("run") / "runs" / "*.parquet")).order("run").fetchnumpy()
        assert [float(row["hours"]) for row in rows] == found["lead_time_hours"].tolist()
        assert {(row["failure"], row["none"]) for row in rows} == {("", "")}

    def test_as_a_user_runs_it(self, folder):
        result = orgsim("query", str(folder("run")), "SELECT 6 * 7 AS answer")
        assert (result.returncode, result.stdout) == (0, "answer\n------\n    42\n")


class TestRefused:
    @pytest.mark.parametrize(
        ("sql", "words"),
        [
            ("SELECT * FROM run", "there is no table run here, did you mean 'runs'?; tables of"),
            (
                "SELECT lead_time_hour FROM runs",
                "there is no column lead_time_hour here, did you mean 'lead_time_hours'?; DESCRIBE runs",
            ),
            ("SELEC 1", "syntax error"),
            ("", "0 statements"),
            ("SELECT 1; SELECT 2", "2 statements"),
            ("DROP VIEW runs", "DROP is no query"),
            ("COPY runs TO 'x.csv'", "COPY is no query"),
            ("EXPLAIN ANALYZE COPY runs TO 'x.csv'", "EXPLAIN is no query"),
            ("CREATE TABLE x AS SELECT 1", "CREATE is no query"),
            ("SET threads = 4", "SET is no query"),
            ("ATTACH 'x.db'", "ATTACH is no query"),
            ("SELECT * FROM read_csv('/etc/passwd')", "only the tables of"),
            ("SELECT * FROM read_text('/etc/hostname')", "only the tables of"),
            ("SELECT * FROM glob('/etc/*')", "only the tables of"),
            ("SELECT * FROM '/etc/passwd'", "there is no table /etc/passwd here"),
        ],
    )
    def test_in_one_sentence(self, folder, capsys, sql, words):
        before = sorted(path.name for path in folder("run").rglob("*"))
        code, out, err = asked(capsys, folder("run"), sql)
        assert (code, out) == (2, "")
        assert words in err
        assert err.startswith("Error: SQL: ")
        assert err.count("\n") == 1
        assert sorted(path.name for path in folder("run").rglob("*")) == before

    def test_a_file_of_another_folder(self, folder, capsys):
        other = folder("sweep") / "summary.csv"
        code, _, err = asked(capsys, folder("run"), f"SELECT * FROM read_csv('{other}')")
        assert (code, "only the tables of" in err) == (2, True)

    def test_a_variable_of_the_program_is_no_table(self, folder, capsys):
        assert asked(capsys, folder("run"), "SELECT * FROM folder")[0] == 2

    def test_a_file_that_cannot_be_written(self, folder, capsys):
        code, _, err = asked(capsys, folder("run"), "SELECT 1", "--csv", "/nowhere/x.csv")
        assert (code, "/nowhere/x.csv: cannot be written" in err) == (2, True)

    def test_no_traceback(self, folder):
        result = orgsim("query", str(folder("run")), "SELECT error('a {strange} message')")
        assert (result.returncode, clean(result)) == (2, True)


class TestOtherTools:
    """One line each, as the how-to has it."""

    def test_pandas(self, folder):
        assert len(pandas.read_csv(folder("run") / "summary.csv")) > 50

    def test_polars(self, folder):
        polars = pytest.importorskip("polars", reason="polars is not installed")
        assert len(polars.read_parquet(folder("run") / "runs" / "*.parquet")) == 3

    def test_duckdb(self, folder):
        found = duckdb.sql(f"SELECT avg(lead_time_hours) FROM '{folder('sweep')}/runs/*.parquet'").fetchall()
        assert found[0][0] > 0
