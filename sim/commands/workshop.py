"""`orgsim workshop`."""

import os
import sys
from importlib.util import find_spec

import click

from sim.commands.common import WholeNumber, notice_compilation, workers_option
from sim.errors import UserError

_NEEDED = ("starlette", "uvicorn", "jinja2")


@click.command("workshop")
@click.argument("lesson", default="flat-or-layered", metavar="[LESSON]")
@click.option(
    "--port", type=WholeNumber(0, 65_535), default=8000, show_default=True, metavar="N",
    help="Port on this machine; 0 = any that is free.",
)  # fmt: skip
@workers_option
def workshop_command(lesson: str, port: int, workers: int | None) -> int:
    """Design an organisation in the browser, alone, on this machine.

    Opens a page on this machine only: change spans and layers, AI, review, and what managers do with their time, at equal
    payroll. Each design is compared with the base of the lesson on the same dice, first after 5 runs, then after more, with
    95 % intervals and the share of the plausible worlds in which the verdict holds. Needs no network, and writes no file.
    Ctrl-C ends it.

    \b
    Examples:
      orgsim workshop
      orgsim workshop flat-or-layered --port 0
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise UserError(
            f"the workshop needs packages that are not installed ({', '.join(missing)}); install them with: "
            "pip install 'orgsim[workshop]'"
        )
    from sim.workshop.lesson import load_lesson  # NumPy, and what the extra brings

    found = load_lesson(lesson)
    notice_compilation()
    from sim.workshop.server import serve

    def say(address: str) -> None:
        click.echo(f"{found.title}: {address} (on this machine only; Ctrl-C ends it)")
        sys.stdout.flush()

    ended = serve(found, port, say, workers)
    click.echo("Stopped.")
    if not ended:  # what compiles cannot be stopped, so do not wait for it
        sys.stdout.flush()
        os._exit(0)
    return 0
