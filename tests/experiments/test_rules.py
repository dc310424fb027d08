"""Rules through the door of the engine: a planted box is found, in nulls there is none; what a file may say; words and folder."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from sim.errors import UserError
from sim.experiments.rules.between import differing, notes
from sim.experiments.rules.file import load_rules
from sim.experiments.rules.folder import question, write
from sim.experiments.rules.study import CHANCE, FEW, LITTLE, NOTHING, RULE, SELDOM, rules
from sim.experiments.rules.words import answer, point_rows, rules_json, rules_text, value_words
from sim.report.html import pieces
from sim.report.kinds.rules import page
from sim.report.source import Source
from sim.statistics.prim import inside
from sim.store.journal import Journal
from sim.store.taking import taken
from sim.store.views import Views

SHARE, SIZE, CV, HELP = "ai.share_of_code", "organisation.ics", "work.size_cv", "questions.help_hours"
FILE = f"""\
question: Where does flat beat layered?
base: base.yaml
between:
  flat: {{organisation.spans: [12]}}
  layered: {{organisation.spans: [4, 3]}}
vary:
  {SHARE}: {{from: 0.0, to: 0.9}}
  ai.answers: [by_use, always]
assumed: [{CV}, {HELP}, questions.per_standard_hour]
roles: {{ai.answers: given}}
points: 200
runs: 2
"""
BASE = (
    "question: How does it work?\nextends: base\norganisation: {ics: 12, spans: [4, 3]}\ntime: {weeks: 52}\n"
)


def write_file(folder: Path, text: str = FILE) -> Path:
    (folder / "base.yaml").write_text(BASE)
    path = folder / "mine.yaml"
    path.write_text(text)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_file(tmp_path)


@pytest.fixture(scope="module")
def planted_rule(tmp_path_factory: pytest.TempPathFactory):
    """What is found where a box is planted."""
    return rules(load_rules(write_file(tmp_path_factory.mktemp("planted"))), 1, simulate=Planted())


def in_box(values: dict[str, object]) -> bool:
    """The planted box: about a third of the space."""
    return values[SHARE] >= 0.3 and values[HELP] <= 0.6 and values["ai.answers"] in ("by_use", "always")


class Planted:
    """Call it like the simulator. lead: of one span over two inside the box, and as much behind outside; noise: sd of a run's own.

    interrupt_after: calls after which somebody presses Ctrl-C; fails: whether a call fails.
    """

    def __init__(self, lead: float = 0.05, noise: float = 0.03, interrupt_after: int | None = None) -> None:
        self.lead, self.noise, self.interrupt_after = lead, noise, interrupt_after
        self.calls: list[tuple[int, int]] = []

    def __call__(self, scenario, runs, seed, *, workers=None, first_run=0, progress=None):
        self.calls.append((first_run, runs))
        if self.interrupt_after is not None and len(self.calls) > self.interrupt_after:
            raise KeyboardInterrupt
        numbers = np.arange(first_run, first_run + runs)
        one = len(scenario.organisation.spans) == 1
        truth = 1.0 + (self.lead if in_box(scenario.values) else -self.lead) * one
        values = np.array([truth + self._draw(seed, int(r), one) for r in numbers])
        outcomes = {"value_per_payroll_usd": values, "lead_time_hours": 30 / values}
        return SimpleNamespace(scenario=scenario, seed=seed, runs=numbers, outcomes=outcomes, failures=())

    def _draw(self, seed: int, run: int, one: bool) -> float:
        shared = np.random.default_rng([seed, run]).normal(0, 0.05)
        return shared + np.random.default_rng([seed, run, one]).normal(0, self.noise)


class TestTwins:
    def test_the_planted_box_is_found(self, planted_rule):
        found = planted_rule
        assert found.state == RULE
        assert {found.columns[one.column].name for one in found.box} == {SHARE, HELP}
        assert found.certificate.density.share > 0.8
        assert found.certificate.coverage.share > 0.8
        assert found.settled.density.share > found.certificate.density.share
        assert 0.3 < found.fresh.settled_share.share < 0.95

    @pytest.mark.slow
    def test_in_nineteen_of_twenty_seeds(self, file):
        good = 0
        for seed in range(20):
            one = rules(load_rules(file, seed=seed), 1, simulate=Planted())
            good += (
                one.state == RULE
                and one.certificate.density.share > 0.8
                and one.certificate.coverage.share > 0.8
            )
        assert good >= 19

    @pytest.mark.slow
    def test_nulls_have_no_rule(self, file):
        states = [
            rules(load_rules(file, seed=seed, points=100), 1, simulate=Planted(lead=0.0)).state
            for seed in range(200)
        ]
        assert states.count(RULE) < 10  # 5 %
        assert states.count(NOTHING) > 100

    def test_one_null(self, file):
        found = rules(load_rules(file, points=80), 1, simulate=Planted(lead=0.0))
        assert found.state in (NOTHING, CHANCE)
        said = answer(found)
        assert said[0].startswith("flat beats layered on value per payroll dollar in ")
        assert "of all 80 cases; no condition could be found that parts " in said[0]
        assert said[1].startswith("No rule: ")

    def test_fresh_points_and_fresh_dice(self, file):
        engine = Planted()
        found = rules(load_rules(file, points=60), 1, simulate=engine)
        assert found.fresh is not None
        runs = [run for first, count in engine.calls for run in range(first, first + count)]
        assert sorted(runs) == sorted([*range(240), *range(240)])  # 120 points, both designs on the same runs
        assert {tuple(p.items()) for p in found.search.values}.isdisjoint(
            tuple(p.items()) for p in found.fresh.values
        )

    def test_without_a_candidate_nothing_more_is_run(self, file):
        engine = Planted(lead=0.5, noise=0.0)
        asked = replace(load_rules(file, points=60), designs=load_rules(file).designs[::-1])
        asked = replace(
            asked, axes={SHARE: asked.axes[SHARE].__class__(0.0, 0.2), "ai.answers": asked.axes["ai.answers"]}
        )
        found = rules(asked, 1, simulate=engine)
        assert found.state == FEW
        assert found.fresh is None
        assert len(engine.calls) == 120
        assert answer(found) == [
            "layered beats flat on value per payroll dollar in 100 % [94, 100] of all 60 cases: there is nothing to part.",
            "With 2 runs at each point all 60 cases are beyond noise.",
        ]
        assert "more than chance" not in rules_text(found)


class TestUseful:
    def test_a_box_that_is_right_too_seldom_or_covers_too_little_is_none(self, file):
        asked = load_rules(file, points=120)
        seldom = rules(replace(asked, density=1.0), 1, simulate=Planted())
        assert seldom.state == SELDOM
        assert (
            "of all 120 cases; no condition could be found that parts them from the rest."
            in answer(seldom)[0]
        )
        assert "less than the 100 %" in answer(seldom)[1]
        little = rules(replace(asked, coverage=1.0), 1, simulate=Planted())
        assert little.state == LITTLE
        assert "must cover (useful: coverage)" in answer(little)[1]


class TestBar:
    TEXT = FILE.replace(
        FILE[FILE.index("between:") : FILE.index("vary:")],
        "passes: {outcome: lead_time_hours, at_most: 30}\n",
    )

    def test_where_the_base_passes_it(self, tmp_path):
        path = write_file(tmp_path, self.TEXT)
        (tmp_path / "base.yaml").write_text(BASE.replace("[4, 3]", "[12]"))
        engine = Planted(lead=0.1, noise=0.01)
        found = rules(load_rules(path, points=80), 1, simulate=engine)
        assert found.state == RULE
        assert len(engine.calls) == 160  # one design
        assert answer(found)[0].startswith("lead time is at most 30 hours where ")
        low = rules(
            load_rules(write_file(tmp_path, self.TEXT.replace("at_most: 30", "at_least: 300")), points=40),
            1,
            simulate=engine,
        )
        assert low.state == FEW
        assert answer(low)[0].startswith("lead time is at least 300 hours in 0 % [0, ")
        assert answer(low)[0].endswith(" of all 40 cases: there is nothing to part.")

    def test_it_is_said_in_the_unit_that_is_shown(self, tmp_path):
        text = self.TEXT.replace("lead_time_hours, at_most: 30", "value_per_payroll_usd, at_least: 1.0e+3")
        asked = load_rules(write_file(tmp_path, text), points=40)
        assert (asked.bar.value, asked.bar.at_most) == (1.0, False)
        found = rules(asked, 1, simulate=Planted(lead=0.0, noise=0.01))
        assert "is at least 1,000 standard hours per 1,000 USD" in answer(found)[0]


class TestFolder:
    def test_resumed_and_the_same_as_in_one_go(self, file, tmp_path):
        asked = load_rules(file, points=60)
        whole = rules(asked, 1, simulate=Planted(noise=0.01))
        made = question(asked)
        with (
            pytest.raises(KeyboardInterrupt),
            taken(str(tmp_path / "out"), tmp_path, made, False, keeps=True) as place,
        ):
            rules(asked, 1, simulate=Planted(noise=0.01, interrupt_after=150), journal=place.journal)
        engine = Planted(noise=0.01)
        with taken(str(tmp_path / "out"), tmp_path, made, False, keeps=True) as place:
            found = rules(asked, 1, simulate=engine, journal=place.journal)
            write(place, found)
        assert len(engine.calls) == 240 - 150
        assert rules_json(found) == rules_json(whole)
        out = tmp_path / "out"
        assert json.loads((out / "rules.json").read_text())["is_rule"] is True
        assert (out / "answer.txt").read_text() == rules_text(whole) + "\n"
        assert {path.name for path in (out / "plots").iterdir()} == {"rule.svg", "rule.png"}
        rows = list(csv.DictReader((out / "points.csv").read_text().splitlines()))
        assert [row["stage"] for row in rows] == ["search"] * 60 + ["fresh"] * 60
        fresh = [row for row in rows if row["stage"] == "fresh" and row["in_box"] == "true"]
        assert len(fresh) == found.certificate.inside
        assert sum(row["case"] == "true" for row in fresh) == found.certificate.right

    def test_another_question_has_another_hash(self, file):
        asked = load_rules(file)
        hashes = {
            question(one)["content_hash"]
            for one in (
                asked, replace(asked, points=201), replace(asked, seed=2), replace(asked, designs=asked.designs[::-1]),
                replace(asked, outcome="lead_time_hours"), replace(asked, coverage=0.3), replace(asked, hold="payroll"),
            )
        }  # fmt: skip
        assert len(hashes) == 7
        assert question(asked)["content_hash"] == question(load_rules(file))["content_hash"]

    def test_points_that_cannot_be_run_are_left_out_and_said(self, file):
        class Some(Planted):
            def __call__(self, scenario, runs, seed, **options):
                if scenario.values[SHARE] > 0.8:
                    raise UserError("too much of it")
                return super().__call__(scenario, runs, seed, **options)

        found = rules(load_rules(file, points=60), 1, simulate=Some())
        assert found.lost > 0
        assert found.reason == "too much of it"
        assert len(found.search.case) + len(found.fresh.case) == 120 - found.lost
        assert len(point_rows(found)[1]) == 120 - found.lost
        assert inside(found.box, found.fresh.x).sum() == found.certificate.inside


class TestWords:
    def test_the_rule_in_words(self, planted_rule):
        found = planted_rule
        text = answer(found)[0]
        assert text.startswith(
            "flat beats layered on value per payroll dollar where AI share of code is at least 30 % and "
        )
        assert " questions help hours is at most 0.6 hours: right in " in text
        assert "It covers " in text
        assert "flat wins in " in text
        assert "certificate" in rules_text(found)

    def test_too_few_to_part(self, file):
        class Nearly(Planted):
            def __call__(self, scenario, runs, seed, *, first_run=0, **options):
                self.lead = -0.5 if first_run < 6 else 0.5  # behind at three points
                return super().__call__(scenario, runs, seed, first_run=first_run, **options)

        asked = load_rules(file, points=60)
        asked = replace(
            asked, axes={SHARE: asked.axes[SHARE].__class__(0.3, 0.9), "ai.answers": asked.axes["ai.answers"]}
        )
        found = rules(asked, 1, simulate=Nearly(noise=0.0))
        assert found.state == FEW
        few = min(found.search.cases.k, 60 - found.search.cases.k)
        assert 0 < few < 10
        assert "of all 60 cases; no condition was sought that parts " in answer(found)[0]
        assert answer(found)[1] == "No rule: they are too few, 10 are needed."

    def test_what_the_designs_are(self, planted_rule):
        said = " ".join(rules_text(planted_rule).split())
        assert "flat organisation.spans [12] layered organisation.spans [4, 3]" in said
        assert "What differs flat against layered, with nothing varied: -3 managers, " in said
        stored = rules_json(planted_rule)
        assert (stored["differs"]["design"], stored["differs"]["against"]) == ("flat", "layered")
        assert stored["designs_in_words"]["flat"] == "organisation.spans [12]"

    @pytest.mark.parametrize(
        ("path", "value", "said"),
        [
            (SHARE, 0.6, "60 %"), (HELP, 0.25, "0.25 hours"), (SIZE, 1200, "1,200 people"), (CV, 1.25, "1.25"),
            ("switches.ai", True, "on"), ("ai.answers", "by_use", "by_use"), ("organisation.spans", (6, 4), "6-4 reports"),
            ("organisation.remove_layer", None, "as it is"), ("questions.per_standard_hour", 0.35, "0.35"),
        ],
    )  # fmt: skip
    def test_values(self, path, value, said):
        assert value_words(path, value) in (said, said.removesuffix(" reports"))


class TestFile:
    def test_what_it_says(self, file):
        asked = load_rules(file, runs=3, seed=9)
        assert [design.name for design in asked.designs] == ["flat", "layered"]
        assert tuple(asked.axes) == (SHARE, "ai.answers", CV, HELP, "questions.per_standard_hour")
        assert set(asked.roles.values()) == {"given", "assumed"}
        assert (asked.points, asked.fresh, asked.runs, asked.seed) == (200, 200, 3, 9)
        assert (asked.density, asked.coverage) == (0.75, 0.2)

    def test_both_designs_are_held_equal_to_the_base_with_the_same_values(self, tmp_path):
        from sim.scenario.tree import tree_of

        text = FILE.replace("points: 200", "hold: payroll").replace("spans: [12]", "management_layers: 1")
        path = write_file(tmp_path, text.replace("spans: [4, 3]", "management_layers: 2"))
        (tmp_path / "base.yaml").write_text(BASE.replace("spans: [4, 3]", "management_layers: 2"))
        asked, paid = load_rules(path), []
        for size in (12, 24):
            flat, layered = (asked.scenario(design, {SIZE: size, SHARE: 0.5}) for design in asked.designs)
            assert flat.hold_base.hash() == layered.hold_base.hash()
            assert flat.hold_base.values[SHARE] == 0.5
            assert tree_of(flat.hold_base).facts()["ics"] == size
            assert tree_of(flat).facts()["managers"] < tree_of(layered).facts()["managers"]
            paid.append([tree_of(one).facts()["payroll"] for one in (flat, layered)])
            assert paid[-1][0] == pytest.approx(paid[-1][1], abs=float(tree_of(flat).pay.min()))
        assert paid[1][0] > 1.7 * paid[0][0]

    def test_all_that_is_assumed(self, tmp_path):
        asked = load_rules(
            write_file(tmp_path, FILE.replace(f"[{CV}, {HELP}, questions.per_standard_hour]", "all"))
        )
        assert len(asked.axes) > 40
        assert SHARE in asked.axes
        assert asked.roles[CV] == "assumed"

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("between:", "betwen:", "asks for no rule"),
            ("runs: 2", "run: 2", "mine.yaml:12:1: run: unknown key, did you mean 'runs'"),
            ("runs: 2", "passes: {outcome: lead_time_hours, at_most: 3}", "a file asks one thing"),
            ("runs: 2", "outcome: managers_share", "cannot decide|is unknown"),
            ("runs: 2", "hold: pay", "'pay' is not one of"),
            ("{ai.answers: given}", "{ai.answers: decide}", "vary.ai.answers: is decided"),
            ("{ai.answers: given}", "{work.size_cv: given}", "is not varied"),
            ("runs: 2", "useful: {density: 75}", "useful.density: expected a share from 0 to 1, got 75"),
            ("points: 200", "points: 10", "points: expected a whole number from 40"),
            ("  layered: {organisation.spans: [4, 3]}\n", "", "expected two names with settings"),
            ("{organisation.spans: [12]}", "{organisation.spans: [4, 3]}", "are the same scenario"),
            ("{organisation.spans: [12]}", "{ai.share_of_code: 0.5}", "is varied, so it cannot be"),
            ("{organisation.spans: [12]}", "{organisation.hold: payroll}", "is said once, by the key hold"),
            ("{organisation.spans: [12]}", "{organisation.span: [12]}", "did you mean"),
            ("[by_use, always]", "[by_use, allways]", "'allways' is not one of by_use, always"),
            ("to: 0.9", "to: 1.9", "vary.ai.share_of_code"),
            (f"[{CV},", "[work.size,", r"assumed.0: work.size is no uncertain parameter .*did you mean"),
            (f"[{CV},", f"[{SHARE},", "is varied already"),
        ],
    )
    def test_mistakes_are_named_with_their_place(self, tmp_path, old, new, message):
        assert old in FILE
        with pytest.raises(UserError, match=message):
            load_rules(write_file(tmp_path, FILE.replace(old, new)))

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("passes: {outcome: lead_time_hours}", "one of at_most and at_least, got neither"),
            (
                "passes: {outcome: lead_time, at_most: 3}",
                "passes: outcome: lead_time: this outcome is unknown",
            ),
            ("passes: {outcome: lead_time_hours, at_most: fast}", "expected a number, got 'fast'"),
            ("passes: {outcome: lead_time_hours, at_most: 3}\nhold: payroll", "is for two designs"),
        ],
    )
    def test_mistakes_of_a_bar(self, tmp_path, text, message):
        vary = FILE[FILE.index("vary:") :]
        with pytest.raises(UserError, match=message):
            load_rules(write_file(tmp_path, f"question: Where?\nbase: base.yaml\n{text}\n{vary}"))

    def test_nothing_varied(self, tmp_path):
        text = FILE[: FILE.index("vary:")]
        with pytest.raises(UserError, match="nothing is varied; add `vary"):
            load_rules(write_file(tmp_path, text))


def test_without_a_journal_nothing_is_kept(file):
    journal = Journal()
    rules(load_rules(file, points=40), 1, simulate=Planted(), journal=journal)
    assert journal.kept == 0


CHART = "id,manager,role\n1,,manager\n2,1,manager\n3,1,manager\n" + "".join(
    f"{n},{2 + n % 2},engineer\n" for n in range(4, 16)
)


class TestChart:
    """A chart from which a design, or a factor, takes a layer."""

    def write(self, folder: Path, asks: str) -> Path:
        (folder / "chart.csv").write_text(CHART)
        (folder / "base.yaml").write_text(
            "question: How?\norganisation: {chart: chart.csv}\ntime: {weeks: 52}\n"
        )
        (folder / "mine.yaml").write_text(f"question: Where?\nbase: base.yaml\n{asks}points: 40\nruns: 2\n")
        return folder / "mine.yaml"

    @pytest.mark.parametrize("between", ["flatter: {L: 1}, as it is: {}", "as it is: {}, flatter: {L: 1}"])
    def test_a_design(self, tmp_path, between):
        between = between.replace("L", "organisation.remove_layer")
        asks = f"between: {{{between}}}\nvary: {{{SHARE}: {{from: 0, to: 0.9}}}}\n"
        asked = load_rules(self.write(tmp_path, asks))
        told, other, lines = differing(asked)
        assert (told, other) == ("flatter", "as it is")
        assert lines[0].startswith("-2 managers, mean first-line span 6 -> 12, one layer less, payroll -")
        assert lines[1].startswith("remove_layer 1: removes ")
        assert lines[1].endswith("; 12 people get another boss")
        (way,) = [note for note in notes(asked) if note.startswith("this compares two states")]
        assert way.endswith("`orgsim plan CHART --remove-layer 1`")

    def test_a_factor(self, tmp_path):
        asks = (
            "passes: {outcome: lead_time_hours, at_most: 40}\nvary: {organisation.remove_layer: [null, 1]}\n"
            "roles: {organisation.remove_layer: given}\n"
        )
        asked = load_rules(self.write(tmp_path, asks))
        assert any("--remove-layer 1" in note for note in notes(asked))
        assert differing(asked) == ("", "", [])
        asked = replace(asked, axes={SHARE: asked.axes["organisation.remove_layer"].__class__((0.0, 0.5))})
        assert notes(asked) == []


class TestReport:
    def page(self, found, folder):
        with taken(str(folder), folder, question(found.asked), False, keeps=True) as place:
            write(place, found)
        with Views(folder) as views:
            return page(Source(views))

    def test_a_rule(self, planted_rule, tmp_path):
        made = self.page(planted_rule, tmp_path / "out")
        sections = {one.key: one for one in made.sections}
        assert list(sections)[:4] == ["rule", "designs", "points", "factors"]
        assert sections["designs"].items[0].rows[0] == ("flat", "organisation.spans [12]")
        figure = sections["factors"].items[1]
        page_text = pieces([figure])
        assert '<th scope="col">percentage points</th>' in page_text
        assert "95 % interval" not in page_text  # a column in which nothing stands
        assert all(row[1] != "0" for row in figure.table.rows)

    def test_none_has_no_picture(self, file, tmp_path):
        found = rules(load_rules(file, points=40), 1, simulate=Planted(lead=0.0))
        assert not found.box
        made = self.page(found, tmp_path / "out")
        assert "points" not in [one.key for one in made.sections]
        assert made.answer[0].startswith("Flat beats layered on ")
        assert not (tmp_path / "out" / "plots").exists()
