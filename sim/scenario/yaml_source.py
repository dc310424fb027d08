"""YAML files as data with positions, read safely.

YAML 1.2 core schema: ``no`` and ``on`` stay words, ``010`` is ten, ``.inf`` is a number. Tags are refused, duplicate
keys are errors, and files are limited in size, depth and number of nodes (an alias counts as much as what it repeats),
so that a hostile file costs neither time nor memory. Every value keeps its line and column for error messages.

The events come from ruamel.yaml; nothing of it is imported before a file is read, because start-up time matters.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.errors import UserError
from sim.scenario.files import one_line, refuse_irregular
from sim.scenario.foreign import NOT_QUOTED, looks_foreign

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_NODES = 20_000

Place = tuple[str | int, ...]  # keys and list indices from the top

_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"([-+]?)\.(inf|Inf|INF)")
_NOT_A_NUMBER = (".nan", ".NaN", ".NAN")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
#: What the parser says -> what to do about it.
_PLAIN = {
    "parsing a flow": "a bracket [ or { is not closed, or a comma is missing",
    "mapping values are not allowed here": (
        "unexpected ':' here; indent keys of one level alike, and put text that holds ': ' in quotes"
    ),
    "'\\t' that cannot start": "a tab; indent with spaces",
    "expected <block end>": "indented differently from the lines above it",
    "could not find expected ':'": "a key without ':', or a line that is indented differently from those above it",
    "scanning a quoted scalar": "a quote that is not closed",
    "cannot start any token": "a character with a meaning in YAML; put the text in quotes",
}
_MAX_DIGITS = 300  # more digits are no number that anybody means, and int() would refuse thousands


@dataclass(frozen=True)
class YamlDocument:
    """Plain data (dict, list, str, int, float, bool, None) and where each part stands."""

    source: str  # the file, as messages name it
    data: Any
    values: dict[Place, tuple[int, int]]  # line and column of values, from 1
    keys: dict[Place, tuple[int, int]]  # line and column of the keys of mappings

    def where(self, place: Place = (), *, key: bool = False) -> str:
        """``file:line:column`` of a value (key=True: of its key); of the nearest part above it if it is not there."""
        known = self.keys if key else self.values
        place = tuple(place)
        while place and place not in known:
            place, known = place[:-1], self.values
        line, column = known.get(place, (1, 1))
        return f"{self.source}:{line}:{column}"


@dataclass
class _Node:
    line: int
    column: int
    scalar: Any = None
    items: list["_Node"] | None = None
    pairs: list[tuple["_Node", "_Node"]] | None = None
    text: str = ""  # of a scalar, as written: keys are words whatever they look like
    waiting_key: "_Node | None" = None
    open: bool = field(default=True)

    def add(self, child: "_Node") -> None:
        if self.items is not None:
            self.items.append(child)
        elif self.waiting_key is None:
            self.waiting_key = child
        else:
            assert self.pairs is not None  # what has children and is no list is a mapping
            self.pairs.append((self.waiting_key, child))
            self.waiting_key = None


def read_yaml(path: Path | str, shown: str | None = None) -> YamlDocument:
    """Read a YAML file. shown: how messages name it (default: the path). Raises `UserError`.

    Of a file that looks like neither a scenario nor a sweep no message quotes anything.
    """
    path = Path(path)
    shown = shown or str(path)
    try:
        refuse_irregular(path, shown, MAX_BYTES, "scenario")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UserError(f"{shown}: no such file") from None
    except (OSError, ValueError) as error:
        raise UserError(f"{shown}: cannot be read ({getattr(error, 'strerror', None) or error})") from None
    try:
        return parse_yaml(raw, shown)
    except UserError:
        if looks_foreign(raw):
            raise UserError(f"{shown}: {NOT_QUOTED}") from None
        raise


def parse_yaml(raw: bytes | str, shown: str) -> YamlDocument:
    """Parse YAML text; `shown` names it in messages. Raises `UserError` with file, line and column."""
    text = _decode(raw, shown) if isinstance(raw, bytes) else raw
    if len(text) > MAX_BYTES:
        raise UserError(f"{shown}: {len(text):,} characters are more than the limit of {MAX_BYTES:,}")
    root = _compose(text, shown)
    if root is None:
        return YamlDocument(shown, None, {}, {})
    document = YamlDocument(shown, None, {}, {})
    problems: list[str] = []
    data = _Builder(document, problems).build(root, ())
    if problems:
        raise UserError("\n".join(problems))
    return YamlDocument(shown, data, document.values, document.keys)


def _decode(raw: bytes, shown: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        raise UserError(f"{shown}:{line}:{column}: this is not UTF-8 text; save the file as UTF-8") from None


def _compose(text: str, shown: str) -> _Node | None:
    """The node tree; an alias is the same node again. Iterative, so that depth is checked before it hurts."""
    root: _Node | None = None
    stack: list[_Node] = []
    anchors: dict[str, _Node] = {}
    count = 0
    for event in _events(text, shown):
        kind = type(event).__name__
        if kind in ("StreamStartEvent", "StreamEndEvent", "DocumentEndEvent", "CommentEvent"):
            continue
        place = f"{shown}:{event.start_mark.line + 1}:{event.start_mark.column + 1}"
        if kind == "DocumentStartEvent":
            if root is not None:
                raise UserError(f"{place}: a second document starts here; one file holds one scenario")
            continue
        if kind in ("MappingEndEvent", "SequenceEndEvent"):
            stack.pop().open = False
            continue
        count += 1
        if count > MAX_NODES:
            raise UserError(f"{place}: more than {MAX_NODES:,} values; a scenario is much smaller")
        node = _node(event, kind, place, anchors)
        if stack:
            stack[-1].add(node)
        elif root is None:
            root = node
        if kind in ("MappingStartEvent", "SequenceStartEvent"):
            stack.append(node)
            if len(stack) > MAX_DEPTH:
                raise UserError(f"{place}: nested deeper than {MAX_DEPTH} levels; a scenario needs three")
    return root


def _node(event: Any, kind: str, place: str, anchors: dict[str, _Node]) -> _Node:
    if kind == "AliasEvent":
        known = anchors.get(event.anchor)
        if known is None:
            raise UserError(f"{place}: alias *{one_line(event.anchor)} refers to no anchor above it")
        if known.open:
            raise UserError(
                f"{place}: alias *{one_line(event.anchor)} lies inside the value that it refers to"
            )
        return known
    tag = getattr(event, "tag", None)
    if tag is not None and str(tag) not in ("", "None", "!"):
        raise UserError(
            f"{place}: tags such as {one_line(str(tag))} are not supported; write the plain value"
        )
    node = _Node(event.start_mark.line + 1, event.start_mark.column + 1)
    if kind == "MappingStartEvent":
        node.pairs = []
    elif kind == "SequenceStartEvent":
        node.items = []
    else:
        node.open = False
        node.text = event.value
        if any("\ud800" <= letter <= "\udfff" for letter in event.value):
            raise UserError(f"{place}: half of a surrogate pair is no character; write the character itself")
        node.scalar = _resolve(event.value, place) if event.style is None and tag is None else event.value
    if event.anchor:
        anchors[event.anchor] = node
    return node


def _events(text: str, shown: str) -> Iterator[Any]:
    # Only where a file is read: `--help` loads this one.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except YAMLError as error:
        raise UserError(_syntax_error(error, text, shown)) from None
    except (
        ValueError,
        IndexError,
        AttributeError,
        TypeError,
        AssertionError,
        NotImplementedError,
        RecursionError,
    ):
        # The parser has a few such ends for broken text (an absurd %YAML version, for example).
        raise UserError(f"{shown}: this is not YAML; see the bundled scenarios for examples") from None


def _syntax_error(error: Exception, text: str, shown: str) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        parts = [getattr(error, "context", None), getattr(error, "problem", None)]
        what = (
            ", ".join(one_line(" ".join(str(part).split()), 300) for part in parts if part)
            or "this is not YAML"
        )
        plain = next((words for part, words in _PLAIN.items() if part in what), what)
        return f"{shown}:{mark.line + 1}:{mark.column + 1}: {plain}"
    position = getattr(error, "position", None)
    if isinstance(position, int):
        before = text[:position]
        line, column = before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
        return f"{shown}:{line}:{column}: a control character is not allowed in YAML"
    return f"{shown}: {' '.join(str(error).split())}"


def _resolve(text: str, place: str) -> Any:
    """The value of a plain scalar in the core schema of YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _MAX_DIGITS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if _HEXADECIMAL.fullmatch(text):
        return int(text[2:], 16)
    if _FLOAT.fullmatch(text):
        return float(text)
    if match := _INFINITE.fullmatch(text):
        return float(f"{match.group(1)}inf")
    if text in _NOT_A_NUMBER:
        return float("nan")
    return text


