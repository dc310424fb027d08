"""`orgsim plan` as a user sees it: the page, the figures, and scenarios that give the same figures again."""

import json

import pytest
from helpers.cli import clean, orgsim

from sim.errors import UserError
from sim.experiments.plan.folder import texts
from sim.experiments.plan.imported import FOLDER, imported
from sim.experiments.plan.measures import Asked
from sim.experiments.plan.study import prepared
from sim.organisation.roster.roles import read_rules
from sim.organisation.roster.settling import Wishes
from sim.scenario.files import find
from sim.scenario.scenario import load

PARTS = (
    "In short", "Output and cost", "The first year in money", "Who is at risk", "How sure", "What drives it", "What it leaves out",
    "Who may see what", "Written: ",
)  # fmt: skip
SHORT = ["--weeks", "8", "--week", "3", "--runs", "3", "--ranges", "2", "--set", "time.warmup_weeks=1"]
ROSTER = "id,manager,name\n" + "".join(
    f"e{k},{'' if k == 0 else 'e0' if k < 5 else f'e{k % 4 + 1}'},Person {k} Unmistakable\n"
    for k in range(41)
)


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """A plan on a small roster: its folder, and what was printed."""
    place = tmp_path_factory.mktemp("plan")
    (place / "mine.csv").write_text(ROSTER, encoding="utf-8")
    first = orgsim("plan", "mine.csv", "--lay-off", "10%", *SHORT, cwd=place)
    assert first.returncode == 0, first.stderr
    return place, first


