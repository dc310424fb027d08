"""`orgsim check`: what is valid can be built, what cannot be built is named at its place, and the size is told."""

import json

import pytest

import cli


@pytest.fixture
def check(tmp_path, monkeypatch, capsys):
    """Write files, check them, and return (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def run(*args, **files):
        for name, content in files.items():
            (tmp_path / name.replace("__", ".")).write_text(content, encoding="utf-8")
        code = cli.execute(["check", *args])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_the_size_is_told(check):
    code, out, _ = check("base")
    assert code == 0
    assert out.startswith("base: scenario is valid: 96 ICs, 21 managers in 3 management layers, payroll ")
    assert out.endswith(" million USD a year\n")


def test_one_of_each_is_singular_and_small_payrolls_are_whole(check):
    small = "organisation: {ics: 1, management_layers: 1}\nmoney: {ic_pay: 100000, load: 1}\n"
    _, out, _ = check("x.yaml", x__yaml=small)
    assert out == (
        "x.yaml: scenario is valid: 1 IC, 1 manager in 1 management layer, payroll 229,000 USD a year\n"
    )


def test_json_has_the_size(check):
    _, out, _ = check("flat", "--json")
    (flat,) = json.loads(out)["files"]
    assert flat["size"].keys() == {"ics", "managers", "management_layers", "payroll_per_year"}
    assert (flat["size"]["ics"], flat["size"]["managers"], flat["size"]["management_layers"]) == (112, 9, 2)


def test_a_hold_that_cannot_be_met_is_named_at_its_place(check):
    code, out, err = check(
        "x.yaml", x__yaml="extends: base\norganisation:\n  hold: payroll\n  spans: [1, 96]\n"
    )
    assert (code, out) == (2, "")
    assert err.startswith(
        "Error: x.yaml:3:9: organisation.hold: payroll: the 97 managers of this structure leave"
    )


def test_what_is_wrong_with_the_base_of_a_hold_is_named_in_the_base(check):
    code, _, err = check(
        "y.yaml",
        x__yaml="extends: base\norganisation:\n  hold: payroll\n  spans: [1, 96]\n",
        y__yaml="extends: x.yaml\norganisation:\n  hold_to: x.yaml\n  spans: [12, 8]\n",
    )
    assert code == 2
    assert err.startswith("Error: x.yaml:3:9: organisation.hold")


def test_a_chart_that_is_none_is_named_at_its_place(check):
    code, _, err = check("x.yaml", c__csv="id,manager\n1,\n2,\n", x__yaml="organisation:\n  chart: c.csv\n")
    assert code == 2
    assert err.startswith("Error: x.yaml:2:10: organisation.chart: c.csv: nobody reports to anybody")


def test_a_layer_that_a_chart_does_not_have(check):
    chart = "id,manager\nt,\na,t\nb,t\n" + "".join(f"i{k},{'ab'[k % 2]}\n" for k in range(6))
    code, _, err = check("x.yaml", c__csv=chart, x__yaml="organisation:\n  chart: c.csv\n  remove_layer: 2\n")
    assert code == 2
    assert err == (
        "Error: x.yaml:3:17: organisation.remove_layer: layer 2 is the top, and nobody is above to take its reports; "
        "management layers above the ICs: 1 (first line, 2 managers), 2 (top, 1 manager); use 1\n"
    )


def test_a_sweep_builds_every_structure(check):
    code, out, _ = check("flat-vs-layered")
    assert code == 0
    assert "sweep of 40 design points is valid: 4 structures built; its base has 96 ICs, 21 managers" in out
    sweep = (
        "question: Why?\nbase: base\nhold: payroll\ndesign: grid\nvary:\n"
        "  organisation.spans: [[96], [1, 96], [6, 4, 4]]\n"
    )
    code, _, err = check("s.yaml", s__yaml=sweep)
    assert code == 2
    assert err.startswith(
        "Error: s.yaml: vary: at organisation.spans=1-96: organisation.hold: payroll: the 97 managers of this"
    )


def test_a_large_sweep_builds_some_structures_and_says_how_many(check):
    sweep = (
        "question: Why?\nbase: base\ndesign: lhs\nsamples: 400\nvary:\n"
        "  organisation.bottom_span_ratio: {from: 0.5, to: 3}\n"
    )
    code, out, _ = check("s.yaml", s__yaml=sweep)
    assert code == 0
    built, of = (int(word) for word in out.split("valid: ")[1].split(" structures")[0].split(" of "))
    assert 100 < built < of == 400
