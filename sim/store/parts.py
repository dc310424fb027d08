"""What a long study has finished: blocks, kept as they come, and parts, the few large files that others read.

A block is what a worker did in some seconds. It is written at once, as one file in the hidden folder .blocks/, so that a kill
loses nothing that is finished. Before long, and at every orderly end, the blocks there are become a part: one Parquet file in
runs/ and one of the same name in series/. So files are few (DuckDB takes 0.2 MB for each it opens), and **a reader of
runs/*.parquet never sees a run twice**: a part is only ever added, in one step, by the rename of its file in runs/; nothing in
runs/ is replaced or removed; and a block, which is not in runs/, goes into one part only. If the program is killed between the
rename and the removal of the blocks, the next start finds their runs in a part and drops them.

All parts have the same columns. The name of a block or a part ends in a digest of its bytes, keyed with what was asked: a file
that is empty, cut, changed, exchanged with another or brought from another study is found at the next start, removed and said,
and its runs are simulated again.
"""

import hashlib
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.errors import UserError
from sim.store.files import replaced
from sim.store.folder import BLOCKS
from sim.store.packing import Columns, pack, unpack
from sim.store.tables import Tables

RUNS, SERIES = "runs", "series"
_PART = re.compile(r"(\d{5,})-([0-9a-f]{16})\.parquet")
_BLOCK = re.compile(r"(\d{6,})-([0-9a-f]{16})\.block")
#: A part is made of the blocks there are once they are this large (bytes in memory), ...
PART_BYTES = 32 * 2**20
#: ... or as old as this (seconds), or as this share of the time since the beginning: long studies make few files, too.
PART_SECONDS = 60.0
PART_SHARE = 0.05


@dataclass(frozen=True)
class Block:
    """A finished block: its file, and its rows as they will stand in runs/ and in series/."""

    path: Path
    runs: Columns
    series: Columns

    @property
    def first(self) -> tuple[int, int]:
        """Point and number of its first run: blocks have a place in the design."""
        return int(self.runs["point"][0]), int(self.runs["run"][0])

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return sum(values.nbytes for table in (self.runs, self.series) for values in table.values())


