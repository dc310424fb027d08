"""Reports in Debian's Chromium, offline: no request, no sideways scrolling, nothing that axe-core finds (WCAG 2.2 AA).

At 360 and 1280 px, light, dark and as printed, with and without scripts. Needs the extra `browser` (Playwright, axe-core) and a
Chromium of the system; where one is missing the tests are skipped.
"""

import shutil
from pathlib import Path

import pytest
from helpers.results import KINDS, make

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="needs the extra 'browser': pip install -e '.[browser]'"
)
axe = pytest.importorskip(
    "axe_playwright_python", reason="needs the extra 'browser': pip install -e '.[browser]'"
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("needs Chromium: apt-get install chromium", allow_module_level=True)

pytestmark = pytest.mark.slow
AXE = Path(axe.__file__).parent / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = {"target-size": {"enabled": True}}  # of WCAG 2.2; off by default
SIZES = (360, 1280)
SCHEMES = ("light", "dark")
#: Where axe-core looks: contrast hangs on the scheme, the size of targets on the width.
AXED = (("light", 360), ("dark", 1280))
OPEN = "document.querySelectorAll('details').forEach(one => { one.open = true; })"


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module", params=KINDS)
def report(request, tmp_path_factory):
    """A report in a folder of its own, with nothing beside it that it could fetch."""
    from sim.report.report import report as write

    made = make(request.param, tmp_path_factory.mktemp("results"))
    return write(made, tmp_path_factory.mktemp("alone") / "report.html")


@pytest.fixture
def opened(browser, report):
    """Opens the report; tells what it asked for and what went wrong."""
    contexts = []

    def give(width=1280, scheme="light", **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, **options
        )
        contexts.append(context)
        page = context.new_page()
        asked, errors = [], []
        page.on("request", lambda one: asked.append(one.url))
        page.on("pageerror", lambda one: errors.append(str(one)))
        page.on("console", lambda one: errors.append(one.text) if one.type == "error" else None)
        page.goto(report.as_uri())
        return page, asked, errors

    yield give
    for context in contexts:
        context.close()


def width(page):
    return page.evaluate("document.documentElement.scrollWidth")


def findings(page):
    """What axe-core finds, as lines of text. Folds are opened, so that what is in them is looked at, too."""
    page.evaluate(OPEN)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "([tags, rules]) => axe.run(document, {runOnly: {type: 'tag', values: tags}, rules, resultTypes: ['violations'], selectors: false})",
        [TAGS, RULES],
    )
    assert len(found["passes"]) > 10
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]


def test_no_request_no_sideways_scrolling_nothing_that_axe_finds(opened, report):
    for scheme in SCHEMES:
        for size in SIZES:
            page, asked, errors = opened(size, scheme)
            assert asked == [report.as_uri()]
            assert errors == []
            assert width(page) <= size
            if (scheme, size) in AXED:
                assert findings(page) == [], (scheme, size)
            page.evaluate(OPEN)
            assert width(page) <= size, "with all folds open"


def test_in_print(opened):
    page, _, _ = opened(794, "dark")  # A4 at 96 dpi
    page.emulate_media(media="print")
    assert width(page) <= 794
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") in (
        "rgba(0, 0, 0, 0)",
        "rgb(255, 255, 255)",
    )
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert len(page.pdf(format="A4")) > 10_000


def test_all_is_readable_without_scripts(opened):
    page, _, _ = opened(360, java_script_enabled=False)
    words = page.inner_text("body")
    with_script, _, _ = opened(360)
    for heading in with_script.locator("h2").all_inner_texts():
        assert heading in words
    options = with_script.locator(".option")
    for name in options.evaluate_all(
        "all => all.map(one => one.querySelector('h3')?.textContent).filter(Boolean)"
    ):
        assert name in words


def test_the_script_switches_sorts_and_shows_values(opened):
    page, _, _ = opened()
    select = page.locator("select").first
    if select.count():
        choice = page.locator(".choice").first
        assert choice.locator(":scope > .option:visible").count() == 1
        select.select_option(index=1)
        assert choice.locator(":scope > .option").nth(1).is_visible()
        assert not choice.locator(":scope > .option").nth(0).is_visible()
    page.evaluate(OPEN)
    button = page.locator("thead th button:visible").first
    if button.count():  # tables of four rows and more are sorted
        table = page.locator("table", has=button).first
        before = table.locator("tbody tr").all_inner_texts()
        button.click()
        assert table.locator("thead th").first.get_attribute("aria-sort") == "ascending"
        up = table.locator("tbody tr").all_inner_texts()
        assert sorted(up) == sorted(before)
        button.click()
        assert table.locator("thead th").first.get_attribute("aria-sort") == "descending"
    texts = page.locator("svg [data-tip]:visible").evaluate_all("all => all.map(one => one.dataset.tip)")
    mark = page.locator("svg [data-tip]:visible").last
    mark.scroll_into_view_if_needed()
    mark.hover(force=True)  # another mark may lie above its middle
    assert page.locator("#tip").inner_text() in texts
