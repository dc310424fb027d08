"""`orgsim import`: HR export -> chart, health report, scenario.

`read_chart` reads an HR export or a chart file written by an earlier import, both with the same reader. `import_roster`
writes a scenario, and beside it a chart file and the salt with which its ids are hashed. The chart file holds who reports
to whom, a coarse tenure and managers' job levels; names, e-mails, titles and anybody's pay are never written. The salt has a
file of its own, so that a scenario can be shared: whoever has salt and chart can look known ids up.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.errors import UserError
from sim.organisation.roster.building import read_chart
from sim.organisation.roster.chart import LEADS, OTHER, Chart, layers_of
from sim.organisation.roster.given import roster_rows, roster_text
from sim.organisation.roster.health import LAYERS_SHOWN, OTHERS_SHOWN, health, health_report
from sim.organisation.roster.pay import SMALLEST_GROUP
from sim.organisation.roster.settling import Wishes
from sim.text.numbers import plural

__all__ = [
    "Chart", "ImportOutcome", "health", "health_report", "import_roster", "read_chart", "roster_rows", "roster_text",
]  # fmt: skip
_SALT = re.compile(r"[0-9a-f]{32}\s*")
_COLUMNS = ("id", "manager_id", "order", "role", "layer", "level", "tenure_years", "inferred")


@dataclass(frozen=True)
class ImportOutcome:
    """What an import found and wrote: the report to print, the files (scenario, chart, salt), the chart."""

    report: str
    written: tuple[Path, ...]
    chart: Chart


# ---- files


def import_roster(
    path: Path | str | Sequence[Path | str],
    column_map: Mapping[str, str] | None = None,
    output: Path | str | None = None,
    force: bool = False,
    keep_roots: bool = False,
    fill: str | None = None,
    wishes: Wishes | None = None,
) -> ImportOutcome:
    """Read a roster (or several), write a scenario with its chart and salt files, and report.

    output: the scenario file, by default the roster's stem with .yaml in the present folder; the others are put beside
    it. force: overwrite scenario and chart (never the roster). A salt file that is there is used again, so that hashed ids
    stay the same. keep_roots, fill, wishes: see `read_chart`. Raises UserError; then nothing is written.
    """
    paths = [Path(path)] if isinstance(path, (str, Path)) else [Path(one) for one in path]
    scenario = (
        Path(output) if output is not None else Path(f"{paths[0].stem}.yaml" if paths else "roster.yaml")
    )
    if scenario.suffix.lower() not in (".yaml", ".yml"):
        raise UserError(f"{scenario}: a scenario file ends in .yaml; write -o {scenario.stem or 'my'}.yaml")
    chart_file, salt_file = (scenario.with_name(f"{scenario.stem}.chart.{end}") for end in ("csv", "salt"))
    _check_targets(paths, (scenario, chart_file), force)
    old_salt = _old_salt(salt_file)
    chart = read_chart(paths, column_map, keep_roots=keep_roots, fill=fill, wishes=wishes)
    salt = old_salt or secrets.token_hex(16)
    texts = {chart_file: _chart_text(chart, salt), scenario: _scenario_text(chart, scenario, chart_file)}
    _write_all({**texts, **({} if old_salt else {salt_file: f"{salt}\n"})})
    report = (
        f"{health_report(chart)}\n\nWritten: {scenario} (scenario), {chart_file} (chart: hashed ids, no names, e-mails, "
        f"titles or pay) and {salt_file} (salt of the hash).\nPersonal data, not to be committed or shared: "
        f"{', '.join(map(str, (*paths, chart_file, salt_file)))}. {scenario} holds none."
    )
    return ImportOutcome(report, (scenario, chart_file, salt_file), chart)


def _check_targets(sources: Sequence[Path], targets: Sequence[Path], force: bool) -> None:
    for target in targets:
        try:
            exists = target.exists() or target.is_symlink()
            if exists and any(source.exists() and target.samefile(source) for source in sources):
                raise UserError(
                    f"{target}: is the roster itself and would be overwritten; choose another name with -o"
                )
            if target.is_dir():
                raise UserError(f"{target}: is a folder; name a file with -o")
            parent_missing = not target.parent.is_dir()
        except (OSError, ValueError) as error:
            raise UserError(f"{target}: cannot be used as output ({error})") from None
        if parent_missing:
            raise UserError(
                f"{target}: there is no folder {target.parent}; create it, or choose another with -o"
            )
        if exists and not force:
            raise UserError(
                f"{target}: exists already; write --force to overwrite it, or choose another name with -o"
            )


def _old_salt(file: Path) -> str | None:
    """The salt of an earlier import. A file that holds something else is not touched: UserError."""
    if not file.exists() and not file.is_symlink():
        return None
    try:
        text = file.read_text(encoding="ascii")
    except (OSError, ValueError):
        text = ""
    if not _SALT.fullmatch(text):
        raise UserError(
            f"{file}: exists already and holds no salt of an import; remove it, or choose another name with -o"
        )
    return text.strip()


def _hashed_ids(chart: Chart, salt: str) -> list[str]:
    """Salted hashes of the source ids, unique."""
    key, hashed, seen = bytes.fromhex(salt), [], set()
    for position, source_id in enumerate(chart.source_ids):
        text = source_id.encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(text, key=key, digest_size=8).hexdigest()
        if digest in seen:
            digest = hashlib.blake2b(text + b"\0%d" % position, key=key, digest_size=8).hexdigest()
        seen.add(digest)
        hashed.append("p" + digest)
    return hashed


def _chart_text(chart: Chart, salt: str) -> str:
    ids, layer = _hashed_ids(chart, salt), layers_of(chart)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for person in range(chart.n):
        above, years = chart.boss[person], chart.tenure_years[person]
        writer.writerow(
            (
                ids[person],
                ids[above] if above >= 0 else "",
                chart.order[person],
                chart.role[person],
                "" if chart.role[person] == OTHER else layer[person],
                chart.level[person],
                "" if math.isnan(years) else f"{years:g}",
                int(chart.inferred[person]),
            )
        )
    return text.getvalue()


def _scenario_text(chart: Chart, scenario: Path, chart_file: Path) -> str:
    figures = health(chart)
    question = (
        f"How does our own organisation of {plural(figures['people'], 'person', 'people')} with "
        f"{plural(figures[LAYERS_SHOWN], 'management layer')} above the ICs work as it is?"
    )
    guessed = sum(new and role == LEADS for new, role in zip(chart.inferred, chart.role, strict=True))
    inferred = f", {guessed:,} of them inferred" if guessed else ""
    others = (
        f", {plural(figures[OTHERS_SHOWN], 'other person', 'other people')}" if figures[OTHERS_SHOWN] else ""
    )
    pay = ", ".join(f"{name}: {usd}" for name, usd in chart.bands.pay.items())
    money = (
        f"  # base pay, USD a year: medians of groups of {SMALLEST_GROUP} or more; the rest is standard pay\n  pay: {{{pay}}}\n"
        if pay
        else ""
    )
    return (
        f"question: {json.dumps(question)}\n"
        "extends: base\n"
        f"name: {json.dumps(scenario.stem, ensure_ascii=False)}\n"
        "organisation:\n"
        f"  # {figures['ICs']:,} ICs, {figures['managers']:,} managers{inferred}{others}\n"
        f"  chart: {json.dumps(chart_file.name, ensure_ascii=False)}\n"
        f"{money}"
    )


def _write_all(texts: Mapping[Path, str]) -> None:
    """Write every file to a temporary name first, so that a failure leaves nothing half done."""
    temporary = {path: path.with_name(f".{path.name}.{os.getpid()}.tmp") for path in texts}
    try:
        for path, text in texts.items():
            temporary[path].write_text(text, encoding="utf-8", newline="\n")
            if path.suffix == ".salt":
                temporary[path].chmod(0o600)
        for path in texts:
            os.replace(temporary[path], path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(
            f"{next(iter(texts)).parent}: the scenario cannot be written there ({reason})"
        ) from None
    finally:
        for path in temporary.values():
            path.unlink(missing_ok=True)
