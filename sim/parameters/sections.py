"""The sections of the model, each declared once: what it is called, what switches it, what is left without it.

A section owns parameters, by the beginnings of their paths; the longest beginning decides. So a part of a section that has a
switch of its own, or that shows at another time, stands under it with longer beginnings, and `within` names the section
without which it does nothing. A part that no switch takes out, `neutral` values do: they need not be of its own parameters.
Everything that must know which sections there are reads this table:

- `sim.parameters.registry`: titles of the groups of parameters.
- `sim.parameters.changing`: what can change in a run, and when that shows.
- `can_act`: whose plausible ranges are drawn and counted (`sim.experiments.plausible`).
- `explained`: the parts into which `orgsim explain` splits a difference.
- `REMAINS`: what the page on limits says about a switch.
- `PEOPLE_SWITCHES`: whether people come and go at all.

A new mechanism adds an entry. `tests/parameters/test_sections.py` says what is missing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

AT_ONCE, NEXT_WEEK, WEEK_END = "at once", "next week", "at the week's end"

_DRAWN = "people and their hands-on desks are made at the start"
_AGES = "ages are drawn at the start"
_TRAITS = "traits are drawn at the start"
_AGENTS = "AI agents are hired at the start"
_PRICES = "prices hold for the whole horizon"
_EXPERIMENT = "it defines how the experiment is set up"

#: Parameter -> its value, of a whole scenario.
Values = Mapping[str, Any]
#: A value, or what gives it from the scenario's values.
Neutral = float | Callable[[Values], float]


def _same_as(path: str) -> Callable[[Values], float]:
    """The value that another parameter has."""
    return lambda values: values[path]


def _one_over(path: str) -> Callable[[Values], float]:
    """One over the value that another parameter has."""
    return lambda values: 1.0 / values[path]


def _no_ai(values: Values) -> bool:
    """Nobody's code and nobody's questions go to AI."""
    return _no_ai_code(values) and values["ai.answers"] == "by_use"


def _no_ai_code(values: Values) -> bool:
    share: float = values["ai.share_of_code"]
    return share == 0.0


def _no_ai_preparation(values: Values) -> bool:
    saving: float = values["ai.prep_saving"]
    return _no_ai_code(values) or saving == 0.0


# What several sections need. A dated event is "events." and what it does; a number is on where it is not 0.
_DISMISSING = ("switches.layoffs", "events.lay_off", "competence.dismissal_below")
_PROMOTING = ("switches.promotions", "events.promote")
_LEAVING = ("switches.quits", "switches.layoffs", "switches.promotions", "switches.retirement", "events")
_LIVING = (*_LEAVING, "switches.hiring", "switches.strain", "ai.strategy")


@dataclass(frozen=True)
class Section:
    """A section of the model, or a part of one. paths: beginnings of the paths of its parameters, the first its block.

    switch: the setting that is true, or not "none", where the section is on; "" where it always is.
    shows: when a change of its switch or its parameters in a run shows. WEEK_END is for people who come and go.
    fixed: its paths that cannot change in a run -> why.
    remains: what is left of the model with the switch the other way than declared.
    words: what `orgsim explain` calls it. part: the section with which it is switched there; "" if it is never split off.
    acts: its parameters do something where one of these is on; by default where its switch is.
    neutral: parameter -> the value at which the section makes no difference, for `orgsim explain`.
    idle: tells from a scenario's values that the section does nothing, on or not.
    """

    name: str
    paths: tuple[str, ...]
    title: str = ""
    switch: str = ""
    shows: str = AT_ONCE
    fixed: Mapping[str, str] = field(default_factory=dict)
    remains: str = ""
    words: str = ""
    part: str = ""
    acts: tuple[str, ...] = ()
    within: str = ""
    neutral: Mapping[str, Neutral] = field(default_factory=dict)
    idle: Callable[[Values], bool] | None = None


SECTIONS = (
    Section("structure", ("organisation.",), "Structure", fixed={"organisation.bottom_span_ratio": "the tree is built at the start; use move()"}),
    Section("flow", ("switches.",), "Switches", "switches.flow", fixed={"switches.flow": _EXPERIMENT},
            remains="off: people come, go and are promoted; contribution is competence (`competence.*`), outcome `efficiency`"),
    # Work, and what it meets on its way.
    Section("work", ("work.",), "Work"),
    Section("messages", ("communication.delay_hours",)),
    # AI in parts. What is left of it without them is that AI writes code: as fast as it does, with what it adds of its own accord
    # (scope), which then takes hours, and has defects, as if it had been asked for.
    Section("ai", ("ai.",), "AI", "switches.ai", words="AI: writing", part="ai", idle=_no_ai,
            fixed={"switches.ai": f"{_AGENTS}; use set_ai_share(None, 0)",
                   "ai.share_of_code": "it is set per person; use set_ai_share(None, share)",
                   "ai.seat_usd": _PRICES, "ai.usd_per_standard_hour": _PRICES},
            remains="all else, by hand; no AI answers, governance hours or spend. `review.ai_reviewer` is a switch of its own"),
    Section("ai_verifying", ("ai.assistant_verify_", "ai.agent_verify_", "ai.reading_", "ai.selection", "ai.guardrail_verification"),
            within="ai", words="AI: verifying", part="ai_verifying", idle=_no_ai_code,
            neutral={"ai.assistant_verify_hours": 0.0, "ai.agent_verify_hours": 0.0}),
    # Without agents the assistant writes what they would have written. Their failures go with them, noticed or not.
    Section("ai_delegation", ("ai.agent", "ai.delegation", "ai.specify_", "ai.horizon_", "ai.briefing_", "ai.retr", "ai.failure_",
                              "ai.redo_", "ai.verification_detection"),
            within="ai", words="AI: delegation", part="ai_delegation", idle=_no_ai_code,
            fixed={"ai.agents_per_supervisor": _AGENTS}, neutral={"ai.agent_fraction": 0.0}),
    # Read in the hours that the same work by hand takes. Not by a volume ratio of 1: the planned share is one of volume, so that
    # AI would do more of the work.
    Section("ai_review", ("ai.volume_ratio",), within="ai", words="AI: review", part="ai_review", idle=_no_ai_code,
            neutral={"review.reading_ai_ratio": _one_over("ai.volume_ratio"), "review.pickup_ai_ratio": 1.0,
                     "review.discard_agent": _same_as("review.discard_human"), "review.reject_ai": _same_as("review.reject_human"),
                     "review.fixed_hours_ai": _same_as("review.fixed_hours_human"), "review.ai_blindness": 0.0}),
    Section("ai_defects", ("ai.defect_ratio", "ai.guardrail"), within="ai", words="AI: defects", part="ai_defects", idle=_no_ai_code,
            neutral={"ai.defect_ratio": 1.0, "ai.guardrail": 0.0}),
    Section("ai_answers", ("ai.answer",), switch="switches.ai_answers", within="ai", words="AI: answers", part="ai_answers",
            remains="AI writes code, and people ask people"),
    Section("ai_preparation", ("ai.prep_",), switch="switches.ai_preparation", within="ai", words="AI: preparation", part="ai_preparation",
            idle=_no_ai_preparation, remains="AI writes code, and people specify and test as ever"),
    Section("ai_use", ("ai.use_sd",), within="ai", acts=("switches.skill_differences",), fixed={"ai.use_sd": _DRAWN}),
    Section("fluency", ("ai.fluency_mean",), acts=("switches.ai", "ai.strategy"), fixed={"ai.fluency_mean": _DRAWN}),
    Section("questions", ("questions.",), "Questions", "switches.questions", words="questions up the hierarchy", part="questions",
            fixed={"questions.blocking": _EXPERIMENT, "questions.one_per_change": _EXPERIMENT, "questions.ic_knowledge": _DRAWN},
            remains="managers' inboxes still get coordination, reviews and arrivals from outside"),
    Section("dependencies", ("dependencies.",), "Dependencies", "switches.dependencies", words="dependencies between people", part="dependencies",
            remains="everybody works alone but for review and questions"),
    Section("review", ("review.",), "Review", "switches.review", words="review", part="review",
            fixed={"review.dedicated_reviewers": _DRAWN, "review.managers_review": _DRAWN},
            remains="defects are drawn and escape at merge; nothing is discarded"),
    Section("review_budget", ("review.hours_per_week",), switch="switches.review_budget", within="review", part="review",
            remains="reviewers stay single servers, and reviews still come after fixes and questions"),
    Section("pickup", ("review.pickup_",), switch="switches.pickup", within="review", part="review",
            remains="the delay of a message (`communication.delay_hours`)"),
    Section("ai_reviewer", ("review.ai_",), switch="review.ai_reviewer", within="review",
            remains="on: people still read every change afterwards"),
    Section("defects", ("defects.",), "Defects and incidents", "switches.defects", words="defects and incidents", part="defects",
            remains="rejections for other reasons (`review.reject_*`), rework after wrong guesses, incidents from outside"),
    Section("alignment", ("alignment.",), "Alignment", "switches.alignment", words="alignment", part="alignment",
            remains="the hours of the one-to-ones, which belong to people time"),
    Section("drift", ("alignment.persistence", "alignment.noise", "alignment.update"), within="alignment", shows=NEXT_WEEK),
    # Where hours go besides work.
    Section("meetings", ("meetings.",), "Meetings and communication", "switches.meetings", NEXT_WEEK, part="duties",
            remains="the one-to-ones and pairwise communication"),
    Section("duties", ("work.other_duties", "managers.admin_share", "managers.upward_hours", "managers.upper_own_share"),
            switch="switches.other_duties", shows=NEXT_WEEK, words="meetings and other duties", part="duties",
            remains="meetings, people time, hands-on time. Off with it: administration, upward reporting, AI governance, own work above the first line"),
    Section("communication", ("communication.",), "Meetings and communication", "switches.pairwise_communication", NEXT_WEEK,
            words="talking within the team", part="communication", remains="meetings and one-to-ones"),
    Section("managers", ("managers.",), "Managers", shows=NEXT_WEEK),
    Section("coaching", ("managers.people_", "managers.lift", "managers.coached_work", "alignment.meeting_hours"),
            switch="switches.people_time", shows=NEXT_WEEK, words="managers' time for people", part="coaching",
            remains="coverage is 1: one-to-ones and coaching at no hours; no lift, no effect of quality on output"),
    Section("quality", ("managers.quality_effect",), shows=NEXT_WEEK, acts=("switches.people_time", *_PROMOTING)),
    Section("hands_on", ("managers.hands_on_",), switch="switches.hands_on", shows=NEXT_WEEK, words="managers' hands-on work", part="hands_on",
            fixed={"switches.hands_on": f"{_DRAWN}; use managers.hands_on_share", "managers.hands_on_skill": _DRAWN},
            remains="managers write and review nothing, and step in for no leaver"),
    Section("learning", ("learning.",), "Learning", "switches.learning", NEXT_WEEK, words="learning", part="learning",
            remains="skill stays as drawn"),
    Section("skill_differences", ("work.skill_sd", "managers.quality_mean", "managers.quality_sd"), switch="switches.skill_differences",
            words="differences between people", part="skill_differences",
            fixed=dict.fromkeys(("switches.skill_differences", "work.skill_sd", "managers.quality_mean", "managers.quality_sd"), _DRAWN),
            remains="skill 1, knowledge and fluency at their means, quality 0; `managers.hands_on_skill`"),
    Section("knowledge_differences", ("questions.ic_knowledge_sd",), acts=("switches.skill_differences",), within="questions",
            fixed={"questions.ic_knowledge_sd": _DRAWN}),
    Section("fluency_differences", ("ai.fluency_sd",), acts=("switches.skill_differences",), within="fluency", fixed={"ai.fluency_sd": _DRAWN}),
    # People who come and go: everything that happens to them happens at a week's end.
    Section("people", ("people.",), "People", shows=WEEK_END, acts=(*_LEAVING, "careers.staff_share"),
            fixed={"people.tenure_mean_years": _TRAITS, "people.diverse_share": _TRAITS}),
    Section("quits", ("quits.",), "People", "switches.quits", WEEK_END, words="quits", part="quits",
            remains="on: needs nothing else; with `switches.strain` the hazard follows strain"),
    Section("quits_of_strain", ("quits.strain_effect",), shows=WEEK_END, acts=("switches.strain",), within="quits"),
    Section("ordinary_strain", ("quits.strain_at_base",), shows=WEEK_END, acts=("switches.strain",)),
    Section("passed_over", ("quits.passed_over_effect",), shows=WEEK_END, acts=("switches.promotions",), within="quits"),
    Section("layoffs", ("layoffs.",), "People", "switches.layoffs", WEEK_END, words="layoffs", part="layoffs",
            remains="on: the background hazard; every other regime has a policy of its own that is 0 or .inf until set"),
    Section("severance", ("layoffs.severance_weeks",), shows=WEEK_END, acts=_DISMISSING),
    Section("handover", ("layoffs.takeover", "layoffs.step_in_changes"), shows=WEEK_END, acts=_LEAVING),
    Section("shock", ("quits.layoff_",), shows=WEEK_END, acts=("switches.quits", "switches.strain"), within="severance"),
    Section("hiring", ("hiring.",), "People", "switches.hiring", WEEK_END, acts=("switches.hiring", "events.hire"), words="hiring", part="hiring",
            remains="on: vacancies are filled as `hiring.policy` says. Off: seats stay vacant, nobody ramps up"),
    Section("promotions", ("careers.",), "Careers", "switches.promotions", WEEK_END, acts=_PROMOTING, words="promotions", part="promotions",
            remains="on: managers' seats are filled from below. Off: from outside, if hiring is on"),
    Section("currency", ("careers.currency_",), shows=WEEK_END, acts=_LIVING),
    Section("return", ("careers.skill_kept",), shows=WEEK_END, acts=("switches.promotions", "switches.layoffs", "events.convert")),
    Section("staff", ("careers.coaching_hours", "careers.staff_"), shows=WEEK_END, acts=("careers.staff_share",)),
    Section("super_ics", ("careers.super_lift",), shows=WEEK_END, acts=_LIVING),
    Section("strain", ("strain.",), "People", "switches.strain", WEEK_END, words="strain", part="strain",
            remains="on: strain moves quits and output. Off: quits happen at the base rate"),
    Section("strain_of_layoffs", ("strain.layoff_effect",), shows=WEEK_END, acts=_DISMISSING, within="strain"),
    Section("retirement", ("people.age_", "people.retirement_age"), switch="switches.retirement", shows=WEEK_END, words="retirement", part="retirement",
            fixed={"switches.retirement": _AGES, "people.age_": _TRAITS},
            remains="on: ages (`people.age_*`) grow, and whoever is past `people.retirement_age` leaves"),
    Section("competence", ("competence.",), "Competence", shows=WEEK_END),
    Section("ai_strategy", ("governance.", "ai.strategy"), "AI strategy", "ai.strategy", WEEK_END, words="AI strategy", part="ai_strategy"),
    Section("events", ("moves.",), "People", "events", WEEK_END, words="dated events", part="events", acts=("events.move",)),
    # Money, and how an experiment is set up.
    Section("money", ("money.",), "Money", fixed={"money.": _PRICES}),
    Section("service", ("service.",), "Experiments"),
    Section("arrivals", ("arrivals.",), "Experiments", "arrivals.kind", words="work from outside", part="arrivals",
            fixed={"arrivals.kind": _EXPERIMENT}),
)  # fmt: skip

BY_NAME: Mapping[str, Section] = {section.name: section for section in SECTIONS}
#: Switch -> what remains of the model with it the other way than declared.
REMAINS: Mapping[str, str] = {section.switch: section.remains for section in SECTIONS if section.remains}
#: People come and go where one of these is on.
PEOPLE_SWITCHES = tuple(s.switch for s in SECTIONS if s.shows == WEEK_END and s.switch not in ("", "events"))

# By switch, and by the beginning of a path; the first of several with the same one. Looked up for every parameter at start-up.
_SWITCHED: Mapping[str, Section] = {s.switch: s for s in reversed(SECTIONS) if s.switch}
_OWNERS: Mapping[str, Section] = {start: s for s in reversed(SECTIONS) for start in s.paths}
_TITLED: Mapping[str, Section] = {start: s for s in reversed(SECTIONS) if s.title for start in s.paths}


def _longest(path: str, owners: Mapping[str, Section]) -> Section | None:
    """The section with the longest beginning of a path, or None."""
    beginnings = (path[:end] for end in range(len(path), 0, -1))
    return next((owners[start] for start in beginnings if start in owners), None)


def off_value(switch: str) -> object:
    """The value at which a section's switch is off."""
    return () if switch == "events" else False if switch.startswith(("switches.", "review.")) else "none"


