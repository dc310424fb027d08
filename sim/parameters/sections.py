"""Which parameters can change in a run, and when a change shows."""

from collections.abc import Iterable

from sim.errors import UserError, suggest
from sim.parameters.registry import REGISTRY

AT_ONCE, NEXT_WEEK, WEEK_END = "at once", "next week", "at the week's end"

_DRAWN = "people and their hands-on desks are made at the start"
_PRICES = "prices hold for the whole horizon"
_EXPERIMENT = "it defines how the experiment is set up"
#: Parameters that cannot be changed in a run, and why.
FIXED = {
    **dict.fromkeys(
        (
            "people.tenure_mean_years", "people.diverse_share", "people.age_mean", "people.age_sd", "people.age_min",
            "people.age_max",
        ),
        "traits are drawn at the start",
    ),
    "switches.flow": _EXPERIMENT,
    "switches.retirement": "ages are drawn at the start",
    "organisation.bottom_span_ratio": "the tree is built at the start; use move()",
    "switches.ai": "AI agents are hired at the start; use set_ai_share(None, 0)",
    "switches.hands_on": f"{_DRAWN}; use managers.hands_on_share",
    "ai.share_of_code": "it is set per person; use set_ai_share(None, share)",
    "ai.agents_per_supervisor": "AI agents are hired at the start",
    "ai.seat_usd": _PRICES,
    "ai.usd_per_standard_hour": _PRICES,
    "questions.blocking": _EXPERIMENT,
    "questions.one_per_change": _EXPERIMENT,
    "arrivals.kind": _EXPERIMENT,
    **dict.fromkeys((path for path in REGISTRY if path.startswith("money.")), _PRICES),
    **dict.fromkeys(
        (
            "switches.skill_differences", "work.skill_sd", "ai.fluency_mean", "ai.fluency_sd", "questions.ic_knowledge",
            "questions.ic_knowledge_sd", "managers.hands_on_skill", "managers.quality_mean",
            "managers.quality_sd", "review.dedicated_reviewers", "review.managers_review",
        ),
        _DRAWN,
    ),
}  # fmt: skip
#: Parameters that are read once a week: groups, and single paths.
_WEEKLY_GROUPS = ("meetings.", "managers.", "learning.")
_WEEKLY = frozenset((
    "work.other_duties", "communication.hours_per_partner", "communication.partners_max", "alignment.persistence",
    "alignment.noise", "alignment.update", "alignment.meeting_hours", "switches.meetings", "switches.people_time",
    "switches.pairwise_communication", "switches.other_duties", "switches.learning",
))  # fmt: skip
#: Parameters of people who come and go: everything that happens to them happens at a week's end.
_WEEK_END_GROUPS = (
    "people.",
    "moves.",
    "quits.",
    "strain.",
    "layoffs.",
    "hiring.",
    "careers.",
    "competence.",
    "governance.",
    "ai.strategy",
)
PEOPLE_SWITCHES = frozenset(
    f"switches.{name}" for name in ("quits", "layoffs", "hiring", "promotions", "strain")
)


def takes_effect(path: str, where: str = "set_parameter: ") -> str:
    """Return when a change of parameter *path* in a run takes effect: AT_ONCE, NEXT_WEEK or WEEK_END.

    At once: for everything that begins from now on (a change, a review, a question); what is under way is finished as it
    was begun. At the week's end: when people next come and go. Raises `UserError` for an unknown parameter and for one that
    only acts at the start.
    """
    if path not in REGISTRY:
        known = suggest(path, tuple(REGISTRY))
        raise UserError(f"{where}there is no parameter '{path}'{known}; `orgsim parameters` lists them")
    if path in FIXED:
        raise UserError(f"{where}{path} cannot change in a run: {FIXED[path]}, or set it in the scenario")
    if path in PEOPLE_SWITCHES or path.startswith(_WEEK_END_GROUPS):
        return WEEK_END
    return NEXT_WEEK if path in _WEEKLY or path.startswith(_WEEKLY_GROUPS) else AT_ONCE


def touches_flow(paths: Iterable[str]) -> bool:
    """Return True if a change of any of the parameters *paths* shows before people next come and go."""
    return any(path == "ai.share_of_code" or takes_effect(path) != WEEK_END for path in paths)


#: Groups of parameters that act only where one of these settings is on (not false, not "none").
NEEDS = {
    "quits": ("switches.quits",),
    "strain": ("switches.strain",),
    "hiring": ("switches.hiring",),
    "layoffs": ("switches.layoffs", "switches.quits"),
    "careers": ("switches.promotions",),
    "people": ("switches.quits", "switches.layoffs"),
    "governance": ("ai.strategy",),
}
