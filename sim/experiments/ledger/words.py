"""The ledger as text and as JSON: rows in plain words, totals by skill, value kept, and what it comes to in sentences."""

from collections.abc import Mapping

from sim.experiments.ledger.study import (
    AGENT,
    ASSISTANT,
    DISCARDED,
    HAND,
    PLANNED,
    REFERENCE_SKILL,
    ROWS,
    Account,
    Ledger,
)
from sim.text import numbers, tables
from sim.text.plain import jsonable

WAYS = {HAND: "by hand", ASSISTANT: "assistant", AGENT: "agent", PLANNED: "as planned"}
#: Row -> what it stands for.
WORDS = {
    "preparation": "preparing: specification, tests, release",
    "briefing": "briefing an agent, the first time",
    "coding": "coding, by hand or with the assistant",
    "verifying": "prompting AI, reading and correcting its work",
    "redoing": "doing again what agents failed at",
    "review": "others reading it, the first time",
    "fixing": "fixing what review found",
    "rereview": "others reading it again",
    "questions": "questions: asking AI, people answering",
    "dependencies": "settling dependencies with other ICs",
    "incidents": "incidents from defects that escaped",
    DISCARDED: "all this in changes closed without merging",
}
_DIGITS = 3
_LEAST_SHOWN = 0.0005
_OF_VALUE = "standard hours of value"


def ledger_text(found: Ledger, colour: bool = False) -> str:
    """Return the whole text of `orgsim ledger`."""
    title = f"{found.scenario.name}: human hours per merged standard hour of work"
    ways = [way for way in WAYS if way in found.accounts]
    parts = [
        tables.paint(title, "bold", colour),
        _rows_table(found, ways, colour),
        _skills_table(found, ways),
        _value_table(found, ways),
        "\n".join(tables.paragraph(line) for line in sentences(found)),
        "\n".join(tables.paragraph(line) for line in notes(found)),
    ]
    return "\n\n".join(part for part in parts if part)


def _rows_table(found: Ledger, ways: list[str], colour: bool) -> str:
    rows = []
    for row in (*ROWS, DISCARDED):
        cells = [found.accounts[way].rows.get(row, 0.0) for way in ways]
        if any(cells):
            rows.append([WORDS[row], *(_hours(x) for x in cells)])
    totals = [
        tables.paint(cell, "bold", colour)
        for cell in ("total", *(_hours(found.accounts[way].total) for way in ways))
    ]
    header = [f"hours, owner of skill {REFERENCE_SKILL:g}", *(WAYS[way] for way in ways)]
    return tables.table(header, [*rows, totals])


def _skills_table(found: Ledger, ways: list[str]) -> str:
    rows = [
        [f"{skill:g}", *(_hours(accounts[way].total) for way in ways)]
        for skill, accounts in found.by_skill.items()
    ]
    return tables.table(["total, by the owner's skill", *(WAYS[way] for way in ways)], rows)


def _value_table(found: Ledger, ways: list[str]) -> str:
    accounts = [found.accounts[way] for way in ways]
    rows = [
        ["delivered", *(_hours(account.delivered) for account in accounts)],
        ["lost in incidents", *(_hours(account.lost) for account in accounts)],
        ["kept", *(_hours(account.value) for account in accounts)],
        ["human hours per hour kept", *(_per_value(account) for account in accounts)],
    ]
    return tables.table([f"{_OF_VALUE}, per merged one", *(WAYS[way] for way in ways)], rows)


def _hours(x: float) -> str:
    return f"{x:.{_DIGITS}f}" if x else "0"


def _per_value(account: Account) -> str:
    return _hours(account.total / account.value) if account.value > 0.0 else "-"


def sentences(found: Ledger) -> tuple[str, ...]:
    """Return the ceiling and the net saving, or why there is neither."""
    if found.without:
        return (f"Everything is written by hand, because {found.without}.",)
    ceiling = (
        f"Ceiling: AI writes {_percent(found.share)} of the code volume, which is {_percent(found.work_share)} of the work. "
        "If that took no human hour to brief, write and check, and all else were as by hand, hours per merged standard "
        f"hour would fall by {_percent(found.free)}, so output would rise by {_percent(_output(found.free))}."
    )
    return tuple(line for line in (ceiling, _net(found), _value(found), _of_agents(found)) if line)


