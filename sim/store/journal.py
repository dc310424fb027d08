"""What is finished of a long study, kept as it comes: a line of JSON for every figure, so that an interruption loses nothing.

The first line is the hash of what was asked. A file of another question is begun again; a line that a full disk or a power cut
has broken is simulated again, and all that follow it. Numbers come back bit for bit (JSON has 17 digits of them, and NaN).
"""

import json
from pathlib import Path
from typing import IO, Self

from sim.errors import UserError

JOURNAL = "unfinished.jsonl"

Figures = list[object]


class Journal:
    """Finished figures by key. Not for use from several threads. Without a file nothing is kept."""

    def __init__(self, path: Path | None = None, content: str = "") -> None:
        """path: the file, made when the first figures are kept; content: hash of what was asked."""
        self._path, self._content = path, content
        self._file: IO[str] | None = None
        self._found, self._whole = ({}, 0) if path is None else _read(path, content)
        self.reused, self.kept = 0, len(self._found)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, key: str) -> Figures | None:
        """The figures kept under that key by an earlier start."""
        found = self._found.get(key)
        self.reused += found is not None
        return found

    def keep(self, key: str, figures: Figures) -> None:
        """Add figures. Raises UserError if the file cannot be written."""
        if self._path is None:
            return
        try:
            if self._file is None:
                self._begin(self._path)
            assert self._file is not None
            self._file.write(json.dumps([key, figures]) + "\n")
            self._file.flush()
        except OSError as error:
            self.close()
            self._path = None  # the next figures are not tried
            raise UnkeptError(
                f"{error.filename or JOURNAL}: finished runs cannot be kept ({error.strerror})"
            ) from error
        self.kept += 1

    def _begin(self, path: Path) -> None:
        """Open the file, cut after its last whole line, or new with the hash of the question."""
        file = path.open("r+" if self._whole else "w", encoding="utf-8")
        self._file = file  # from here on it is closed, whatever happens
        file.seek(self._whole)
        file.truncate()
        if not self._whole:
            file.write(json.dumps(self._content) + "\n")

    def close(self) -> None:
        """Close the file. What could not be written at the end is lost, and nothing else."""
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError:
                return


class UnkeptError(UserError):
    """Finished figures could not be written."""


class StoppedError(Exception):
    """The runs have to stop: nobody can simulate them, or keep them. No `UserError`, which would count as a set that cannot be
    run. error: what to say.
    """

    def __init__(self, error: UserError) -> None:
        super().__init__(str(error))
        self.error = error


def _read(path: Path, content: str) -> tuple[dict[str, Figures], int]:
    """Figures by key and the bytes of whole lines; nothing if the file is not there or is another question's."""
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except OSError:
        return {}, 0
    found: dict[str, Figures] = {}
    whole = 0
    for k, line in enumerate(lines):
        try:
            data = json.loads(line) if line.endswith(b"\n") else None
        except ValueError:
            break
        if k == 0:
            if data != content:
                return {}, 0
        elif (
            isinstance(data, list)
            and len(data) == 2
            and isinstance(data[0], str)
            and isinstance(data[1], list)
        ):
            found[data[0]] = data[1]
        else:
            break
        whole += len(line)
    return found, whole
