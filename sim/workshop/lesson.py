"""Lessons: a base organisation and the levers by which it can be changed, from a strict YAML file.

    title, question, intro   words for the page
    base                     a bundled scenario; `set` gives it other values, path by path, as ``--set`` does
    hold                     what designs of another structure hold equal to the base (`organisation.hold`), such as payroll
    headline                 the outcome that decides; `figures`: four more that are shown large
    levers                   by key: title, help, and `steps` by key: label, and `set`, the values of that step by path

The step of a lever that sets nothing is that of the base, and every lever has exactly one. No two levers set the same path, so a
design is one step of each lever, in any combination. Whoever designs chooses steps; a path or a value never comes from a browser.
Not here yet: what a class needs (budget, timers, predictions, what is revealed).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from sim.errors import UserError, listed_problems, suggest
from sim.outcomes.declared import OUTCOMES, check_outcome
from sim.scenario.files import bundled, one_line
from sim.scenario.yaml_source import Place, YamlDocument, parse_yaml

FIGURES = 4
MOST_LEVERS, MOST_STEPS = 10, 9  # a design is written as one digit for each lever
MOST_LETTERS = 600  # of a text
TOP_KEYS = ("title", "question", "intro", "base", "set", "hold", "headline", "figures", "levers")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")


@dataclass(frozen=True)
class Step:
    """One position of a lever. values: by path; none in the step of the base."""

    key: str
    label: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Lever:
    """What can be chosen. base: index of the step that is the base's."""

    key: str
    title: str
    help: str
    steps: tuple[Step, ...]
    base: int

    @property
    def structural(self) -> bool:
        """Whether it changes who reports to whom."""
        return any(path.startswith("organisation.") for step in self.steps for path in step.values)


@dataclass(frozen=True)
class Lesson:
    """A lesson as it was read. values: of the base, by path; base: the bundled scenario that they change."""

    name: str
    title: str
    question: str
    intro: str
    base: str
    values: Mapping[str, Any]
    hold: str
    headline: str
    figures: tuple[str, ...]
    levers: tuple[Lever, ...]


def lessons() -> tuple[str, ...]:
    """The names of the bundled lessons."""
    folder = resources.files("sim.workshop").joinpath("lessons")
    return tuple(sorted(Path(one.name).stem for one in folder.iterdir() if one.name.endswith(".yaml")))


def load_lesson(name: str) -> Lesson:
    """A bundled lesson by its name. Raises `UserError`."""
    known = lessons()
    if name not in known:
        near = suggest(name[:80], known)
        raise UserError(f"{one_line(name)!r} is no lesson{near}; lessons: {', '.join(known)}")
    text = resources.files("sim.workshop").joinpath("lessons", f"{name}.yaml").read_text(encoding="utf-8")
    return read_lesson(text, name)


def read_lesson(text: str, name: str) -> Lesson:
    """A lesson from its text; *name* stands for it in messages. Raises `UserError` with all problems, a line each."""
    document = parse_yaml(text, f"{name}.yaml")
    reader = _Reader(document)
    found = reader.lesson(name)
    if reader.problems or found is None:
        raise UserError(listed_problems(reader.problems))
    return found


