"""``python -m sim.validation [PAGE.md]``: run all checks and print them as Markdown, or renew them in a page and in the
record.
"""

import sys
from pathlib import Path

from sim.validation.checks import run_checks
from sim.validation.record import record_of, write_record
from sim.validation.report import renew, to_markdown


def main(arguments: list[str]) -> None:
    """Print the tables, or put them between the markers of the page named first."""
    checks = run_checks()
    text = to_markdown(checks)
    if not arguments:
        sys.stdout.write(text)
        return
    page = Path(arguments[0])
    page.write_text(renew(page.read_text(encoding="utf-8"), text), encoding="utf-8")
    write_record(record_of(checks))


if __name__ == "__main__":
    main(sys.argv[1:])
