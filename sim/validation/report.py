"""The result of a check, and how checks are shown: text table, JSON, Markdown.

A *limit* compares the engine with a closed form; it must pass. A *fact* compares the calibrated base with what was observed
elsewhere; misses are reported as they come out. An *echo* is a fact whose source is also the source of a parameter
that drives it: it tests wiring and is never counted as evidence. A *construction* is true by how the program is built, such as
results that do not depend on the tick because events have exact times: it can only fail if that is no longer so.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sim.errors import UserError

LIMIT, FACT, ECHO, CONSTRUCTION = "limit", "fact", "echo", "construction"
BEGIN, END = "<!-- checks: begin -->", "<!-- checks: end -->"
KINDS = {
    LIMIT: "theory limits",
    FACT: "stylised facts",
    ECHO: "echoes (their source is also an input; not evidence)",
    CONSTRUCTION: "constructions (true by how the program is built; not evidence)",
}


@dataclass(frozen=True)
class Check:
    """One check. target: a number, or (lowest, highest) accepted, either may be infinite; ci95: None if undefined.

    tolerance: what a limit's result may be away from its target (4 standard errors).
    """

    id: str
    kind: str
    what: str
    source: str
    target: float | tuple[float, float]
    result: float
    ci95: tuple[float, float] | None
    passed: bool
    runs: int
    tolerance: float | None = None
    note: str = ""

    def to_json(self) -> dict[str, object]:
        """The check as plain data; figures that are not finite become None."""
        target = [_finite(x) for x in self.target] if isinstance(self.target, tuple) else _finite(self.target)
        return {
            "id": self.id,
            "kind": self.kind,
            "what": self.what,
            "source": self.source,
            "target": target,
            "result": _finite(self.result),
            "ci95": None if self.ci95 is None else [_finite(x) for x in self.ci95],
            "pass": self.passed,
            "runs": self.runs,
            "tolerance": _finite(self.tolerance),
            "note": self.note,
        }


def to_json(checks: Sequence[Check]) -> dict[str, object]:
    """The JSON object of ``orgsim validate --json``."""
    return {"checks": [check.to_json() for check in checks]}


def checks_text(checks: Sequence[Check]) -> str:
    """All checks as text tables, one per kind, with what passed and what missed counted per kind."""
    parts = []
    for kind, title in KINDS.items():
        chosen = [check for check in checks if check.kind == kind]
        if chosen:
            parts.append(f"{title[0].upper()}{title[1:]}\n{_table(_rows(chosen))}")
    parts.append(summary(checks))
    return "\n\n".join(parts)


def summary(checks: Sequence[Check]) -> str:
    """One sentence per kind: how many pass, and the ids of those that miss."""
    lines = []
    for kind, title in KINDS.items():
        chosen = [check for check in checks if check.kind == kind]
        if not chosen:
            continue
        missed = [check.id for check in chosen if not check.passed]
        tail = f"; missed: {', '.join(missed)}" if missed else ""
        lines.append(f"{len(chosen) - len(missed)} of {len(chosen)} {title} pass{tail}.")
    return "\n".join(lines)


def to_markdown(checks: Sequence[Check]) -> str:
    """The checks as Markdown tables, one per kind, for docs/explanation/validation.md."""
    parts = []
    for kind, title in KINDS.items():
        chosen = [check for check in checks if check.kind == kind]
        if chosen:
            head, *rows = _rows(chosen)
            lines = [_line(head), _line(["---"] * len(head)), *(_line(row) for row in rows)]
            notes = [f"- {check.id}: {check.note}" for check in chosen if check.note]
            text = "\n".join(lines) + ("\n\n" + "\n".join(notes) if notes else "")
            parts.append(f"### {title[0].upper()}{title[1:]}\n\n{text}")
    parts.append(summary(checks).replace("\n", " "))
    return "\n\n".join(parts) + "\n"


def renew(page: str, text: str) -> str:
    """Return *page* with *text* between its markers. Raises `UserError` if it has none."""
    head, found, rest = page.partition(BEGIN)
    _, ends, tail = rest.partition(END)
    if not found or not ends:
        raise UserError(f"the page has no place for the checks; add the lines {BEGIN} and {END}")
    return f"{head}{BEGIN}\n\n{text}\n{END}{tail}"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _rows(checks: Sequence[Check]) -> list[list[str]]:
    rows = [["check", "kind", "what", "target", "result", "95 % interval", "verdict", "source"]]
    for check in checks:
        rows.append(
            [
                check.id, check.kind, check.what, target_text(check), _number(check.result), _interval(check.ci95),
                "pass" if check.passed else "MISS", check.source,
            ]
        )  # fmt: skip
    return rows


def target_text(check: Check) -> str:
    """The target in words: a number, a range, "at least x" or "at most x"."""
    if not isinstance(check.target, tuple):
        return _number(check.target)
    lo, hi = check.target
    if math.isinf(lo):
        return f"at most {_number(hi)}"
    if math.isinf(hi):
        return f"at least {_number(lo)}"
    return f"{_number(lo)} to {_number(hi)}"


def _interval(ci95: tuple[float, float] | None) -> str:
    return "" if ci95 is None else f"{_number(ci95[0])} to {_number(ci95[1])}"


def _number(x: float) -> str:
    """Five significant digits, as the targets are printed; "-" where undefined."""
    return f"{x:.5g}" if math.isfinite(x) else "-"


def _finite(x: float | None) -> float | None:
    return None if x is None or not math.isfinite(x) else float(x)


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
