"""A page as one HTML file: everything inside it, nothing fetched, readable without its script.

All text is escaped here and nowhere else. The pictures, the style and the script are the program's own.
"""

from collections.abc import Sequence
from html import escape
from importlib import resources

from sim.report.page import Bullets, Choice, Code, Figure, Fold, Item, Page, Section, Table, Terms

_HEAD = (
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src '
    "'unsafe-inline'; script-src 'unsafe-inline'\">\n"
    '<meta name="generator" content="orgsim report">\n'
)


def render(page: Page) -> str:
    """The whole file."""
    own = resources.files("sim.report")
    style, script = (own.joinpath(name).read_text(encoding="utf-8") for name in ("style.css", "script.js"))
    question = page.question or page.name
    body = [
        "<header>",
        f'<p class="kind">{escape(page.kind)}</p>',
        f"<h1>{escape(question)}</h1>",
        *(
            [f'<p class="state"><strong>Not finished:</strong> {escape(page.state)}</p>']
            if page.state
            else []
        ),
        *(
            [
                '<div class="answer">',
                *(f"<p>{escape(text[:1].upper() + text[1:])}</p>" for text in page.answer),
                "</div>",
            ]
            if page.answer
            else []
        ),
        *([f"<p>{escape(' '.join(page.facts))}</p>"] if page.facts else []),
        "</header>",
        '<nav aria-label="On this page"><ul>',
        *(f'<li><a href="#{one.key}">{escape(one.title)}</a></li>' for one in page.sections),
        "</ul></nav>",
        "<main>",
        *(_section(one) for one in page.sections),
        "</main>",
        "<footer>Made by <code>orgsim report</code> from a results folder; nothing was simulated for it. "
        "These are figures of a model under stated assumptions, not a forecast, and never a verdict on a person.</footer>",
    ]
    return (
        f"{_HEAD}<title>{escape(question)} - orgsim</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + f"\n<script>\n{script}</script>\n</body>\n</html>\n"
    )


def pieces(items: Sequence[Item]) -> str:
    """Pieces alone, for a page that has a frame of its own."""
    return _items(items)


def _section(section: Section) -> str:
    return (
        f'<section aria-labelledby="{section.key}">\n<h2 id="{section.key}">{escape(section.title)}</h2>\n'
        f"{_items(section.items)}\n</section>"
    )


def _items(items: Sequence[Item]) -> str:
    """Pieces below each other; figures that follow one another side by side where there is room."""
    parts: list[str] = []
    run: list[str] = []
    for item in [*items, ""]:
        if isinstance(item, Figure):
            run.append(_figure(item))
            continue
        if run:
            parts.append(run[0] if len(run) == 1 else '<div class="figures">\n' + "\n".join(run) + "\n</div>")
            run = []
        if item != "":
            parts.append(_item(item))
    return "\n".join(parts)


def _item(item: Item) -> str:
    if isinstance(item, str):
        return f"<p>{escape(item)}</p>"
    if isinstance(item, Table):
        return _table(item)
    if isinstance(item, Bullets):
        return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in item.items) + "</ul>"
    if isinstance(item, Code):
        return f'<pre tabindex="0"><code>{escape(chr(10).join(item.lines))}</code></pre>'
    if isinstance(item, Terms):
        return "<dl>" + "".join(f"<dt>{escape(a)}</dt><dd>{escape(b)}</dd>" for a, b in item.items) + "</dl>"
    if isinstance(item, Fold):
        return f"<details><summary>{escape(item.title)}</summary>\n{_items(item.items)}\n</details>"
    if isinstance(item, Choice):
        return _choice(item)
    return _figure(item)


def _choice(item: Choice) -> str:
    options = "\n".join(
        f'<div class="option" data-name="{escape(name, quote=True)}">\n{_items(pieces)}\n</div>'
        for name, pieces in item.options
    )
    return f'<div class="choice" data-label="{escape(item.label, quote=True)}">\n{options}\n</div>'


def _figure(figure: Figure) -> str:
    note = f"<p>{escape(figure.note)}</p>\n" if figure.note else ""
    return (
        f"<figure>\n<figcaption><h3>{escape(figure.title)}</h3></figcaption>\n{figure.svg}\n{note}"
        f"<details><summary>Values of this picture</summary>\n{_table(figure.table, figure.title)}\n</details>\n</figure>"
    )


def _filled(table: Table) -> Table:
    """A table without the columns, but the first, that are empty in every row."""
    kept = [
        k for k in range(len(table.header)) if k == 0 or not table.rows or any(row[k] for row in table.rows)
    ]
    align = table.align and "".join(table.align[k] for k in kept)
    rows = [[row[k] for k in kept] for row in table.rows]
    return Table([table.header[k] for k in kept], rows, table.caption, align)


def _table(table: Table, name: str = "") -> str:
    """A table that scrolls by itself where it is wider than the page, without columns in which nothing stands."""
    table = _filled(table)
    align = table.align or "<" + ">" * (len(table.header) - 1)
    sides = [' class="l"' if side == "<" else "" for side in align]
    caption = f"<caption>{escape(table.caption)}</caption>" if table.caption else ""
    head = "".join(
        f'<th scope="col"{side}>{escape(text)}</th>' if text else f"<td{side}></td>"
        for text, side in zip(table.header, sides, strict=True)
    )
    rows = "\n".join(
        "<tr>"
        + "".join(
            f'<th scope="row"{side}>{escape(cell)}</th>' if k == 0 else f"<td{side}>{escape(cell)}</td>"
            for k, (cell, side) in enumerate(zip(row, sides, strict=True))
        )
        + "</tr>"
        for row in table.rows
    )
    label = escape(f"Table: {name or table.caption or ', '.join(filter(None, table.header))}", quote=True)
    return (
        f'<div class="wide" role="group" tabindex="0" aria-label="{label}"><table>{caption}\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>"
    )
