"""Designs: one step of each lever, as a scenario at equal payroll, and what is really built.

A design is written as one digit for each lever, its step: "2010" is the third step of the first lever, and so on. What follows
from a structure, such as teams of eight where spans of six were planned because the money of fewer managers buys ICs, is read off
the tree that the engine gets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from threading import RLock
from typing import Any

import numpy as np

from sim.errors import UserError
from sim.organisation.sketch import sketch
from sim.organisation.tree import Tree
from sim.scenario.files import one_line
from sim.scenario.scenario import Scenario, load
from sim.scenario.tree import tree_of
from sim.workshop.lesson import Lesson, Lever, Step

BASE, DESIGN = "base", "design"  # names of the two scenarios of a comparison
MOST_KEPT = 400  # designs in memory; others are made again


@dataclass(frozen=True)
class Built:
    """An organisation as it is built. teams: (smallest, largest) number of people who report to a first-line manager, ICs for the
    most part; payroll, left_over: USD a year, the latter what was not enough for one more IC.
    """

    ics: int
    managers: int
    layers: int
    teams: tuple[int, int]
    payroll: float
    left_over: float


@dataclass(frozen=True, eq=False)
class Design:
    """One step of each lever. scenario: what is simulated; `steps`: index by lever."""

    key: str
    steps: tuple[int, ...]
    scenario: Scenario

    @cached_property
    def tree(self) -> Tree:
        """Who reports to whom."""
        return tree_of(self.scenario)

    @cached_property
    def built(self) -> Built:
        """What is built."""
        return built(self.tree)

    @cached_property
    def shape(self) -> dict[str, Any]:
        """What pictures of the organisation are drawn from (`sim.organisation.sketch`)."""
        return sketch(self.tree, real=False)


def built(tree: Tree) -> Built:
    """The numbers of a tree."""
    first = tree.layer[tree.ics :] == 1
    spans = tree.spans()[first] if first.any() else np.array([tree.ics])
    teams = (int(spans.min()), int(spans.max()))
    return Built(tree.ics, tree.managers, tree.layers, teams, tree.payroll, tree.payroll_gap)


class Designs:
    """The designs of a lesson, made when they are asked for, by any thread. Raises `UserError` if a step cannot be built."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        scenario = load(lesson.base).with_values(lesson.values)
        self._scenario = replace(scenario, name=BASE)
        self._lock = RLock()
        self._made: dict[str, Design] = {}  # the oldest first
        self.base = self.of(self.base_steps)
        for k, lever in enumerate(lesson.levers):
            for j in range(len(lever.steps)):
                self.of((*self.base_steps[:k], j, *self.base_steps[k + 1 :])).built  # noqa: B018

    @property
    def base_steps(self) -> tuple[int, ...]:
        """The steps of the base."""
        return tuple(lever.base for lever in self.lesson.levers)

    def at(self, key: str) -> Design:
        """The design that is written so. Raises `UserError` for what is no design of this lesson."""
        levers = self.lesson.levers
        known = key.isascii() and key.isdigit() and len(key) == len(levers)
        if not known or any(int(x) >= len(lever.steps) for x, lever in zip(key, levers, strict=True)):
            raise UserError(
                f"{one_line(key, 40)!r} is no design of this lesson; choose one on the first page"
            )
        return self.of(tuple(map(int, key)))

    def chosen(self, fields: Mapping[str, Sequence[str]]) -> Design:
        """The design of a form: lever -> the keys of its steps, of which there must be one; a lever left out is the base's.

        Raises `UserError` for a lever or a step that the lesson has not.
        """
        levers = {lever.key: lever for lever in self.lesson.levers}
        for name in fields:
            if name not in levers:
                raise UserError(
                    f"{one_line(name, 40)!r} is no lever of this lesson; levers: {', '.join(levers)}"
                )
        return self.of(tuple(_index(lever, fields.get(lever.key, ())) for lever in levers.values()))

    def of(self, steps: tuple[int, ...]) -> Design:
        """The design with these steps."""
        key = "".join(map(str, steps))
        with self._lock:
            if key not in self._made:
                while len(self._made) >= MOST_KEPT:
                    del self._made[next(iter(self._made))]
                self._made[key] = Design(key, steps, self._scenario_of(steps))
            return self._made[key]

    def _scenario_of(self, steps: tuple[int, ...]) -> Scenario:
        values = self.values(steps)
        if not values:
            return self._scenario
        made = self._scenario.with_values(values, hold_base=self._scenario)
        return replace(made, name=DESIGN)

    def values(self, steps: tuple[int, ...]) -> dict[str, Any]:
        """What the design sets beyond the base, by path; of another structure with what it holds equal."""
        values: dict[str, Any] = {}
        for step in self.chosen_steps(steps):
            values |= step.values
        if any(path.startswith("organisation.") for path in values):
            values["organisation.hold"] = self.lesson.hold
        return values

    def chosen_steps(self, steps: tuple[int, ...]) -> list[Step]:
        """The step of each lever."""
        return [lever.steps[k] for lever, k in zip(self.lesson.levers, steps, strict=True)]


def _index(lever: Lever, given: Sequence[str]) -> int:
    keys = [step.key for step in lever.steps]
    if not given:
        return lever.base
    if len(given) > 1:
        raise UserError(f"{lever.key}: {len(given)} steps were chosen; choose one of {', '.join(keys)}")
    if given[0] not in keys:
        raise UserError(f"{lever.key}: there is no step {one_line(given[0], 40)!r}; steps: {', '.join(keys)}")
    return keys.index(given[0])
