"""A chart as a value of a scenario, in place of a file: `sim.scenario.scenario.Scenario.with_chart` takes one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import UserError
from sim.text.plain import jsonable

# The reader of charts is loaded only where there is one: every scenario is checked by way of this file.
if TYPE_CHECKING:
    from sim.organisation.roster.chart import Chart


@dataclass(frozen=True, eq=False)
class MemoryChart:
    """A chart as a value of a scenario. Equal are charts of the same people in the same tree, however they were read.

    people: without ids, titles and notes. digest: hex SHA-256 of all that is left.
    """

    people: Chart
    digest: str
    name: str = "chart in memory"  # as a file has a name

    @staticmethod
    def of(chart: Chart) -> MemoryChart:
        """The value of a chart; who the people are is left out."""
        # What a chart tells beside its people: how it was read, and who they are (pay is a setting of the scenario).
        told: Mapping[str, Any] = {
            "source_ids": (), "accounting": {}, "unknown_bosses": {}, "counts": {}, "assumptions": (), "sources": (),
            "rules": (), "bands": type(chart.bands)(),
        }  # fmt: skip
        bare = replace(chart, **told)
        kept = {one.name: getattr(bare, one.name) for one in fields(bare) if one.name not in told}
        text = json.dumps(jsonable(kept), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return MemoryChart(bare, hashlib.sha256(text.encode()).hexdigest())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MemoryChart) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<{self.name}: {self.people.n:,} people>"


def chart_of(chart: Path | MemoryChart, columns: Mapping[str, str]) -> Chart:
    """The chart of a scenario: that in memory, or that of the file. columns: field -> column of the file. Raises `UserError`.

    A file that is no chart is not quoted: it may be one that whoever wrote the scenario was not to see.
    """
    if isinstance(chart, MemoryChart):
        return chart.people
    from sim.organisation.roster.columns import NoRosterError
    from sim.organisation.roster.kept import kept_chart

    try:
        return kept_chart(chart, columns)
    except NoRosterError:
        raise UserError(
            f"{chart.name}: this is no chart: no column for a person's id and none for the manager; name them in "
            f"chart_columns, or read an export with `orgsim import`"
        ) from None
