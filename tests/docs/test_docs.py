"""The docs tell the truth: every command in them is executed, every figure computed, every link and generated page checked.

- ```` ```console ```` blocks: a line ``$ orgsim ...`` is a command; the lines up to the next one are its output. All blocks of a
  page run in order in one folder that holds copies of `scenarios/` and `docs/examples/`. A line ``...`` stands for any lines.
  Everything else must be equal, numbers included. An output that begins with ``Error:`` belongs to exit code 2. A command
  without output is not executed; its options are checked. An output of ``?`` waits for ``--update``.
- A ```` ```yaml ```` block whose first line is ``# file: NAME`` is written to that folder under the name.
- ``>>>`` in ```` ```pycon ```` blocks are doctests.
- Figures in sentences stand between comments: ``<!-- figure layered changes_per_ic_week 2f -->3.00<!-- / -->`` (8 runs, seed 1;
  ``flat/layered`` is a relative difference), ``<!-- parameter review.detection -->`` and ``<!-- count assumptions -->``.

``python tests/docs/test_docs.py --update [PAGE.md ...]`` writes what is current: generated pages, outputs (shortened where they were), figures.
"""

import difflib
import doctest
import functools
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).absolute().parents[2]
RUNS = 8
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FIGURE = re.compile(r"<!-- (figure|parameter|count) ([^>]*?) -->(.*?)<!-- / -->", re.DOTALL)
MINUTE = re.compile(
    r"[\d,]+ of [\d,]+ runs[;,]"
)  # of a sweep's progress: there is a line a minute, so none on a fast machine
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
README_COMMANDS = (
    "python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt . "
    "&& .venv/bin/orgsim sweep scenarios/flat-vs-layered.yaml",
    "python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt -e '.[test]' "
    "&& .venv/bin/python -m pytest -q -n auto --dist loadfile",
)


def documents() -> list[Path]:
    """Every page, as a path below the root."""
    found = [
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        ROOT / "results" / "README.md",
        *(ROOT / "docs").rglob("*.md"),
    ]
    return sorted(path.relative_to(ROOT) for path in found)


def read(page: Path) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


# ---- console blocks


@dataclass(frozen=True)
class Step:
    """One command of a console block with its expected output."""

    command: str
    expected: tuple[str, ...]


def steps(block: str) -> list[Step]:
    """The commands of a console block."""
    found: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif not found:
            raise ValueError(f"a console block begins with a command, not with {line!r}")
        else:
            found[-1][1].append(line)
    return [Step(command, tuple(_trimmed(expected))) for command, expected in found]


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines.pop()
    return [line.rstrip() for line in lines]


def execute(command: str, folder: Path) -> tuple[int, list[str]]:
    """Exit code and output (stderr after stdout) of ``orgsim ...`` in the folder."""
    words = shlex.split(command, comments=True)
    assert words[0] == "orgsim", f"only orgsim is executed, not {command!r}"
    changes = {"NO_COLOR": "1", "COLUMNS": "120", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *words[1:]],
        cwd=folder, env={**os.environ, **changes}, capture_output=True, encoding="utf-8", timeout=600, check=False,
    )  # fmt: skip
    errors = [line for line in done.stderr.splitlines() if not MINUTE.match(line)]
    return done.returncode, _trimmed([*done.stdout.splitlines(), *errors])


def check_options(command: str) -> None:
    """Raise click's error if a command that is only named has options that do not exist."""
    import cli

    words = shlex.split(command, comments=True)[1:]
    # With the program's settings: click keeps the help option that it makes first, which the reference shows.
    group = click.Context(cli.cli, **cli.cli.context_settings)
    chosen = cli.cli.get_command(group, words[0])
    assert chosen is not None, f"there is no command {words[0]}"
    chosen.make_context(words[0], words[1:], parent=group)


def prepare(folder: Path) -> None:
    """Fill the folder in which a page's commands run."""
    shutil.copytree(ROOT / "scenarios", folder / "scenarios")
    shutil.copytree(ROOT / "docs" / "examples", folder / "docs" / "examples")


def matches(expected: tuple[str, ...], found: list[str]) -> bool:
    """True if the output is as expected; a line ``...`` stands for any number of lines."""
    pattern = "".join(r"(?:.*\n)*?" if line == "..." else re.escape(line) + r"\n" for line in expected)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in found)) is not None


