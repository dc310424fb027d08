"""Ranges are drawn of what can act, and of nothing else; the sets that are kept."""

from collections.abc import Mapping

import numpy as np
import pytest
from helpers.worlds import EVERYTHING, world

from benchmarks.plausible import base_digest
from sim.errors import UserError
from sim.experiments.designs import lhs
from sim.experiments.plausible import draws, known, plausible_sets, ranges_digest, varied
from sim.parameters.declaration import Parameter
from sim.parameters.flow import TIED
from sim.parameters.registry import REGISTRY
from sim.parameters.sections import SECTIONS, is_on
from sim.scenario.scenario import Scenario, load
from sim.simulation.run import run

#: Everything on, so that whatever acts without a section can show that it does.
ON: Mapping[str, object] = {
    **EVERYTHING, "arrivals.kind": "none", "ai.strategy": "managed",
    **{path: True for path in REGISTRY if path.startswith("switches.")},
    "careers.staff_share": 0.1, "careers.step_down": 0.5, "people.retirement_age": 50.0, "quits.base": 0.15,
    "hiring.delay_weeks": 1.0, "layoffs.wave_fraction": 0.1, "layoffs.wave_week": 4, "layoffs.performance_share": 0.05,
    "layoffs.performance_weeks": 5,
}  # fmt: skip
#: A figure that is a parameter, whatever it does.
ECHO = "ai_fluency_mean"
NAMES = tuple(s.name for s in SECTIONS if (s.acts or s.switch) and s.name not in ("flow", "events"))


def small(values: Mapping[str, object]) -> Scenario:
    return world(values, ics=16, layers=2, weeks=14, warmup=1)


def figures(scenario: Scenario) -> dict[str, np.ndarray]:
    return {name: x for name, x in run(scenario, 2, 1, workers=1).outcomes.items() if name != ECHO}


def moved(reference: Mapping[str, np.ndarray], scenario: Scenario) -> list[str]:
    found = figures(scenario)
    assert found.keys() == reference.keys()
    return [name for name, x in found.items() if not np.array_equal(x, reference[name], equal_nan=True)]


