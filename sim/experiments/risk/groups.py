"""Groups of people for layoff risk, and which of them are withheld because they would point at persons.

The unit of privacy is a person of the organisation (permanent id), not a person in a run: 400 runs of three people
are still three people. A group with fewer than `MINIMUM_PEOPLE` distinct people is withheld. Where the total that it
belongs to is known, the difference between the total and the groups shown would give it away, so the next smallest
group is withheld too, until what is left over is several groups with enough people together (complementary cell
suppression; Hundepool et al. 2012, Statistical Disclosure Control, ch. 4).

Totals count as known when the same answer prints them or lets them be computed: everybody, and the people of each
role, because `layoff_risk_ic`, `layoff_risk_manager` and the hazard ratio are made of them. If a role has too few
people its total is withheld like any other group; then the total of everybody is left out too wherever it would give
the role away, and so is the hazard ratio. Groups without anybody are not listed, and not counted as withheld.

Not protected: answers about the same people in several groupings laid side by side (by tenure here, by layer there),
which is why imported charts get no ledger and no free queries.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from sim.constants import MINIMUM_PEOPLE
from sim.errors import UserError, suggest
from sim.simulation.results import Results

IC, MANAGER = 0, 1  # role at week 0
NO_EXIT, LAYOFF, QUIT, OTHER = 0, 1, 2, 3  # kinds of exit; 3: retirement and the like
TENURE_BANDS = (1.5, 4.0)  # years; evidence G13: those laid off had 1.2 years on average, colleagues 2.5
JSON_ROLES = ("ic", "manager")
ROLES = ("IC", "manager")


@dataclass(frozen=True, eq=False)
class PeopleTable:
    """People present at week 0, one row per person and run, in any order; all arrays have shape [rows].

    run, pid: int, run number and permanent id. role: 0 IC, 1 manager, at week 0. layer: int, at week 0. tenure_years:
    float, at week 0. skill: float (reference engineers). ai_exposure: float, 0..1. Unknown tenure, skill or exposure
    is NaN. exit_week: float, weeks since week 0, inf = still there at the horizon. exit_kind: see `NO_EXIT` ...
    `OTHER`; kind 0 with a finite exit_week is somebody lost from sight then (censored). weeks: the horizon; what
    comes after it is not seen. Being converted from manager to IC or back is no exit.

    Raises ValueError on columns that do not fit together.
    """

    run: np.ndarray
    pid: np.ndarray
    role: np.ndarray
    layer: np.ndarray
    tenure_years: np.ndarray
    skill: np.ndarray
    ai_exposure: np.ndarray
    exit_week: np.ndarray
    exit_kind: np.ndarray
    weeks: int

    def __post_init__(self) -> None:
        rows = self.run.shape
        columns = {k: v for k, v in vars(self).items() if k != "weeks"}
        wrong = [name for name, column in columns.items() if column.shape != rows or column.ndim != 1]
        if wrong:
            raise ValueError(f"columns of a people table differ in shape: {', '.join(wrong)} against {rows}")
        if self.weeks < 1:
            raise ValueError(f"the horizon is {self.weeks} weeks; at least 1 is needed")
        if not np.isin(self.role, (IC, MANAGER)).all():
            raise ValueError("role must be 0 (IC) or 1 (manager)")
        if not np.isin(self.exit_kind, (NO_EXIT, LAYOFF, QUIT, OTHER)).all():
            raise ValueError("exit_kind must be 0 (none), 1 (layoff), 2 (quit) or 3 (other)")
        if not (self.exit_week >= 0).all():  # NaN fails too
            raise ValueError("exit_week must be 0 or more, inf for people who stay")
        if (np.isinf(self.exit_week) & (self.exit_kind != NO_EXIT)).any():
            raise ValueError("an exit of a kind needs a finite exit_week")
        order = np.lexsort((self.pid, self.run))
        same = (np.diff(self.run[order]) == 0) & (np.diff(self.pid[order]) == 0)
        if same.any():
            raise ValueError("a person occurs twice in a run")

    def __len__(self) -> int:
        return len(self.run)


@dataclass(frozen=True)
class Level:
    """One value of an attribute: what JSON calls it, and what a table does."""

    value: str | int
    text: str


Coder = Callable[[PeopleTable], tuple[np.ndarray, tuple[Level, ...]]]


@dataclass(frozen=True)
class Attribute:
    """What people can be split by. code: table -> int codes [rows] into the levels."""

    name: str
    header: str
    doc: str
    code: Coder


@dataclass(frozen=True, eq=False)
class Group:
    """A group that has people. people: distinct people who were in it in any run; per_run: their mean number.

    The two differ where an attribute is drawn anew in each run, as skill is. key: attribute -> value as in JSON;
    texts: the same for a table. rows: indices into the people table; none of their figures may be printed unless
    `shown` is true.
    """

    key: Mapping[str, str | int]
    texts: tuple[str, ...]
    people: int
    per_run: float
    shown: bool
    rows: np.ndarray

    @property
    def name(self) -> str:
        """In words, for a sentence or a picture: 'manager, layer 2'."""
        return ", ".join(
            text if name == "role" else f"{ATTRIBUTES[name].header} {text}"
            for name, text in zip(self.key, self.texts, strict=True)
        )


@dataclass(frozen=True, eq=False)
class Grouping:
    """People split by attributes. groups: all that have people, in the order of their keys.

    everybody: the total, to be printed only if its `shown` is true. roles: the totals of ICs and of managers, as far as
    they may be known. ratio_withheld: there are ICs and managers, but a ratio of the two would give a small role away.
    """

    by: tuple[str, ...]
    groups: tuple[Group, ...]
    everybody: Group
    roles: tuple[Group, ...]
    ratio_withheld: bool

    @property
    def shown(self) -> tuple[Group, ...]:
        """Groups that may be printed."""
        return tuple(group for group in self.groups if group.shown)

    @property
    def withheld(self) -> tuple[Group, ...]:
        """Groups of which only the names may be printed."""
        return tuple(group for group in self.groups if not group.shown)


def parse_by(text: str) -> tuple[str, ...]:
    """Attributes from 'role,layer'. Raises UserError for an unknown or repeated one, or for none."""
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    known = ", ".join(ATTRIBUTES)
    if not names:
        raise UserError(f"--by names nothing to split by; choose from {known}")
    for k, name in enumerate(names):
        if name not in ATTRIBUTES:
            near = suggest(name, tuple(ATTRIBUTES))
            raise UserError(f"--by: people cannot be split by '{name}'{near}; choose from {known}")
        if name in names[:k]:
            raise UserError(f"--by names '{name}' twice")
    return names


def split(table: PeopleTable, by: Sequence[str]) -> Grouping:
    """Split the people by attributes (names in `ATTRIBUTES`) and withhold what has too few people."""
    cell = np.zeros(len(table), dtype=np.int64)
    levels = []
    for name in by:
        codes, of_name = ATTRIBUTES[name].code(table)
        cell = cell * len(of_name) + codes
        levels.append(of_name)
    numbers, cell = np.unique(cell, return_inverse=True)
    members = _Members(table, cell, len(numbers))
    shown, totals = _withhold(members)
    ends = np.cumsum(np.bincount(cell, minlength=len(numbers)))
    rows = np.split(np.argsort(cell, kind="stable"), ends[:-1])  # ascending within each cell
    runs = max(len(np.unique(table.run)), 1)

    def group(names: Sequence[str], chosen: Sequence[Level], people: np.ndarray, may_show: bool) -> Group:
        key = MappingProxyType({name: level.value for name, level in zip(names, chosen, strict=True)})
        texts = tuple(level.text for level in chosen)
        return Group(key, texts, len(np.unique(table.pid[people])), len(people) / runs, may_show, people)

    groups = tuple(
        group(by, _decode(number, levels), rows[k], bool(shown[k]))
        for k, number in enumerate(numbers.tolist())
    )
    of_role = [np.flatnonzero(table.role == role) for role in (IC, MANAGER)]
    everybody = group((), (), np.arange(len(table)), (IC, MANAGER) in totals)
    roles = tuple(
        group(("role",), (Level(JSON_ROLES[role], ROLES[role]),), of_role[role], True)
        for role in (IC, MANAGER)
        if (role,) in totals
    )
    ratio_withheld = all(map(len, of_role)) and len(roles) < 2
    return Grouping(tuple(by), groups, everybody, roles, ratio_withheld)


def _decode(number: int, levels: Sequence[tuple[Level, ...]]) -> tuple[Level, ...]:
    """The levels of a cell's number, whose last digit belongs to the last attribute."""
    chosen = []
    for of_name in reversed(levels):
        number, digit = divmod(number, len(of_name))
        chosen.append(of_name[digit])
    return tuple(reversed(chosen))


