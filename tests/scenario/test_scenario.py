"""Scenarios: YAML with positions, merging, structures that clear each other, what is held equal, hashes, the schema."""

import json
import pickle
from pathlib import Path

import pytest

from sim.errors import UserError
from sim.parameters.registry import REGISTRY, defaults
from sim.scenario.files import bundled
from sim.scenario.scenario import Scenario, diff, from_yaml, load, parse_set
from sim.scenario.statement import is_sweep
from sim.scenario.yaml_source import read_yaml

SCENARIOS = [name for name, path in bundled().items() if not is_sweep(read_yaml(path))]

SHARE = REGISTRY["ai.share_of_code"].value


def write(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def error(content: str, *, sets: tuple[str, ...] = ()) -> str:
    with pytest.raises(UserError) as caught:
        from_yaml(content, "f.yaml", sets, folder=Path())
    return str(caught.value)


# ---- keys and values


class TestStrictKeys:
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("orgnisation: {ics: 9}", "f.yaml:1:1: orgnisation: unknown key, did you mean 'organisation'?"),
            ("ai:\n  shre_of_code: 1", "f.yaml:2:3: ai.shre_of_code: unknown key, did you mean 'share_of_code'?"),
            ("share_of_code: 1", "f.yaml:1:1: share_of_code: unknown key, did you mean 'ai.share_of_code'?"),
            ("ai.share_of_code: 1", "f.yaml:1:1: ai.share_of_code: unknown key; it belongs under ai: as share_of_code"),
            ("organisation.ics: 9", "f.yaml:1:1: organisation.ics: unknown key; it belongs under organisation: as ics"),
            ("work:\n  ai.share_of_code: 1", "f.yaml:2:3: work.ai.share_of_code: unknown key; it belongs under ai: as share_of_code"),
            ("ai:\n  events: []", "f.yaml:2:3: ai.events: unknown key; it belongs at the top level of the file"),
            ("parameters:\n  events: []", "f.yaml:2:3: events: write it at the top level of the file, not under parameters"),
            ("lay_offs: {wave: {week: 5}}", "f.yaml:1:1: lay_offs: unknown key"),
            ("layoffs: {wave: {weak: 5}}", "f.yaml:1:18: layoffs.wave.weak: unknown key, did you mean 'week'?"),
            ("parameters:\n  ai.share_cde: 1", "f.yaml:2:3: parameters.ai.share_cde: unknown parameter, did you mean 'ai.share_of_code'?"),
            ("ai: {share_of_code: 1.5}", "f.yaml:1:21: ai.share_of_code: 1.5 is outside from 0 to"),
            ("ai: {share_of_code: lots}", "f.yaml:1:21: ai.share_of_code: expected a number (share), got 'lots'"),
            ("ai: {share_of_code: .nan}", "f.yaml:1:21: ai.share_of_code: is not a number"),
            ("ai: {share_of_code: .inf}", "f.yaml:1:21: ai.share_of_code: inf is outside"),
            ("ai: {share_of_code: null}", "f.yaml:1:21: ai.share_of_code: expected one value"),
            ("ai: {share_of_code: [1]}", "f.yaml:1:21: ai.share_of_code: expected one value"),
            ("ai: 3", "f.yaml:1:5: ai: expected keys below it, such as share_of_code: ..."),
            ("switches: {review: no}", "f.yaml:1:20: switches.review: expected true or false, got 'no'"),
            ("work: {size_distribution: lognormel}", "did you mean 'lognormal'?"),
            ("work: {wip_limit: 1.5}", "f.yaml:1:19: work.wip_limit: expected a whole number, got 1.5"),
            ("time: {weeks: 0}", "f.yaml:1:15: time.weeks: 0 is outside from 1 to 52000 weeks"),
            ("time: {weeks: 99999}", "from 1 to 52000"),
            ("time: {warmup_weeks: 521}", "from 0 to 520"),
            ("time: {weeks: true}", "expected a number"),
            ("time: {tick_hours: 3}", "3 does not divide the 8-hour day"),
            ("time: {tick_hours: 0.001}", "from 0.01 to 8 hours"),
            ("organisation: {ics: 300000}", "f.yaml:1:21: organisation.ics: 300000 is outside from 1 to 200000 people"),
            ("organisation: {spans: 6}", "f.yaml:1:23: organisation.spans: expected a list of spans"),
            ("organisation: {spans: [6, x]}", "f.yaml:1:27: organisation.spans[1]: expected a number"),
            ("organisation: {spans: []}", "0 levels"),
            ("organisation: {hold: pay}", "f.yaml:1:22: organisation.hold: 'pay' is not one of ics, headcount, payroll, budget"),
            ("organisation: {chart: nowhere.csv}", "f.yaml:1:23: organisation.chart: nowhere.csv: no such file"),
            ("organisation: {chart_columns: {id: A}}", "there is no chart that has columns"),
            ("parameters: {time.weeks: 5}", "f.yaml:1:14: time.weeks: write it as time: {weeks: ...}"),
            ("parameters: {ai.share_of_code: {source: x}}", "f.yaml:1:32: parameters.ai.share_of_code: value: is missing"),
            ("parameters: {ai.share_of_code: {value: 1, sorce: x}}", "unknown key, did you mean 'source'?"),
            ("ai: {share_of_code: .5}\nparameters: {ai.share_of_code: .5}", "f.yaml:2:14: ai.share_of_code: given twice, first at f.yaml:1:21"),
            ("ai: {share_of_code: {value: .5}}", "write a value with a source as parameters"),
            ("question: 3", "f.yaml:1:11: question: expected words, got 3"),
            ("name: a/b", "f.yaml:1:7: name: 'a/b' cannot be the name of a folder"),
            ("extends: [a]", "f.yaml:1:10: extends: expected a file"),
            ("extends: bse", "f.yaml:1:10: extends: bse: no such file, did you mean 'base'?"),
            ("- a", "f.yaml:1:1: expected keys"),
            ("# nothing", "f.yaml:1:1: the file is empty"),
            ("base: layered\nvary: {}", "f.yaml:2:1: vary: this is a sweep, not a scenario"),
        ],
    )  # fmt: skip
    def test_message_and_position(self, content, message):
        assert message in error(content)

    def test_all_problems_of_a_file_at_once(self):
        lines = error("ai: {shre: 1}\nwork: {wip_limit: 0}\nfoo: 1\n").splitlines()
        assert [line.split(": ")[0] for line in lines] == ["f.yaml:1:6", "f.yaml:2:19", "f.yaml:3:1"]

    def test_long_values_are_cut(self):
        assert len(error(f"ai: {{share_of_code: {'x' * 5000}}}")) < 300
        assert len(error(f"{'x' * 5000}: 1")) < 500

    def test_an_infinite_budget_and_sources(self):
        scenario = from_yaml(
            "review: {hours_per_week: .inf}\nparameters: {review.detection: {value: 0.7, source: our audit}}"
        )
        assert scenario.values["review.hours_per_week"] == float("inf")
        assert scenario.overrides == {"review.hours_per_week": None, "review.detection": "our audit"}
        assert scenario.to_dict()["sources"] == {"review.detection": "our audit"}


