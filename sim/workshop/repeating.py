"""A design for the command line: two scenario files, and the command that prints its figures again."""

import json
from collections.abc import Mapping
from typing import Any

from sim.workshop.design import Design, Designs
from sim.workshop.desk import WORLDS, Found

BASE_FILE, DESIGN_FILE = "workshop-base.yaml", "workshop-design.yaml"


def command(found: Found) -> str:
    """The command that prints the figures of a design again."""
    worlds = WORLDS if found.done else 0
    return f"orgsim compare {BASE_FILE} {DESIGN_FILE} --runs {found.runs} --ranges {worlds}"


def files(designs: Designs, design: Design) -> list[tuple[str, str]]:
    """The base and the design as scenario files: (name, text)."""
    lesson = designs.lesson
    return [
        (BASE_FILE, scenario_text(lesson.question, lesson.base, lesson.values)),
        (DESIGN_FILE, scenario_text(lesson.question, BASE_FILE, designs.values(design.steps))),
    ]


def scenario_text(question: str, extends: str, values: Mapping[str, Any]) -> str:
    """A scenario file that sets these values, by path."""
    lines = [f"question: {json.dumps(question)}", f"extends: {extends}"]
    sections: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        section, _, name = path.partition(".")
        sections.setdefault(section, {})[name] = value
    for section, named in sections.items():
        lines.append(f"{section}:")
        lines += [f"  {name}: {json.dumps(value)}" for name, value in named.items()]
    return "\n".join(lines) + "\n"
