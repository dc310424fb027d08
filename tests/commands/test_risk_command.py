"""`orgsim risk`: what it says is true of what it runs, and of what it writes."""

import pytest

import cli

CHART = "id,manager\n" + "".join(f"{k},{'' if k == 0 else 0 if k < 4 else k % 3 + 1}\n" for k in range(40))


@pytest.fixture
def risk(tmp_path, monkeypatch, capsys):
    """Run `orgsim risk` with two runs of 26 weeks in a folder with a chart, and return (stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chart.csv").write_text(CHART, encoding="utf-8")
    (tmp_path / "mine.yaml").write_text("question: x\norganisation: {chart: chart.csv}\n", encoding="utf-8")

    def run(*args):
        assert cli.execute(["risk", *args, "--runs", "2", "--set", "time.weeks=26"]) == 0
        captured = capsys.readouterr()
        return captured.out, captured.err

    return run


@pytest.mark.slow
def test_parameters_of_what_is_switched_on_are_not_said_to_be_idle(risk):
    _, err = risk("small-startup", "--set", "layoffs.rho=0.5")
    assert "are switched on" in err
    assert "no effect" not in err


@pytest.mark.slow
def test_a_ledger_is_written_where_it_is_promised_and_nowhere_else(risk, tmp_path):
    out, _ = risk("small-startup", "--out", "made-up")
    assert "Written: made-up (curves, figures, and a ledger of the cuts)" in out
    assert (tmp_path / "made-up" / "ledger.csv").exists()
    out, _ = risk("mine.yaml", "--out", "real")
    assert "Written: real (curves and figures)" in out
    assert "ledger" not in out
    assert not (tmp_path / "real" / "ledger.csv").exists()
    assert (tmp_path / "real" / "risk.json").exists()
