"""What is hardly meant at the points of a sweep is said once a kind, with how many points, before anything runs."""

from sim.experiments.sweep.file import load_sweep
from sim.experiments.sweep.hardly_meant import MOST_POINTS, point_warnings


def warnings_at(folder, vary: str, more: str = "") -> list[str]:
    path = folder / "s.yaml"
    path.write_text(
        f"question: Which?\nbase: base\nruns: 1\nranges: 0\nvary: {{{vary}}}\n{more}", encoding="utf-8"
    )
    return point_warnings(load_sweep(path))


def test_a_kind_is_said_once_with_its_first_words_and_the_points_that_have_it(tmp_path):
    told = warnings_at(tmp_path, "organisation.ics: [96, 400, 900], organisation.management_layers: [1, 2]")
    assert len(told) == 1
    assert told[0].startswith("in 4 of 6 points: organisation: about 96 reports per first-line manager")
    assert told[0].endswith("(the first of them)")


def test_the_same_words_at_every_point_are_not_the_first_of_others(tmp_path):
    told = warnings_at(tmp_path, "organisation.management_layers: [1, 3], ai.share_of_code: [0.1, 0.2]")
    assert [text.split(": ")[0] for text in told] == ["in 2 of 4 points"]
    assert "first of them" not in told[0]


def test_plausible_points_and_warnings_of_the_base_are_not_said(tmp_path):
    assert warnings_at(tmp_path, "ai.share_of_code: [0.1, 0.5]") == []
    assert warnings_at(tmp_path, "ai.share_of_code: [0.1, 0.5]", "weeks: 10\n") == []


def test_layers_that_are_removed_are_judged_with_their_tree(tmp_path):
    (tmp_path / "b.yaml").write_text("question: q\norganisation: {ics: 12, management_layers: 4}\n")
    path = tmp_path / "s.yaml"
    path.write_text(
        "question: q\nbase: b.yaml\nvary: {organisation.ics: [12, 4], organisation.remove_layer: [1, 2]}\n"
    )
    assert any(
        "managers for 4 ICs" in text or "reports per manager" in text
        for text in point_warnings(load_sweep(path))
    )


def test_of_many_points_some_are_looked_at(tmp_path):
    told = warnings_at(
        tmp_path, "review.detection: {from: 0.0, to: 0.99}", f"design: lhs\nsamples: {2 * MOST_POINTS}\n"
    )
    assert len(told) == 1
    assert "of 2,000 of 4,000 points looked at: review.detection: 0." in told[0]


def test_check_says_them(tmp_path):
    from helpers.cli import orgsim

    (tmp_path / "s.yaml").write_text(
        "question: q\nbase: base\nvary: {organisation.management_layers: [1, 3]}\n"
    )
    result = orgsim("check", "s.yaml", cwd=tmp_path)
    assert result.returncode == 0
    assert "Warning: s.yaml: in 1 of 2 points: organisation: about 96 reports" in result.stderr