def _net(found: Ledger) -> str:
    before, after = found.accounts[HAND].total, found.accounts[PLANNED].total
    moved = "fall" if found.saved >= 0.0 else "rise"
    output = _output(found.saved)
    text = (
        f"Net: as planned, hours {moved} from {_hours(before)} to {_hours(after)}, by {_percent(abs(found.saved))}, so output "
        f"would {'rise' if output >= 0.0 else 'fall'} by {_percent(abs(output))}"
    )
    if found.saved_preparing >= _LEAST_SHOWN:
        text += f"; {_percent(found.saved_preparing)} of the hours are saved in preparing, which is no code"
    return text + "."


def _value(found: Ledger) -> str:
    if found.accounts[HAND].value <= 0.0:
        return ""
    moved = found.value_per_hour
    return f"Value kept per human hour {'rises' if moved >= 0.0 else 'falls'} by {_percent(abs(moved))}."


def _of_agents(found: Ledger) -> str:
    """How the changes that agents get compare with the same ones done otherwise: they are not of the mean size."""
    if not found.delegated:
        return ""
    hand, assistant, agent = (_hours(found.delegated[way].total) for way in (HAND, ASSISTANT, AGENT))
    return (
        f"Agents get changes of {numbers.number(found.delegated_size, 2)} standard hours in the mean, where all have "
        f"{numbers.number(found.mean_size, 2)}. The same ones would take {hand} hours by hand and {assistant} with the "
        f"assistant; through agents they take {agent}."
    )


def _output(saved: float) -> float:
    """Return what saving a share of the hours adds to the output of the same hours, as a share."""
    return 1.0 / (1.0 - saved) - 1.0


def _percent(share: float) -> str:
    return f"{numbers.percent(share)} %"


def notes(found: Ledger) -> tuple[str, ...]:
    """Return what the figures are, and what they leave out."""
    lines = [
        "Closed form from the parameters at the start: no dice, so no intervals; nobody waits, so no queues, haste or guesses. A "
        "merged standard hour is one of what was asked for; what AI adds to it takes hours and counts in the value only. "
        "Meetings and other weekly duties are not in it."
    ]
    if not found.without:
        lines.append(
            "By hand: without any AI. Assistant: all of the code by the assistant. Agent: changes of the sizes that agents get, "
            "through agents. As planned: the planned mix, over people who use AI more and less."
        )
        lines += [
            f"No column for the {WAYS[way]}: {_why_not(found, way)}."
            for way in (ASSISTANT, AGENT)
            if way not in found.accounts
        ]
    scenario = found.scenario
    if scenario.events or scenario.values["ai.strategy"] != "none":
        lines.append("Dated events and the AI strategy are not followed.")
    return tuple(lines)


def _why_not(found: Ledger, way: str) -> str:
    path = "ai.agent_fraction"
    if way == AGENT and found.agent_fraction > 0.0:
        path = "ai.agents_per_supervisor"
    return f"{path} is {found.scenario.values[path]:g}"


# ---- JSON


def ledger_json(found: Ledger) -> dict[str, object]:
    """Return what `orgsim ledger --json` prints; hours and value per merged standard hour, shares as fractions."""
    data: dict[str, object] = {
        "scenario": found.scenario.name,
        "hash": found.scenario.hash(),
        "unit": "human hours per merged standard hour",
        "ai": {
            "share_of_code": found.share,
            "agent_fraction": found.agent_fraction,
            "work_share": found.work_share,
            "off_because": found.without or None,
        },
        "rows": WORDS,
        "skill": REFERENCE_SKILL,
        "ways": _accounts_json(found.accounts),
        "by_skill": {f"{skill:g}": _accounts_json(accounts) for skill, accounts in found.by_skill.items()},
        "changes_of_agents": _accounts_json(found.delegated),
        "ceiling": None,
        "net": None,
        "sentences": list(sentences(found)),
        "notes": list(notes(found)),
    }
    if not found.without:
        data["ceiling"] = {"hours_saved": found.free, "output": _output(found.free)}
        data["net"] = {
            "hours_saved": found.saved,
            "hours_saved_preparing": found.saved_preparing,
            "output": _output(found.saved),
            "value_per_hour": found.value_per_hour,
        }
    made: dict[str, object] = jsonable(data)
    return made


def _accounts_json(accounts: Mapping[str, Account]) -> dict[str, object]:
    return {
        way: {
            "rows": dict(account.rows),
            "activities": dict(account.activities),
            "total": account.total,
            "merged_per_change": account.merged,
            "delivered": account.delivered,
            "lost": account.lost,
            "kept": account.value,
            "incidents": account.incidents,
        }
        for way, account in accounts.items()
    }
