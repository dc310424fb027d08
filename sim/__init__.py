"""orgsim: a simulator of software organisations, flat against layered, with AI coding agents, at equal payroll.

The map of the house. Each folder is a room on a floor; a file may import what stands on floors below, never beside or above
(a contract in pyproject.toml checks it). From the top:

    12  reference      the generated pages, and the ODD description read from the code       (cli.py stands here, too)
    11  commands       one thin file a command: options, calling, printing
    10  workshop       designing an organisation in the browser: lessons, designs, a desk that computes, pages
     9  report         a results folder as one HTML file: kinds/ has a file for each kind of results
     8  experiments    run, compare, sweep, rules, sensitivity, explain, ledger, risk, paths, plan: study, words, pictures
        validation     limits of theory and facts, as ordinary scenarios
        mesa_model     the organisation as a Mesa model: look, step, act, replay
     7  simulation     one scenario run many times, in threads
     6  people         a week's end: who comes, goes and moves, carried out in the tables
     5  flow           the life of a change, and the order of everything that happens to it
     4  mechanisms     what the model says: flow/ and people/, a file each, which do not know each other
        outcomes       what is measured, declared once
     3  scenario       scenario files: read, checked, turned into settings and a tree
        engine         compiled: tables, dice, calendar, inboxes, the server that a person is
     2  organisation   who works for whom, and what it costs; roster/ reads charts of real organisations
        parameters     every assumption with range, unit and source; the sections of the model
        store          files that are whole or absent, tables, results folders
     1  text, statistics, constants, errors

Where review hours are spent: mechanisms/flow/review. Where a layoff is decided: mechanisms/people/layoffs, and carried out:
people/laying_off. Where a sweep writes: experiments/sweep and store. The names below are loaded when they are asked for.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.errors import UserError as UserError
    from sim.experiments.compare.study import compare as compare
    from sim.mesa_model.model import OrgModel as OrgModel
    from sim.mesa_model.replay import replay as replay
    from sim.organisation.roster.importing import read_chart as read_chart
    from sim.organisation.roster.importing import roster_rows as roster_rows
    from sim.organisation.roster.importing import roster_text as roster_text
    from sim.scenario.scenario import Scenario as Scenario
    from sim.scenario.scenario import load as load
    from sim.simulation.run import run as run

_PUBLIC = {
    "load": "sim.scenario.scenario",
    "Scenario": "sim.scenario.scenario",
    "run": "sim.simulation.run",
    "read_chart": "sim.organisation.roster.importing",
    "roster_rows": "sim.organisation.roster.importing",
    "roster_text": "sim.organisation.roster.importing",
    "compare": "sim.experiments.compare.study",
    "OrgModel": "sim.mesa_model.model",
    "replay": "sim.mesa_model.replay",
    "UserError": "sim.errors",
}
__all__ = [
    "OrgModel", "Scenario", "UserError", "compare", "load", "read_chart", "replay", "roster_rows", "roster_text", "run",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """Load a public name: the engine takes a second, and `orgsim check` does without."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'sim' has no attribute {name!r}; public names: {', '.join(_PUBLIC)}")
    from importlib import import_module

    return getattr(import_module(_PUBLIC[name]), name)