# ---- withholding

Total = tuple[int, ...]  # the roles that it adds up


class _Members:
    """Who is where: the distinct (role, cell, pid) of a table, for counting distinct people of any union."""

    def __init__(self, table: PeopleTable, cell: np.ndarray, cells: int) -> None:
        self.cells = cells
        pids, person = np.unique(table.pid, return_inverse=True)
        people = max(len(pids), 1)
        triples = np.unique((table.role.astype(np.int64) * cells + cell) * people + person)
        atom, self.pid = np.divmod(triples, people)
        self.role, self.cell = np.divmod(atom, max(cells, 1))
        self.in_role = np.zeros((2, cells), dtype=bool)  # has the cell people of the role
        self.in_role[self.role, self.cell] = True
        self.people = np.array([self.count((IC, MANAGER), np.arange(cells) == k) for k in range(cells)], int)

    def count(self, total: Total, cells: np.ndarray) -> int:
        """Distinct people of the roles of a total in the cells chosen (bool [cells])."""
        return len(np.unique(self.pid[np.isin(self.role, total) & cells[self.cell]]))


def _withhold(members: _Members) -> tuple[np.ndarray, list[Total]]:
    """Which cells may be shown (bool [cells]), and which totals may be known beside them."""
    shown = members.people >= MINIMUM_PEOPLE
    totals = _known_totals(members)
    while any(_hide_one_more(members, shown, total) for total in totals):
        pass
    return shown, totals


