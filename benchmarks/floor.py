"""The floor of the engine: its pattern of access to memory as a bare loop in C (`event_floor.c`)."""

import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("event_floor.c")
COMPILERS = ("cc", "gcc", "clang")


class Floor:
    """The compiled floor; *folder* keeps the program. Without a C compiler `found` is false, and there is nothing to run."""

    def __init__(self, folder: Path) -> None:
        compiler = next(filter(None, map(shutil.which, COMPILERS)), None)
        self.found = compiler is not None
        self._program = folder / "event_floor"
        if compiler:
            command = [compiler, "-O2", "-march=native", "-o", self._program, SOURCE, "-lm"]
            subprocess.run(command, check=True, capture_output=True)

    def nanoseconds(self, people: int, events: int) -> float:
        """Return the processor time of one event, nanoseconds, where there are so many *people*."""
        command = [self._program, str(people), str(events)]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return float(out.split()[0])
