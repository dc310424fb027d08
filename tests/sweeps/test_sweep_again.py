"""A sweep that asks its question again under other settings: what it says, what it keeps, which files it refuses."""

import json
import subprocess
import sys

import numpy as np
import pytest
from helpers.fake_engine import CROSSING, SWEEP, Engine, run_file, write_sweep
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import UserError
from sim.experiments.sweep.again import planned, survival
from sim.experiments.sweep.figures import answer_json
from sim.experiments.sweep.file import load_sweep
from sim.experiments.sweep.words import sweep_text

AGAIN = """\
again:
  AI answers off: {switches.ai_answers: false}
  AI answers always: {ai.answers: always}
"""
ASKED = SWEEP.replace("ranges: 8", "ranges: 0") + AGAIN


class Hangs(Engine):
    """Flat overtakes layered at `CROSSING`; without AI's answers it is behind at every share, with them always ahead."""

    def truth(self, layers, values):
        if layers != 2:
            return 1.0
        if not values["switches.ai_answers"]:
            return 0.97
        return (
            1.03 if values["ai.answers"] == "always" else 1.0 + 0.3 * (values["ai.share_of_code"] - CROSSING)
        )


def said(result) -> str:
    return " ".join(sweep_text(result).split())


def without(text: str, name: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith(f"  {name}:")) + "\n"


# ---- what is said


def test_a_crossing_that_does_not_survive(tmp_path):
    result = run_file(write_sweep(tmp_path, ASKED), tmp_path / "out", Hangs())
    off, always = result.answer.again
    assert [place.at for place in off.places] == [0.0, 0.3, 0.9]
    assert [place.sign for place in off.places] == [-1, -1, -1]
    assert [place.sign for place in always.places] == [1, 1, 1]
    for place in off.places:
        assert place.pair.relative_lo < -0.03 < place.pair.relative_hi
        assert place.pair.n == 12
    assert (off.survives, always.survives) == (False, False)
    text = said(result)
    assert (
        "Asked again with AI answers off (switches.ai_answers false): flat is behind layered at AI share of code 0 (-3.0 % ["
        in text
    )
    assert (
        "So the crossing is not one of AI share of code alone: it does not survive AI answers off or AI answers always."
        in text
    )


def test_where_it_is_said(tmp_path):
    path = write_sweep(tmp_path, ASKED.replace("ranges: 0", "ranges: 8"))
    text = said(run_file(path, tmp_path / "out", Hangs()))
    assert text.index("overtakes") < text.index("Asked again with") < text.index("How sure by assumptions")


def test_a_crossing_that_survives(tmp_path):
    result = run_file(write_sweep(tmp_path, ASKED), tmp_path / "out")
    assert [one.survives for one in result.answer.again] == [True, True]
    assert "The crossing survives AI answers off and AI answers always." in said(result)
    assert "it is ahead of layered at 0.9 (+14" in said(result)


def test_an_answer_without_a_crossing(tmp_path):
    path = write_sweep(tmp_path, ASKED.replace("to: 0.9", "to: 0.3"))
    result = run_file(path, tmp_path / "out", Hangs())
    assert "it is behind layered (3 layers) throughout" in said(result)
    assert [one.survives for one in result.answer.again] == [True, False]
    assert "So the answer does not survive AI answers always. It survives AI answers off." in said(result)


def test_without_a_difference_nothing_survives_or_fails(tmp_path):
    result = run_file(write_sweep(tmp_path, ASKED), tmp_path / "out", Hangs(noise=1.0))
    assert [one.survives for one in result.answer.again] == [None, None]
    text = said(result)
    assert "false): no difference is detected between flat and layered at AI share of code 0 (" in text
    assert "Whether the answer hangs on this cannot be said" in text


def test_what_is_within_noise_under_an_alternative_is_not_called_another_answer(tmp_path):
    class Same(Hangs):
        def truth(self, layers, values):
            return super().truth(layers, values) if values["switches.ai_answers"] else 1.0

    path = write_sweep(tmp_path, without(ASKED, "AI answers always"))
    result = run_file(path, tmp_path / "out", Same())
    assert result.answer.again[0].survives is None
    assert "Whether the crossing survives AI answers off is not decided" in said(result)


@given(st.lists(st.tuples(st.integers(-1, 1), st.integers(-1, 1)), min_size=1, max_size=3))
def test_survival(signs):
    answer, shown = zip(*signs, strict=True)
    found = survival(answer, shown)
    assert survival(answer, answer) is (True if any(answer) else None)
    assert survival([-s for s in answer], [-s for s in shown]) is found
    if found is False:
        assert any(a * b < 0 for a, b in signs)
    if found is None:
        assert not any(a * b < 0 for a, b in signs)


def test_survival_needs_every_place_and_a_contradiction_one():
    shown = {(-1, -1, 1): True, (-1, 1, 1): True, (-1, -1, -1): False, (0, 0, -1): False, (-1, 0, 0): None}
    assert {signs: survival((-1, 0, 1), signs) for signs in shown} == shown


