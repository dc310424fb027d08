"""The sources of this package, read as text: files, comments, calls, streams and fields, for the ODD."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from sim.constants import PACKAGE
from sim.errors import UserError
from sim.parameters.registry import REGISTRY
from sim.reference.words import FIELDS

_KINDS = {"f8": "number", "i8": "whole", "i4": "whole", "i1": "whole", "u8": "whole", "?": "yes or no"}


#: Beginnings of the files that declare, check or describe parameters without acting on them.
_DECLARING = (
    "parameters/",
    "reference/",
    "scenario/checks",
    "scenario/layoff_checks",
    "scenario/scenario",
    "scenario/settings",
    "scenario/statement",
)


#: Calls that arrange data and decide nothing.
_HELPERS = {"settings_of", "dice_of", "workforce_of", "signature", "finish", "Setup", "over_weeks", "begin"}


@cache
def source(name: str) -> str:
    """Text of a file of the package, named without .py: ``flow/schedule``, ``mechanisms/flow/work``."""
    return (PACKAGE / f"{name}.py").read_text(encoding="utf-8")


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(source(name))


def assigned(module: ast.Module) -> Iterator[tuple[str, ast.Assign]]:
    """(name, statement) of every name that a file gives a value to, in order."""
    for node in module.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node


@cache
def files() -> tuple[str, ...]:
    """Every file of the package, without .py, relative to it."""
    paths = sorted(path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py"))
    return tuple(path.as_posix() for path in paths if path.name != "__init__")


def submodels() -> dict[str, str]:
    """Submodel -> its file: every mechanism, and what people and AI cost."""
    found = {
        name.rsplit("/", 1)[1]: name
        for name in files()
        if name.startswith("mechanisms/") and name != "mechanisms/people/workforce"
    }
    return found | {"costs": "organisation/costs"}


@cache
def engine() -> tuple[str, ...]:
    """Files that a run needs: what `sim.simulation.run` imports, and what those import, but for declarations."""
    found, left = set(), ["simulation/run"]
    while left:
        name = left.pop()
        if name in files() and name not in found and not name.startswith(_DECLARING):
            found.add(name)
            left += [target for target, _ in imports(name).values()]
    return tuple(sorted(found))


def comments(text: str) -> dict[int, tuple[str, bool]]:
    """Line -> (comment, it has the line to itself)."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    found = [token for token in tokens if token.type == tokenize.COMMENT]
    return {t.start[0]: (t.string.lstrip("#: "), t.line.lstrip().startswith("#")) for t in found}


@cache
def imports(name: str) -> dict[str, tuple[str, str]]:
    """Local name -> (file of the package, name in it, "" for the file itself), of what a file imports anywhere."""
    found = {}
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sim":
            folder = "/".join((node.module or "").split(".")[1:])
            for alias in node.names:
                inside = f"{folder}/{alias.name}".lstrip("/")
                target = (inside, "") if inside in files() else (folder, alias.name)
                found[alias.asname or alias.name] = target
    return found


def docstring(name: str, function: str = "") -> str:
    """Docstring of a file, or of a function in it ("" if it has none)."""
    module = tree(name)
    if not function:
        return ast.get_docstring(module) or ""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return ast.get_docstring(node) or ""
    return ""


def as_markdown(text: str) -> str:
    """A docstring as Markdown: empty lines where lists and indented blocks need them."""
    lines: list[str] = []
    for line in text.splitlines():
        before = lines[-1] if lines else ""
        item = bool(re.match(r"(- |\d+\. )", line))
        block = line.startswith("    ")
        opens = (item and not re.match(r"(- |\d+\. |  )", before)) or (
            block and not before.startswith("    ")
        )
        closes = (before.startswith("    ") and not block) or (
            bool(re.match(r"(- |\d+\. |  )", before)) and not re.match(r"(- |\d+\. |  )", line)
        )
        if before and line and (opens or closes):
            lines.append("")
        lines.append(line)
    return "\n".join(lines)


class Field(NamedTuple):
    """A field of a table of the state."""

    name: str
    kind: str
    group: str  # the comment above it
    meaning: str  # "" if neither `sim.engine.state` nor `sim.reference.words` says


