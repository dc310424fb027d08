"""Helpers of the tests of `orgsim import`."""

import pytest

from helpers import ROOT
from sim.organisation.costs import PayScale
from sim.organisation.roster.building import read_chart
from sim.organisation.roster.chart import INFERRED
from sim.organisation.structure import chart_tree
from sim.organisation.tree import check_tree

PAY = PayScale(200_000.0)
ORGS = ROOT.parent / "shared" / "orgs"


def real(name):
    """A real chart that lies beside the project; without it the test is skipped."""
    path = ORGS / name
    if not path.is_file():
        pytest.skip(f"the shared organisation charts are not beside the project ({name})")
    return path


def write(tmp_path, text, name="roster.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def read(tmp_path, text, column_map=None, **options):
    chart = read_chart(
        write(tmp_path, text, encoding=options.pop("encoding", "utf-8")), column_map, **options
    )
    tree = chart_tree(chart, PAY)
    check_tree(tree)
    account(chart)
    return chart


def account(chart):
    """The accounting identities: no row is lost, nobody comes from nowhere, every unknown boss has one fate."""
    rows = dict(chart.accounting)
    people = rows.pop("people")
    inferred = sum(rows.pop(key) for key in INFERRED)
    assert (
        people == chart.n == inferred + rows.pop("people in grouped rows") + rows["positions of one person"]
    )
    if (
        "role" not in chart.sources[0].columns.header
    ):  # a chart file of an import has its inferred people in rows
        assert inferred == sum(chart.inferred)
    assert rows.pop("rows read") == sum(rows.values())
    fates = dict(chart.unknown_bosses)
    assert fates.pop("managers with an unknown boss", 0) == sum(fates.values())


def edges(chart):
    """Who reports to whom by source id."""
    ids = chart.source_ids
    return {ids[k]: ids[above] if above >= 0 else None for k, above in enumerate(chart.boss)}


def said(chart, *words):
    """The one assumption that holds all these words."""
    found = [text for text in chart.assumptions if all(word in text for word in words)]
    assert len(found) == 1, chart.assumptions
    return found[0]