class Parts:
    """The finished runs of a results folder. Not for use from several threads.

    key: what was asked, as text; the files of another question are not taken for these. damaged: what the start has found, by
    name. only_looks: nothing is written; what to do where something is damaged, which is then refused.
    """

    def __init__(self, folder: Path, key: str, tables: Tables, only_looks: str = "") -> None:
        self.folder, self._key, self._tables = folder, key.encode()[:64], tables
        self._writes, self._advice = not only_looks, only_looks
        self.damaged: list[str] = []
        self._parts = self._whole_parts()
        self._blocks = self._whole_blocks()
        numbers = [int(name.split("-")[0]) for name in (*self._parts, *(b.path.name for b in self._blocks))]
        self._next = max(numbers, default=0) + 1
        self._began = self._folded = time.monotonic()

    @property
    def waiting(self) -> int:
        """Blocks that are in no part yet."""
        return len(self._blocks)

    def files(self, kind: str = RUNS) -> list[Path]:
        """The files of all parts."""
        return [self.folder / kind / name for name in self._parts]

    def rows(self, columns: Sequence[str]) -> dict[str, np.ndarray]:
        """Columns of all finished runs, in no particular order, those of blocks included."""
        found = [self._tables.read(self.files(), columns)] if self._parts else []
        found += [{name: block.runs[name] for name in columns} for block in self._blocks]
        return {name: _joined([one[name] for one in found]) for name in columns} if found else {}

    # ---- writing

    def add(self, runs: Columns, series: Columns) -> None:
        """Keep a finished block; make a part of the blocks there are where it is time. Raises OSError."""
        data = pack((runs, series))
        path = self.folder / BLOCKS / f"{self._next:06d}-{self._digest(data)}.block"
        path.parent.mkdir(exist_ok=True)
        with replaced(path) as temporary:
            temporary.write_bytes(data)
        self._next += 1
        self._blocks.append(Block(path, runs, series))
        now = time.monotonic()
        patience = max(PART_SECONDS, PART_SHARE * (now - self._began))
        if now - self._folded >= patience or sum(block.size for block in self._blocks) >= PART_BYTES:
            self.fold()

    def fold(self) -> None:
        """Make one part of all blocks. Raises OSError; then the blocks stay as they are."""
        self._folded = time.monotonic()
        if not self._blocks:
            self._tidy()
            return
        blocks = sorted(self._blocks, key=lambda block: block.first)
        temporary = {kind: self.folder / kind / f".part.{os.getpid()}.tmp" for kind in (RUNS, SERIES)}
        try:
            for kind, path in temporary.items():
                path.parent.mkdir(exist_ok=True)
                tables = [getattr(block, kind) for block in blocks]
                self._tables.write(path, {name: _joined([t[name] for t in tables]) for name in tables[0]})
            name = f"{self._next:05d}-{self._digest(*(path.read_bytes() for path in temporary.values()))}.parquet"
            os.replace(temporary[SERIES], self.folder / SERIES / name)
            os.replace(temporary[RUNS], self.folder / RUNS / name)  # from here on the part is there
        finally:
            for path in temporary.values():
                path.unlink(missing_ok=True)
        self._next += 1
        self._parts.append(name)
        self._blocks = []
        for block in blocks:
            block.path.unlink(missing_ok=True)
        self._tidy()

    def _tidy(self) -> None:
        """Remove the folder of blocks where it is empty."""
        if self._writes and (self.folder / BLOCKS).is_dir() and not any((self.folder / BLOCKS).iterdir()):
            (self.folder / BLOCKS).rmdir()

    # ---- the start

    def _digest(self, *files: bytes) -> str:
        digest = hashlib.blake2b(digest_size=8, key=self._key)
        for data in files:
            digest.update(len(data).to_bytes(8, "little"))
            digest.update(data)
        return digest.hexdigest()

    def _whole_parts(self) -> list[str]:
        """Names of the parts that are whole, in order; all others are removed, and said if there was anything in them."""
        kept: list[str] = []
        seen: set[str] = set()
        for name, digest in _named(self.folder / RUNS, _PART):
            files = [_content(self.folder / kind / name) for kind in (RUNS, SERIES)]
            whole = None not in files and self._digest(*(data or b"" for data in files)) == digest
            if whole and digest not in seen:
                seen.add(digest)
                kept.append(name)
            else:
                self._drop(name, *(self.folder / kind / name for kind in (RUNS, SERIES)))
        for name, _ in _named(self.folder / SERIES, _PART):
            if name not in kept and self._writes:  # written, and killed before its runs were
                (self.folder / SERIES / name).unlink(missing_ok=True)
        return kept

    def _whole_blocks(self) -> list[Block]:
        """The blocks that are whole and in no part yet."""
        names = list(_named(self.folder / BLOCKS, _BLOCK))
        there = self._tables.read(self.files(), ["point", "run"]) if self._parts and names else {}
        known = set(zip(there["point"].tolist(), there["run"].tolist(), strict=True)) if there else set()
        found = []
        for name, digest in names:
            path = self.folder / BLOCKS / name
            data = _content(path) or b""
            if self._digest(data) != digest:
                self._drop(name, path)
                continue
            block = Block(path, *unpack(data))
            if block.first not in known:
                found.append(block)
                known.update(zip(block.runs["point"].tolist(), block.runs["run"].tolist(), strict=True))
            elif self._writes:
                path.unlink()
        return found

    def _drop(self, name: str, *paths: Path) -> None:
        if not self._writes:
            raise UserError(f"{paths[0]}: these stored runs are damaged; {self._advice}")
        self.damaged.append(name)
        for path in paths:
            path.unlink(missing_ok=True)


def _named(folder: Path, pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """(name, digest) of the files of ours in a folder, by number."""
    found = [match for path in folder.glob("*-*.*") if (match := pattern.fullmatch(path.name))]
    for match in sorted(found, key=lambda match: (int(match[1]), match[2])):
        yield match[0], match[2]


def _content(path: Path) -> bytes | None:
    """The bytes of a file, None if there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _joined(columns: Sequence[np.ndarray]) -> np.ndarray:
    return columns[0] if len(columns) == 1 else np.concatenate(columns)