@pytest.mark.parametrize("runs", [1, 2])
def test_one_or_two_runs(tmp_path, runs):
    path = write_sweep(tmp_path, ASKED)
    result = run_file(path, tmp_path / "out", Engine(noise=0.5), sweep=load_sweep(path, runs=runs))
    assert "Asked again" in said(result)
    json.dumps(answer_json(result.answer), allow_nan=False)


def test_two_designs_without_a_path_along_which_they_are_compared(tmp_path):
    text = ASKED.replace("ai.share_of_code: {from: 0.0, to: 0.9, steps: 4}", "ai.strategy: [none, bottom_up]")
    result = run_file(
        write_sweep(tmp_path, text.replace("ranges: 0", "ranges: 8")), tmp_path / "out", Hangs()
    )
    assert [[place.at for place in one.places] for one in result.answer.again] == [[None], [None]]
    # In the base, at a share of .265, flat is behind by 4.7 %.
    assert [one.survives for one in result.answer.again] == [True, False]
    assert "always): flat is ahead of layered (+3.0 % [" in said(result)


def test_json(tmp_path):
    path = write_sweep(tmp_path, ASKED)
    result = run_file(path, tmp_path / "out", Hangs())
    off = json.loads(json.dumps(answer_json(result.answer), allow_nan=False))["again"][0]
    assert (off["name"], off["settings"]) == ("AI answers off", {"switches.ai_answers": False})
    assert (off["survives"], off["failed"]) == (False, 0)
    assert [place["at"] for place in off["places"]] == [0.0, 0.3, 0.9]
    place = off["places"][0]
    assert place["ci95"][0] < -0.03 * 0.01 < place["ci95"][1] < 0
    assert place["difference"] == pytest.approx(np.mean(place["ci95"]))
    assert (place["sign"], place["runs"]) == (-1, 12)
    assert place["p_holm"] < 0.05
    kept = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert kept["answer"]["again"][0] == off


def test_pairs_are_of_the_same_dice_and_held_equal_to_the_alternative(tmp_path):
    text = without(ASKED, "AI answers always").replace("switches.ai_answers: false", "work.size_cv: 0.9")
    sweep = load_sweep(write_sweep(tmp_path, text))
    asked = sweep.under(sweep.again[0])
    made = asked.scenario({"organisation.management_layers": 2})
    assert made.values["work.size_cv"] == made.hold_base.values["work.size_cv"] == 0.9
    # The stand-in's outcome knows nothing of it, so that the paired differences are those of the sweep, run by run.
    result = run_file(tmp_path / "sweep.yaml", tmp_path / "out")
    again, first = result.answer.again[0].places[0].pair, result.answer.panels[0].pair[0]
    assert (again.difference, again.lo, again.hi) == (first.difference, first.lo, first.hi)


# ---- runs


def test_failed_runs_are_left_out_and_counted(tmp_path):
    class Breaks(Hangs):
        def __call__(self, scenario, runs=100, seed=1, **options):
            if scenario.values["ai.answers"] == "always":
                raise UserError("too many answers")
            self.fails = () if scenario.values["switches.ai_answers"] else (3,)
            return super().__call__(scenario, runs, seed, **options)

    result = run_file(write_sweep(tmp_path, ASKED), tmp_path / "out", Breaks(), workers=1)
    off, always = result.answer.again
    assert off.failed == 6
    assert {place.pair.n for place in off.places} == {11}
    assert (always.failed, always.survives) == (72, None)
    text = said(result)
    assert "(6 runs failed, left out)." in text
    assert "no run is left to compare: at the design point" in text
    assert "too many answers." in text
    assert result.failures == ()


def test_a_sweep_that_is_there_is_not_asked_again(tmp_path):
    path, out, seen = write_sweep(tmp_path, ASKED), tmp_path / "out", []
    first = run_file(path, out, Hangs(), progress=lambda state: seen.append(state[:2]))
    assert planned(first.sweep) == 2 * 3 * 2 * 12
    assert seen[-1] == (8 * 12 + 144,) * 2
    kept = (out / "again.json").read_bytes()
    engine = Hangs()
    result = run_file(path, out, engine, progress=lambda state: seen.append(state[:2]))
    assert engine.calls == []
    assert (out / "again.json").read_bytes() == kept
    assert sweep_text(result) == sweep_text(first)
    assert seen[-1] == (8 * 12 + 144,) * 2
    engine = Hangs()
    run_file(path, out, engine, fresh=True)
    assert sum(count for _, count in engine.calls) == 8 * 12 + 12 * 12


class Interrupted(Hangs):
    """Ctrl-C after four of the six runs without AI's answers."""

    asked = 0

    def __call__(self, scenario, *args, **options):
        self.asked += not scenario.values["switches.ai_answers"]
        if self.asked > 4:
            raise KeyboardInterrupt
        return super().__call__(scenario, *args, **options)


