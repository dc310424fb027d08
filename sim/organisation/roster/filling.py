"""Where managers go whose own boss is not in the file. Partial charts need a guess; this one invents as little as it can.

`teams` (the default) asks the colleagues. A manager with an unknown boss is put under the manager to whom most people of
the same teams report, seen one step up: for each colleague, the first manager above who stands at a higher layer. So no
layer is added and no cycle can come about. Nobody gets a wider span that way than the widest of a manager of managers in
the file (or twice their mean): then the next best takes the report. Team names that more than half of the rows carry say
nothing and are left out. Nobody is invented for the top if one of the missing managers already stands above all
others. If more are left for the top than that widest span, each team of theirs gets an inferred manager. Titles are not
read: they differ by language and firm, and teams were enough.

`spans` ignores the teams and puts inferred managers in between, so that the part above has the mean span of the rest.
`top` puts everybody under one top; its span is an artefact of the missing rows.

Tried on two charts of the tests: with a fifth of the known managers hidden besides the 139 who are missing, `teams` finds
the very boss of four in ten and somebody in the right line of command for six in ten; on the other, with coarse teams and
two fifths hidden, one in six and one in three. A manager drawn at random is right once in a hundred. `spans` invents people
who are paid and asked, `top` a giant span, and tops of their own (`--keep-roots`) a company without its upper
half: simulated, `teams` came nearest to the complete chart where many were missing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sim.organisation.headcounts import layers_from_below
from sim.text.numbers import plural

METHODS = ("teams", "spans", "top")
_ROUNDS = 10  # a placed manager may tell where the next belongs
_CANDIDATES = 20  # bosses considered for the colleagues of one team


@dataclass(frozen=True)
class Known:
    """What the file tells. Sequences have one entry per position; positions that are left out have no boss and no team.

    boss: index of the boss, -1 where there is none. people: how many a position stands for. teams: names of its teams.
    rank: place in the order of ids, which settles ties.
    """

    boss: Sequence[int]
    people: Sequence[int]
    teams: Sequence[frozenset[str]]
    rank: Sequence[int]

    def spans(self) -> Counter[int]:
        """Direct reports of every manager, in people."""
        spans: Counter[int] = Counter()
        for position, above in enumerate(self.boss):
            if above >= 0:
                spans[above] += self.people[position]
        return spans


@dataclass
class Filling:
    """The bosses found. New positions are numbered from len(known.boss): the managers in between, then the top.

    fates: what became of the managers with an unknown boss, every one counted once. notes: sentences for the report.
    """

    boss: dict[int, int] = field(default_factory=dict)
    between: int = 0
    new_top: bool = False
    fates: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def fill(known: Known, loose: Sequence[int], tops: Sequence[int], method: str = "teams") -> Filling:
    """Bosses for the managers in `loose`, whose boss is unknown. tops: managers whom the file itself says lead.

    With several tops in the file, those for whom no boss is found stay tops as well.
    """
    filling = Filling()
    layer = layers_from_below(known.boss)
    spans = known.spans()
    widest = _widest(spans, layer)
    if method == "teams":
        filling.boss = _by_team(known, loose, layer, widest)
        if filling.boss:
            filling.notes.append(
                f"{len(filling.boss):,} of {plural(len(loose), 'manager')} with an unknown boss: put under the manager "
                "to whom most people of the same teams report, one layer or more above; nobody gets more than "
                f"{widest:,} reports that way, by the spans of managers of managers in the file"
            )
    filling.fates["put under a manager by their teams"] = len(filling.boss)
    rest = sorted((k for k in loose if k not in filling.boss), key=known.rank.__getitem__)
    if len(tops) > 1:
        filling.fates["kept as tops"] = len(rest)
    elif rest:
        top = tops[0] if tops else _tallest(rest, layer, method)
        if top in rest:
            rest.remove(top)
            filling.fates["taken to be the top"] = 1
            filling.notes.append(_taken_as_top([k for k in loose if k != top], layer, top))
        mean = round(sum(spans.values()) / max(1, len(spans)))
        span = {"teams": widest, "spans": max(2, mean), "top": len(rest) + 1}[method]
        _under_one_top(known, filling, rest, top, layer, span, by_team=method == "teams")
        if method == "top" and filling.new_top:
            filling.notes[-1] += "; a span that wide is an artefact of the missing rows"
    return filling


def _widest(spans: Mapping[int, int], layer: Sequence[int]) -> int:
    """The widest span that a filling may give: that of the managers of managers, or twice their mean if that is more.

    Known spans lack the missing reports, so where all are alike nobody would have a place left.
    """
    upper = [span for manager, span in spans.items() if layer[manager] > 1] or list(spans.values())
    return max(2, *upper, 2 * sum(upper) // len(upper))


# ---- by team


def _by_team(known: Known, loose: Sequence[int], layer: Sequence[int], widest: int) -> dict[int, int]:
    """Boss of every loose manager for whom colleagues of the same teams point to one."""
    members = _telling_teams(known)
    boss, spans = list(known.boss), known.spans()
    reports: dict[int, list[int]] = {k: [k] for k in loose}
    for position, above in enumerate(boss):
        if above in reports:
            reports[above].append(position)
    found: dict[int, int] = {}
    for _ in range(_ROUNDS):
        wishes = []
        above_of = _Above(boss, layer, members, known.rank)
        for k in (k for k in loose if k not in found):
            votes: dict[int, float] = defaultdict(float)
            for team in (team for report in reports[k] for team in known.teams[report] if team in members):
                for candidate, share in above_of.candidates(team, layer[k]):
                    votes[candidate] += share / len(reports[k])
            # Rounded, because the sum depends on the order of the rows in its last digits.
            wishes += [(-round(votes[g], 9), known.rank[k], known.rank[g], k, g) for g in votes]
        before = len(found)
        for *_, k, g in sorted(wishes):  # the clearest first, so that they meet free places
            if k not in found and spans[g] < widest:
                found[k] = boss[k] = g
                spans[g] += 1
        if len(found) == before:
            break
    return found


def _telling_teams(known: Known) -> dict[str, list[int]]:
    """Members of every team that not more than half of the rows belong to."""
    members: dict[str, list[int]] = {}
    for position, teams in enumerate(known.teams):
        for team in teams:
            members.setdefault(team, []).append(position)
    rows = sum(bool(teams) for teams in known.teams)
    return {team: found for team, found in members.items() if 2 * len(found) <= rows}


class _Above:
    """For a team and a layer: the first managers above its members who stand higher, with their share of the members."""

    def __init__(
        self,
        boss: Sequence[int],
        layer: Sequence[int],
        members: Mapping[str, list[int]],
        rank: Sequence[int],
    ) -> None:
        self.boss, self.layer, self.members, self.rank = boss, layer, members, rank
        self._found: dict[tuple[str, int], list[tuple[int, float]]] = {}

    def candidates(self, team: str, height: int) -> list[tuple[int, float]]:
        """(manager, share of the team's members), most first. Members with nobody known above count in the share."""
        key = (team, height)
        if key not in self._found:
            members = self.members[team]
            hits = Counter(self._first_above(member, height) for member in members)
            hits.pop(-1, None)
            best = sorted(hits, key=lambda g: (-hits[g], self.rank[g]))[:_CANDIDATES]
            self._found[key] = [(g, hits[g] / len(members)) for g in best]
        return self._found[key]

    def _first_above(self, member: int, height: int) -> int:
        while member >= 0 and self.layer[member] <= height:
            member = self.boss[member]
        return member


# ---- the top, and managers in between


def _tallest(rest: Sequence[int], layer: Sequence[int], method: str) -> int | None:
    """The one manager who stands at a higher layer than all others, if there is one."""
    first, *others = sorted(rest, key=lambda k: -layer[k])
    if not others:
        return first
    return first if method != "top" and layer[first] > layer[others[0]] else None


def _under_one_top(
    known: Known,
    filling: Filling,
    rest: list[int],
    top: int | None,
    layer: Sequence[int],
    span: int,
    by_team: bool,
) -> None:
    """Put the rest under the top (None: one is inferred), with managers in between where they are more than `span`."""
    heads = _with_managers_between(known, filling, rest, list(layer), span, by_team)
    filling.new_top = top is None
    filling.boss |= dict.fromkeys(heads, len(known.boss) + filling.between if top is None else top)
    below = len(set(rest) - set(heads))
    filling.fates["put under an inferred manager in between"] = below
    filling.fates["put under the top"] = len(rest) - below
    if filling.between:
        filling.notes.append(
            f"{plural(below, 'manager')} whose boss is unknown: put under {plural(filling.between, 'manager')} inferred in "
            f"between, {'one for each of their teams where they are known, ' if by_team else ''}at most {span:,} reports each"
        )
    who, pause = f"{plural(len(rest) - below, 'manager')} whose boss is unknown", ""
    if below:
        who, pause = f"{plural(len(heads), 'manager')}, known or in between", ","
    if filling.new_top:
        filling.notes.append(f"No row is the top: one top is inferred, and {who}{pause} report to it")
    elif heads:
        filling.notes.append(f"{who}: put under the top")


def _taken_as_top(others: Sequence[int], layer: Sequence[int], top: int) -> str:
    if not others:
        return "One manager has no known boss and leads everybody: taken to be the top"
    return (
        f"No row is the top: the manager with an unknown boss who has the most management layers below ({layer[top] - 1}; "
        f"of the others nobody has more than {max(layer[k] for k in others) - 1}) is taken to be it"
    )


def _with_managers_between(
    known: Known, filling: Filling, rest: list[int], layer: list[int], span: int, by_team: bool
) -> list[int]:
    """Put managers in between until at most `span` positions are left without a boss; return these.

    The lowest are put together first, so that the tree does not grow taller than it must. by_team: one manager for each
    team where teams are known; otherwise as few as `span` allows, those of one team beside each other.
    """
    names = _main_teams(known, rest)
    heads = list(rest)
    while len(heads) > span:
        low = min(layer[k] for k in heads)
        ready = sorted((k for k in heads if layer[k] == low), key=lambda k: names.get(k, ""))
        heads = [k for k in heads if layer[k] != low]
        for part in _groups(ready, names, span, by_team):
            if len(part) == 1:  # nobody to share a manager with at this height
                layer[part[0]] += 1
                heads += part
                continue
            new = len(known.boss) + filling.between
            filling.between += 1
            filling.boss |= dict.fromkeys(part, new)
            names[new] = names.get(part[0], "")
            layer.append(low + 1)
            heads.append(new)
    return heads


def _groups(ready: Sequence[int], names: Mapping[int, str], span: int, by_team: bool) -> list[list[int]]:
    """Parts of at most `span` and nearly equal size, each to get a manager of its own; a part of one gets none."""
    teams: dict[str, list[int]] = {}
    for k in ready:
        teams.setdefault(names.get(k, ""), []).append(k)
    several = [team for team, found in teams.items() if team and len(found) > 1]
    if not by_team or not several:
        return _parts(ready, span)
    alone = [[k] for team, found in teams.items() if team not in several for k in found]
    return [part for team in several for part in _parts(teams[team], span)] + alone


def _parts(ready: Sequence[int], span: int) -> list[list[int]]:
    count = -(-len(ready) // span)
    return [
        list(ready[part * len(ready) // count : (part + 1) * len(ready) // count]) for part in range(count)
    ]


def _main_teams(known: Known, managers: Sequence[int]) -> dict[int, str]:
    """The team that most reports of each manager belong to; ties: the first by name."""
    teams: dict[int, Counter[str]] = {k: Counter() for k in managers}
    for position, above in enumerate(known.boss):
        if above in teams:
            teams[above].update(known.teams[position])
    return {k: min(c, key=lambda team: (-c[team], team)) for k, c in teams.items() if c}
