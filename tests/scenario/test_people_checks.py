"""Demands on people that cannot be met are refused at their place; those that come to nothing are warned of."""

import pytest
from helpers.cli import clean, orgsim
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import UserError
from sim.organisation.headcounts import share_of
from sim.scenario.layoff_checks import Heads, check_cuts
from sim.scenario.scenario import from_yaml, load
from sim.scenario.tree import heads_of, tree_of
from sim.simulation.simulator import Engine

PEOPLE = "extends: people\n"  # 96 ICs; 16, 4 and 1 managers; 104 weeks


def scenario(text: str):
    return from_yaml(PEOPLE + text, "f.yaml")


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (
                "layoffs: {wave: {week: 104, fraction: 0.1}}",
                r"f.yaml:2:\d+: layoffs.wave_week: the wave in week 104 is after the end: 104 weeks are simulated.* use at most 103",
            ),
            ("layoffs: {wave: {fraction: 0.1}}\ntime: {weeks: 30}", r"f.yaml: layoffs.wave_week: the wave in week 52 is after"),
            ("layoffs: {delayer: {week: 200, first_span: 10}}", r"f.yaml:2:\d+: layoffs.delayer_week: the delayering in week 200"),
            ("layoffs: {performance: {share: 0.1, weeks: 104}}", "layoffs.performance_weeks: the first rating in week 104"),
            ("layoffs: {ai: {pass_through: 0.2}}\ntime: {weeks: 13}", r"f.yaml:2:\d+: layoffs.ai_pass_through: .*week 13 at the"),
            ("layoffs: {budget: {target: 500}}\ntime: {weeks: 26}", r"f.yaml:2:\d+: layoffs.budget_target: .*week 26 at the earliest"),
            (
                "layoffs: {wave: {fraction: 1.0}}",
                r"f.yaml:2:\d+: layoffs.wave_fraction: 1 of 117 people means 117, but only 116 may be cut .* at most 0.991",
            ),
            ("layoffs: {wave: {fraction: 0.98, scope: managers}}", "0.98 of 21 managers means 21, but only 20 may be cut"),
            ("layoffs: {performance: {share: 0.999}}", "layoffs.performance_share: 0.999 of 117 people means 117"),
            (
                "layoffs: {delayer: {remove_layer: 3}}",
                r"f.yaml:2:\d+: layoffs.delayer_remove_layer: layer 3 is the top, .*4 managers.*use 1 or 2",
            ),
            ("layoffs: {delayer: {remove_layer: 7}}", "layoffs.delayer_remove_layer: there is no layer 7"),
            ("layoffs: {delayer: {remove_layer: 1, first_span: 9}}", "a layer goes, or spans are raised"),
            (
                "layoffs: {protect_ai: .inf, wave: {fraction: 0.7}}",
                r"0.7 means 82 people, but only about 58 of those who may be cut are not protected \(layoffs.protect_ai: .inf\)",
            ),
            (
                "layoffs: {protect_hands_on: .inf, delayer: {first_span: 10}}",
                "layoffs.delayer_first_span: 10 means 6 people, but only about 0 of those",
            ),
            (
                "layoffs: {weight_manager: 0, wave: {fraction: 0.2, scope: managers}}",
                r"only about 0 of those who may be cut are not protected \(layoffs.weight_manager: 0\)",
            ),
        ],
    )  # fmt: skip
    def test_with_place_and_fix(self, text, message):
        with pytest.raises(UserError, match=message):
            scenario(text)

    @pytest.mark.parametrize(
        "text",
        [
            "layoffs: {wave: {week: 103, fraction: 0.1}}",
            "layoffs: {wave: {week: 200}}",  # no wave is asked for
            "layoffs: {wave: {fraction: 1.0, scope: ics}}",
            "layoffs: {wave: {fraction: 0.97, scope: managers}}",
            "switches: {layoffs: false}\nlayoffs: {wave: {week: 200, fraction: 1.0}}",
            "hiring: {policy: attrition_only}\nlayoffs: {wave: {week: 200, fraction: 1.0}}",
            "layoffs: {delayer: {remove_layer: 2}}",
            "layoffs: {protect_expertise: .inf, wave: {fraction: 0.3}}",
        ],
    )
    def test_what_can_be_is_not(self, text):
        assert scenario(text).weeks == 104

    def test_a_value_from_outside_has_no_place_in_the_file(self):
        with pytest.raises(UserError, match=r"^layoffs.wave_week: the wave in week 300"):
            load("wave", ["layoffs.wave_week=300"])

    def test_held_to_a_payroll_only_managers_are_known_before_the_tree(self):
        asked = (
            "extends: flat\nswitches: {layoffs: true}\nlayoffs: {wave: {fraction: %s}}"  # 112 ICs, 9 managers
        )
        assert Engine(from_yaml(asked % 0.99)).tree.ics == 112
        with pytest.raises(UserError, match=r"0.998 of 121 people means 121, but only 120 may be cut"):
            Engine(from_yaml(asked % 0.998))

    def test_a_chart_is_checked_with_its_tree(self, tmp_path):
        rows = [
            "id,manager_id",
            "top,",
            *(f"m{k},top" for k in range(3)),
            *(f"i{k},m{k % 3}" for k in range(9)),
        ]
        (tmp_path / "c.csv").write_text("\n".join(rows) + "\n")
        file = tmp_path / "c.yaml"
        file.write_text(
            "extends: people\norganisation: {chart: c.csv}\nlayoffs: {delayer: {remove_layer: 2}}\n"
        )
        assert heads_of(tree_of(load(file))) == Heads(9, (3, 1), (3, 0))
        result = orgsim("check", str(file))
        assert result.returncode == 2
        assert "c.yaml:3:35: layoffs.delayer_remove_layer: layer 2 is the top" in result.stderr
        assert clean(result)
        with pytest.raises(UserError, match="layer 2 is the top"):
            Engine(load(file))


