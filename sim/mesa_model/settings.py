"""Parameters and AI shares that are set while a stepped model runs, by hand or by the scenario's dated events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sim.engine.hierarchy import members
from sim.errors import UserError
from sim.mesa_model.agents import IC, Person
from sim.mesa_model.ai_plan import AiPlan
from sim.mesa_model.course import Course
from sim.mesa_model.following import Following
from sim.mesa_model.staff import Staff, several
from sim.parameters.changing import takes_effect, touches_flow
from sim.parameters.registry import REGISTRY
from sim.parameters.sections import PEOPLE_SWITCHES, is_on
from sim.scenario.scenario import Value

#: Parameters that say when something happens to people, and those that say that it does.
_DATED = {
    "layoffs.wave_week": ("layoffs.wave_fraction",),
    "layoffs.delayer_week": (
        "layoffs.delayer_first_span", "layoffs.delayer_upper_span", "layoffs.delayer_remove_layer",
    ),
}  # fmt: skip


class Settings:
    """Sets parameters and AI shares, and lets what is affected follow."""

    def __init__(self, course: Course, staff: Staff, plan: AiPlan, following: Following) -> None:
        self._course, self._staff, self._plan, self._following = course, staff, plan, following

    def set_ai_share(self, who: Person | Iterable[Person] | None, share: float) -> None:
        """See `sim.mesa_model.model.OrgModel.set_ai_share`."""
        course = self._course
        share = float(REGISTRY["ai.share_of_code"].check(share, "set_ai_share: "))
        if share > 0 and not course.values["switches.ai"]:
            raise UserError("set_ai_share: AI is off in this scenario; start it with switches.ai: true")
        chosen = list(range(len(course.org.people))) if who is None else self._rows_of(who)
        if self._plan.give(chosen, share):
            self._plan.carry_out()
            course.ask(row for row in chosen if course.org.people["coder"][row])

    def _rows_of(self, who: Person | Iterable[Person]) -> list[int]:
        """Return the rows of *who*, a manager standing for the team and the desk, in order."""
        rows: set[int] = set()
        for person in several(who):
            row = self._staff.row_of(person, "set_ai_share")
            rows.update([row] if isinstance(person, IC) else members(self._course.org, row))
        return sorted(rows)

    def set_parameter(self, path: str, value: Value) -> None:
        """See `sim.mesa_model.model.OrgModel.set_parameter`."""
        course = self._course
        takes_effect(path)  # refuses what cannot change
        value = REGISTRY[path].check(value, "set_parameter: ")
        if value == course.values[path]:
            return
        if path == "ai.agent_fraction" and not course.engine.agents_each:
            raise UserError("set_parameter: ai.agent_fraction: nobody has an AI agent; start with it above 0")
        if path == "managers.hands_on_share" and not course.has_desks:
            raise UserError(
                "set_parameter: managers.hands_on_share: nobody has a desk; start with it above 0"
            )
        first = max(int(course.org.world["people_week"][0]), 1)
        _check_date(path, value, course.values, first, course.setup.weeks)
        self.change({path: value})

    def change(self, settings: Mapping[str, Value]) -> None:
        """Let parameters (path -> value), already checked, change from now on."""
        course, old = self._course, self._course.parameters
        course.set_values(settings)
        if any(path in PEOPLE_SWITCHES and is_on(value) for path, value in settings.items()):
            course.people_come_and_go = True
        if not touches_flow(settings):
            return
        if "ai.share_of_code" in settings:
            self._plan.give_everybody(float(settings["ai.share_of_code"]))
        wake = self._plan.change_parameters(old, tuple(settings))
        self._following.desks()
        course.ask_everybody(wake=wake)
        course.plan_week()


def _check_date(path: str, value: Value, values: Mapping[str, Value], first: int, last: int) -> None:
    """Raise `UserError` if setting *path* to *value* demands a layoff in a week that is over, or after the end.

    *values*: all parameters at present; *first*, *last*: weeks at whose end something can still happen.
    """
    for when, whether in _DATED.items():
        if path == when:
            week = int(value)
        elif path in whether and value:
            week = int(values[when])
        else:
            continue
        if first <= week <= last:
            continue
        late = "over" if week < first else "after the end"
        if path == when:
            raise UserError(f"set_parameter: {path}: week {week} is {late}; use {first} to {last}")
        raise UserError(
            f"set_parameter: {path}: {when} {week} is {late}; set {when} to {first} to {last} first"
        )
