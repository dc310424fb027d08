"""What a varied path is to the one who asks: decided by them, given to them, or assumed by the model.

Best designs are sought over what is *decided* (structure, spans, hands-on time, review); rules say for which values of what is
*given* (the AI share, the size) and *assumed* (uncertain parameters) a design is the better one.

    roles: {ai.share_of_code: decide}     # the key of a file; a path that it leaves out has the role of `usual_role`
"""

from collections.abc import Iterable, Mapping

from sim.errors import suggest
from sim.experiments.study_file import Reader, short
from sim.parameters.registry import REGISTRY

DECIDE, GIVEN, ASSUMED = ROLES = ("decide", "given", "assumed")
USUALLY_DECIDED = ("review.hours_per_week", "managers.upper_own_share", "alignment.meeting_hours")
USUALLY_GIVEN = ("ai.share_of_code", "organisation.ics", "time.weeks")


def usual_role(path: str) -> str:
    """The role of a path where the file says none: an uncertain parameter is assumed, AI share and size are given."""
    if path in USUALLY_GIVEN:
        return GIVEN
    if path in USUALLY_DECIDED:
        return DECIDE
    declared = REGISTRY.get(path)
    return ASSUMED if declared is not None and declared.uncertain else DECIDE


def read_roles(reader: Reader, paths: Iterable[str]) -> dict[str, str]:
    """Path -> role for every varied path, in their order. Raises UserError for a path that is not varied, or an unknown role."""
    varied = tuple(paths)
    stated: Mapping[str, object] = {}
    if reader.get(("roles",)) is not None:
        stated = reader.mapping(("roles",), None)
    for path, role in stated.items():
        if path not in varied:
            hint = suggest(str(path), list(varied))
            reader.fail(("roles", path), f"is not varied{hint}; varied: {', '.join(varied)}", key=True)
        if role not in ROLES:
            hint = suggest(str(role), list(ROLES))
            reader.fail(("roles", path), f"{short(role)} is not one of {', '.join(ROLES)}{hint}")
    return {path: str(stated.get(path, usual_role(path))) for path in varied}