def is_on(value: object) -> bool:
    """True if a switch with this value is on; a number is where it is not 0."""
    return value not in (False, "none", (), None)


def section_of(path: str) -> Section:
    """The section of a parameter: that whose switch it is, or else that with the longest beginning of its path.

    Raises LookupError for a path that no section has.
    """
    if path in _SWITCHED:
        return _SWITCHED[path]
    section = _longest(path, _OWNERS)
    if section is None or path.startswith("switches."):
        raise LookupError(f"{path}: no section has it; add an entry to sim/parameters/sections.py")
    return section


def title_of(path: str) -> str:
    """The title of the group of parameters that a path is listed in."""
    section_of(path)
    titled = _longest(path, _TITLED)
    if titled is None:
        raise LookupError(f"{path}: its section in sim/parameters/sections.py has no title")
    return titled.title


def can_act(path: str, on: Callable[[str], bool]) -> bool:
    """True if a parameter can move anything where `on` tells which switches are on."""
    section = section_of(path)
    while True:
        needed = section.acts or ((section.switch,) if section.switch else ())
        if needed and not any(on(switch) for switch in needed):
            return False
        if not section.within:
            return True
        section = BY_NAME[section.within]


@dataclass(frozen=True)
class Explained:
    """A part of `orgsim explain`.

    off: setting -> its value without the part, or what gives it from the scenario's values.
    within: the part without which it does nothing, "" if there is none. idle: see `Section`.
    """

    name: str
    words: str
    off: Mapping[str, Any]
    within: str
    idle: Callable[[Values], bool] | None


def explained() -> tuple[Explained, ...]:
    """The parts of `orgsim explain`, in the order of the table."""
    return tuple(Explained(s.name, s.words, _off(s.name), s.within, s.idle) for s in SECTIONS if s.part == s.name)


def _off(part: str) -> dict[str, Any]:
    """What takes a part out: the switches of its sections, and their neutral values."""
    mine = [section for section in SECTIONS if section.part == part]
    switches = {section.switch: off_value(section.switch) for section in mine if section.switch}
    return switches | {path: value for section in mine for path, value in section.neutral.items()}
