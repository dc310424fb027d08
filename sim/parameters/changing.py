"""Which parameters can change in a run, and when a change shows."""

from collections.abc import Iterable, Mapping

from sim.errors import UserError, suggest
from sim.parameters.registry import REGISTRY
from sim.parameters.sections import AT_ONCE, NEXT_WEEK, WEEK_END, section_of

__all__ = ("AT_ONCE", "FIXED", "NEXT_WEEK", "WEEK_END", "takes_effect", "touches_flow")


def _why_fixed(path: str) -> str:
    """Why a parameter cannot change in a run, "" if it can."""
    fixed = section_of(path).fixed
    return fixed.get(path) or next((why for start, why in fixed.items() if path.startswith(start)), "")


#: Parameters that cannot be changed in a run, and why.
FIXED: Mapping[str, str] = {path: why for path in REGISTRY if (why := _why_fixed(path))}


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
    return section_of(path).shows


def touches_flow(paths: Iterable[str]) -> bool:
    """Return True if a change of any of the parameters *paths* shows before people next come and go."""
    return any(path == "ai.share_of_code" or takes_effect(path) != WEEK_END for path in paths)
