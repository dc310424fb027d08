"""From the records of an HR export to one organisation chart: who the managers are, and every row accounted for.

Steps: rows of one id become one position; references to managers are looked up by id, e-mail or name; vacancies and
inactive rows go; managers who are not in the file are inferred; cycles are cut; loose ends get a boss; grouped rows
become people. Each decision is a sentence in `Chart.assumptions` that names rows, never persons.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.errors import UserError, suggest
from sim.organisation.headcounts import MAX_LAYERS, MAX_PEOPLE, layers_from_below
from sim.organisation.roster import cells as values
from sim.organisation.roster.cells import rows_in_words
from sim.organisation.roster.chart import INFERRED, LEADS, Chart, Position
from sim.organisation.roster.filling import METHODS, Known, fill
from sim.organisation.roster.given import RosterText
from sim.organisation.roster.matching import Finder, absent_key, chains_above, references_of
from sim.organisation.roster.people import hardly_managers
from sim.organisation.roster.reading import Record, Source, read_source
from sim.organisation.roster.repeats import check_people, repeated
from sim.organisation.roster.settling import Wishes, pay_of, people_of
from sim.organisation.tenure import coarsened
from sim.text.numbers import plural

_LAST = "\U0010ffff"  # sorts after every id
_BETWEEN_KEY, _TOP_KEY = _LAST + "between", _LAST + "top"
_FEW_CELLS = 3  # manager cells from which on it is judged whether the match is wrong
_HARDLY_ANY = 0.1  # share of manager cells that fit a person, up to which the match is doubted (ASSUMPTION)
_UNKNOWN = "managers with an unknown boss"


def build_chart(
    sources: Sequence[Source], method: str | None = "teams", wishes: Wishes | None = None
) -> Chart:
    """The chart of one or several files that refer to each other.

    method: how a boss is found for managers whose boss is unknown (see `sim.organisation.roster.filling`); None: they stay
    tops. wishes: what else the user decides. Raises UserError when nobody reports to anybody, or when there are too many people
    or layers.
    """
    return _Builder(sources, method, wishes or Wishes()).chart()


def _look(text: str) -> str:
    """Kind of a key, for comparison: an e-mail, a number of some length, a code, or words."""
    text = values.name_key(text)
    if "@" in text:
        return "mail"
    if text.isdigit():
        return f"{len(text)} digits"
    return "code" if any(c.isdigit() for c in text) else "words" if " " in text else "word"


class _Builder:
    """Works on one list of positions; every method is one step of `chart`."""

    def __init__(self, sources: Sequence[Source], method: str | None, wishes: Wishes) -> None:
        self.sources, self.method, self.wishes = tuple(sources), method, wishes
        self.records = [record for source in sources for record in source.records]
        self.assumptions = [note for source in sources for note in source.notes]
        self.counts: Counter[str] = Counter()
        self.positions: list[Position] = []
        self.kept: list[bool] = []
        self.fates: dict[str, int] = {}

    def chart(self) -> Chart:
        """All steps in order."""
        self._merge_rows()
        self._resolve_managers()
        self._skip_inactive()
        self._leave_out_vacancies()
        self._infer_managers()
        self._cut_cycles()
        self._attach()
        self._note_values()
        return self._people()

    def _note(self, text: str, places: Sequence[str] = ()) -> None:
        self.assumptions.append(f"{text} ({rows_in_words(places)})." if places else f"{text}.")

    # ---- positions

    def _merge_rows(self) -> None:
        times = Counter(record.source_id for record in self.records)
        groups: dict[str, list[Record]] = {}
        without_id, merged = [], 0
        for k, record in enumerate(self.records):
            # Ids start from 1 in practice: a 0 that comes back stands for "no number".
            if record.source_id == "0" and times["0"] > 1:
                record.source_id = ""
                record.keys["id"] = []
            if record.source_id:
                key = record.source_id
            else:
                without_id.append(record.place)
                key = f"{_LAST}{(record.keys['name'] or [''])[0]}\0{k:07d}"
            merged += key in groups
            groups.setdefault(key, []).append(record)
        if without_id and len(without_id) < len(self.records):
            self._note(
                f"{plural(len(without_id), 'row')} without an id of their own: one position each",
                without_id,
            )
        elif without_id and any(record.keys["name"] for record in self.records):
            self._note("There is no id: every row is one position, and managers are found by name")
        for key, records in groups.items():
            status = min((r.status for r in records), key=lambda s: _FATE.get(s, 0))
            self.positions.append(Position(key, records, status, order=records[0].order))
            self.positions[-1].inferred = records[0].inferred
        check_people(self.sources, groups)
        for text, places in repeated(groups):
            self._note(text, places)
        self.counts["rows merged into a position of the same id"] = merged

    # ---- who is the manager

    def _resolve_managers(self) -> None:
        finder = Finder([position.records for position in self.positions])
        second = 0
        unclear: list[str] = []
        for index, position in enumerate(self.positions):
            references = [(record, references_of(record, finder)) for record in position.records]
            ranked = sorted(
                references,
                key=lambda pair: (not pair[1], pair[0].status == values.INACTIVE, not pair[0].lead),
            )
            second += sum(record.second for record in position.records)
            second += len({ref for _, refs in references for ref in refs}) - bool(ranked[0][1])
            if ranked[0][1]:
                self._refer(index, ranked[0][1], finder, unclear)
        self._check_match(finder)
        self.counts["second managers ignored"] = second
        if second:
            self._note(
                f"{plural(second, 'second manager')} (dotted lines, further assignments) ignored: in the tree everybody "
                "has one boss, the first one named"
            )
        if unclear:
            self._note("The manager's name or e-mail fits several rows; the first of them is taken", unclear)
        if finder.loose:
            self._note(
                "Manager ids that differ from an id only by case or leading zeros are taken to be it",
                finder.loose,
            )
        if finder.turned:
            self._note(
                "Managers' names that fit only with their words in another order are taken to be that person",
                finder.turned,
            )
        self.chain_above = chains_above(self.records, finder)

    def _check_match(self, finder: Finder) -> None:
        """Refuse, or say, that hardly any manager cell is a person of the file: then the match is wrong, not the file.

        Refused where the cells look like no id, e-mail or name of the file; with the same look the managers may really be
        in another file, so that they are inferred, and it is said.
        """
        absent = [p for p in self.positions if p.absent and p.records]
        known = sum(p.boss >= 0 for p in self.positions)
        if len(absent) < _FEW_CELLS or known > _HARDLY_ANY * (known + len(absent)):
            return
        cells = [cell for p in absent for cell in finder.in_order(p.records[0].managers)[:1] if cell]
        looks = {_look(key) for r in self.records for keys_of in r.keys.values() for key in keys_of}
        if not cells or not looks:  # nothing to compare with: rows of groups, without ids of their own
            return
        columns = self.sources[0].columns
        named = "', '".join(columns.header[k] for k in columns.all("manager")) or "management chain"
        compared = [k for f in ("id", "email", "name", "first_name", "last_name") for k in columns.all(f)]
        keys = ", ".join(f"'{columns.header[k]}'" for k in compared)
        look, count = Counter(values.look(cell) for cell in cells).most_common(1)[0]
        text = (
            f"hardly any manager is a person of the file: {known:,} of {known + len(absent):,} cells of column '{named}' "
            f"fit one of the columns compared with it ({keys}); {count:,} look like '{look}' (9: a digit, a: a letter)"
        )
        if any(values.is_scientific(cell) for cell in cells):
            raise UserError(
                f"{self.sources[0].name}: {absent[0].place}: {text}. A spreadsheet wrote these ids as numbers with an "
                "exponent and lost digits: format the column as text and export again"
            )
        if not looks & {_look(cell) for cell in cells}:
            raise UserError(
                f"{self.sources[0].name}: {absent[0].place}: {text}. Name the columns that belong together with --map "
                "id=COLUMN --map manager=COLUMN"
            )
        self._note(f"CHECK THIS: {text}. The managers are taken to be in another file")

    def _refer(self, index: int, references: list[str], finder: Finder, unclear: list[str]) -> None:
        """Set the boss to the first reference that is in the file, else remember the first that is not."""
        position = self.positions[index]
        found = [finder.find(reference, position.place, index) for reference in references]
        others = [(hit, several) for hit, several in found if hit >= 0 and hit != index]
        if others:
            position.boss = others[0][0]
            if others[0][1]:
                unclear.append(position.place)
        elif any(hit == index for hit, _ in found):
            position.own_boss = True
        else:
            position.absent = absent_key(references[0])
            self.counts["rows that point to an absent manager"] += len(position.records)

    # ---- positions without a person

    def _skip_inactive(self) -> None:
        """Reports of an inactive row move up to the next active boss."""
        moved = []
        for position in self.positions:
            seen = set()
            while position.boss >= 0 and self.positions[position.boss].status == values.INACTIVE:
                above = self.positions[position.boss]
                if position.boss in seen:  # inactive rows that report to each other
                    position.boss, position.unknown = -1, True
                    break
                seen.add(position.boss)
                position.boss, position.absent = above.boss, above.absent
                position.unknown = position.boss < 0 and not position.absent
            if seen and position.status != values.INACTIVE:
                moved.append(position.place)
        self.kept = [position.status != values.INACTIVE for position in self.positions]
        gone = [position.place for position in self.positions if position.status == values.INACTIVE]
        self.counts["inactive"] = len(gone)
        if gone:
            self._note(f"{plural(len(gone), 'inactive or eliminated position')} left out", gone)
        if gone and len(gone) == len(self.positions):
            self._nobody_left()
        if moved:
            self._note("Reports of inactive rows move up to the next active boss", moved)

    def _leave_out_vacancies(self) -> None:
        """A vacancy without filled reports is no filled position; one with reports is kept, or they had no boss."""
        needed = set()
        for position in self.positions:
            if position.status in (values.VACANCY, values.INACTIVE):
                continue
            above = position.boss
            while above >= 0 and above not in needed:
                needed.add(above)
                above = self.positions[above].boss
        filled: list[str] = []
        out: list[str] = []
        for index, position in enumerate(self.positions):
            if position.status == values.VACANCY:
                (filled if index in needed else out).append(position.place)
                self.kept[index] = index in needed
        self.counts["vacancies left out"] = len(out)
        self.counts["vacancies kept as managers"] = len(filled)
        if out:
            self._note(f"{plural(len(out), 'vacancy', 'vacancies')} without filled reports left out", out)
        if filled:
            self._note(
                f"{plural(len(filled), 'vacancy', 'vacancies')} with filled reports: taken to be filled by a manager",
                filled,
            )

    def _infer_managers(self) -> None:
        """One manager for each reference that is nobody's id, with the boss that a management chain tells."""
        pointing = Counter(position.absent for position in self.positions if position.absent)
        self.counts["absent managers"] = len(pointing)
        index_of: dict[str, int] = {}
        places = []
        queue = [k for k, position in enumerate(self.positions) if self.kept[k] and position.absent]
        for k in queue:  # grows while bosses of inferred managers are inferred
            position = self.positions[k]
            if position.absent not in index_of:
                index_of[position.absent] = len(self.positions)
                above = self.chain_above.get(position.absent)
                new = Position(position.absent, [], unknown=above is None, inferred=True)
                if isinstance(above, int) and self.kept[above]:
                    new.boss = above
                elif isinstance(above, str):
                    new.absent = above
                    queue.append(len(self.positions))
                else:
                    new.unknown = True
                self.positions.append(new)
                self.kept.append(True)
            if position.records:
                places.append(position.place)
            position.boss = index_of[position.absent]
        self.counts["inferred managers"] = len(index_of)
        if index_of:
            self._note(
                f"{plural(len(index_of), 'manager')} not in the file: inferred, because filled rows report to them",
                places,
            )
        idle = len(pointing.keys() - index_of.keys())
        if idle:
            self._note(f"{plural(idle, 'absent manager')} without filled reports left out")

    # ---- one forest

    def _cut_cycles(self) -> None:
        """In every cycle the member with the most reports (ties: the first by id) is put on top."""
        reports = Counter(p.boss for k, p in enumerate(self.positions) if self.kept[k])
        state = [0] * len(self.positions)  # 0 new, 1 on the present path, 2 done
        cut = []
        for start in range(len(self.positions)):
            path, node = [], start
            while node >= 0 and self.kept[node] and state[node] == 0:
                state[node] = 1
                path.append(node)
                node = self.positions[node].boss
            if node >= 0 and self.kept[node] and state[node] == 1:
                cycle = path[path.index(node) :]
                head = min(cycle, key=lambda k: (-reports[k], self.positions[k].sort_key))
                self.positions[head].boss, self.positions[head].unknown = -1, True
                cut.append(self.positions[head].place)
                if len(cycle) > 2 and 2 * len(cycle) >= sum(self.kept):
                    self._ring(cycle)
            for node in path:
                state[node] = 2
        self.counts["cycles cut"] = len(cut)
        if cut:
            self._note(f"{plural(len(cut), 'reporting cycle')} cut at the member with the most reports", cut)

    def _ring(self, cycle: Sequence[int]) -> None:
        """Refuse a chart most of whose people report to each other in a ring: it has no top to be cut at."""
        source = self.sources[0]
        column = source.columns.best("manager")
        which = f"column '{source.columns.header[column]}'" if column is not None else "the management chain"
        places = rows_in_words(sorted((self.positions[k].place for k in cycle), key=lambda p: (len(p), p)))
        raise UserError(
            f"{source.name}: nobody is the top: by {which}, {len(cycle):,} of {sum(self.kept):,} positions report to each "
            f"other in one ring ({places}); leave the manager of the top empty, or name the right column with "
            "--map manager=COLUMN"
        )

    def _attach(self) -> None:
        """Put positions with an unknown boss, and rows outside the tree, below a manager."""
        positions = self.positions
        reports = Counter(p.boss for k, p in enumerate(positions) if self.kept[k] and p.boss >= 0)
        loose = [k for k, p in enumerate(positions) if self.kept[k] and p.boss < 0]
        tops = [k for k in loose if reports[k] and not positions[k].unknown]
        unknown = [k for k in loose if reports[k] and positions[k].unknown]
        isolated = [k for k in loose if not reports[k]]
        if not tops and not unknown:
            self._nobody_reports()
        self.counts["tops named by the file"] = len(tops)
        if unknown and self.method is not None:
            self._fill(unknown, tops, self.method)
        elif unknown:
            self.fates = {_UNKNOWN: len(unknown), "kept as tops": len(unknown)}
            self._note(f"{plural(len(unknown), 'manager')} with an unknown boss: kept as separate tops")
        alone = set(isolated)
        heads = [k for k, p in enumerate(positions) if self.kept[k] and p.boss < 0 and k not in alone]
        if isolated:
            largest = self._largest(heads)
            for k in isolated:
                positions[k].boss = largest
            where = "the top" if len(heads) == 1 else "the top with the most people below"
            self._note(
                f"{plural(len(isolated), 'row')} with neither a known manager nor reports: put under {where}",
                [positions[k].place for k in isolated],
            )
        self.counts["isolated rows put under the top"] = len(isolated)
        if len(heads) > 1 and self.method is not None:
            self._note(f"{len(heads):,} tops with nobody above them stay separate")

    def _fill(self, unknown: list[int], tops: list[int], method: str) -> None:
        """Find a boss for the managers whose boss is unknown; see `sim.organisation.roster.filling`."""
        positions, kept = self.positions, self.kept
        ranked = sorted(range(len(positions)), key=lambda k: positions[k].sort_key)
        rank = [0] * len(positions)
        for place, k in enumerate(ranked):
            rank[k] = place
        known = Known(
            boss=[p.boss if kept[k] else -1 for k, p in enumerate(positions)],
            people=[p.heads for p in positions],
            teams=[
                frozenset().union(*(r.teams for r in p.records)) if kept[k] else frozenset()
                for k, p in enumerate(positions)
            ],
            rank=rank,
        )
        filling = fill(known, unknown, tops, method)
        for new in range(filling.between):
            positions.append(Position(f"{_BETWEEN_KEY}{new:06d}", [], inferred=True))
        if filling.new_top:
            positions.append(Position(_TOP_KEY, [], inferred=True))
        kept += [True] * (len(positions) - len(kept))
        for k, above in filling.boss.items():
            positions[k].boss = above
        self.counts["inferred in between"] = filling.between
        self.counts["inferred top"] = int(filling.new_top)
        self.fates = {_UNKNOWN: len(unknown), **{key: n for key, n in filling.fates.items() if n}}
        for note in filling.notes:
            self._note(note)

    def _largest(self, heads: list[int]) -> int:
        below: Counter[int] = Counter()
        for k, position in enumerate(self.positions):
            if self.kept[k] and position.boss >= 0:
                node = k
                while self.positions[node].boss >= 0:
                    node = self.positions[node].boss
                below[node] += 1
        return min(heads, key=lambda k: (-below[k], self.positions[k].sort_key))

    def _nobody_left(self) -> None:
        source = self.sources[0]
        columns = [k for field in ("status", "end") for k in source.columns.all(field)]
        named = " and ".join(f"'{source.columns.header[k]}'" for k in columns)
        raise UserError(
            f"{source.name}: every row counts as somebody who has left"
            + (f", by column {named}" if named else "")
            + "; import the present staff, or name another column with --map status=COLUMN or --map end=COLUMN"
        )

    def _nobody_reports(self) -> None:
        source = self.sources[0]
        column = source.columns.best("manager")
        which = f"column '{source.columns.header[column]}'" if column is not None else "the management chain"
        raise UserError(
            f"{source.name}: nobody reports to anybody: {which} names no manager of a filled position; name the right "
            "column with --map manager=COLUMN"
        )

    # ---- values and people

    def _note_values(self) -> None:
        filled = [r for k, p in enumerate(self.positions) if self.kept[k] for r in p.records]
        part = [r.place for r in filled if r.status != values.GROUP and r.fte < 1]
        if part:
            self._note(f"{plural(len(part), 'part-time position')}: one person each", part)
        rounded = [
            r.place for r in filled if r.people != r.fte and r.status == values.GROUP and r.fte == r.fte
        ]
        if rounded:
            self._note(
                f"{plural(len(rounded), 'grouped row')} with a fractional FTE: rounded to whole people, at least one",
                rounded,
            )
        for status, text in (
            (values.LEAVE, "on leave"),
            (values.UNDISCLOSED, "with an undisclosed holder"),
            (values.OTHER, "with a status word that is not known here"),
        ):
            places = [r.place for r in filled if r.status == status]
            if places:
                self._note(f"{plural(len(places), 'position')} {text}: taken to be filled", places)
        several = sum(source.several_teams for source in self.sources)
        if several:
            self._note(
                f"{plural(several, 'cell')} with several teams: the last, most specific one is the primary team"
            )
        self.counts["teams"] = len({values.plain(r.team) for r in filled if r.team})
        self.counts["part-time positions"] = len(part)

    def _people(self) -> Chart:
        kept = [k for k in range(len(self.positions)) if self.kept[k]]
        heads = {k: self.positions[k].heads for k in kept}
        total = sum(heads.values())
        if total > MAX_PEOPLE:
            raise UserError(
                f"{self.sources[0].name}: the rows stand for {total:,} people, more than the limit of {MAX_PEOPLE:,}; "
                "check the column for FTE or import a part of the organisation"
            )
        ranked = sorted(kept, key=lambda k: (self.positions[k].order, self.positions[k].sort_key))
        first_of: dict[int, int] = {}
        tenure: list[float] = []
        inferred: list[bool] = []
        ids: list[str] = []
        for k in ranked:
            position = self.positions[k]
            first_of[k] = len(ids)
            known = [r.tenure_years for r in position.records if not math.isnan(r.tenure_years)]
            ids.append(position.sort_key)
            ids += [f"{position.sort_key}#{member:06d}" for member in range(2, heads[k] + 1)]
            tenure += [coarsened(max(known, default=math.nan))] * heads[k]
            inferred += [position.inferred] * heads[k]
        boss: list[int] = []
        for k in ranked:
            above = self.positions[k].boss
            # In a group that has nobody above it, the first person leads the others.
            leader = first_of[above] if above >= 0 else first_of[k]
            boss += [leader if above >= 0 else -1] + [leader] * (heads[k] - 1)
        _check_depth(boss, self.sources[0].name)
        told = bool(self.wishes.rules) or any(
            s.columns.all(f) for s in self.sources for f in ("title", "family")
        )
        ordered = [self.positions[k] for k in ranked]
        people, roles = people_of(ordered, [heads[k] for k in ranked], boss, told, self.wishes, self._note)
        self.counts["managers with one report, an IC"] = len(hardly_managers(people))
        return Chart(
            boss=tuple(person.boss for person in people),
            role=tuple(person.role for person in people),
            order=tuple(range(len(people))),
            tenure_years=tuple(tenure),
            inferred=tuple(inferred),
            source_ids=tuple(ids),
            accounting=self._accounting(kept, heads),
            unknown_bosses=self.fates,
            counts=dict(self.counts),
            assumptions=tuple(self.assumptions),
            sources=self.sources,
            level=tuple(person.level if person.role == LEADS else "" for person in people),
            rules=tuple(roles.lines()),
            bands=pay_of(people, ordered, self.sources, self.wishes.rates),
        )

    def _accounting(self, kept: list[int], heads: dict[int, int]) -> dict[str, int]:
        """Every row of the files by fate, and every person by origin. Raises AssertionError if one is lost."""
        own = [k for k in kept if self.positions[k].records]
        grouped = [k for k in own if any(r.status == values.GROUP for r in self.positions[k].records)]
        blank = sum(source.blank_rows for source in self.sources)
        totals = sum(source.total_rows for source in self.sources)
        aside = Counter[str]()
        for source in self.sources:
            aside.update(source.aside)
        account = {
            "rows read": len(self.records) + blank + totals + aside.total(),
            "positions of one person": len(own) - len(grouped),
            "grouped rows": len(grouped),
            "merged into a position of the same id": self.counts[
                "rows merged into a position of the same id"
            ],
            "vacancies left out": self.counts["vacancies left out"],
            "inactive left out": self.counts["inactive"],
            "blank rows": blank,
            "lines of totals": totals,
            **aside,
        }
        rows, *fates = account.values()
        account |= {
            "people in grouped rows": sum(heads[k] for k in grouped),
            "inferred managers": self.counts["inferred managers"],
            "inferred in between": self.counts["inferred in between"],
            "inferred top": self.counts["inferred top"],
            "people": sum(heads.values()),
        }
        origins = ("positions of one person", "people in grouped rows", *INFERRED)
        if rows != sum(fates) or account["people"] != sum(account[key] for key in origins):
            raise AssertionError(f"a row of the roster was lost: {account}")
        if 2 * self.fates.get(_UNKNOWN, 0) != sum(self.fates.values()):
            raise AssertionError(f"a manager with an unknown boss was lost: {self.fates}")
        return account