def left_out(scenario: Scenario) -> list[Parameter]:
    """Uncertain parameters with finite ranges that are not varied although nobody sets them."""
    free = varied([scenario], REGISTRY)
    return [
        q
        for path, q in REGISTRY.items()
        if q.uncertain and np.isfinite(q.high) and path not in free and path not in scenario.overrides
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_varied_moves_nothing(name: str) -> None:
    """With a section off, all parameters that are then left out change no outcome at either end of their ranges."""
    section = next(s for s in SECTIONS if s.name == name)
    needed = [switch for switch in section.acts or (section.switch,) if switch in REGISTRY]
    off = {"bool": False, "choice": "none", "float": 0.0}
    values = {**ON, **{switch: off[REGISTRY[switch].kind] for switch in needed}}
    scenario = small(values)
    silent = left_out(scenario)
    if name != "arrivals" and name != "retirement":  # they have policies only
        assert [q.path for q in silent if q.path.startswith(section.paths)]
    reference = figures(scenario)
    for end in ("low", "high"):
        ends = {q.path: getattr(q, end) for q in silent}
        if moved(reference, small({**values, **ends})):
            loud = {
                path: found
                for path, x in ends.items()
                if (found := moved(reference, small({**values, path: x})))
            }
            pytest.fail(
                f"without {name} these still act, so they must be varied (sim/parameters/sections.py): {loud}"
            )


class TestWithoutAI:
    OFF = ("switches.ai=false",)

    def test_no_parameter_of_ai_is_varied(self) -> None:
        paths = varied([load("flat", self.OFF)], REGISTRY)
        assert not [path for path in paths if path.startswith("ai.")]
        assert [path for path in varied([load("flat", ())], REGISTRY) if path.startswith("ai.")]

    def test_each_changes_nothing_at_both_ends(self) -> None:
        scenario = small({"switches.ai": False})
        reference = figures(scenario)
        mine = [q for q in left_out(scenario) if q.path.startswith("ai.")]
        assert len(mine) == sum(q.uncertain for path, q in REGISTRY.items() if path.startswith("ai."))
        for q in mine:
            for end in (q.low, q.high):
                assert not moved(reference, small({"switches.ai": False, q.path: end})), q.path

    def test_it_counts_where_one_of_the_scenarios_has_it(self) -> None:
        pair = [load("flat", self.OFF), load("flat", ())]
        assert "ai.horizon_slope" in varied(pair, REGISTRY)

    def test_the_others_keep_their_draws(self) -> None:
        on, off = (varied([load("flat", given)], REGISTRY) for given in ((), self.OFF))
        assert set(off) < set(on)
        for a, b in zip(lhs(on, 8), lhs(off, 8), strict=True):
            assert {path: a[path] for path in b} == b


def test_what_cannot_act_is_neither_drawn_nor_counted() -> None:
    off = [f"switches.{name}=false" for name in ("ai", "questions", "alignment", "learning")]
    with_all, without = (len(varied([load("flat", given)], REGISTRY)) for given in ((), off))
    theirs = ("ai.", "questions.", "learning.", "alignment.")
    mine = [path for path, q in REGISTRY.items() if q.uncertain and path.startswith(theirs)]
    mine.remove("alignment.meeting_hours")  # the hours of the one-to-ones
    assert with_all - without == len(mine)


def test_a_dated_event_may_switch_a_section_on() -> None:
    scenario = load("flat", ("switches.questions=false",))
    assert "questions.help_hours" not in varied([scenario], REGISTRY)
    text = scenario.with_values({"events": [{"week": 3, "set": {"switches.questions": True}}]})
    assert "questions.help_hours" in varied([text], REGISTRY)
    cut = scenario.with_values({"events": [{"week": 3, "lay_off": {"role": "ic", "number": 2}}]})
    found = varied([cut], REGISTRY)
    assert {"layoffs.severance_weeks", "layoffs.takeover"} <= set(found)
    assert "layoffs.weight_new" not in found
    assert not is_on(scenario.values["switches.layoffs"])


class TestSets:
    """The plausible sets that are known."""

    def test_they_were_found_with_the_model_and_the_ranges_of_today(self):
        found = known()
        assert found.base == base_digest(), "the base changed: run `python benchmarks/plausible.py`"
        assert found.ranges == ranges_digest(), "ranges changed: run `python benchmarks/plausible.py`"
        assert len(found.kept) >= 100

    def test_they_are_what_they_are_whatever_else_is_varied(self):
        ranges = varied((load("base"),), REGISTRY)
        every = plausible_sets(ranges, 20)
        some = plausible_sets({path: ranges[path] for path in list(ranges)[::3]}, 20)
        assert all(one[path] == other[path] for one, other in zip(every, some, strict=True) for path in other)

    def test_more_than_are_known_are_refused(self):
        with pytest.raises(UserError, match=r"2,049 plausible sets are asked for, and \d+ are known"):
            plausible_sets(varied((load("base"),), REGISTRY), 2049)

    def test_the_declared_value_is_the_median_of_what_is_drawn(self):
        ranges = varied((load("base"),), REGISTRY)
        design = draws(ranges, 1000, 3)
        for path in ranges:
            values, declared = np.array([one[path] for one in design], float), float(REGISTRY[path].value)
            assert np.mean(values <= declared) >= 0.5, path
            assert np.mean(values >= declared) >= 0.5, path

    def test_what_is_tied_has_its_rank_correlation_and_its_own_margins(self):
        ranges = varied((load("base"),), REGISTRY)
        design = draws(ranges, 2000, 3)
        alone = lhs(ranges, 2000, 3)
        for (first, other), correlation in TIED.items():
            a, b = (np.argsort(np.argsort([one[path] for one in design])) for path in (first, other))
            assert np.corrcoef(a, b)[0, 1] == pytest.approx(correlation, abs=0.05)
            for path in (first, other):
                assert sorted(one[path] for one in design) == pytest.approx(
                    sorted(one[path] for one in alone)
                )
