"""The bundled scenarios, the generated schema and the table of evidence."""

import json

import pytest

from sim.errors import UserError
from sim.parameters.evidence import EVIDENCE, cite
from sim.parameters.registry import REGISTRY
from sim.scenario.files import bundled, find
from sim.scenario.scenario import load
from sim.scenario.schema import schema, text
from sim.scenario.settings import PATHS
from sim.scenario.statement import is_sweep
from sim.scenario.yaml_source import read_yaml

SCENARIOS = [name for name, path in bundled().items() if not is_sweep(read_yaml(path))]


class TestBundled:
    def test_all_there(self):
        wanted = {
            "base", "layered", "flat", "one-boss", "wide-span", "ai-heavy", "copilot-only", "autonomous-agents",
            "small-startup", "today", "yesterday", "flat-vs-layered", "people", "wave", "delayering", "performance-cuts",
            "ai-substitution", "budget-cuts", "hiring-freeze", "attrition-only", "ai-instead-of-backfill", "management-cut",
            "ai-bottom-up", "ai-managed", "ai-top-down", "careers", "promote-by-aptitude", "hands-off",
        }  # fmt: skip
        assert wanted <= set(bundled())

    @pytest.mark.parametrize("path", bundled().values(), ids=lambda path: path.stem)
    def test_opens_with_schema_and_question(self, path):
        first, second = path.read_text(encoding="utf-8").splitlines()[:2]
        assert first == "# yaml-language-server: $schema=schema.json"
        assert second.startswith("question: ")
        assert second.endswith("?")

    @pytest.mark.parametrize("name", SCENARIOS)
    def test_clean(self, name):
        scenario = load(name)
        assert scenario.name == name
        if name != "one-boss":
            assert scenario.warnings == ()

    def test_layered_and_base_have_the_same_shape(self):
        from sim.organisation.headcounts import layer_sizes, layer_sizes_from_spans

        assert layer_sizes(96, 3) == layer_sizes_from_spans(96, (6, 4, 4)) == (16, 4, 1)

    def test_today_has_6_percent_fewer_managers(self):
        from sim.organisation.headcounts import layer_sizes

        old, new = load("yesterday"), load("today")
        assert new.organisation.ics == old.organisation.ics == 480
        ratio = [s.values["organisation.bottom_span_ratio"] for s in (old, new)]
        before, after = (sum(layer_sizes(480, 4, r)) for r in ratio)
        assert 1 - after / before == pytest.approx(0.061, abs=0.005)

    def test_find(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert find("flat").name == find("flat.yaml").name == "flat.yaml"
        with pytest.raises(UserError, match="no such file, did you mean the bundled 'flat'"):
            find("scenarios/flat.yml")
        with pytest.raises(UserError, match="is a folder"):
            find(tmp_path)
        with pytest.raises(UserError, match="is no file name"):
            find("a\0b")
        with pytest.raises(UserError):
            find("x" * 5000)


class TestSchema:
    def test_current(self):
        assert (bundled()["base"].parent / "schema.json").read_text(encoding="utf-8") == text()
        assert json.loads(text()) == schema()

    @pytest.mark.slow
    def test_bundled_files_are_valid_and_mistakes_are_not(self):
        from jsonschema import Draft202012Validator

        Draft202012Validator.check_schema(schema())
        validator = Draft202012Validator(schema())
        for path in bundled().values():
            assert list(validator.iter_errors(read_yaml(path).data)) == [], path.name
        for bad in (
            {"ai": {"shre": 1}}, {"foo": 1}, {"ai": {"share_of_code": 2}}, {"organisation": {"hold": "x"}},
            {"base": "flat"}, {"base": "flat", "question": "q", "vary": {"ai.shre": [1]}}, {"base": "flat", "question": "q", "between": {"a": {}}},
        ):  # fmt: skip
            assert list(validator.iter_errors(bad)), bad

    def test_every_path_is_in_it(self):
        assert set(PATHS) <= set(schema()["$defs"])

    def test_sweep_keys_are_those_of_the_reader(self):
        from sim.experiments.sweep.file import KEYS

        assert set(schema()["$defs"]["sweep"]["properties"]) == set(KEYS)

    def test_rule_keys_are_those_of_the_reader(self):
        from sim.experiments.rules.file import KEYS

        assert set(schema()["$defs"]["rule"]["properties"]) == set(KEYS)


class TestEvidence:
    def test_cite(self):
        assert cite(("C17",)) == "Sadowski et al. 2018 [C17]"
        assert cite(("C18", "C20")) == "Sadowski et al. 2018 [C18]; LinearB 2026 [C20] (vendor)"
        assert cite(("ASSUMPTION",)) == "ASSUMPTION"
        with pytest.raises(UserError, match="'C99' is unknown"):
            cite(("C99",))

    @pytest.mark.parametrize("q", REGISTRY.values(), ids=lambda q: q.path)
    def test_every_source_is_known(self, q):
        assert cite(q.source)

    def test_rows(self):
        assert all(row.verified in ("yes", "derived", "partial", "memory") for row in EVIDENCE.values())
        assert len(EVIDENCE) > 100
