"""Pictures as SVG that stands inside the page: real text, colours that follow the page, a title for who cannot see it.

Matplotlib draws with stand-in colours, which are replaced by the page's variables (`--ink`, `--c1` ...): dark mode and print
then need no second picture. Ids are made unique, so that many pictures can share a page; nothing in the file depends on the day
or the machine. Pictures are `WIDTH` units wide, so that the text can be read on a telephone as well as on a desk.
"""

import io
import re
import textwrap
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

WIDTH = 400  # units; a unit is a point in the picture
TEXT, SMALL = 11.5, 10.5  # letters, units
LEGEND = 58  # letters of a name in a legend on one line
SERIES = 8  # colours of lines and parts: --c1 ... --c8
EXTRA = 3  # quieter ones: --c9 ... --c11; letters on all of them: --o1 ... --o11
STEPS = 9  # of a scale from low to high: --h0 ... --h8, with letters on them: --t0 ... --t8
INK, MUTED, GRID, PAPER, ACCENT = "#010001", "#010002", "#010003", "#010004", "#010005"
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES = ("-", "--", "-.", ":")
_NAMES = {INK: "ink", MUTED: "muted", GRID: "grid", PAPER: "paper", ACCENT: "accent"}
_KINDS = {"02": "c", "03": "h", "04": "t", "05": "o"}
_COLOUR = re.compile(r"#0([1-5])00([0-9a-f]{2})")
_SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"
_RC: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "orgsim",
    "font.size": TEXT,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "hatch.linewidth": 0.6,
}


def series(k: int) -> str:
    """Colour of the k-th line or part, from 0."""
    return f"#0200{k % (SERIES + EXTRA) + 1:02x}"


def series_text(k: int) -> str:
    """Colour of letters on `series` of the same number."""
    return f"#0500{k % (SERIES + EXTRA) + 1:02x}"


def step(share: float) -> str:
    """Colour of a value at *share* (0 to 1) of its scale."""
    return f"#0300{_step(share):02x}"


def step_text(share: float) -> str:
    """Colour of letters on `step` of the same share."""
    return f"#0400{_step(share):02x}"


def _step(share: float) -> int:
    return max(0, min(STEPS - 1, int(share * STEPS)))


class Canvas:
    """A picture in the making. height: units."""

    def __init__(self, height: float) -> None:
        with matplotlib.rc_context(_RC):
            self.figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72, layout="constrained")
            FigureCanvasSVG(self.figure)
            self.axes: Axes = self.figure.add_subplot()
        self._tips: list[str] = []

    def tip(self, artist: Artist, text: str) -> None:
        """Give an artist a text that is shown when it is pointed at."""
        artist.set_gid(f"tip-{len(self._tips)}")
        self._tips.append(text)

    def legend(self, handles: Sequence[Artist], names: Sequence[str], columns: int = 2) -> None:
        """Names of colours below the picture, in as many columns, up to so many, as there is room for."""
        with matplotlib.rc_context(_RC):
            for count in range(max(1, min(columns, len(names))), 0, -1):
                legend = self.figure.legend(
                    handles,
                    [textwrap.fill(name, LEGEND) for name in names],
                    loc="outside lower left",
                    ncols=count,
                    frameon=False,
                    fontsize=SMALL,
                    handlelength=1.5,
                    columnspacing=1.0,
                    labelspacing=0.35,
                )
                if count == 1 or legend.get_window_extent().width <= WIDTH - 2:
                    return
                legend.remove()

    def svg(self, key: str, title: str) -> str:
        """The picture as an SVG element. key: of its ids, one for every picture of a page; title: what it shows."""
        buffer = io.StringIO()
        with matplotlib.rc_context(_RC):
            self.figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        return _cleaned(buffer.getvalue(), key, title, self._tips)


def _cleaned(text: str, key: str, title: str, tips: Sequence[str]) -> str:
    """The SVG without header, metadata and sizes; ids of its own, the page's colours, a title."""
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.fromstring(text[text.index("<svg") :])
    for child in list(root):
        # A style inside a picture would hold for the whole page.
        style = child.tag == f"{{{_SVG}}}defs" and child.find(f"{{{_SVG}}}style") is not None
        if style or child.tag == f"{{{_SVG}}}metadata":
            root.remove(child)
    used = _references(root)
    for element in root.iter():
        _tidy(element, key, used, tips)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{key}-title")
    label = ElementTree.Element(f"{{{_SVG}}}title", {"id": f"{key}-title"})
    label.text = title
    root.insert(0, label)
    made = ElementTree.tostring(root, encoding="unicode")
    return _COLOUR.sub(_variable, made).replace("\n", " ").replace(f' xmlns="{_SVG}"', "", 1)


def _references(root: ElementTree.Element) -> set[str]:
    """The ids that something in the picture points at."""
    found: set[str] = set()
    for element in root.iter():
        if _LINK in element.attrib:
            found.add(element.attrib[_LINK].removeprefix("#"))
        for value in element.attrib.values():
            found.update(re.findall(r"url\(#([^)]+)\)", value))
    return found


def _tidy(element: ElementTree.Element, key: str, used: set[str], tips: Sequence[str]) -> None:
    name = element.attrib.pop("id", None)
    if name is not None and name.startswith("tip-"):
        element.set("data-tip", tips[int(name.removeprefix("tip-"))])
    elif name in used:
        element.set("id", f"{key}-{name}")
    link = element.attrib.pop(_LINK, None)
    if link is not None:
        element.set("href", f"#{key}-{link.removeprefix('#')}")
    for attribute, value in list(element.attrib.items()):
        if "url(#" in value:
            value = value.replace("url(#", f"url(#{key}-")
        if attribute in ("d", "points", "transform", "x", "y", "width", "height"):
            value = re.sub(r"-?\d+\.\d{3,}", lambda match: f"{float(match.group()):.2f}", value)
        if attribute == "style":
            value = re.sub(r"font: [^;]*?([\d.]+)px[^;]*", r"font-size: \1px", value)
            value = re.sub(r"font-family: [^;]*;?", "", value)
        element.set(attribute, value)
    for text in ("text", "tail"):
        content = getattr(element, text)
        if content is not None and not content.strip():
            setattr(element, text, None)


def _variable(match: "re.Match[str]") -> str:
    """The page's variable that a stand-in colour is for."""
    kind, number = f"0{match.group(1)}", int(match.group(2), 16)
    name = _NAMES[match.group()] if kind == "01" else f"{_KINDS[kind]}{number}"
    return f"var(--{name})"
