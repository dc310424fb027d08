"""The `orgsim` program: parse, call `sim`, print. No model logic here.

Sub-commands live in `sim/commands/`, a small module per group, and are imported only when they are named, so that
``orgsim --help`` and ``orgsim check`` answer at once. Exit codes: 0 done, 1 a run failed, 2 bad input or usage, 3 finished
with some runs failed, 130 interrupted.
"""

import contextlib
import errno
import importlib
import io
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

import click

from sim.errors import UserError

#: Command -> (module, function). The order is that of the help page.
COMMANDS = {
    "list": ("sim.commands.catalogue", "list_command"),
    "check": ("sim.commands.catalogue", "check_command"),
    "run": ("sim.commands.run", "run_command"),
    "replay": ("sim.commands.replay", "replay_command"),
    "compare": ("sim.commands.compare", "compare_command"),
    "plan": ("sim.commands.plan", "plan_command"),
    "explain": ("sim.commands.explain", "explain_command"),
    "fit": ("sim.commands.fit", "fit_command"),
    "ledger": ("sim.commands.ledger", "ledger_command"),
    "sweep": ("sim.commands.sweep", "sweep_command"),
    "merge": ("sim.commands.merge", "merge_command"),
    "rules": ("sim.commands.rules", "rules_command"),
    "optimise": ("sim.commands.optimise", "optimise_command"),
    "import": ("sim.commands.roster", "import_command"),
    "risk": ("sim.commands.risk", "risk_command"),
    "sensitivity": ("sim.commands.sensitivity", "sensitivity_command"),
    "query": ("sim.commands.query", "query_command"),
    "report": ("sim.commands.report", "report_command"),
    "workshop": ("sim.commands.workshop", "workshop_command"),
    "validate": ("sim.commands.validate", "validate_command"),
    "parameters": ("sim.commands.parameters", "parameters_command"),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), function)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[Any, ...]:
        """As in click, with the nearest name where a command is unknown."""
        from sim.errors import suggest
        from sim.scenario.files import bundled

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            if args[0] in bundled():
                raise click.UsageError(
                    f"'{args[0]}' is a scenario, not a command; use `orgsim run {args[0]}` (a sweep: `orgsim sweep {args[0]}`)",
                    ctx,
                )
            hint = suggest(args[0], list(COMMANDS)) or f"; commands: {', '.join(COMMANDS)}"
            raise click.UsageError(f"No such command '{args[0][:80]}'{hint}", ctx)
        return super().resolve_command(ctx, args)


def _print_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        from sim.commands.common import version

        click.echo(f"orgsim {version()}")
        ctx.exit()


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version.",
)
def cli() -> None:
    """Simulate a software organisation: flat or layered, with AI coding agents, at equal payroll.

    \b
    Examples:
      orgsim list
      orgsim run flat --runs 20
      orgsim compare layered flat
      orgsim sweep flat-vs-layered
    """


def execute(args: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code. Whatever goes wrong becomes a sentence on stderr, never a traceback."""
    from sim.commands.common import InterruptedByUserError
    from sim.scenario.files import one_line

    try:
        code = cli.main(args=None if args is None else list(args), prog_name="orgsim", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except UserError as error:
        for line in str(error).splitlines() or [""]:
            click.echo(f"Error: {one_line(line, 2000)}", err=True)
        return getattr(error, "exit_code", 2)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except InterruptedByUserError as error:
        click.echo(f"\nInterrupted: {error}", err=True)
        return 130
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nInterrupted: nothing was written.", err=True)
        return 130
    except BrokenPipeError:
        _leave_closed_pipe()
        return 0
    except SystemExit:  # click's own end where a pipe was closed by its reader
        _leave_closed_pipe()
        return 0
    except OSError as error:
        return _not_allowed(error)
    except MemoryError:
        click.echo("Error: there is not enough memory; use fewer people, weeks or workers", err=True)
        return 2
    except Exception as error:
        return _internal(error)


def _leave_closed_pipe() -> None:
    """The reader (`head`, say) has gone: say nothing, not even when Python flushes at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _not_allowed(error: OSError) -> int:
    """Say what the system does not allow: a full disk, a read-only folder. The output itself may be what cannot be written."""
    place = error.filename or "the output or a file"
    full = error.errno == errno.ENOSPC
    advice = "free some space, or write to another disk" if full else "choose a place that can be written"
    if error.filename is None:
        _leave_closed_pipe()
    click.echo(f"Error: {place}: cannot be read or written ({error.strerror or error}); {advice}", err=True)
    return 2


def _internal(error: Exception) -> int:
    if os.environ.get("ORGSIM_DEBUG") == "1":
        import traceback

        traceback.print_exc()
    text = " ".join(f"{type(error).__name__}: {error}".split())[:500]
    click.echo(
        f"Error: internal error ({text}). This is a defect of orgsim, not of your input: please report it with the "
        "command; the same --seed replays it, and ORGSIM_DEBUG=1 shows where it is.",
        err=True,
    )
    return 1


def main() -> None:
    """Entry point of the `orgsim` script."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(ValueError):
            if isinstance(stream, io.TextIOWrapper):
                # A terminal that cannot show a letter is no reason to stop.
                stream.reconfigure(errors="backslashreplace")
    with contextlib.suppress(
        ValueError, OSError
    ):  # a batch system's end of time: what is finished is kept, as after Ctrl-C
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = execute()
    if code == 130:
        # Worker threads cannot be stopped in the middle of a run; what is done is stored, so do not wait for them.
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
