"""All parameters by path, and in their groups, whose titles are those of `sim.parameters.sections`."""

from collections.abc import Mapping

from sim.parameters import flow, people
from sim.parameters.declaration import Parameter
from sim.parameters.sections import title_of

_DECLARED = (
    *flow.STRUCTURE,
    *flow.SWITCHES,
    *people.SWITCHES,
    *flow.WORK,
    *flow.COMMUNICATION,
    *flow.AI,
    *flow.REVIEW,
    *flow.DEFECTS,
    *flow.QUESTIONS,
    *flow.DEPENDENCIES,
    *flow.ALIGNMENT,
    *flow.MANAGERS,
    *flow.LEARNING,
    *people.PEOPLE,
    *people.CAREERS,
    *people.COMPETENCE,
    *people.GOVERNANCE,
    *flow.MONEY,
    *flow.EXPERIMENT,
)

REGISTRY: Mapping[str, Parameter] = {parameter.path: parameter for parameter in _DECLARED}


def _grouped() -> dict[str, tuple[Parameter, ...]]:
    groups: dict[str, tuple[Parameter, ...]] = {}
    for parameter in _DECLARED:
        title = title_of(parameter.path)
        groups[title] = (*groups.get(title, ()), parameter)
    return groups


GROUPS: Mapping[str, tuple[Parameter, ...]] = _grouped()


def defaults() -> dict[str, float | int | bool | str]:
    """Return path -> declared value of every parameter."""
    return {path: parameter.value for path, parameter in REGISTRY.items()}