def test_what_is_done_is_kept_through_an_interruption_and_another_alternative(tmp_path):
    path, out = write_sweep(tmp_path, without(ASKED, "AI answers always")), tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run_file(path, out, Interrupted(), workers=1)
    engine = Hangs()
    run_file(path, out, engine)
    assert len(engine.calls) == 2
    write_sweep(tmp_path, ASKED)
    engine = Hangs()
    result = run_file(path, out, engine)
    assert len(engine.calls) == 6
    fresh = run_file(path, tmp_path / "fresh", Hangs())
    assert sweep_text(result) == sweep_text(fresh)


def test_runs_until_decided(tmp_path):
    path = write_sweep(tmp_path, ASKED.replace("runs: 12", "runs: {until: decided, max: 200}"))
    seen = []
    result = run_file(path, tmp_path / "out", Hangs(), progress=seen.append)
    assert {place.pair.n for one in result.answer.again for place in one.places} == {50}
    assert seen[-1][0] == seen[-1][1] == result.runs_done


def test_no_more_runs_than_decide_it(tmp_path):
    path = write_sweep(tmp_path, ASKED.replace("runs: 12", "runs: 60"))
    engine = Hangs()
    run_file(path, tmp_path / "out", engine)
    assert engine.calls.count((0, 50)) == 12


# ---- files


def test_an_alternative_that_changes_nothing_is_left_out(tmp_path):
    path = write_sweep(tmp_path, ASKED)
    assert [one.name for one in load_sweep(path).again] == ["AI answers off", "AI answers always"]
    assert [one.name for one in load_sweep(path, ["switches.ai_answers=false"]).again] == [
        "AI answers always"
    ]


MISTAKES = [
    (AGAIN, "again: {}\n", "again: expected names with settings, such as `AI answers off: {"),
    (AGAIN, "again: [1]\n", "again: expected names with settings"),
    ("{switches.ai_answers: false}", "{}", "again.AI answers off: expected settings with values"),
    ("AI answers off:", '" ":', "expected a name in words, got ' '"),
    (
        "switches.ai_answers",
        "switches.ai_answer",
        ":11:20: again.AI answers off.switches.ai_answer: unknown parameter, did",
    ),
    ("false}", "2}", ":11:41: again.AI answers off.switches.ai_answers: expected"),
    (
        "ai.answers: always",
        "ai.answer_knowledge: 1.5",
        "again.AI answers always.ai.answer_knowledge: 1.5 is outside",
    ),
    ("ai.answers: always", "ai.answer_knowledge: 50%", "write 0.5 instead of 50%"),
    ("ai.answers: always", "ai.share_of_code: 0.3", "ai.share_of_code: is varied by this sweep"),
    ("ai.answers: always", "organisation.hold: ics", "organisation.hold: what is held equal is said once"),
    ("ai.answers: always", "events: []", "events are not asked again"),
    ("ai.answers: always", "organisation.remove_layer: 3", "again.AI answers always: "),
    (
        "  organisation.management_layers: [2, 3]\n",
        "  ai.agent_fraction: [0.1, 0.5]\n",
        "needs two designs to compare again",
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), MISTAKES, ids=[new for _, new, _ in MISTAKES])
def test_mistakes_in_a_file_are_named(tmp_path, old, new, message):
    assert old in ASKED
    with pytest.raises(UserError) as caught:
        load_sweep(write_sweep(tmp_path, ASKED.replace(old, new)))
    assert message in str(caught.value)
    assert "sweep.yaml:" in str(caught.value)


@pytest.mark.slow
def test_the_command(tmp_path):
    text = ASKED.replace("steps: 4", "steps: 2") + "weeks: 4\n"
    path, out = write_sweep(tmp_path, text), tmp_path / "out"
    (tmp_path / "base.yaml").write_text(
        "question: Why?\norganisation: {ics: 24, spans: [6, 4]}\ntime: {warmup_weeks: 1}\n"
    )
    path.write_text(text.replace("[2, 3]", "[1, 2]"))

    def orgsim(*options):
        return subprocess.run(
            [sys.executable, "-m", "cli", *options], capture_output=True, text=True, check=False, timeout=500
        )

    assert orgsim("check", str(path)).returncode == 0
    shown = orgsim("sweep", str(path), "--runs", "3", "--out", str(out))
    assert shown.returncode == 0, shown.stderr
    assert "Asked again with AI answers always (ai.answers always): " in " ".join(shown.stdout.split())
    found = json.loads(orgsim("sweep", str(path), "--runs", "3", "--out", str(out), "--json").stdout)
    assert [one["name"] for one in found["answer"]["again"]] == ["AI answers off", "AI answers always"]
    assert np.isfinite(found["answer"]["again"][0]["places"][0]["difference"])
    path.write_text(path.read_text().replace("ai.answers: always", "ai.answers: sometimes"))
    refused = orgsim("check", str(path))
    assert refused.returncode == 2
    assert "sometimes" in refused.stderr