# ---- extends


class TestExtends:
    def test_deep_merge(self, tmp_path):
        write(
            tmp_path,
            "sub/a.yaml",
            "question: Why?\nname: first\ndescription: d\nai: {share_of_code: 0.2, retries: 2}\ntime: {weeks: 30}",
        )
        path = write(tmp_path, "b.yaml", "extends: sub/a.yaml\nai: {share_of_code: 0.4}")
        scenario = load(path)
        assert (scenario.name, scenario.question, scenario.description) == ("b", "Why?", "")
        assert (scenario.values["ai.share_of_code"], scenario.values["ai.retries"], scenario.weeks) == (
            0.4,
            2,
            30,
        )
        assert scenario.warmup_weeks == 8
        assert set(scenario.overrides) == {"ai.share_of_code", "ai.retries"}

    def test_a_bundled_name_and_a_file_of_that_name(self, tmp_path):
        assert load(write(tmp_path, "a.yaml", "extends: flat.yaml")).organisation.spans == (12, 8)
        write(tmp_path, "flat.yaml", "organisation: {spans: [96]}")
        assert load(tmp_path / "a.yaml").organisation.spans == (96,)

    def test_circles(self, tmp_path):
        write(tmp_path, "a.yaml", "extends: b.yaml")
        write(tmp_path, "b.yaml", "extends: a.yaml")
        with pytest.raises(
            UserError, match=r"b.yaml:1:10: extends: a.yaml: .*circle \(a.yaml -> b.yaml -> a.yaml\)"
        ):
            load(tmp_path / "a.yaml")
        with pytest.raises(UserError, match="circle"):
            load(write(tmp_path, "self.yaml", "extends: self.yaml"))

    def test_too_many(self, tmp_path):
        for k in range(30):
            write(tmp_path, f"s{k}.yaml", f"extends: s{k + 1}.yaml")
        with pytest.raises(UserError, match="more than 20 files extend each other"):
            load(tmp_path / "s0.yaml")

    def test_an_error_names_the_file_it_is_in(self, tmp_path):
        write(tmp_path, "a.yaml", "\nai: {x: 1}")
        with pytest.raises(UserError, match=r"a\.yaml:2:6: ai\.x: unknown key"):
            load(write(tmp_path, "b.yaml", "extends: a.yaml"))