def _known_totals(members: _Members) -> list[Total]:
    """Totals that may be known, the most specific first, none of which gives a small role away."""
    every = np.ones(members.cells, dtype=bool)
    size = {role: members.count((role,), every) for role in (IC, MANAGER)}
    large: list[Total] = [(role,) for role, people in size.items() if people >= MINIMUM_PEOPLE]
    if all(people == 0 or people >= MINIMUM_PEOPLE for people in size.values()):
        return [*large, (IC, MANAGER)] if large else []
    mixed = members.in_role.all(axis=0)
    if not mixed.any():  # the cells of the large role add up to its total
        return large
    return [(IC, MANAGER)] if members.count((IC, MANAGER), every) >= MINIMUM_PEOPLE else []


def _hide_one_more(members: _Members, shown: np.ndarray, total: Total) -> bool:
    """Withhold one more cell if total minus the cells shown gives a cell or a small group away; true if done."""
    inside = members.in_role[list(total)].any(axis=0)
    outside = np.zeros_like(inside) if len(total) == 2 else members.in_role[1 - total[0]]
    if (shown & inside & outside).any():  # reaches beyond the total, so it cannot be subtracted
        return False
    left = inside & ~shown
    if not left.any() or (left.sum() >= 2 and members.count(total, left) >= MINIMUM_PEOPLE):
        return False
    candidates = np.flatnonzero(inside & shown)
    if not len(candidates):  # all that is left over is the total itself, which is large enough
        return False
    shown[candidates[np.argmin(members.people[candidates])]] = False
    return True


# ---- attributes


def _role(table: PeopleTable) -> tuple[np.ndarray, tuple[Level, ...]]:
    return table.role.astype(np.int64), tuple(map(Level, JSON_ROLES, ROLES))