class _Reader:
    """Collects the problems of a document while it is read."""

    def __init__(self, document: YamlDocument) -> None:
        self.document = document
        self.problems: list[str] = []

    def lesson(self, name: str) -> Lesson | None:
        """The lesson, None if something is so wrong that there is none."""
        data = self._mapping(self.document.data, (), TOP_KEYS)
        if len(data) < len(TOP_KEYS):
            return None
        base = self._text(data, ("base",))
        if base not in bundled():
            self._say(("base",), f"'{base}' is no bundled scenario{suggest(base, tuple(bundled()))}")
        figures = tuple(map(str, data["figures"])) if isinstance(data["figures"], list) else ()
        if len(figures) != FIGURES:
            self._say(("figures",), f"figures: expected a list of {FIGURES} outcomes")
        headline = self._text(data, ("headline",))
        for outcome in (headline, *figures):
            self._outcome(outcome)
        levers = self._levers(data["levers"])
        title, question, intro = (self._text(data, (key,)) for key in ("title", "question", "intro"))
        values, hold = self._values(data["set"], ("set",)), self._text(data, ("hold",))
        return Lesson(name, title, question, intro, base, values, hold, headline, figures, levers)

    def _levers(self, data: Any) -> tuple[Lever, ...]:
        named = self._named(data, ("levers",), MOST_LEVERS)
        levers = [lever for key, value in named.items() if (lever := self._lever(key, value)) is not None]
        owner: dict[str, str] = {}
        for lever in levers:
            for path in sorted({path for step in lever.steps for path in step.values}):
                if path in owner:
                    self._say(
                        ("levers", lever.key),
                        f"{path} is set by '{owner[path]}', too; one lever sets a path",
                    )
                owner[path] = lever.key
        return tuple(levers)

    def _lever(self, key: str, data: Any) -> Lever | None:
        place: Place = ("levers", key)
        found = self._mapping(data, place, ("title", "help", "steps"))
        if len(found) < 3:
            return None
        steps = []
        for name, value in self._named(found["steps"], (*place, "steps"), MOST_STEPS).items():
            at = (*place, "steps", name)
            one = self._mapping(value, at, ("label", "set"))
            if len(one) == 2:
                label = self._text(one, ("label",), at)
                steps.append(Step(name, label, self._values(one["set"], (*at, "set"))))
        bases = [k for k, step in enumerate(steps) if not step.values]
        if len(bases) != 1:
            self._say(
                place, f"{key}: exactly one step sets nothing, the one of the base; here {len(bases)} do"
            )
            return None
        title, words = (self._text(found, (name,), place) for name in ("title", "help"))
        return Lever(key, title, words, tuple(steps), bases[0])

    def _named(self, data: Any, place: Place, most: int) -> dict[str, Any]:
        """A mapping whose keys are names."""
        if not isinstance(data, dict) or not 1 <= len(data) <= most:
            self._say(place, f"{place[-1]}: expected 1 to {most} names, each with what belongs to it")
            return {}
        for key in data:
            if not _KEY.fullmatch(str(key)):
                self._say(
                    (*place, key), f"{one_line(str(key))!r} is no name; use small letters, digits and '-'"
                )
        return {str(key): value for key, value in data.items()}

    def _mapping(self, data: Any, place: Place, keys: tuple[str, ...]) -> dict[str, Any]:
        """A mapping with exactly these keys; those that are there and known."""
        where = ".".join(map(str, place)) or "the lesson"
        if not isinstance(data, dict):
            self._say(place, f"{where}: expected {', '.join(keys)}")
            return {}
        for key in data:
            if key not in keys:
                known = ", ".join(keys)
                self._say(
                    (*place, key),
                    f"{one_line(str(key))!r} is no key of {where}{suggest(str(key), keys)}; keys: {known}",
                )
        for key in keys:
            if key not in data:
                self._say(place, f"{where}: {key} is missing")
        return {key: data[key] for key in keys if key in data}

    def _text(self, data: Mapping[str, Any], key: tuple[str], place: Place = ()) -> str:
        value = data.get(key[0])
        if not isinstance(value, str) or not 1 <= len(value.strip()) <= MOST_LETTERS:
            self._say((*place, *key), f"{key[0]}: expected a text of at most {MOST_LETTERS} letters")
            return ""
        return value.strip()

    def _values(self, data: Any, place: Place) -> dict[str, Any]:
        """Path -> value. Whether there is such a path, and whether the value can be, the scenario says."""
        if not isinstance(data, dict):
            self._say(place, "set: expected {path: value}, or {} for the base")
            return {}
        return {str(path): value for path, value in data.items()}

    def _outcome(self, name: str) -> None:
        try:
            check_outcome(name, OUTCOMES, f"{self.document.where()}: outcome", decides=True)
        except UserError as error:
            self.problems.append(str(error))

    def _say(self, place: Place, text: str) -> None:
        self.problems.append(f"{self.document.where(place)}: {text}")
