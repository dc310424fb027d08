"""A chart that is read once, for studies that build the same organisation under many assumptions."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from sim.organisation.roster.building import read_chart
from sim.organisation.roster.chart import Chart

_KEPT = 4  # charts


def kept_chart(path: Path, columns: Mapping[str, str]) -> Chart:
    """Return what `read_chart` reads from *path*; it is read again only if the file has changed since. Raises `UserError`."""
    try:
        found = path.stat()
    except OSError:
        return read_chart(path, columns)  # which says what is wrong
    return _read(path, (found.st_mtime_ns, found.st_size, found.st_ino), tuple(sorted(columns.items())))


@lru_cache(maxsize=_KEPT)
def _read(path: Path, _stamp: tuple[int, ...], columns: tuple[tuple[str, str], ...]) -> Chart:
    return read_chart(path, dict(columns))
