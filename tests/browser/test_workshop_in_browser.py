"""The workshop in Debian's Chromium: every request but to the server itself aborted, nothing that axe-core finds (WCAG 2.2 AA).

At 360, 390 and 1366 px, light and dark, with and without scripts, by keyboard alone. Needs the extras `browser` and `workshop` and a
Chromium of the system; where one is missing the tests are skipped.
"""

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.cli import environment

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="needs the extra 'browser': pip install -e '.[browser]'"
)
axe = pytest.importorskip(
    "axe_playwright_python", reason="needs the extra 'browser': pip install -e '.[browser]'"
)
pytest.importorskip("starlette", reason="needs the extra 'workshop': pip install -e '.[workshop]'")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("needs Chromium: apt-get install chromium", allow_module_level=True)

pytestmark = pytest.mark.slow
AXE = Path(axe.__file__).parent / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = {"target-size": {"enabled": True}}  # of WCAG 2.2; off by default
DONE = "#results[data-done=yes]"
PATIENCE = 240_000  # ms, for the first results: the engine may have to be compiled


@pytest.fixture(scope="module")
def address():
    """The real command, on a free port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "workshop", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
    )  # fmt: skip
    found = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
    yield found.group()
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (0, "")


@pytest.fixture(scope="module")
def chromium():
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def opened(chromium, address):
    """Opens a page of the workshop; tells what it asked elsewhere and what went wrong."""
    contexts = []

    def give(path="", width=1366, scheme="light", **options):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page, wrong = context.new_page(), []
        page.set_default_timeout(PATIENCE)

        def only_own(route):
            if route.request.url.startswith(address):
                return route.continue_()
            wrong.append(route.request.url)
            return route.abort()

        page.route("**/*", only_own)
        page.on("pageerror", lambda one: wrong.append(str(one)))
        page.on("console", lambda one: wrong.append(one.text) if one.type == "error" else None)
        page.goto(address + path)
        return page, wrong

    yield give
    for context in contexts:
        context.close()


def findings(page):
    """What axe-core finds, as lines of text, with all folds open."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "([tags, rules]) => axe.run(document, {runOnly: {type: 'tag', values: tags}, rules, resultTypes: ['violations']})",
        [TAGS, RULES],
    )
    return [
        f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]} ({len(one['nodes'])})"
        for one in found["violations"]
    ]


def chosen(page, *steps):
    """Choose steps and send the form; returns once all is computed."""
    for step in steps:
        page.get_by_label(step, exact=True).check()
    page.get_by_role("button", name="Run this design").click()
    page.wait_for_url("**/designs/*")
    page.wait_for_selector(DONE)


def test_a_design_is_chosen_run_and_replayed(opened):
    page, wrong = opened(width=390)
    assert "36 ICs and 13 managers in 3 layers" in page.content()
    chosen(page, "6 and 6")
    # Results came without loading the page again, and the reader of a screen is told the verdict.
    headline = page.locator("#headline").inner_text()
    assert re.match(r"Your design delivers [\d.]+ % more value per payroll dollar than the base", headline)
    assert page.locator("#status").inner_text() == headline
    assert "of 16 plausible worlds" in page.locator(".answer").inner_text()
    assert page.evaluate("document.activeElement.closest('#results') !== null || window.scrollY > 300")
    page.get_by_role("link", name="Replay one run").click()
    page.wait_for_selector("#replay")
    assert page.locator("#frame-title").inner_text() == "Week 1"
    page.locator("#step-next").click()
    page.wait_for_selector("#replay[data-k='2']")
    assert page.locator("#frame-title").inner_text() == "Week 2"
    assert page.url.endswith("/2")
    page.locator("#speed").select_option("200")
    page.locator("#play").click()
    page.wait_for_selector("#replay:not([data-k='2']):not([data-k='3'])")
    page.locator("#play").click()
    assert page.locator("#play").inner_text() == "Play"
    assert wrong == []


def test_everything_works_without_scripts(opened):
    page, wrong = opened(java_script_enabled=False)
    page.get_by_label("6 and 6", exact=True).check()
    page.get_by_role("button", name="Run this design").click()
    for _ in range(200):
        if page.locator(DONE).count():
            break
        page.wait_for_timeout(300)
        page.goto(page.url)
    assert page.locator("#headline").count() == 1
    assert page.locator("details").count() >= 5
    page.get_by_role("link", name="Replay one run").click()
    page.get_by_role("link", name="Next").click()
    assert page.locator("#frame-title").inner_text() == "Week 2"
    page.get_by_role("link", name="base", exact=True).click()
    assert page.locator("#frame-title").inner_text() == "Week 2"
    assert wrong == []


def test_a_design_is_run_by_keyboard_alone(opened):
    page, wrong = opened(width=1366)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "shape"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/designs/2*")
    page.wait_for_selector(DONE)
    assert "44 ICs and 7 managers" in page.content()
    assert wrong == []


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 390), ("dark", 1366), ("dark", 360), ("light", 1366)]
)
def test_axe_finds_nothing_and_nothing_is_cut(opened, scheme, width):
    page, wrong = opened(width=width, scheme=scheme)
    chosen(page, "6 and 6")
    paths = ["", re.search(r"designs/\d+", page.url).group()]
    paths += [f"{paths[1]}/replay", "nothing"]
    root = page.url[: page.url.index("designs")]
    for path in paths:
        page.goto(root + path)
        page.wait_for_load_state()
        if path in paths[:2]:
            page.wait_for_selector(DONE)
        assert findings(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert [one for one in wrong if "404" not in one] == []


def test_nothing_is_cut_at_twice_the_size(opened):
    """1280 px at 200 % is a page of 640 px."""
    page, _ = opened(width=640)
    chosen(page, "6 and 6")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