def test_the_scenarios_of_a_plan_on_a_file_outside_the_folder_can_be_used_as_they_are(tmp_path):
    (tmp_path / "small.yaml").write_text(
        "question: q?\nextends: small-startup\nai: {share_of_code: 0.4}\n", encoding="utf-8"
    )
    made = orgsim("plan", "small.yaml", "--freeze", *SHORT, "--ranges", "0", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    folder = tmp_path / "results" / "plan-small"
    assert (folder / "from" / "small.yaml").read_bytes() == (tmp_path / "small.yaml").read_bytes()
    checked = orgsim("check", str(folder / "base.yaml"), str(folder / "variant.yaml"), cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    assert load(folder / "base.yaml").values["ai.share_of_code"] == 0.4


@pytest.mark.parametrize(
    ("args", "says"),
    [(["people", "--freeze", "--map", "id=Nr"], "--map: says how a roster is read, but people is a scenario"),
     (["people", "--freeze", "--fold-single-reports"], "--fold-single-reports: says how a roster is read"),
     (["--freeze", "people"], "is no number of weeks, 1 to 5,199; alone, --freeze stays"),
     (["people", "--freeze=0"], "is no number of weeks"),
     (["mine.csv", "--freeze", "--rate", "EUR=1,1"], "--rate EUR=1,1: write 1.1 instead of 1,1"),
     (["mine.csv", "--freeze", "--map", "manager"], "--map manager: expected field=column")],
)  # fmt: skip
def test_how_a_roster_is_read_is_asked_as_import_asks_it(tmp_path, args, says):
    found = orgsim("plan", *args, cwd=tmp_path)
    assert found.returncode == 2
    assert clean(found)
    assert says in " ".join(found.stderr.split())
    assert not list(tmp_path.iterdir())


def test_another_reading_of_a_roster_is_another_import(tmp_path):
    """In the process: what the options say reaches the import, and an earlier import with others is not used."""
    (tmp_path / "odd.csv").write_text(
        "nr,boss,job\n"
        + "".join(f"{k},{'' if k == 1 else 1 if k < 5 else 2 + k % 3},Analyst\n" for k in range(1, 30)),
        encoding="utf-8",
    )
    with pytest.raises(UserError, match="takes the options of `orgsim import`, too"):
        imported(tmp_path / "odd.csv", tmp_path / "plan", tmp_path / "a")
    columns = {"id": "nr", "manager": "boss", "title": "job"}
    first = imported(tmp_path / "odd.csv", tmp_path / "plan", tmp_path / "plan" / FOLDER, columns)
    again = imported(tmp_path / "odd.csv", tmp_path / "plan", tmp_path / "b", columns)
    assert (first.again, again.again) == (False, True)
    assert again.folder == first.folder
    wishes = Wishes(read_rules(["Analyst=engineer"]))
    other = imported(tmp_path / "odd.csv", tmp_path / "plan", tmp_path / "c", columns, wishes=wishes)
    assert (other.again, other.folder) == (False, tmp_path / "c")


@pytest.mark.slow
class TestARoster:
    def test_the_page_has_every_part_within_its_width(self, planned):
        place, first = planned
        at = [first.stdout.index(f"\n{part}") for part in PARTS]
        assert at == sorted(at)
        assert max(map(len, first.stdout.splitlines())) <= 100
        folder = place / "results" / "plan-mine"
        assert (folder / "page.txt").read_text(encoding="utf-8") == first.stdout
        assert (folder / "page.png").stat().st_size > 20_000
        assert "only 5 weeks of 8 are simulated after the measure" in first.stderr
        assert "fewer than 52 weeks" in first.stdout
        assert "Money is counted with standard pay by role and layer, not with yours." in " ".join(
            first.stdout.split()
        )

    def test_nothing_personal_is_written_but_hashed_ids(self, planned):
        folder = planned[0] / "results" / "plan-mine"
        for path in folder.rglob("*"):
            if path.is_file():
                assert b"Unmistakable" not in path.read_bytes(), path
        assert {"mine.yaml", "mine.chart.csv", "mine.chart.salt", "health.txt"} <= {
            p.name for p in (folder / "imported").iterdir()
        }
        assert "Withheld" in planned[1].stdout or "No group is withheld" in planned[1].stdout
        groups = json.loads((folder / "plan.json").read_text())["at_risk"]["groups"]
        assert all(group["people"] >= 5 for group in groups)

    def test_the_same_again_reuses_the_import_and_another_question_gets_another_folder(self, planned):
        place, first = planned
        salt = place / "results" / "plan-mine" / "imported" / "mine.chart.salt"
        before = salt.read_text()
        again = orgsim("plan", "mine.csv", "--lay-off", "10%", *SHORT, cwd=place)
        assert again.stdout == first.stdout
        other = orgsim("plan", "mine.csv", "--freeze", *SHORT, "--json", cwd=place)
        assert other.returncode == 0, other.stderr
        assert json.loads(other.stdout)["folder"] == "results/plan-mine-2"
        assert (
            salt.read_text()
            == before
            == (place / "results" / "plan-mine-2" / "imported" / "mine.chart.salt").read_text()
        )

    def test_the_scenarios_pass_check_and_give_the_figures_of_compare(self, planned):
        place, _ = planned
        folder = "results/plan-mine"
        pair = [f"{folder}/base.yaml", f"{folder}/variant.yaml"]
        assert orgsim("check", *pair, cwd=place).returncode == 0
        compared = orgsim("compare", *pair, "--runs", "3", "--ranges", "0", "--json", cwd=place)
        found = json.loads(compared.stdout)["comparisons"]["mine-plan"]
        kept = json.loads((place / folder / "plan.json").read_text())["comparison"]["comparisons"][
            "mine-plan"
        ]
        assert found.keys() == kept.keys()
        for name, row in found.items():
            assert {k: row[k] for k in ("base", "mean", "difference", "ci95")} == {
                k: kept[name][k] for k in ("base", "mean", "difference", "ci95")
            }, name

    def test_what_was_changed_by_hand_is_not_overwritten(self, planned):
        place, _ = planned
        variant = place / "results" / "plan-mine" / "variant.yaml"
        text = variant.read_text()
        variant.write_text(text + "# mine\n")
        refused = orgsim("plan", "mine.csv", "--lay-off", "10%", *SHORT, cwd=place)
        variant.write_text(text)
        assert refused.returncode == 2
        assert "variant.yaml: was changed since it was written" in refused.stderr


@pytest.mark.slow
def test_json_is_one_object_with_every_part(tmp_path):
    found = orgsim("plan", "small-startup", "--grow", "2", *SHORT, "--json", "--out", "here", cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    data = json.loads(found.stdout)
    assert {
        "short",
        "after",
        "comparison",
        "money",
        "at_risk",
        "sure",
        "drives",
        "leaves_out",
        "show",
        "folder",
    } <= data.keys()
    assert data["money"]["payroll_saved_usd"]["mean"] < 0
    assert (
        data["at_risk"]["laid_off_by_measure"] is None
    )  # one manager of nine people: a total would give them away
    assert data["at_risk"]["withheld"] > 0
    assert data["short"]["People"] == "groups are too small to be shown"
    assert data["weeks"] == 8
    assert "NaN" not in found.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("args", "says"),
    [([], "plan needs a measure"),
     (["--lay-off", "8"], "write 8% or 0.08"),
     (["--remove-layer", "9"], "--remove-layer 9: there is no layer 9"),
     (["--freeze", "--week", "60"], "--week 60: nothing is simulated after it"),
     (["--grow", "0"], "outside 1 to 10,000")],
)  # fmt: skip
def test_mistakes_are_told_and_nothing_is_written(tmp_path, args, says):
    found = orgsim("plan", "small-startup", *args, cwd=tmp_path)
    assert found.returncode == 2
    assert clean(found)
    assert says in found.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_roster_that_cannot_be_read_leaves_nothing(tmp_path):
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n")
    found = orgsim("plan", "odd.csv", "--freeze", cwd=tmp_path)
    assert found.returncode == 2
    assert clean(found)
    assert "orgsim import" in found.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["odd.csv"]


@pytest.mark.parametrize("name", ["people", "flat", "small-startup", "reorganisation"])
def test_written_scenarios_are_those_that_were_run(tmp_path, name):
    sets = ["money.ic_pay=123456", "ai.share_of_code=0.33"]
    on = {"switches.quits": True, "switches.hiring": True, "time.weeks": 30}
    base = load(name, sets).with_values(on)
    asked = Asked(5, lay_off=0.2, ai_share=0.6)
    made = texts(base, find(name), sets, on, asked, tmp_path)
    for file, text in made.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    assert load(tmp_path / "base.yaml").hash() == base.hash()
    assert load(tmp_path / "variant.yaml").hash() == prepared(base, asked).hash()
