"""Conditions between what a study varies: the key `where` of its file.

    where:
      - organisation.management_layers <= 3 or ai.share_of_code > .2
      - a.b + c.d <= 1

A condition is made of varied paths, numbers, true, false, null and quoted words, joined by comparisons, and / or / not, and
+ - * /; nothing else. All conditions have to hold at a point, else the point is left out. Null ("as it is") has no order: it
can only be asked for by == and !=.
"""

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from sim.errors import UserError, suggest
from sim.experiments.study_file import Reader, short

MOST = 50  # conditions
LONGEST = 500  # characters of one
_WORDS: Mapping[str, object] = {"true": True, "false": False, "null": None}
_ORDER: Mapping[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
_ARITHMETIC: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip
_ALLOWED = "varied paths, numbers, comparisons, and, or, not, + - * / and brackets"


@dataclass(frozen=True)
class Condition:
    """text: as it is written; place: of the file, for messages."""

    text: str
    place: str
    tree: ast.expr

    def holds(self, point: Mapping[str, object]) -> bool:
        """Whether it holds at a point, path -> value. Raises UserError where it cannot be told."""
        try:
            found = _evaluate(self.tree, point)
        except _UnknownError as error:
            raise UserError(f"{self.place}: {self.text}: {error}") from None
        if not isinstance(found, bool):
            raise UserError(
                f"{self.place}: {self.text}: comes to {short(found)}, which is neither true nor false; compare it with a value"
            )
        return found


class _UnknownError(Exception):
    """A condition that cannot be told at a point."""


def read_where(reader: Reader, paths: Iterable[str]) -> tuple[Condition, ...]:
    """The conditions of the file, () where there are none. paths: what is varied. Raises UserError."""
    given = reader.get(("where",))
    if given is None:
        return ()
    varied = tuple(paths)
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts or len(texts) > MOST:
        reader.fail(
            ("where",),
            f"expected a list of 1 to {MOST} conditions, such as {varied[0]} <= 3, got {short(given)}",
        )
    found = []
    for k, text in enumerate(texts):
        keys: tuple[str | int, ...] = ("where",) if isinstance(given, str) else ("where", k)
        if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
            reader.fail(keys, f"expected a condition of up to {LONGEST} characters, got {short(text)}")
        tree = _parsed(reader, keys, text.strip(), varied)
        found.append(Condition(text.strip(), f"{reader.document.where(keys)}: where", tree))
    return tuple(found)


def _parsed(reader: Reader, keys: tuple[str | int, ...], text: str, varied: tuple[str, ...]) -> ast.expr:
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        reader.fail(keys, f"{short(text)} cannot be read as a condition; write it as {varied[0]} <= 3")

    def refuse(node: ast.AST, message: str) -> NoReturn:
        part = ast.get_source_segment(text, node) or text
        reader.fail(keys, f"{short(text)}: {part} {message}")

    def check(node: ast.expr) -> None:
        if isinstance(node, (ast.Name, ast.Attribute)):
            path = _path(node)
            if path not in varied and path not in _WORDS:
                refuse(
                    node,
                    f"is not varied{suggest(path or '', list(varied))}; a condition is about what is varied: {', '.join(varied)}",
                )
            return
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float, str)):
            return
        if isinstance(node, ast.Compare):
            for op in node.ops:
                if type(op) not in _ORDER and not isinstance(op, (ast.Eq, ast.NotEq)):
                    refuse(node, "is no comparison by <, <=, >, >=, == or !=")
        elif isinstance(node, ast.BinOp):
            if type(node.op) not in _ARITHMETIC:
                refuse(node, f"cannot be used in a condition; it is made of {_ALLOWED}")
        elif not isinstance(node, ast.BoolOp) and not (
            isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub, ast.UAdd))
        ):
            refuse(node, f"cannot be used in a condition; it is made of {_ALLOWED}")
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                check(child)

    try:
        check(tree)
    except RecursionError:
        reader.fail(keys, f"{short(text)} is nested too deeply; write several conditions")
    return tree


def _path(node: ast.expr) -> str | None:
    """'a.b.c' of names with dots; None of anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _path(node.value)
        return None if before is None else f"{before}.{node.attr}"
    return None


def _evaluate(node: ast.expr, point: Mapping[str, object]) -> object:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.Name, ast.Attribute)):
        path = _path(node) or ""
        return point[path] if path in point else _WORDS[path]
    if isinstance(node, ast.BoolOp):
        every = isinstance(node.op, ast.And)
        for one in node.values:
            if _truth(one, point) is not every:
                return not every
        return every
    if isinstance(node, ast.UnaryOp):
        if isinstance(node.op, ast.Not):
            return not _truth(node.operand, point)
        value = _number(node.operand, point)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp):
        left, right = _number(node.left, point), _number(node.right, point)
        if isinstance(node.op, ast.Div) and right == 0:
            raise _UnknownError("divides by zero at a point; exclude it by an earlier `and`")
        return _ARITHMETIC[type(node.op)](left, right)
    assert isinstance(node, ast.Compare)  # nothing else is let through
    left_node = node.left
    for op, right_node in zip(node.ops, node.comparators, strict=True):
        if not _compared(op, left_node, right_node, point):
            return False
        left_node = right_node
    return True


def _compared(op: ast.cmpop, left: ast.expr, right: ast.expr, point: Mapping[str, object]) -> bool:
    if isinstance(op, (ast.Eq, ast.NotEq)):
        same = _evaluate(left, point) == _evaluate(right, point)
        return same is isinstance(op, ast.Eq)
    return _ORDER[type(op)](_number(left, point), _number(right, point))


def _truth(node: ast.expr, point: Mapping[str, object]) -> bool:
    value = _evaluate(node, point)
    if not isinstance(value, bool):
        raise _UnknownError(f"{ast.unparse(node)} is {short(value)}, which is neither true nor false")
    return value


def _number(node: ast.expr, point: Mapping[str, object]) -> float:
    value = _evaluate(node, point)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        hint = "; ask for null by == or !=" if value is None else ""
        raise _UnknownError(f"{ast.unparse(node)} is {short(value)} at a point, which is no number{hint}")
    return value
