"""What the page of a replay shows, as plain data for its template."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from sim.mesa_model.replay import DAY, WEEK, Frame, Replay
from sim.report import html
from sim.report.page import Table
from sim.scenario.events import settings_on
from sim.text.numbers import number
from sim.workshop import texts
from sim.workshop.boxes import PARTS, draw, grouped, grouped_hours
from sim.workshop.design import Design
from sim.workshop.replays import Chosen

MONTH = 4  # weeks
MOST_AWAITED = 3
_PEOPLE = (
    "switches.quits",
    "switches.layoffs",
    "switches.hiring",
    "switches.promotions",
    "switches.retirement",
)


def replay_view(
    design: Design, of: Design, found: Replay, chosen: Chosen, run: int, by: str, k: int
) -> dict[str, Any]:
    """Frame *k* of a replay. design: whose page it belongs to; of: the organisation that is replayed, this design or the base."""
    frame, last = found.frames[k], len(found.frames) - 1
    month = MONTH * (1 if by == WEEK else 5)
    root = f"/designs/{design.key}/replay"

    def at(index: int) -> str:
        return f"{root}/{of.key}/{by}/{run}/{max(0, min(last, index))}"

    other = DAY if by == WEEK else WEEK
    day = frame["day"]
    same = min(5 * found.head["weeks"], day) if other == DAY else day // 5
    return {
        "key": design.key,
        "of": of.key,
        "k": k,
        "last": last,
        "title": texts.frame_title(frame["week"], frame["day"]),
        "run": texts.run_words(chosen.run, chosen.change, chosen.opposite, chosen.runs, run),
        "steps": [
            ("first", at(0), k > 0),
            ("back_month", at(k - month), k > 0),
            ("back", at(k - 1), k > 0),
            ("next", at(k + 1), k < last),
            ("next_month", at(k + month), k < last),
            ("last", at(last), k < last),
        ],
        "by": by,
        "other": (f"by_{other}", f"{root}/{of.key}/{other}/{run}/{same}"),
        "svg": Markup(draw(frame, found.head["activities"], "replay")),
        "legend": [(f"p{j + 1}", part) for j, part in enumerate(PARTS)],
        "so_far": _so_far(found, frame),
        "waits": texts.waits_words(
            len(frame["waits"]["question"]), len(frame["waits"]["coordination"]), _awaited(frame)
        ),
        "people": _people(of, frame),
        "table": Markup(html.pieces([_values(found, frame)])),
    }


def _so_far(found: Replay, frame: Frame) -> list[tuple[str, str]]:
    """What has been counted since the beginning, and the outcomes to date."""
    totals = frame["totals"]
    counted = [
        ("value delivered", f"{number(totals['value'], 4)} standard hours"),
        ("changes merged", f"{totals['merged']:,}"),
        ("decisions guessed", f"{totals['guesses']:,}"),
        ("incidents", f"{totals['incidents']:,}"),
    ]
    units = found.head["outcomes"]
    known = [(name, value) for name, value in frame["outcomes"].items() if value is not None]
    return counted + [(texts.name_of(name), texts.value_words(value, units[name])) for name, value in known]


def _awaited(frame: Frame) -> list[tuple[int, int]]:
    """For whom most changes stand still: (person, changes). Waiting for oneself is not counted."""
    counts = Counter(whom for waits in frame["waits"].values() for who, whom in waits if who != whom)
    return [pair for pair in counts.most_common(MOST_AWAITED) if pair[1] > 1]


def _people(of: Design, frame: Frame) -> list[str]:
    lines = [texts.left_words(one) for one in frame["leavings"]]
    lines += [texts.came_words(one) for one in frame["arrivals"]]
    lines += [texts.moved_words(one) for one in frame["moves"]]
    if lines:
        return lines
    on = settings_on(of.scenario.values, of.scenario.events)
    return [texts.QUIET if any(name in on for name in _PEOPLE) else texts.NOBODY_MOVES]


def _values(found: Replay, frame: Frame) -> Table:
    """A row for every team: load, inbox, reviews, and where the hours of its ICs went."""
    upper, teams = grouped(frame)
    columns = frame["teams"]
    used = [
        part
        for part in PARTS
        if any(grouped_hours(h, found.head["activities"])[part] for h in frame["ics"]["hours"])
    ]
    rows = []
    for row in upper:
        rows.append(
            (
                f"manager #{columns['id'][row]}, layer {columns['layer'][row]}",
                *_of_manager(columns, row),
                "0",
                *([""] * len(used)),
            )
        )
    for team in teams:
        hours = [grouped_hours(frame["ics"]["hours"][ic], found.head["activities"]) for ic in team.ics]
        means = [f"{sum(one[part] for one in hours) / len(hours):.1f}" if hours else "" for part in used]
        name = "without a manager" if team.row is None else f"team of #{columns['id'][team.row]}"
        load = ("-", "-", "-") if team.row is None else _of_manager(columns, team.row)
        rows.append((name, *load, f"{len(team.ics):,}", *means))
    return Table(("team", "load %", "inbox", "reviews", "ICs", *(f"{part}, h" for part in used)), rows)


def _of_manager(columns: Mapping[str, list[Any]], row: int) -> tuple[str, str, str]:
    load = columns["load"][row]
    return (
        "-" if load is None else f"{100 * load:.0f}",
        str(columns["inbox"][row]),
        str(columns["reviews"][row]),
    )