# Which of the rows of one id decides: anybody present fills the position.
_FATE = {values.VACANCY: 1, values.INACTIVE: 2}


def _check_depth(boss: Sequence[int], name: str) -> None:
    layers = max(layers_from_below(boss), default=0)
    if layers > MAX_LAYERS:
        raise UserError(
            f"{name}: the longest chain of managers has {layers:,} steps, more than the limit of {MAX_LAYERS}; "
            "the manager column is probably another one, name it with --map manager=COLUMN"
        )


def read_chart(
    path: Path | str | RosterText | Sequence[Path | str | RosterText],
    column_map: Mapping[str, str] | None = None,
    *,
    keep_roots: bool = False,
    fill: str | None = None,
    wishes: Wishes | None = None,
) -> Chart:
    """The chart of an HR export, of several that refer to each other, or of a chart file written by an import.

    path: files, or rosters in memory (`sim.organisation.roster.given`); of those nothing is read or written.

    column_map: field -> column name, overrides what is recognised. keep_roots: managers with an unknown boss stay tops;
    otherwise `fill` (teams, spans or top, default teams) says where they go, see `sim.organisation.roster.filling`. wishes: who
    writes code, what a currency is worth, what is folded. Raises UserError.
    """
    given = [path] if isinstance(path, (str, Path, RosterText)) else path
    paths = [one if isinstance(one, RosterText) else Path(one) for one in given]
    if not paths:
        raise UserError("import: no file is given; name a CSV file with one row per person")
    if fill is not None and fill not in METHODS:
        raise UserError(f"--fill {fill}: use {', '.join(METHODS)}{suggest(fill, METHODS)}")
    if fill is not None and keep_roots:
        raise UserError(
            f"--fill {fill}: cannot stand beside --keep-roots, which fills nothing; leave one out"
        )
    several = len(paths) > 1
    sources = [read_source(one, column_map or {}, several) for one in paths]
    return build_chart(sources, None if keep_roots else fill or METHODS[0], wishes)
