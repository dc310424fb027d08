"""A replay of one run, as plain numbers that a page or a notebook can draw: a frame a week, or a day.

``replay(scenario, seed, run, by)`` plays one run and returns a `Replay`: ``head`` (what never changes) and ``frames`` (a list).
``play`` gives the same frames one by one, while the run goes on. All is made of dict, list, str, int, float, bool and None, so
``json.dumps`` takes it; a frame of 117 people is about 8,000 bytes (compact). The run is that of `orgsim run` with this seed and
run number, bit for bit: looking changes nothing. There are no names, no pay and no skill: people have numbers, in the order in
which they appear, which never belong to anybody else later; in a chart of a real organisation people and seats are shuffled.

**head** (`Head`)

    scenario, seed, run, by   what is replayed; by: "week" or "day"
    weeks                     the horizon, weeks after the warm-up
    people                    how many there are at the start
    activities                names of the columns of ``ics.hours``, in order (`ACTIVITIES`)
    outcomes                  names of the outcomes in ``outcomes`` of a frame -> unit

**frame** (`Frame`): what a week (or a day) was like for those who were there in it, and who comes and goes at its end

    week        weeks since the warm-up that have ended: 0 in the first frame; within a week the completed ones
    day         working days since the end of the warm-up: 5 a week
    hours       length of the period that the hours below belong to: 40 of a week, 8 of a day. In the first frame it is
                the last week (day) of the warm-up; 0 if there is none, and where work stands still (switches.flow off)
    teams       a column a field, a row a manager, by seat (a manager's team belongs to the seat)
        seat        number of the seat: the team's key
        id          who sits there
        boss        seat of the manager above, -1 for a top
        layer       1: managers of ICs, 2: their managers, ...
        load        hours of work that reached the inbox / hours the manager had for it; above 1 it grows; None: had none
        inbox       items that wait in the inbox at the period's end (the one in hand is not counted)
        inbox_hours hours of attention that they need
        reviews     reviews that the team has been asked for and that nobody has begun, at the period's end
        review_hours hours that they need
    ics         a column a field, a row an IC, by seat
        seat, id
        team        seat of the manager, -1 without one
        hours       [activities] hours by activity in the period, to .1 h; they add up to ``hours`` (see there)
        blocked     changes of the IC that stand still at the period's end, for an answer or another IC
    vacant      seats that are to be filled: columns seat, boss (seat), manager (true: a manager's seat)
    waits       who waits for whom at the period's end: kind -> list of [who, for whom], an entry for
                everything asked without which a change stands still
        question      for an answer: the IC or manager in whose inbox, or hands, it is
        coordination  for another IC, or for a manager on the way there; for oneself: the own part of it is left to do
    stages      changes in progress at the period's end, by stage (`sim.engine.codes.STAGES`)
    arrivals    who joined at the period's end: list of {id, role, seat, boss}
    leavings    who left at the period's end: list of {id, role, seat, reason, rule, joined}
        reason      "quit", "laid off", "retired" or "dismissed"
        rule        of a layoff, what chose this person (`sim.engine.codes.LAYOFF_RULES`); else None
        joined      week at whose end the person was hired; None: was there at the start
    moves       who changed seats at the period's end: list of {id, what, seat}
        what        "promoted", "became an IC", or "moved" to another seat of the same kind
    totals      counted from the end of the warm-up to this moment, people's events at the period's end included
        value (standard hours delivered, less what incidents destroyed), merged, guesses, incidents (counts of the work),
        hired, quits, layoffs (dismissals are layoffs), retired, promotions, conversions
    outcomes    outcomes of all completed weeks, by name (head); None where undefined, and in all before week 1 has ended

role is "IC" or "manager". People come and go at week's ends only, from week 0 on, so within a week ``arrivals``, ``leavings`` and
``moves`` are empty; who arrives is in ``ics`` or ``teams`` from the next frame on, who leaves is not any more. The last frame's
outcomes are those of the run. By week there are weeks + 1 frames, by day 5 weeks + 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any, NamedTuple, TypedDict

import numpy as np

from sim.constants import HOURS_PER_DAY, IC, MANAGER, PRIMARY
from sim.engine.state import Org
from sim.errors import UserError
from sim.mesa_model.aliases import Aliases
from sim.mesa_model.course import DAYS_PER_WEEK
from sim.mesa_model.leaving import BECAME_IC, PROMOTED, Leaving, leavings_of, role_word
from sim.mesa_model.model import OrgModel
from sim.mesa_model.picture import ACTIVITIES, Notes, notes_of, picture_of
from sim.outcomes.declared import OUTCOMES, check_outcome
from sim.people.seats import boss_present, planned_layers
from sim.scenario.scenario import Scenario, load

WEEK, DAY = "week", "day"
#: Outcomes that a frame shows unless others are asked for: the headline and four figures.
SHOWN = (PRIMARY, "value_per_week", "lead_time_hours", "review_wait_hours", "guessed_share")
_PEOPLE = ("hired", "quits", "layoffs", "retired", "promotions", "conversions")
_WORK = ("merged", "guesses", "incidents")
_MOVED = "moved"


class Head(TypedDict):
    """What never changes in a replay; see the module."""

    scenario: str
    seed: int
    run: int
    by: str
    weeks: int
    people: int
    activities: list[str]
    outcomes: dict[str, str]


class Frame(TypedDict):
    """A week or a day; see the module for every field."""

    week: int
    day: int
    hours: float
    teams: dict[str, list[Any]]
    ics: dict[str, list[Any]]
    vacant: dict[str, list[Any]]
    waits: dict[str, list[list[int]]]
    stages: dict[str, int]
    arrivals: list[dict[str, Any]]
    leavings: list[dict[str, Any]]
    moves: list[dict[str, Any]]
    totals: dict[str, float]
    outcomes: dict[str, float | None]


@dataclass(frozen=True)
class Replay:
    """One run as frames. pids: permanent id of everybody by number, which `OrgModel.person` and the cohorts of a run know."""

    head: Head
    frames: list[Frame]
    pids: list[int]

    def as_dict(self) -> dict[str, Any]:
        """Return head and frames, for JSON."""
        return {"head": self.head, "frames": self.frames}


def replay(
    scenario: Scenario | str, seed: int = 1, run: int = 0, by: str = WEEK, outcomes: Sequence[str] = SHOWN
) -> Replay:
    """Return one run as frames by "week" or "day".

    scenario: a `Scenario`, the name of a bundled one, or a path. outcomes: names of those that every frame shows. A year of 117
    people takes about half a second. Raises `UserError` for what cannot be built or is not known.
    """
    player = _Player(scenario, seed, run, by, outcomes)
    return Replay(player.head, list(player.play()), player.pids)


def play(
    scenario: Scenario | str, seed: int = 1, run: int = 0, by: str = WEEK, outcomes: Sequence[str] = SHOWN
) -> Iterator[Frame]:
    """Yield the frames of `replay` one by one, while the run goes on."""
    return _Player(scenario, seed, run, by, outcomes).play()


class _Seat(NamedTuple):
    """Where somebody sits: row of the seat, role (`sim.constants`)."""

    row: int
    role: int


class _Watched(OrgModel):
    """A model that is looked at in periods: what one was like is read before people come and go at its end."""

    def __init__(self, scenario: Scenario | str, seed: int, run: int) -> None:
        setup = scenario if isinstance(scenario, Scenario) else load(scenario)
        self.aliases = Aliases(setup.organisation.chart is not None, seed)
        self._before: Notes | None = None
        self._picture: dict[str, Any] = {}
        self._seats: dict[int, _Seat] = {}
        super().__init__(setup, seed, run)  # looks at once if there is no warm-up
        self.datacollector = None

    def before_people(self) -> None:
        """Look at the period that ends."""
        self._look()

    def begin_period(self) -> None:
        """Let a period begin now."""
        hand = np.zeros(len(self.tables.people)) if self.week_has_ended else self.hand_hours
        self._before, self._picture = notes_of(self.tables, hand), {}

    def picture(self) -> tuple[dict[str, Any], dict[int, _Seat]]:
        """Return what the period that has ended was like, and where everybody sat in it, by permanent id."""
        if not self._picture:
            self._look()
        return self._picture, self._seats

    def _look(self) -> None:
        org, now = self.tables, notes_of(self.tables, self.hand_hours)
        before = self._before if self.parameter("switches.flow") else None
        self._seats = _seats_of(org)
        self.aliases.meet(self._seats)
        self.meet_seats()
        self._picture = picture_of(org, now if before is None else before, now, self.aliases)

    def meet_seats(self) -> None:
        """Give seats that have been opened a number."""
        human = self.tables.people["human"]
        self.aliases.meet_seats(np.flatnonzero(human == np.arange(len(human))).tolist())


class _Player:
    """Plays one run and makes its frames."""

    def __init__(
        self, scenario: Scenario | str, seed: int, run: int, by: str, outcomes: Sequence[str]
    ) -> None:
        if by not in (WEEK, DAY):
            raise UserError(f"replay: by {by!r}: use {WEEK!r} or {DAY!r}")
        for name in outcomes:
            check_outcome(name, OUTCOMES, "replay: outcomes:")
        self._names = tuple(outcomes)
        self._model = _Watched(scenario, seed, run)
        self._days = DAYS_PER_WEEK if by == WEEK else 1
        self._warmup_days = self._model.setup.warmup_weeks * DAYS_PER_WEEK
        self._joined: dict[int, int] = {}
        self._gone = 0
        self._outcomes: tuple[int, dict[str, float | None]] = (0, dict.fromkeys(self._names))
        setup, tree = self._model.setup, self._model.tree
        self.head: Head = {
            "scenario": setup.name, "seed": int(seed), "run": int(run), "by": by, "weeks": setup.weeks,
            "people": tree.n, "activities": list(ACTIVITIES),
            "outcomes": {name: OUTCOMES[name].unit for name in self._names},
        }  # fmt: skip

    @property
    def pids(self) -> list[int]:
        """Permanent id by number."""
        return self._model.aliases.pids

    def play(self) -> Iterator[Frame]:
        """Yield frame after frame."""
        model = self._model
        for _ in range(self._warmup_days - self._days):
            model.step()
        hours = self._pass_period() if self._warmup_days else 0.0
        yield self._frame(hours)
        while model.day < model.days:
            yield self._frame(self._pass_period())

    def _pass_period(self) -> float:
        """Let a week or a day go by; return its hours, 0 where work stands still."""
        self._model.begin_period()
        for _ in range(self._days):
            self._model.step()
        return self._days * HOURS_PER_DAY if self._model.parameter("switches.flow") else 0.0

    def _frame(self, hours: float) -> Frame:
        model = self._model
        picture, before = model.picture()
        left = leavings_of(model.tables, self._gone)
        self._gone += len(left)
        here = _seats_of(model.tables)
        arrivals = self._arrivals(here, left)
        return {
            "week": model.week,
            "day": model.day - self._warmup_days,
            "hours": hours,
            "teams": picture["teams"],
            "ics": picture["ics"],
            "vacant": picture["vacant"],
            "waits": picture["waits"],
            "stages": picture["stages"],
            "arrivals": arrivals,
            "leavings": [self._leaving(one) for one in left],
            "moves": self._moves(before, here),
            "totals": self._totals(),
            "outcomes": self._outcomes_to_date(),
        }

    def _arrivals(self, here: Mapping[int, _Seat], left: Sequence[Leaving]) -> list[dict[str, Any]]:
        """Return who is new: present now, or hired and gone at the same week's end."""
        org, aliases = self._model.tables, self._model.aliases
        where = {one.pid: (one.seat, one.role) for one in left}
        where |= {pid: (seat.row, role_word(seat.role)) for pid, seat in here.items()}
        self._model.meet_seats()
        arrivals = []
        for pid in aliases.meet(where):
            row, role = where[pid]
            self._joined[pid] = self._model.week
            place = {"seat": aliases.seat(row), "boss": aliases.seat(boss_present(org, row))}
            arrivals.append({"id": aliases.person(pid), "role": role, **place})
        return arrivals

    def _leaving(self, one: Leaving) -> dict[str, Any]:
        aliases, joined = self._model.aliases, self._joined.get(one.pid)
        said = {"role": one.role, "seat": aliases.seat(one.seat), "reason": one.reason, "rule": one.rule}
        return {"id": aliases.person(one.pid), **said, "joined": joined}

    def _moves(self, before: Mapping[int, _Seat], here: Mapping[int, _Seat]) -> list[dict[str, Any]]:
        layers, aliases = planned_layers(self._model.tables), self._model.aliases
        moves = []
        for pid in sorted(before.keys() & here.keys()):
            old, new = before[pid], here[pid]
            if old == new:
                continue
            rises = (new.role == MANAGER, layers[new.row]) > (old.role == MANAGER, layers[old.row])
            what = PROMOTED if rises else _MOVED if new.role == old.role else BECAME_IC
            moves.append({"id": aliases.person(pid), "what": what, "seat": aliases.seat(new.row)})
        return moves

    def _totals(self) -> dict[str, float]:
        world, start = self._model.tables.world[0], self._model.tables.weeks[self._model.setup.warmup_weeks]
        value = (world["value"] - world["value_lost"]) - (start["value"] - start["value_lost"])
        work = {name: int(world[name] - start[name]) for name in _WORK}
        return {"value": round(float(value), 1), **work, **{name: int(world[name]) for name in _PEOPLE}}

    def _outcomes_to_date(self) -> dict[str, float | None]:
        """Return the outcomes of all completed weeks; they are computed once a week."""
        model, warmup = self._model, self._model.setup.warmup_weeks
        if model.week > self._outcomes[0]:
            found = model.outcomes_of_weeks(warmup, warmup + model.week, self._names)
            self._outcomes = model.week, {name: _figure(found.get(name, nan)) for name in self._names}
        return self._outcomes[1]


def _seats_of(org: Org) -> dict[int, _Seat]:
    """Return where everybody sits, by permanent id."""
    people = org.people
    rows = np.flatnonzero((people["role"] == IC) | (people["role"] == MANAGER))
    columns = (people[name][rows].tolist() for name in ("pid", "role"))
    return {pid: _Seat(row, role) for row, pid, role in zip(rows.tolist(), *columns, strict=True)}


def _figure(value: float) -> float | None:
    """Return an outcome to six digits, None where it is undefined."""
    return float(f"{value:.6g}") if isfinite(value) else None