def fields(text: str | None = None) -> dict[str, list[Field]]:
    """Table -> its fields, read from the source of `sim.engine.state`."""
    text = source("engine/state") if text is None else text
    notes = comments(text)
    found: dict[str, list[Field]] = {}
    for name, node in assigned(ast.parse(text)):
        if isinstance(node.value, ast.Call) and ast.unparse(node.value.func) in ("np.dtype", "_in_lines"):
            group, line = "", node.lineno
            found[name] = []
            for entry in _entries(node.value):
                alone = [notes[k][0] for k in range(line, entry.lineno) if k in notes and notes[k][1]]
                group, line = (alone[-1] if alone else group), _last_line(entry)
                found[name].append(_field(name, entry, group, notes))
    return found


def _entries(dtype: ast.Call) -> list[ast.Tuple]:
    """The fields that a call of np.dtype lists, one (name, kind) or (name, kind, shape) each."""
    listed = dtype.args[0]
    if not isinstance(listed, ast.List):
        raise UserError(f"sim/engine/state.py: {ast.unparse(listed)[:80]} is no list of fields")
    return [entry for entry in listed.elts if isinstance(entry, ast.Tuple)]


def _last_line(node: ast.expr) -> int:
    return node.end_lineno or node.lineno  # what was parsed from a text has both


def _field(owner: str, entry: ast.Tuple, group: str, notes: Mapping[int, tuple[str, bool]]) -> Field:
    name, kind = (ast.literal_eval(part) for part in entry.elts[:2])
    lines = range(entry.lineno, _last_line(entry) + 1)
    said = " ".join(notes[k][0] for k in lines if k in notes and not notes[k][1])
    several = ", several" if len(entry.elts) > 2 else ""
    return Field(name, _KINDS[kind] + several, group, said or FIELDS.get(owner, {}).get(name, ""))


def calls(name: str, function: str) -> list[tuple[str, str]]:
    """(call, first sentence of what it does) of the package's functions that *function* of a file calls, in order."""
    body = next(n for n in ast.walk(tree(name)) if isinstance(n, ast.FunctionDef) and n.name == function)
    made = sorted(
        (n for n in ast.walk(body) if isinstance(n, ast.Call)), key=lambda n: (n.lineno, n.col_offset)
    )
    known, found = imports(name), []
    for call in made:
        words = ast.unparse(call.func).split(".")
        file, inside = known.get(words[0], (name, words[0])) if words[0] != "self" else (name, words[-1])
        inside = inside or words[-1]
        text = docstring(file, inside) if file in files() else ""
        if text and inside not in _HELPERS:
            found.append((ast.unparse(call.func), text.split("\n\n")[0].replace("\n", " ")))
    return found


def streams() -> dict[str, tuple[int, str]]:
    """Stream of random numbers -> (number, what it decides)."""
    notes = comments(source("engine/rng"))
    return {
        name: (node.value.value, notes[node.lineno][0])
        for name, node in assigned(tree("engine/rng"))
        if isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, int)
        and name.isupper()
        and not name.startswith("_")
    }


def users(stream: str) -> list[str]:
    """Files that draw from a stream."""
    return [name for name in files() if ("engine/rng", stream) in imports(name).values()]


@cache
def read_in(name: str) -> frozenset[str]:
    """Paths of the parameters that a file reads: as a field of the record, or by path."""
    by_field = {parameter.field: path for path, parameter in REGISTRY.items()}
    found = set()
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Attribute) and node.attr in by_field:
            found.add(by_field[node.attr])
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= {path for path in (node.value, by_field.get(node.value, "")) if path in REGISTRY}
        elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            stem = str(node.values[0].value)
            by_stem = {**{path: path for path in REGISTRY}, **by_field}
            found |= {path for text, path in by_stem.items() if "_" in stem and text.startswith(stem)}
    return frozenset(found)


def readers(path: str) -> list[str]:
    """Files of the engine that read a parameter."""
    return [name for name in engine() if path in read_in(name)]


def constants(file: str) -> list[tuple[str, str]]:
    """(name, value) of the figures that a file fixes in the code."""
    return [
        (name, ast.unparse(node.value))
        for name, node in assigned(tree(file))
        if name.isupper()
        and not name.startswith("_")
        and re.fullmatch(r"[\d.e*\- ]+", ast.unparse(node.value))
    ]
