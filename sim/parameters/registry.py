"""All parameters by path, in their groups."""

from collections.abc import Mapping

from sim.parameters.declaration import Parameter
from sim.parameters.flow import (
    AI,
    ALIGNMENT,
    COMMUNICATION,
    DEFECTS,
    DEPENDENCIES,
    EXPERIMENT,
    LEARNING,
    MANAGERS,
    MONEY,
    QUESTIONS,
    REVIEW,
    STRUCTURE,
    SWITCHES,
    WORK,
)
from sim.parameters.people import CAREERS, COMPETENCE, GOVERNANCE, PEOPLE, PEOPLE_SWITCHES

GROUPS: Mapping[str, tuple[Parameter, ...]] = {
    "Structure": STRUCTURE,
    "Switches": (*SWITCHES, *PEOPLE_SWITCHES),
    "Work": WORK,
    "Meetings and communication": COMMUNICATION,
    "AI": AI,
    "Review": REVIEW,
    "Defects and incidents": DEFECTS,
    "Questions": QUESTIONS,
    "Dependencies": DEPENDENCIES,
    "Alignment": ALIGNMENT,
    "Managers": MANAGERS,
    "Learning": LEARNING,
    "People": PEOPLE,
    "Careers": CAREERS,
    "Competence": COMPETENCE,
    "AI strategy": GOVERNANCE,
    "Money": MONEY,
    "Experiments": EXPERIMENT,
}


REGISTRY: Mapping[str, Parameter] = {q.path: q for group in GROUPS.values() for q in group}


def defaults() -> dict[str, float | int | bool | str]:
    """Return path -> declared value of every parameter."""
    return {path: q.value for path, q in REGISTRY.items()}