class TestWarned:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("layoffs: {wave: {week: 101, fraction: 0.1}}", "layoffs.wave_week: week 101 is 3 weeks before the end"),
            ("layoffs: {wave: {week: 103, fraction: 0.1}}", "week 103 is 1 week before the end"),
            ("layoffs: {wave: {fraction: 0.001}}", "layoffs.wave_fraction: 0.001 of 117 people rounds to nobody"),
            ("layoffs: {wave: {fraction: 1.0, scope: ics}}", "cuts every IC; nobody is left to do the work"),
            ("layoffs: {wave: {week: 3}}", "layoffs.wave_week: no effect while layoffs.wave_fraction is 0"),
            ("layoffs: {budget: {max_share: 0.1}}", "layoffs.budget_max_share: no effect while layoffs.budget_target is .inf"),
            ("layoffs: {delayer: {convert: 0.5}}", "layoffs.delayer_convert: no effect while layoffs.delayer_first_span and"),
            ("layoffs: {delayer: {first_span: 6}}", "a span of 6 displaces nobody at week 0; 96 ICs under 16 managers"),
            ("layoffs: {delayer: {upper_span: 4}}", "layoffs.delayer_upper_span: a span of 4 displaces nobody in layer 2"),
            ("organisation: {spans: [12, 8]}\nlayoffs: {delayer: {upper_span: 9}}", "there are no managers between the first line"),
            ("hiring: {policy: attrition_only}\nlayoffs: {rho: 0.4}", "layoffs: these parameters have no effect under hiring.policy"),
            ("hiring: {delay_weeks: 104}", "hiring.delay_weeks: 104 weeks on average are no shorter than the 104 weeks simulated"),
            ("switches: {promotions: true, hiring: false}", "no manager's seat is filled while switches.hiring is off"),
            ("switches: {promotions: true}\nhiring: {policy: freeze}", "no manager's seat is filled while hiring.policy is freeze"),
            ("layoffs: {protect_expertise: .inf, wave: {fraction: 0.5}}", "runs in which they are too few will fail"),
        ],
    )  # fmt: skip
    def test_hardly_meant(self, text, message):
        assert any(message in line for line in scenario(text).warnings), scenario(text).warnings

    def test_bundled_scenarios_are_meant(self):
        for name in ("people", "wave", "delayering", "management-cut", "performance-cuts", "ai-substitution", "budget-cuts",
                     "careers", "attrition-only", "hiring-freeze", "ai-instead-of-backfill"):  # fmt: skip
            assert load(name).warnings == ()


@given(
    share=st.floats(0.0, 1.0),
    ics=st.integers(1, 200),
    managers=st.lists(st.integers(1, 30), max_size=3),
    scope=st.sampled_from(("all", "ics", "managers")),
)
def test_what_passes_can_be_cut(share, ics, managers, scope):
    """A share that is not refused leaves at least the top."""
    levels = (*sorted(managers, reverse=True), 1)
    heads = Heads.of_layers(ics, levels)
    values = {**load("people").values, "layoffs.wave_fraction": share, "layoffs.wave_scope": scope}
    of = {"all": ics + sum(levels), "ics": ics, "managers": sum(levels)}[scope]
    fits = share_of(share, of) <= of - (scope != "ics")
    try:
        check_cuts(_Asked(values), heads)
    except UserError:
        assert not fits
    else:
        assert fits


class _Asked:
    """A scenario of which only the values count."""

    def __init__(self, values):
        self.values = values

    def place(self, path):
        return ""


class TestCommands:
    @pytest.mark.parametrize(
        "command",
        [
            ("check", "late.yaml"),
            ("run", "late.yaml", "--runs", "1"),
            ("compare", "people", "late.yaml", "--runs", "1"),
            ("risk", "late.yaml", "--runs", "1"),
            ("sweep", "late-sweep.yaml"),
        ],
        ids=lambda command: command[0],
    )
    def test_all_refuse_alike(self, tmp_path, command):
        (tmp_path / "late.yaml").write_text("extends: people\nlayoffs:\n  wave: {week: 200, fraction: 0.1}\n")
        (tmp_path / "late-sweep.yaml").write_text(
            "question: When?\nbase: wave\nvary: {layoffs.wave_week: [5, 200]}\nruns: 1\nranges: 0\n"
        )
        result = orgsim(*command, cwd=tmp_path)
        assert result.returncode == 2
        assert "layoffs.wave_week: the wave in week 200 is after the end: 104 weeks" in result.stderr
        place = "late-sweep.yaml:3:27: " if command[0] == "sweep" else "late.yaml:3:16: "
        assert f"Error: {place}" in result.stderr
        assert clean(result)
        assert not (tmp_path / "results").exists()
