"""Helpers of the tests of `orgsim import`."""

from sim.roster import read_chart
from sim.structure import PayScale, chart_tree, check_tree

PAY = PayScale(200_000.0)


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
    """The accounting identities: no row is lost, and nobody comes from nowhere."""
    rows = dict(chart.accounting)
    people = rows.pop("people")
    added = rows.pop("inferred managers") + rows.pop("inferred top") + rows.pop("people in grouped rows")
    assert people == chart.n == added + rows["positions of one person"]
    assert rows.pop("rows read") == sum(rows.values())


def edges(chart):
    """Who reports to whom by source id."""
    ids = chart.source_ids
    return {ids[k]: ids[above] if above >= 0 else None for k, above in enumerate(chart.boss)}


def said(chart, *words):
    """The one assumption that holds all these words."""
    found = [text for text in chart.assumptions if all(word in text for word in words)]
    assert len(found) == 1, chart.assumptions
    return found[0]