def run_page(page: Path, folder: Path, check) -> str:
    """Execute a page; return its text with every block passed through `check(step, exit code, output)`."""

    def block(match: re.Match) -> str:
        kind, body = match.groups()
        first, _, rest = body.partition("\n")
        if kind == "yaml" and first.startswith("# file: "):
            (folder / first.removeprefix("# file: ").strip()).write_text(rest, encoding="utf-8")
        if kind != "console":
            return match.group(0)
        shown = []
        for step in steps(body):
            if not step.expected:
                check_options(step.command)
                shown.append(f"$ {step.command}")
                continue
            code, output = execute(step.command, folder)
            shown += [f"$ {step.command}", *check(step, code, output), ""]
        return "```console\n" + "\n".join(shown).rstrip() + "\n```"

    return FENCE.sub(block, read(page))


def has_console(page: Path) -> bool:
    return any(kind == "console" for kind, _ in FENCE.findall(read(page)))


@pytest.mark.slow
@pytest.mark.parametrize("page", [p for p in documents() if has_console(p)], ids=str)
def test_commands_print_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    def check(step: Step, code: int, output: list[str]) -> list[str]:
        failing = bool(step.expected) and step.expected[0].startswith("Error:")
        assert code == (2 if failing else 0), f"{step.command}: exit code {code}\n" + "\n".join(output)
        difference = "\n".join(difflib.unified_diff(step.expected, output, "page", "program", lineterm=""))
        assert matches(step.expected, output), f"{page}: $ {step.command}\n{difference}"
        return output

    prepare(tmp_path)
    run_page(page, tmp_path, check)


# ---- doctests and figures


@pytest.mark.slow
@pytest.mark.parametrize("page", [p for p in documents() if ">>> " in read(p)], ids=str)
def test_python_in_a_page_runs(page: Path) -> None:
    text = "\n".join(body for kind, body in FENCE.findall(read(page)) if kind in ("python", "pycon"))
    test = doctest.DocTestParser().get_doctest(text, {}, str(page), str(page), 0)
    assert test.examples
    found: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=found.append)
    assert not found, "".join(found)


@functools.cache
def mean_outcomes(scenario: str) -> dict[str, float]:
    """Mean outcomes of a bundled scenario over the runs that the docs use."""
    from sim.scenario.scenario import load
    from sim.simulation.run import run

    return {
        name: float(values.mean()) for name, values in run(load(scenario), runs=RUNS, seed=1).outcomes.items()
    }


def current(kind: str, words: str) -> str:
    """What a marked figure should read."""
    from sim.outcomes.declared import OUTCOMES
    from sim.parameters.registry import REGISTRY

    if kind == "parameter":
        value = REGISTRY[words].value
        return f"{value:g}" if isinstance(value, float) else str(value)
    if kind == "count":
        every = REGISTRY.values()
        counts = {
            "parameters": len(REGISTRY),
            "uncertain": sum(parameter.uncertain for parameter in every),
            "assumptions": sum(parameter.assumed for parameter in every),
            "outcomes": len(OUTCOMES),
        }
        return str(counts[words])
    scenario, outcome, style = words.split()
    if "/" in scenario:
        scenario, base = scenario.split("/")
        value = mean_outcomes(scenario)[outcome] / mean_outcomes(base)[outcome] - 1.0
    else:
        value = mean_outcomes(scenario)[outcome]
    return f"{value:,.{style}}".replace("%", " %")


@pytest.mark.parametrize("page", [p for p in documents() if FIGURE.search(read(p))], ids=str)
def test_figures_in_sentences_are_current(page: Path) -> None:
    for kind, words, shown in FIGURE.findall(read(page)):
        assert shown == current(kind, words), f"{page}: {kind} {words}"


# ---- files


@pytest.mark.slow
def test_generated_pages_are_current() -> None:
    from sim.reference.pages import pages

    for path, text in pages(ROOT).items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale: python -m sim.reference"


def test_the_reference_has_every_command() -> None:
    import cli
    from sim.reference.pages import commands

    assert set(commands()) == set(cli.COMMANDS)


