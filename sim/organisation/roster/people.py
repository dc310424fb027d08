"""What the people of a chart are in the model: ICs, managers, or other people; and managers who are hardly any."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sim.organisation.headcounts import layers_from_below
from sim.organisation.roster.chart import LEADS, OTHER, WRITES, simulated_layers
from sim.organisation.roster.pay import Pay
from sim.organisation.roster.role_table import ENGINEER
from sim.text.numbers import plural

#: note(text, places): one more sentence under the assumptions of an import.
Note = Callable[[str, Sequence[str]], None]
_COMMON_TITLE = 5  # rows; a title that fewer have is not shown with a row


@dataclass(slots=True)
class Person:
    """One person of a chart while it is imported.

    boss: index, -1 for a top. said: role by the rules (`sim.organisation.roster.role_table`). pay: None if unknown. role: what
    it is in the model, set by `settle`.
    """

    boss: int
    place: str
    title: str
    said: str
    level: str
    inferred: bool = False
    pay: Pay | None = None
    role: str = ""


def below_of(people: Sequence[Person]) -> list[list[int]]:
    """The direct reports of everybody."""
    below: list[list[int]] = [[] for _ in people]
    for k, person in enumerate(people):
        if person.boss >= 0:
            below[person.boss].append(k)
    return below


def settle(people: Sequence[Person], note: Note) -> None:
    """Set everybody's role: leads somebody who is simulated, writes code, or neither; say what titles alone do not say."""
    if not any(person.said == ENGINEER for person in _leaves(people)):
        for person in _leaves(people):
            person.said = ENGINEER
        note(
            "CHECK THIS: by the rules on titles nobody without reports writes code, so the titles do not tell it: everybody "
            "without reports is taken to be an engineer; say who is none with --role 'PATTERN=other'",
            (),
        )
    below = below_of(people)
    for k in _from_below(people):
        leads = any(people[report].role != OTHER for report in below[k])
        people[k].role = (
            LEADS if leads else WRITES if people[k].said == ENGINEER and not people[k].inferred else OTHER
        )
    _engineers_with_helpers(people, below, note)
    _loose_others(people, note)
    _say(people, below, note)


def _leaves(people: Sequence[Person]) -> list[Person]:
    leading = {person.boss for person in people}
    return [person for k, person in enumerate(people) if k not in leading]


def _from_below(people: Sequence[Person]) -> list[int]:
    """Everybody, reports before their bosses."""
    layer = layers_from_below([person.boss for person in people])
    return sorted(range(len(people)), key=layer.__getitem__)


def _engineers_with_helpers(people: Sequence[Person], below: Sequence[Sequence[int]], note: Note) -> None:
    """An engineer whose reports are all other people writes code; the reports count at the boss. On top, it is a manager."""
    moved = []
    for k, person in enumerate(people):
        if person.role != WRITES or not below[k]:
            continue
        if person.boss < 0:
            person.role = LEADS
            continue
        moved.append(person.place)
        for report in below[k]:
            people[report].boss = person.boss
    if moved:
        note(
            f"{plural(len(moved), 'engineer')} with reports who write no code: an IC; the reports count at the boss",
            moved,
        )


def _loose_others(people: Sequence[Person], note: Note) -> None:
    """Other people below a top below whom nobody writes code: under the top with the most people who are simulated."""
    loose = [k for k, person in enumerate(people) if person.role == OTHER and person.boss < 0]
    if not loose:
        return
    below: Counter[int] = Counter()
    for k, person in enumerate(people):
        node = k
        while people[node].boss >= 0:
            node = people[node].boss
        below[node] += person.role != OTHER
    top = max(
        (k for k, person in enumerate(people) if person.boss < 0 and person.role == LEADS),
        key=below.__getitem__,
    )
    for k in loose:
        people[k].boss = top
    note(
        f"{plural(len(loose), 'top')} below whom nobody writes code: put under the top with the most people",
        [people[k].place for k in loose],
    )


def _say(people: Sequence[Person], below: Sequence[Sequence[int]], note: Note) -> None:
    led = [person for person in people if person.role == LEADS and person.said == OTHER]
    if led:
        note(
            f"{plural(len(led), 'row')} whose title writes no code, but who leads somebody who does: managers",
            [person.place for person in led],
        )
    alone = [p for k, p in enumerate(people) if p.role == OTHER and p.said == "manager" and not below[k]]
    if alone:
        note(
            f"{plural(len(alone), 'row')} with a manager's title and no reports (product managers, advisers): other people; "
            "where one writes code, say --role 'TITLE=engineer'",
            [person.place for person in alone],
        )
    heads = [p for k, p in enumerate(people) if p.role == OTHER and below[k]]
    if heads:
        note(
            f"{plural(len(heads), 'row')} below whom nobody writes code: other people, who count with everybody below in "
            "headcount and pay, and in the span of the manager above as one report",
            [person.place for person in heads],
        )


# ---- managers who are hardly any


def hardly_managers(people: Sequence[Person]) -> list[int]:
    """Managers with a boss and exactly one report, who is an IC."""
    below = below_of(people)
    return [
        k
        for k, person in enumerate(people)
        if person.role == LEADS
        and person.boss >= 0
        and len(below[k]) == 1
        and people[below[k][0]].role == WRITES
    ]


def fold(people: Sequence[Person], note: Note) -> int:
    """Let managers with one report, an IC, be ICs beside it under their boss, from below; return how many were."""
    folded = []
    while found := hardly_managers(people):
        below = below_of(people)
        for k in found:
            people[k].role = WRITES
            people[below[k][0]].boss = people[k].boss
            folded.append(people[k].place)
    if folded:
        note(
            f"{plural(len(folded), 'manager')} with one report, an IC: taken to be ICs, their reports report to their bosses "
            "(--fold-single-reports)",
            folded,
        )
    return len(folded)


# ---- who makes a chain longer


def layers_among(people: Sequence[Person]) -> list[int]:
    """Layers counted from below of those who are simulated; 0 for other people."""
    return simulated_layers([person.boss for person in people], [person.role for person in people])


def say_who_shifts(people: Sequence[Person], note: Note) -> None:
    """Say which managers with one report make the chain above longer by a layer, by title and row: a stand-in is often so."""
    layers, below = layers_among(people), below_of(people)
    titles = Counter(person.title for person in people if person.title)
    found = []
    for k, person in enumerate(people):
        if person.role != LEADS or person.inferred or len(below[k]) != 1:
            continue
        if lifted := _lifted(people, layers, below, k):
            title = f"'{person.title}', " if titles[person.title] >= _COMMON_TITLE else ""
            level = f"{person.level}, " if person.level and not title else ""
            found.append(
                (len(person.place), person.place, f"{title}{level}{plural(lifted, 'manager')} above")
            )
    places = [f"{place} ({text})" for _, place, text in sorted(found)]
    if places:
        note(
            f"{plural(len(places), 'row')} with one report, who {'makes' if len(places) == 1 else 'make'} the chain above one "
            "management layer longer, so that managers above stand higher than their peers: if that is a stand-in or a mentor, "
            "put the report under the boss in the file, or fold it with --fold-single-reports",
            places,
        )


def _lifted(people: Sequence[Person], layers: Sequence[int], below: Sequence[Sequence[int]], k: int) -> int:
    """How many managers above *k* would stand a layer lower if the one report of *k* were a report of the boss."""
    count, node, height = 0, k, layers[k] - 1
    while (above := people[node].boss) >= 0:
        others = [layers[report] for report in below[above] if report != node]
        now = max([height, *others, 0]) + 1
        if now >= layers[above]:
            break
        count, node, height = count + 1, above, now
    return count
