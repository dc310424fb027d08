"""Whatever a file or an option says, the answer is a scenario or one clear `UserError`, never another exception."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import UserError
from sim.experiments.sweep.file import load_sweep
from sim.parameters.registry import REGISTRY
from sim.scenario.files import bundled
from sim.scenario.scenario import Scenario, from_yaml, load
from sim.scenario.settings import PATHS, SECTIONS, TOP_KEYS
from sim.scenario.yaml_source import YamlDocument, parse_yaml

TEXTS = [path.read_text(encoding="utf-8") for path in bundled().values()]
SWEEP = bundled()["flat-vs-layered"].read_text(encoding="utf-8")
BITS = st.sampled_from(
    ["\t", "\n", " ", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "!!int ", "'", '"', "|", ">", "#", "%", "@", "---\n",
     "...", "? ", "<<: ", "null", ".nan", ".inf", "-1", "1e999", "0x", "9" * 400, "true", "\\", "\x00", "\x85", "\ufeff",
     "é", "\U0001f600", "\ud800", "organisation:", "extends: ", "base", "%YAML 9.9\n", "%TAG ! x\n", "chart: "]
)  # fmt: skip
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["ics", "base", "x"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def scenario_or_error(content: str, sets: tuple[str, ...] = ()) -> Scenario | None:
    """Read it; a `UserError` must say something, on short lines."""
    try:
        return from_yaml(content, "f.yaml", sets)
    except UserError as error:
        check_message(error)
        return None


def check_message(error: UserError, printable: bool = True) -> None:
    """Every line says something, on one line of a terminal."""
    lines = str(error).splitlines()
    assert lines
    assert all((line.isprintable() or not printable) and line.strip() for line in lines)
    assert all(len(line) < 1500 for line in lines)


def yaml_of(value: object) -> str:
    """Flow YAML of plain data, written here so that the parser under test is not also the writer."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{yaml_of(str(key))}: {yaml_of(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(yaml_of(item) for item in value) + "]"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return repr(value).replace("inf", ".inf").replace("nan", ".nan")


@st.composite
def mangled(draw, texts=tuple(TEXTS)):
    """A bundled file with pieces cut out, doubled, moved or put in."""
    content = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(content)))
        to = min(len(content), at + draw(st.integers(0, 12)))
        content = draw(
            st.sampled_from([content[:at] + content[to:], content[:to] + content[at:], content[:at] + content[to:] + content[at:to]])
        ) if draw(st.booleans()) else content[:at] + draw(BITS | st.text(max_size=3)) + content[to:]  # fmt: skip
    return content


@given(mangled())
def test_mangled_scenarios(content):
    scenario_or_error(content)


@given(mangled(texts=(SWEEP,)))
def test_mangled_sweeps(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "fuzz-sweep.yaml"
    path.write_text(content, encoding="utf-8", errors="surrogatepass")
    try:
        load_sweep(path)
    except UserError as error:
        check_message(error, printable=False)


@given(st.text() | st.lists(BITS | st.text(max_size=2), max_size=30).map("".join))
def test_any_text(content):
    try:
        assert isinstance(parse_yaml(content, "f"), YamlDocument)
    except UserError as error:
        check_message(error)
    scenario_or_error(content)


@given(st.binary(max_size=200))
def test_any_bytes(raw):
    try:
        parse_yaml(raw, "f")
    except UserError as error:
        check_message(error)


@given(st.dictionaries(st.sampled_from(TOP_KEYS) | st.text(max_size=8), ANYTHING, max_size=4))
def test_any_value_at_the_top(data):
    scenario_or_error("\n".join(f"{yaml_of(key)}: {yaml_of(value)}" for key, value in data.items()))


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from(PATHS), ANYTHING), max_size=4))
def test_any_value_anywhere(pairs):
    for path, value in pairs:
        section, key = path.split(".", 1)
        scenario = scenario_or_error(f"{section}: {{{key}: {yaml_of(value)}}}")
        if scenario is not None and path in REGISTRY:
            assert scenario.values[path] == REGISTRY[path].check(scenario.values[path])


@given(st.sampled_from(SECTIONS), st.dictionaries(st.text(max_size=10), ANYTHING, max_size=3))
def test_any_key_in_a_section(section, data):
    scenario_or_error(f"{section}: {yaml_of(data)}")


@given(
    st.sampled_from(PATHS) | st.text(max_size=12),
    ANYTHING.map(yaml_of) | st.text(max_size=20),
    st.sampled_from(["flat", "base"]),
)
def test_any_set(path, value, name):
    try:
        load(name, [f"{path}={value}"])
    except UserError as error:
        check_message(error)


@given(st.text(max_size=40))
def test_any_name(name):
    try:
        load(name)
    except UserError as error:
        check_message(error)


@given(
    st.dictionaries(
        st.sampled_from(["ics", "management_layers", "spans", "hold", "remove_layer"]),
        ANYTHING
        | st.integers(1, 200)
        | st.lists(st.integers(1, 50), min_size=1, max_size=4)
        | st.sampled_from(["ics", "payroll"]),
    )
)
def test_structures_that_are_accepted_can_be_built(organisation):
    from sim.scenario.tree import tree_of

    scenario = scenario_or_error(f"extends: layered\norganisation: {yaml_of(organisation)}")
    if scenario is None:
        return
    try:
        assert tree_of(scenario).n > 0
    except UserError as error:
        check_message(error)
