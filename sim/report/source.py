"""What a report is made from: a results folder, its manifest, its tables, and figures taken from them with their intervals."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sim.statistics.estimates import Estimate, t_quantile
from sim.store.files import read_json
from sim.store.views import Views

AT_ONCE = 60  # columns of one query


class Weekly(NamedTuple):
    """A figure by week: mean over runs with the ends of its 95 % interval, NaN where there is none."""

    weeks: list[float]
    mean: list[float]
    lo: list[float]
    hi: list[float]


class Source:
    """A results folder that is read for a report."""

    def __init__(self, views: Views) -> None:
        self.views, self.manifest = views, views.manifest
        self.folder = views.folder

    @property
    def kind(self) -> str:
        """What was done: 'run', 'sweep' ..."""
        return self.text("kind")

    @property
    def finished(self) -> bool:
        """The command came to its end."""
        return self.manifest.get("status") == "complete"

    def text(self, key: str) -> str:
        """A text of the manifest, '' if it says nothing."""
        value = self.manifest.get(key)
        return value if isinstance(value, str) else ""

    def part(self, key: str) -> Mapping[str, Any]:
        """A part of the manifest, empty if there is none."""
        value = self.manifest.get(key)
        return value if isinstance(value, dict) else {}

    def listed(self, key: str) -> list[Any]:
        """A list of the manifest, empty if there is none."""
        value = self.manifest.get(key)
        return value if isinstance(value, list) else []

    def stored(self, name: str) -> Mapping[str, Any]:
        """A JSON file of the folder, empty if there is none."""
        return read_json(self.folder / name) or {}

    @property
    def weeks(self) -> int:
        """The horizon of the scenario."""
        time = self.part("scenario").get("time")
        return int(time.get("weeks", 0)) if isinstance(time, dict) else 0

    @property
    def shapes(self) -> list[Mapping[str, Any]]:
        """Shapes of the organisations, see `sim.organisation.sketch`."""
        return [one for one in self.listed("organisations") if isinstance(one, dict) and one.get("layers")]

    @property
    def real(self) -> bool:
        """The organisation was imported: nothing may be shown of fewer than five people."""
        scenario = self.part("scenario").get("organisation")
        chart = isinstance(scenario, dict) and any(key.startswith("chart") for key in scenario)
        return chart or any(bool(one.get("real")) for one in self.shapes)

    def count(self, table: str = "runs", where: str = "") -> int:
        """Rows of a table; 0 if there is none."""
        if table not in self.views.tables:
            return 0
        return int(self.views.rows(f"SELECT count(*) FROM {table} {where}")[0][0])

    @property
    def failed(self) -> int:
        """Runs that are stored as failed."""
        return self.count(where="WHERE failure IS NOT NULL") if "failure" in self.views.columns("runs") else 0

    def means(
        self, names: Sequence[str], by: Sequence[str] = ()
    ) -> dict[tuple[Any, ...], dict[str, Estimate]]:
        """Mean and interval (Student's t) of columns of runs, for each combination of the columns *by*, in their order."""
        there = set(self.views.columns("runs"))
        names, by = [name for name in names if name in there], [name for name in by if name in there]
        found: dict[tuple[Any, ...], dict[str, Estimate]] = {}
        groups = ", ".join(quoted(name) for name in by)
        for start in range(0, len(names), AT_ONCE):
            part = names[start : start + AT_ONCE]
            figures = ", ".join(_aggregates(name) for name in part)
            tail = f" GROUP BY {groups} ORDER BY {groups}" if by else ""
            for row in self.views.rows(f"SELECT {groups + ', ' if by else ''}{figures} FROM runs{tail}"):
                into = found.setdefault(tuple(row[: len(by)]), {})
                for k, name in enumerate(part):
                    into[name] = _estimate(*row[len(by) + 3 * k : len(by) + 3 * k + 3])
        return found

    def weekly(self, name: str) -> Weekly | None:
        """A column of series by week, None if it is not there or never defined."""
        if name not in self.views.columns("series"):
            return None
        rows = self.views.rows(f"SELECT week, {_aggregates(name)} FROM series GROUP BY week ORDER BY week")
        every = [(float(week), _estimate(*figures)) for week, *figures in rows]
        if not any(one.n for _, one in every):
            return None
        nan = math.nan
        return Weekly(
            [week for week, _ in every],
            [nan if one.mean is None else one.mean for _, one in every],
            [nan if one.lo is None else one.lo for _, one in every],
            [nan if one.hi is None else one.hi for _, one in every],
        )


def quoted(name: str) -> str:
    """The name of a column as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _aggregates(name: str) -> str:
    """Count, mean and standard deviation of the defined values of a column."""
    column = quoted(name)
    defined = f"CASE WHEN isfinite({column}) THEN {column} END"
    return f"count({defined}), avg({defined}), stddev_samp({defined})"


def _estimate(n: int, mean: float | None, sd: float | None) -> Estimate:
    """The interval of a mean of n runs; none with fewer than two."""
    if not n or mean is None:
        return Estimate(None, None, None, None, 0)
    if n < 2 or sd is None:
        return Estimate(mean, None, None, None, n)
    half = t_quantile(0.975, n - 1) * sd / math.sqrt(n)
    return Estimate(mean, mean - half, mean + half, sd, n)
