"""A replay as text: a line a frame, with what waits, how full inboxes are, and who comes and goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sim.mesa_model.replay import Frame, Replay
from sim.text.numbers import plural
from sim.text.tables import paragraph, table

#: More people than these of one kind are counted, not listed.
_LISTED = 3
_HEADER = ("week", "people", "answer", "another IC", "reviews", "inboxes", "value", "who comes and goes")
_ALIGN = ">>>>>>><"
_NOTES = (
    "week: weeks that have ended since the warm-up; people: there in it. Changes that stand still at its end: for an answer, for "
    "another IC. reviews: asked for and not begun. inboxes: managers whom more work reached than they had hours for. value: "
    "standard hours delivered so far. People come and go at a week's end; numbers are pseudonyms."
)


def replay_text(found: Replay, counts_only: bool = False) -> str:
    """Return the replay as text. counts_only: people are counted, not numbered."""
    head = found.head
    title = (
        f"{head['scenario']}: run {head['run']} with seed {head['seed']}, {plural(head['weeks'], 'week')}, "
        f"{plural(head['people'], 'person', 'people')} at the start"
    )
    rows = [_row(frame, head["by"] == "day", counts_only) for frame in found.frames]
    return f"{title}\n\n{table(_HEADER, rows, _ALIGN)}\n\n{paragraph(_NOTES)}"


def _row(frame: Frame, by_day: bool, counts_only: bool) -> list[str]:
    load = frame["teams"]["load"]
    day = f".{frame['day'] % 5}" if by_day else ""
    return [
        f"{frame['week']}{day}",
        str(len(frame["ics"]["id"]) + len(load)),
        str(frame["stages"]["decisions"]),
        str(frame["stages"]["coordination"]),
        str(sum(frame["teams"]["reviews"])),
        str(sum(one is not None and one > 1.0 for one in load)),
        f"{frame['totals']['value']:,.0f}",
        "; ".join(_events(frame, counts_only)),
    ]


def _events(frame: Frame, counts_only: bool) -> list[str]:
    """Return who comes, goes and moves, in a few words each."""
    roles = _roles(frame)
    kinds: dict[tuple[str, str, str], list[str]] = {}
    for one in frame["leavings"]:
        why = f" ({one['rule'].replace('_', ' ')})" if one["rule"] else ""
        since = "" if one["joined"] is None else f" (hired in week {one['joined']})"
        kinds.setdefault((one["role"], one["reason"], why), []).append(f"{one['id']}{since}")
    for one in frame["moves"]:
        kinds.setdefault((roles[one["id"]], one["what"], ""), []).append(str(one["id"]))
    for one in frame["arrivals"]:
        kinds.setdefault((one["role"], "hired", ""), []).append(str(one["id"]))
    return [f"{_who(role, who, counts_only)} {what}{why}" for (role, what, why), who in kinds.items()]


def _roles(frame: Frame) -> Mapping[int, str]:
    columns: Iterable[tuple[Sequence[Any], str]] = (
        (frame["ics"]["id"], "IC"),
        (frame["teams"]["id"], "manager"),
    )
    return {one: role for ids, role in columns for one in ids}


def _who(role: str, who: Sequence[str], counts_only: bool) -> str:
    """'IC 59', 'ICs 59, 60', '7 ICs'."""
    if counts_only or len(who) > _LISTED:
        return plural(len(who), role)
    return f"{role if len(who) == 1 else role + 's'} {', '.join(who)}"