def anchors(page: Path) -> set[str]:
    """Anchors of the headings of a page, as they are made by common Markdown viewers."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", (page).read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", documents(), ids=str)
def test_links_resolve(page: Path) -> None:
    for target in LINK.findall(FENCE.sub("", read(page))):
        if re.match(r"https?:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (ROOT / page).parent / name if name else ROOT / page
        assert path.exists(), f"{page}: {target}"
        if anchor and path.suffix == ".md":
            assert anchor in anchors(path), f"{page}: no heading for {target}"


def test_every_page_is_reachable_from_the_index() -> None:
    index = read(Path("docs/index.md"))
    for page in documents():
        if page.parts[0] == "docs" and page.name != "index.md":
            assert page.relative_to("docs").as_posix() in index, f"docs/index.md does not lead to {page}"


def test_pictures_are_small() -> None:
    pictures = [p for p in (ROOT / "docs" / "images").iterdir() if p.suffix in (".png", ".svg")]
    assert pictures
    assert all(picture.stat().st_size < 200_000 for picture in pictures)


def test_the_readme_has_the_two_commands() -> None:
    lines = read(Path("README.md")).splitlines()
    assert all(command in lines for command in README_COMMANDS)


def test_the_matcher_takes_dots_for_any_lines_and_nothing_else() -> None:
    assert matches(("a", "...", "c 1.5"), ["a", "b", "b", "c 1.5"])
    assert matches(("...",), [])
    assert not matches(("a", "...", "c 1.5"), ["a", "b", "c 1.6"])
    assert not matches(("a",), ["a", "b"])
    assert shortened(("x", "...", "cost  12.0  [1, 2]", "..."), ["x", "y", "z", "cost  13.5  [2, 3]", "w"]) == [
        "x", "...", "cost  13.5  [2, 3]", "...",
    ]  # fmt: skip
    assert shortened(("...", "", "end 1"), ["a", "", "b", "", "end 2"]) == ["...", "", "end 2"]


# ---- update


def shortened(expected: tuple[str, ...], found: list[str]) -> list[str]:
    """The output, cut with ``...`` where the page cut it: each kept line is found again by its words."""
    if "..." not in expected:
        return found
    shown, at = [], 0
    for line in expected:
        if line == "..." or (
            not line and shown[-1:] == ["..."]
        ):  # an empty line after a cut goes with what follows it
            shown += [line] if line else []
            continue
        rest = [_words(other) for other in found[at:]]
        likeness = [difflib.SequenceMatcher(None, _words(line), other).ratio() for other in rest]
        best = max(range(len(rest)), key=lambda k: (likeness[k], -k), default=-1)
        if best < 0 or likeness[best] < 0.6:
            return found  # the output is no longer what was cut: show it all
        if best > 0 and shown and shown[-1] != "...":
            shown.append("...")
        if shown[-1:] == ["..."] and at + best > 0 and not found[at + best - 1]:
            shown.append("")
        shown.append(found[at + best])
        at += best + 1
    return shown


def _words(line: str) -> str:
    return " ".join(re.sub(r"[-+]?[\d.,]+(e-\d+)?|-{3,}", "#", line).split())


def fresh(step: Step, code: int, output: list[str]) -> list[str]:
    """What the page should show; a command that fails where it did not is left as it is, and said."""
    if code != 0 and step.expected != ("?",) and not step.expected[0].startswith("Error:"):
        print(f"exit code {code}, left as it was: {step.command}\n  " + "\n  ".join(output))
        return list(step.expected)
    return shortened(step.expected, output)


def update(only: list[str]) -> None:
    """Write what is current into every page, or into the generated pages and those whose names are given."""
    from sim.reference.pages import write

    for path in write(ROOT):
        print(f"written: {path.name}")
    for page in documents():
        if only and page.name not in only:
            continue
        before = read(page)
        text = before
        if has_console(page):
            with tempfile.TemporaryDirectory() as name:
                prepare(Path(name))
                text = run_page(page, Path(name), fresh)
        text = FIGURE.sub(lambda m: f"<!-- {m[1]} {m[2]} -->{current(m[1], m[2])}<!-- / -->", text)
        if text != before and read(page) != before:
            print(f"{page} was edited meanwhile: not written, run this again")
        elif text != before:
            (ROOT / page).write_text(text, encoding="utf-8")
            print(f"written: {page}")


if __name__ == "__main__":
    if sys.argv[1:2] != ["--update"]:
        sys.exit("usage: python tests/docs/test_docs.py --update [PAGE.md ...]")
    sys.path.insert(0, str(ROOT))
    update(sys.argv[2:])
