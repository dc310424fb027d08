"""Files that ask a question (a sweep, a rule, a search): opened, and their keys read, with errors that name the place."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from sim.errors import UserError, listed_problems, number_hint, suggest
from sim.scenario.files import find, shown
from sim.scenario.foreign import NOT_QUOTED, is_foreign
from sim.scenario.scenario import Scenario, load
from sim.scenario.settings import TOP_KEYS
from sim.scenario.yaml_source import YamlDocument, read_yaml

MAX_WEEKS = 10_000


class Reader:
    """Typed access to the keys of the file, with errors that name the place."""

    def __init__(self, document: YamlDocument) -> None:
        self.document = document

    def fail(self, keys: tuple[Any, ...], message: str, *, key: bool = False) -> NoReturn:
        dotted = ".".join(str(key) for key in keys)
        raise UserError(
            ": ".join(part for part in (self.document.where(keys, key=key), dotted, message) if part)
        )

    def fail_all(self, problems: Sequence[tuple[tuple[Any, ...], str]]) -> NoReturn:
        """Fail with a line for each problem: the keys that lead to a key, and what is wrong with it."""
        texts = []
        for keys, message in problems:
            try:
                self.fail(keys, message, key=True)
            except UserError as error:
                texts.append(str(error))
        raise UserError(listed_problems(texts))

    def get(self, keys: tuple[Any, ...], default: object = None) -> object:
        value: object = self.document.data
        for key in keys:
            if not isinstance(value, Mapping) or key not in value:
                return default
            value = value[key]
        return value

    def mapping(
        self, keys: tuple[Any, ...], known: Sequence[str] | None, required: Sequence[str] = ()
    ) -> Mapping[str, Any]:
        value = self.get(keys)
        if not isinstance(value, Mapping) or not value:
            example = f"{known[0]}: ..." if known else "ai.share_of_code: [0.1, 0.5]"
            self.fail(keys, f"expected keys with values, such as `{example}`, got {short(value)}")
        unknown = [key for key in value if known is not None and key not in known]
        if known is not None and unknown:
            self.fail_all([
                ((*keys, key), f"unknown key{suggest(str(key), list(known))}; known: {', '.join(known)}") for key in unknown
            ])  # fmt: skip
        for key in required:
            if key not in value:
                self.fail(keys, f"the key {key} is missing")
        return value

    def text(self, key: str) -> str:
        value = self.get((key,))
        if not isinstance(value, str) or not value.strip():
            self.fail((key,), f"expected text, got {short(value)}")
        return value.strip()

    def choice(self, key: str, known: Sequence[str]) -> str | None:
        value = self.get((key,))
        if value is None:
            return None
        if not isinstance(value, str) or value not in known:
            self.fail(
                (key,), f"{short(value)} is not one of {', '.join(known)}{suggest(str(value), list(known))}"
            )
        return value

    def whole(self, keys: tuple[Any, ...], default: int, low: int, high: int) -> int:
        value = self.get(keys, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fail(keys, f"expected a whole number from {low} to {high:,}, got {short(value)}")
        return value

    def number(self, keys: tuple[Any, ...]) -> float | int:
        value = self.get(keys)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= 1e15:
            self.fail(keys, number_hint(value) or f"expected a number, got {short(value)}")
        return value


def opened(path: Path, keys: Sequence[str]) -> YamlDocument:
    """The document of a file with these *keys*. Raises UserError; what is neither such a file nor a scenario is not quoted."""
    document = read_yaml(path, shown(path))
    if is_foreign(document.data, (*keys, *TOP_KEYS)):
        raise UserError(f"{shown(path)}: {NOT_QUOTED}")
    return document


def read_base(reader: Reader, folder: Path, sets: Sequence[str]) -> tuple[Scenario, tuple[str, ...]]:
    """The scenario that `base` names, seen from *folder*, over `weeks`; and what was set in it: `path=value`, the weeks first."""
    if "weeks" in reader.document.data and "time.weeks" not in (
        text.partition("=")[0].strip() for text in sets
    ):
        sets = [f"time.weeks={reader.whole(('weeks',), 1, 1, MAX_WEEKS)}", *sets]
    where = f"{reader.document.where(('base',))}: base: "
    return load(find(reader.text("base"), folder, where), tuple(sets)), tuple(sets)


def read_name(reader: Reader, path: Path) -> str:
    """What the results folder is named after: `name`, or the file's name."""
    name = reader.text("name") if reader.get(("name",)) is not None else path.stem
    if any(c in name for c in '/\\:*?"<>|\0') or name.startswith("."):
        reader.fail(
            ("name",), f"{name!r} cannot be the name of a results folder; use letters, digits, - and _"
        )
    return name


def short(value: object) -> str:
    """A value for messages, as it is written in the file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
