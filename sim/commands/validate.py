"""`orgsim validate`."""

import click

from sim.commands.common import json_option, keeping, notice_compilation, print_json, progress, workers_option


@click.command("validate")
@click.option("--only", metavar="PREFIX", help="Only checks whose id starts with this, for example L1 or F2.")
@click.option("--fast", is_flag=True, help="The fast subset.")
@workers_option
@json_option
def validate_command(only: str | None, fast: bool, workers: int | None, as_json: bool) -> int:
    """Check against theory limits and stylised facts.

    Prints target, result, interval, and pass or miss of every check. Misses of stylised facts are reported, not hidden;
    the exit code is 1 if a theory limit or a construction is missed.

    \b
    Examples:
      orgsim validate
      orgsim validate --only L1
    """
    notice_compilation()
    from sim.validation.checks import check_ids, run_checks
    from sim.validation.report import checks_text

    total = sum(only is None or name.startswith(only) for name in check_ids(fast))
    with keeping("nothing was written."), progress(total, " checks") as bar:
        checks = run_checks(only=only, fast=fast, workers=workers, progress=bar.update)
    if as_json:
        print_json({"checks": [check.to_json() for check in checks]})
    else:
        click.echo(checks_text(checks))
    return 1 if any(check.kind in ("limit", "construction") and not check.passed for check in checks) else 0