class _Builder:
    """Turns nodes into plain data, recording positions; what aliases repeat is counted again."""

    def __init__(self, document: YamlDocument, problems: list[str]) -> None:
        self.document = document
        self.problems = problems
        self.count = 0

    def build(self, node: _Node, place: Place) -> Any:
        here = f"{self.document.source}:{node.line}:{node.column}"
        self.count += 1
        if self.count > MAX_NODES:
            raise UserError(f"{here}: aliases repeat more than {MAX_NODES:,} values")
        if len(place) > MAX_DEPTH:
            raise UserError(f"{here}: nested deeper than {MAX_DEPTH} levels")
        self.document.values[place] = (node.line, node.column)
        if node.items is not None:
            return [self.build(child, (*place, index)) for index, child in enumerate(node.items)]
        if node.pairs is not None:
            return self._mapping(node, place)
        return node.scalar

    def _mapping(self, node: _Node, place: Place) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key, child in node.pairs or ():
            here = f"{self.document.source}:{key.line}:{key.column}"
            if key.items is not None or key.pairs is not None:
                self.problems.append(f"{here}: a key must be a word, not a list or a mapping")
                continue
            if key.text in data:
                path = one_line(".".join(str(part) for part in (*place, key.text)))
                first = self.document.keys[(*place, key.text)]
                self.problems.append(f"{here}: {path}: duplicate key, first given in line {first[0]}")
                continue
            self.document.keys[(*place, key.text)] = (key.line, key.column)
            data[key.text] = self.build(child, (*place, key.text))
        return data