# ---- structure


def structure(scenario: Scenario) -> tuple:
    o = scenario.organisation
    return o.ics, o.management_layers, o.spans, o.chart.name if o.chart else None


class TestStructure:
    @pytest.fixture
    def chart(self, tmp_path):
        write(tmp_path, "c.csv", "id,manager\na,\nb,a\n")
        return str(tmp_path / "c.csv")

    def test_default(self):
        assert structure(from_yaml("name: x")) == (96, 3, None, None)

    @pytest.mark.parametrize(
        ("start", "change", "expected"),
        [
            ("ics: 50, management_layers: 2", "organisation.spans=[50]", (50, None, (50,), None)),
            ("ics: 50, spans: [50]", "organisation.management_layers=2", (50, 2, None, None)),
            ("ics: 50, spans: [50]", "organisation.ics=40", (40, None, (50,), None)),
            ("ics: 50, management_layers: 2", "organisation.ics=40", (40, 2, None, None)),
        ],
    )
    @pytest.mark.parametrize("how", ["set", "file", "values"])
    def test_setting_one_clears_another(self, tmp_path, start, change, expected, how):
        path = write(tmp_path, "a.yaml", f"organisation: {{{start}}}")
        if how == "set":
            scenario = load(path, [change])
        elif how == "values":
            scenario = load(path).with_values(dict([parse_set(change)]))
        else:
            key, value = change.removeprefix("organisation.").split("=")
            scenario = load(write(tmp_path, "b.yaml", f"extends: a.yaml\norganisation: {{{key}: {value}}}"))
        assert structure(scenario) == expected

    def test_a_chart_clears_everything_and_is_cleared(self, tmp_path, chart):
        scenario = load("layered", [f"organisation.chart={chart}"])
        assert structure(scenario) == (None, None, None, "c.csv")
        again = scenario.with_values({"organisation.ics": 20, "organisation.management_layers": 2})
        assert structure(again) == (20, 2, None, None)
        with pytest.raises(UserError, match=r"organisation\.ics: is missing"):
            scenario.with_values({"organisation.management_layers": 2})
        with pytest.raises(UserError, match="say how the organisation is layered"):
            scenario.with_values({"organisation.ics": 20})

    def test_a_chart_is_relative_to_its_file_and_columns_belong_to_it(self, tmp_path, chart):
        own = Path(chart).rename(write(tmp_path, "sub/c.csv", ""))
        write(tmp_path, "sub/a.yaml", "organisation: {chart: c.csv, chart_columns: {id: id}}")
        child = load(write(tmp_path, "b.yaml", "extends: sub/a.yaml\norganisation: {remove_layer: 1}"))
        assert child.organisation.chart == own.resolve()
        assert dict(child.organisation.chart_columns) == {"id": "id"}
        assert child.organisation.remove_layer == 1
        other = child.with_values({"organisation.management_layers": 2, "organisation.ics": 5})
        assert not other.organisation.chart_columns
        assert str(tmp_path) not in json.dumps(child.to_dict())

    def test_null_clears(self, tmp_path):
        write(tmp_path, "a.yaml", "organisation: {remove_layer: 1, hold: payroll}")
        path = write(tmp_path, "b.yaml", "extends: a.yaml\norganisation: {remove_layer: null, hold: null}")
        assert load(path).organisation.remove_layer is None
        assert load(path).organisation.hold is None

    @pytest.mark.parametrize(
        ("inside", "message"),
        [
            ("spans: [6, 16], management_layers: 2", "cannot stand beside spans"),
            ("ics: 100, spans: [6, 4, 4]", "f.yaml:1:33: organisation.spans: [6, 4, 4] ends in 2 managers without a boss (100 -> 17 -> 5 -> 2); it must end in one top, as [6, 4, 4, 2] does"),
            ("ics: 10, management_layers: null", "say how the organisation is layered"),
            ("remove_layer: 3", "f.yaml:1:30: organisation.remove_layer: layer 3 is the top, and nobody is above to take its reports; management layers above the ICs: 1 (first line, 16 managers), 2 (4 managers), 3 (top, 1 manager); use 1 or 2"),
            ("spans: [12, 8], remove_layer: 2", "f.yaml:1:46: organisation.remove_layer: layer 2 is the top, and nobody is above to take its reports; management layers above the ICs: 1 (first line, 8 managers), 2 (top, 1 manager); use 1"),
            ("management_layers: 2, remove_layer: 5", "there is no layer 5; management layers above the ICs: 1 (first line, 8 managers), 2 (top, 1 manager); use 1"),
            ("management_layers: 1, remove_layer: 1", "layer 1 is the top, and nobody is above to take its reports; management layers above the ICs: 1 (top, 1 manager); there is no other layer that could go"),
            ("ics: 199990, management_layers: 3", "f.yaml:1:48: organisation: 202,652 people are more than the limit"),
        ],
    )  # fmt: skip
    def test_impossible_structures(self, inside, message):
        assert message in error(f"organisation: {{{inside}}}")

    def test_a_layer_of_a_variant_whose_base_is_held_itself(self, tmp_path):
        path = write(tmp_path, "x.yaml", "extends: flat\norganisation: {spans: [24, 4], remove_layer: 2}")
        with pytest.raises(
            UserError, match=r"x\.yaml:2:46: .*above the ICs: 1 \(first line\), 2 \(top\); use 1$"
        ):
            load(path)

    def test_the_place_of_a_setting(self, tmp_path):
        write(tmp_path, "a.yaml", "organisation: {spans: [12, 8]}")
        scenario = load(write(tmp_path, "b.yaml", "extends: a.yaml\nquestion: Why?"))
        assert scenario.place("organisation.spans").endswith("a.yaml:1:23: ")
        assert scenario.place("organisation.hold").endswith("b.yaml: ")
        held = scenario.with_sets(["organisation.hold=ics"])
        assert held.place("organisation.hold") == "--set organisation.hold=ics: "

    def test_sets_of_one_command_cannot_exclude_each_other(self):
        with pytest.raises(UserError, match="cannot stand beside spans"):
            load("base", ["organisation.spans=[96]", "organisation.management_layers=1"])


