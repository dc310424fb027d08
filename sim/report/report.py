"""From a results folder to the file: the page of its kind, and what stands on every page."""

import importlib
import pkgutil
from dataclasses import replace
from pathlib import Path
from typing import Protocol, cast

from sim.errors import UserError
from sim.report import assumed, kinds, terms
from sim.report.html import render
from sim.report.page import Bullets, Page, Section
from sim.report.source import Source
from sim.store import files
from sim.store.views import Views

NAME = "report.html"


class Kind(Protocol):
    """A module of `sim.report.kinds`, named as manifests name the kind."""

    def page(self, source: Source) -> Page:
        """The page of a folder of this kind."""
        ...


def report(folder: Path, target: Path | None = None) -> Path:
    """Write the report of a results folder (default: into it); returns where it is. Raises UserError."""
    text = report_text(folder)
    target = folder / NAME if target is None else target
    try:
        files.write_text(target, text)
    except OSError as error:
        raise UserError(
            f"{target}: cannot be written ({error.strerror or error}); name another file with -o"
        ) from error
    return target


def report_text(folder: Path) -> str:
    """The report of a results folder as HTML. Raises UserError if it holds no results, or of a kind that has no report."""
    with Views(folder) as views:
        source = Source(views)
        return render(_whole(source, _kind(source).page(source)))


def known_kinds() -> list[str]:
    """The kinds of results that have a report."""
    return sorted(one.name for one in pkgutil.iter_modules(kinds.__path__))


def _kind(source: Source) -> Kind:
    if source.kind not in known_kinds():
        raise UserError(
            f"{source.folder}: holds the results of '{source.kind[:40]}', of which there is no report; there is one of "
            f"{', '.join(known_kinds())}"
        )
    return cast(Kind, importlib.import_module(f"sim.report.kinds.{source.kind}"))


def _whole(source: Source, page: Page) -> Page:
    """The page with how sure it is in front, and behind it what is assumed, the command and the words."""
    sure = [Section("sure", "How sure it is", [Bullets(page.sure)])] if page.sure else []
    sections = [*sure, *page.sections, *assumed.sections(source)]
    found = replace(page, sections=sections)
    return replace(found, sections=[*sections, *terms.section(render(found))])