def _layer(table: PeopleTable) -> tuple[np.ndarray, tuple[Level, ...]]:
    layers, codes = np.unique(table.layer, return_inverse=True)
    return codes, tuple(Level(int(layer), str(layer)) for layer in layers)


def _tenure(table: PeopleTable) -> tuple[np.ndarray, tuple[Level, ...]]:
    years, (low, high) = table.tenure_years, TENURE_BANDS
    codes = np.select([np.isnan(years), years < low, years <= high], [3, 0, 1], 2)
    texts = (f"< {low:g} years", f"{low:g}-{high:g} years", f"> {high:g} years", "unknown")
    return codes, tuple(Level(text, text) for text in texts)


def _skill(table: PeopleTable) -> tuple[np.ndarray, tuple[Level, ...]]:
    texts = ("1 (lowest)", "2", "3", "4 (highest)")
    levels = [Level(f"quartile {text}", text) for text in texts]
    return _parts(table.run, table.skill, 4), (*levels, Level("unknown", "unknown"))


def _ai_exposure(table: PeopleTable) -> tuple[np.ndarray, tuple[Level, ...]]:
    texts = ("low", "middle", "high")
    levels = [Level(f"{text} third", text) for text in texts]
    return _parts(table.run, table.ai_exposure, 3), (*levels, Level("unknown", "unknown"))


def _parts(run: np.ndarray, value: np.ndarray, parts: int) -> np.ndarray:
    """Part 0..parts-1 of equal size, from below, within each run; NaN is part number `parts`.

    Equal values are never separated: all of them go where the middle of their ranks belongs.
    """
    order = np.lexsort((value, run))  # NaN last within a run
    runs, values = run[order], value[order]
    known = ~np.isnan(values)
    new_run = np.diff(runs, prepend=runs[:1]) != 0
    new_value = new_run | (np.diff(values, prepend=values[:1]) != 0)  # NaN differs from itself: harmless
    new_value[:1] = False
    first_of_run, size = _blocks(new_run, known)
    first, ties = _blocks(new_value, np.ones_like(known))
    middle = first - first_of_run + ties / 2  # of the ranks of the tied, counted from 0
    part = np.full(len(order), parts)
    part[known] = np.minimum(middle[known] * parts // size[known], parts - 1)
    codes = np.empty_like(part)
    codes[order] = part
    return codes


def _blocks(starts: np.ndarray, counted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For blocks of neighbouring rows (starts: bool, true where a new block begins): first row, and rows counted."""
    block = np.cumsum(starts)
    first = np.flatnonzero(np.diff(block, prepend=-1))
    size = np.bincount(block, weights=counted)
    return first[block], size[block]


ATTRIBUTES: Mapping[str, Attribute] = MappingProxyType(
    {
        "role": Attribute("role", "role", "IC or manager at week 0", _role),
        "layer": Attribute("layer", "layer", "at week 0; 0 = ICs, 1 = managers of ICs", _layer),
        "tenure": Attribute("tenure", "tenure", "years at week 0, in three bands", _tenure),
        "skill": Attribute("skill", "skill quartile", "quartile of the organisation, in each run", _skill),
        "ai_exposure": Attribute(
            "ai_exposure", "AI exposure", "third of the organisation, in each run", _ai_exposure
        ),
    }
)


def people_table(results: Results) -> PeopleTable:
    """Return what became of everybody present at week 0, over all runs."""
    rows = np.concatenate(results.cohorts)
    sizes = [len(cohort) for cohort in results.cohorts]
    return PeopleTable(
        run=np.repeat(results.runs, sizes),
        pid=rows["pid"],
        role=rows["role"],
        layer=rows["layer"],
        tenure_years=rows["tenure"],
        skill=rows["skill"],
        ai_exposure=rows["exposure"],
        exit_week=rows["exit_week"],
        exit_kind=rows["exit_kind"],
        weeks=results.scenario.weeks,
    )