# ---- hold


class TestHold:
    def test_nearest_ancestor_with_another_structure(self, tmp_path):
        flat = load("flat")
        assert flat.hold_base.name == "layered"
        assert flat.organisation.ics == 96
        child = load(write(tmp_path, "x.yaml", "extends: flat\nai: {share_of_code: 0.9}"))
        assert child.hold_base.name == "layered"
        assert child.hold_base.values["ai.share_of_code"] == SHARE
        two = load(write(tmp_path, "y.yaml", "extends: flat\norganisation: {spans: [24, 4]}"))
        assert two.hold_base.name == "flat"
        assert two.hold_base.hold_base.name == "layered"

    def test_hold_to(self, tmp_path):
        write(tmp_path, "big.yaml", "organisation: {ics: 300, management_layers: 4}")
        held = load(
            write(
                tmp_path,
                "x.yaml",
                "extends: layered\norganisation: {hold: payroll, hold_to: big.yaml, spans: [20, 20]}",
            )
        )
        assert held.hold_base.name == "big"
        assert held.organisation.ics == 300
        assert load(tmp_path / "x.yaml", ["organisation.spans=[300]"]).hold_base.name == "big"

    def test_hold_to_circle(self, tmp_path):
        write(tmp_path, "a.yaml", "organisation: {hold: ics, hold_to: b.yaml}")
        write(tmp_path, "b.yaml", "organisation: {hold: ics, hold_to: a.yaml}")
        with pytest.raises(UserError, match=r"b\.yaml:1:36: organisation\.hold_to: a\.yaml: .*circle"):
            load(tmp_path / "a.yaml")

    def test_explicit_ics(self, tmp_path):
        write(
            tmp_path,
            "x.yaml",
            "extends: layered\norganisation:\n  hold: payroll\n  spans: [12, 8]\n  ics: 50",
        )
        with pytest.raises(
            UserError,
            match=r"x\.yaml:5:8: organisation\.ics: 50 cannot be set while organisation\.hold is payroll",
        ):
            load(tmp_path / "x.yaml")
        with pytest.raises(UserError, match="leave ics out, or use hold: ics"):
            load("flat", ["organisation.ics=50"])
        assert load("flat", ["organisation.ics=50", "organisation.hold=ics"]).organisation.ics == 50

    def test_a_set_belongs_to_the_scenario(self):
        assert load("flat", ["organisation.management_layers=1"]).hold_base.name == "layered"

    def test_hold_by_set_holds_to_the_file(self):
        held = load("layered", ["organisation.hold=payroll", "organisation.management_layers=2"])
        assert held.hold_base.name == "layered"
        assert held.hold_base.organisation == load("layered").organisation

    def test_assumptions_apply_to_the_base_too_and_structure_does_not(self):
        flat = load("flat", ["money.ic_pay=200000", "time.weeks=30", "organisation.bottom_span_ratio=2"])
        assert flat.hold_base.values["money.ic_pay"] == 200_000
        assert flat.hold_base.weeks == 30
        assert flat.hold_base.values["organisation.bottom_span_ratio"] == 1.5
        further = flat.with_values({"money.load": 1.5})
        assert further.hold_base.values["money.load"] == 1.5
        assert further.hold_base.values["money.ic_pay"] == 200_000

    def test_a_base_given_by_a_sweep(self):
        base = load("layered")
        point = base.with_values(
            {"organisation.management_layers": 2, "organisation.hold": "budget", "ai.share_of_code": 0.9},
            hold_base=base,
        )
        assert point.hold_base is base
        drawn = point.with_values({"money.ic_pay": 110_000.0})
        assert drawn.hold_base.values["money.ic_pay"] == 110_000
        assert drawn.hold_base.values["ai.share_of_code"] == SHARE
        assert (
            drawn.with_values({"organisation.management_layers": 4}).hold_base.values["ai.share_of_code"]
            == SHARE
        )

    def test_no_base(self):
        scenario = from_yaml("organisation: {hold: payroll}")
        assert scenario.hold_base is None
        assert "has no effect" in scenario.warnings[0]


# ---- with_sets, hashes, dictionaries


class TestScenario:
    @pytest.mark.parametrize(
        ("option", "message"),
        [
            ("ai.share_of_code", "expected path=value"),
            ("=1", "expected path=value"),
            ("ai.share_cde=1", "ai.share_cde: unknown parameter, did you mean 'ai.share_of_code'?"),
            ("ai.share_of_code=", "expected one value"),
            ("ai.share_of_code=[1", "value:1:3:"),
            ("ai.share_of_code={a: 1}", "expected one value"),
            ("name=x", "name: unknown parameter"),
        ],
    )
    def test_bad_sets(self, option, message):
        with pytest.raises(UserError) as caught:
            load("base", [option])
        assert str(caught.value).startswith(f"--set {option}: ")
        assert message in str(caught.value)

    def test_set_twice(self):
        with pytest.raises(UserError, match="is set twice"):
            load("base", ["ai.retries=1", "ai.retries=2"])

    def test_sets_are_yaml(self):
        scenario = load(
            "base", ["organisation.spans=[8, 12]", "review.hours_per_week=.inf", "switches.ai=false"]
        )
        assert scenario.organisation.spans == (8, 12)
        assert scenario.values["review.hours_per_week"] == float("inf")
        assert scenario.values["switches.ai"] is False

    def test_new_objects_and_frozen(self):
        base = load("base")
        other = base.with_values({"ai.share_of_code": 0.5})
        assert base.values["ai.share_of_code"] == SHARE
        assert other.values["ai.share_of_code"] == 0.5
        with pytest.raises(AttributeError):
            base.name = "x"
        with pytest.raises(TypeError):
            base.values["ai.share_of_code"] = 1
        assert base.with_sets([]) is base

    def test_bad_values(self):
        with pytest.raises(UserError, match=r"^ai.share_of_code: 2 is outside"):
            load("base").with_values({"ai.share_of_code": 2})
        with pytest.raises(UserError, match="unknown parameter, did you mean"):
            load("base").with_values({"ai.share": 0.2})

    def test_hash_is_about_results_only(self, tmp_path):
        base = load("base")
        assert from_yaml("extends: base\nname: other\nquestion: Else?").hash() == base.hash()
        assert from_yaml(f"extends: base\nai: {{share_of_code: {SHARE}}}").hash() == base.hash()
        assert len(base.hash()) == 64
        changed = ["ai.retries=0", "time.weeks=50", "organisation.ics=97", "switches.ai=false"]
        assert len({load("base", [option]).hash() for option in changed} | {base.hash()}) == 5
        flat = load("flat")
        unheld = load("flat", ["organisation.hold=null"])
        assert flat.hash() != unheld.hash()

    def test_hash_follows_the_content_of_a_chart(self, tmp_path):
        chart = write(tmp_path, "c.csv", "id,manager\na,\nb,a\n")
        scenario = from_yaml(f"organisation: {{chart: '{chart}'}}", folder=tmp_path)
        before = scenario.hash()
        chart.write_text("id,manager\na,\nb,a\nc,a\n", encoding="utf-8")
        assert scenario.hash() != before
        moved = write(tmp_path, "elsewhere/d.csv", chart.read_text(encoding="utf-8"))
        assert from_yaml(f"organisation: {{chart: '{moved}'}}", folder=tmp_path).hash() == scenario.hash()

    @pytest.mark.parametrize("name", SCENARIOS)
    def test_to_dict_is_json_and_pickles(self, name):
        scenario = load(name)
        data = json.loads(json.dumps(scenario.to_dict(), allow_nan=False))
        assert data["parameters"]["work.demand"] == ".inf"
        assert set(data["parameters"]) == set(REGISTRY)
        assert pickle.loads(pickle.dumps(scenario)).hash() == scenario.hash()

    def test_diff(self):
        assert diff(load("layered"), load("layered")) == {}
        assert diff(load("layered"), load("flat", ["time.weeks=50"])) == {
            "time.weeks": (104, 50), "organisation.spans": ((6, 4, 4), (12, 8)), "organisation.hold": (None, "payroll"),
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (["review.detection=0.99"], "review.detection: 0.99 is outside the plausible range"),
            (["organisation.spans=[48, 2]"], "about 48 reports per first-line manager"),
            (["time.weeks=10"], "10 weeks are short"),
            (["switches.ai=false", "ai.retries=0"], "no effect while switches.ai is off"),
            (["organisation.hold_to=flat"], "has no effect without hold"),
            (["layoffs.rho=0.4"], "layoffs: these parameters have no effect while switches.layoffs is off"),
        ],
    )
    def test_warnings(self, options, words):
        assert any(words in line for line in load("base", options).warnings)

    CUT = "events=[{week: 4, lay_off: {role: ic, number: 3}}]"

    @pytest.mark.parametrize(
        ("options", "idle"),
        [
            # Severance is paid in a dated layoff, whatever the switch of what happens by itself says.
            (["layoffs.severance_weeks=20", CUT], None),
            (["layoffs.severance_weeks=20", "layoffs.rho=0.4", CUT], "layoffs.rho: no effect while switches.layoffs is off"),
            (["quits.base=0.1", "events=[{week: 4, set: {switches.quits: true}}]"], None),
            (["quits.base=0.1", "paths={a: [], b: [{week: 4, set: {switches.quits: true}}]}"], None),
            (["switches.layoffs=true", "layoffs.wave_week=60", "events=[{week: 4, set: {layoffs.wave_fraction: 0.1}}]"], None),
        ],
    )  # fmt: skip
    def test_what_a_dated_event_makes_act_is_not_called_idle(self, options, idle):
        assert load("base", options).warnings == (() if idle is None else (idle,))

    def test_defaults_warn_of_nothing(self):
        assert load("base").warnings == ()
        assert from_yaml("name: x").values == defaults()
