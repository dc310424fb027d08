"""The pages without a browser: what they show, what they refuse, and that nothing brings them down."""

import re
from html import unescape
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("starlette", reason="needs the extra 'workshop': pip install -e '.[workshop]'")
testclient = pytest.importorskip("starlette.testclient", reason="needs httpx: pip install httpx")

from sim.workshop import guard, texts  # noqa: E402
from sim.workshop.app import STATIC, make_app  # noqa: E402
from sim.workshop.design import Designs  # noqa: E402
from sim.workshop.desk import Desk  # noqa: E402
from sim.workshop.lesson import load_lesson  # noqa: E402
from sim.workshop.pictures import without_styles  # noqa: E402

HOST = "127.0.0.1:8000"
OWN = {"origin": f"http://{HOST}"}


def client(designs, desk, **options):
    app = make_app(designs, desk, guard.hosts_of(8000))
    return testclient.TestClient(app, base_url=f"http://{HOST}", follow_redirects=False, **options)


@pytest.fixture(scope="module")
def idle():
    """The bundled lesson, with a desk that computes nothing."""
    designs = Designs(load_lesson("flat-or-layered"))
    return designs, Desk(designs)


@pytest.fixture(scope="module")
def browser(idle):
    return client(*idle)


@pytest.fixture(scope="module")
def computed(played):
    """A small lesson with results: (client, key of the design that has them)."""
    designs, desk, design = played
    return client(designs, desk), design.key


def text_of(page):
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


# ---- what is shown


def test_the_first_page_is_a_plain_form_with_the_base_chosen(idle, browser):
    page = browser.get("/").text
    designs, _ = idle
    assert '<form method="post" action="/designs">' in page
    chosen = re.findall(r'name="([^"]+)" value="([^"]+)" checked', page)
    assert chosen == [(lever.key, lever.steps[lever.base].key) for lever in designs.lesson.levers]
    assert page.count("<fieldset") == len(designs.lesson.levers)
    assert "36 ICs and 13 managers in 3 layers" in page


def test_without_a_script_the_form_leads_to_its_design_and_a_link_looks_again(idle, browser):
    designs, _ = idle
    answer = browser.post("/designs", data={"shape": "6-6", "ai": "60"}, headers=OWN)
    key = designs.chosen({"shape": ["6-6"], "ai": ["60"]}).key
    assert (answer.status_code, answer.headers["location"]) == (303, f"/designs/{key}#results")
    page = browser.get(f"/designs/{key}").text
    assert 'value="6-6" checked' in page
    assert "44 ICs and 7 managers in 2 layers; first-line teams of 7 to 8." in page
    assert "6 managers fewer pay for 8 ICs more" in page
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert f'<a href="/designs/{key}#results">Look again</a>' in page
    assert texts.WAITING in unescape(page)


def test_results_come_with_intervals_and_with_the_share_of_plausible_worlds(computed):
    browser, key = computed
    text = text_of(browser.get(f"/designs/{key}").text)
    assert re.search(
        r"(Your design delivers|No difference beyond noise in).* \(95 % interval [-+]?[\d.]+ to [-+]?[\d.]+ %\)",
        text,
    )
    assert re.search(r"holds in \d+ % \[\d+, \d+\] of 16 plausible worlds", text)
    for name in (
        "value delivered per week",
        "lead time, start to merge",
        "guessed decisions",
        "change failure rate",
    ):
        assert name in text
    assert "Look again" not in text
    assert "orgsim compare workshop-base.yaml workshop-design.yaml --runs" in text


def test_nothing_within_noise_is_given_as_a_reason(computed):
    browser, key = computed
    page = browser.get(f"/designs/{key}/results").text
    assert "<h3>Why?</h3>" in page
    # No AI in the design: less checking, beyond any noise.
    assert re.search(r"Checking AI: -\d", page)
    assert "Meetings:" not in page  # their share is fixed


def test_the_script_gets_new_results_only(computed):
    browser, key = computed
    page = browser.get(f"/designs/{key}/results").text
    assert page.startswith('<section id="results"')
    version = re.search(r'data-version="(\d+)"', page).group(1)
    assert browser.get(f"/designs/{key}/results?after={version}").status_code == 204
    assert browser.get(f"/designs/{key}/results?after=0").status_code == 200
    assert 'data-done="yes"' in page


def test_designs_that_were_tried_are_listed_each_against_the_base(computed):
    browser, _ = computed
    text = text_of(browser.get("/").text)
    assert "Tried so far AI: none:" in text
    assert texts.PAGE["tried_note"] in text


def test_pages_have_no_inline_style_or_script(computed):
    browser, key = computed
    for path in ("/", f"/designs/{key}", "/nothing"):
        page = browser.get(path).text
        assert not re.search(r"<[^>]*\s(style|on\w+)=", page)
        assert "<style" not in page
        assert re.findall(r"<script[^>]*>", page) in ([], ['<script src="/static/workshop.js" defer>'])
        assert not re.search(r"(src|href)=\"(https?:)?//", page)


def test_style_attributes_of_pictures_become_attributes():
    svg = '<svg><path style="fill: none; stroke: var(--ink)" d="M 0 0"/><text style="font-size: 9px">a</text></svg>'
    root = ElementTree.fromstring(without_styles(svg))
    assert root[0].attrib == {"fill": "none", "stroke": "var(--ink)", "d": "M 0 0"}
    assert root[1].attrib == {"font-size": "9px"}


def test_pictures_of_pages_are_whole(computed):
    browser, key = computed
    drawn = re.findall(r"<svg.*?</svg>", browser.get(f"/designs/{key}").text, flags=re.DOTALL)
    assert len(drawn) == 5  # two charts, changes, hours of ICs and of managers
    for svg in drawn:
        ElementTree.fromstring(svg)  # an attribute twice would be an error
        assert "style=" not in svg


@pytest.mark.parametrize("name", STATIC)
def test_style_and_script_come_from_here(browser, name):
    answer = browser.get(f"/static/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(STATIC[name][2])
    assert "@import" not in answer.text
    assert not re.search(r"url\(|https?://(?!www\.w3\.org/2000/svg)", answer.text)


def test_the_script_is_short(browser):
    assert len(browser.get("/static/workshop.js").text.splitlines()) <= 300


# ---- what is refused


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:80", "localhost:8000.evil.example", "[::1]:8000", ""]
)
def test_only_own_addresses_are_answered(browser, host):
    answer = browser.get("/", headers={"host": host})
    assert (answer.status_code, answer.text) == (400, texts.WRONG_HOST + "\n")


def test_localhost_is_an_own_address(browser):
    assert browser.get("/", headers={"host": "localhost:8000"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "https://127.0.0.1:8000"},
        {"origin": "http://127.0.0.1:9000"},
        {"origin": "http://localhost:8000"},  # another origin than the host that was asked
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://evil.example", "sec-fetch-site": "same-origin"},
    ],
)
def test_forms_of_other_pages_are_not_taken(idle, browser, headers):
    _, desk = idle
    before = len(desk.tried())
    answer = browser.post("/designs", data={"shape": "9-4"}, headers=headers)
    assert (answer.status_code, answer.text) == (403, texts.WRONG_ORIGIN + "\n")
    assert len(desk.tried()) == before


def test_a_browser_that_sends_no_origin_is_believed_its_fetch_site(browser):
    answer = browser.post("/designs", data={"shape": "9-4"}, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 303


def test_large_bodies_are_not_read(browser):
    assert browser.post("/designs", content=b"a=" + b"x" * guard.MOST_BYTES, headers=OWN).status_code == 413

    def pieces():
        for _ in range(20):
            yield b"x" * 1000

    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = browser.post("/designs", content=pieces(), headers=OWN | form)  # says no length
    assert (answer.status_code, answer.text) == (413, texts.TOO_LARGE + "\n")
    assert browser.get("/?" + "x" * guard.MOST_TARGET).status_code == 414
    assert (
        browser.post("/designs", content=b"a=b", headers={**OWN, "content-length": "-1"}).status_code == 413
    )


def test_unknown_steps_and_levers_are_refused_in_a_sentence(browser):
    for data, said in (
        ({"shape": "7-7"}, "there is no step '7-7'"),
        ({"spans": "[1]"}, "'spans' is no lever of this lesson"),
        ({"shape": ["6-6", "9-4"]}, "2 steps were chosen"),
        ({"shape": "<script>alert(1)</script>"}, "there is no step"),
    ):
        answer = browser.post("/designs", data=data, headers=OWN)
        assert answer.status_code == 400
        assert said in unescape(answer.text)
        assert "<script>alert" not in answer.text
    assert browser.get("/designs/99").status_code == 400


def test_other_kinds_of_forms_are_refused(browser):
    assert browser.post("/designs", json={"shape": "6-6"}, headers=OWN).status_code == 415
    assert browser.post("/designs", files={"shape": b"6-6"}, headers=OWN).status_code == 415
    form = {"content-type": "application/x-www-form-urlencoded"}
    for content in ("=&&=;", "ä=1".encode(), b"a", b"\xff\xfe", b"&".join(b"a=1" for _ in range(200))):
        assert browser.post("/designs", content=content, headers=OWN | form).status_code == 400


def test_what_is_not_there_leads_home(browser):
    for path in ("/nothing", "/static/../app.py", "/static/app.py", "/static/", "/designs/1/2/3"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert texts.NOT_FOUND in answer.text
    assert browser.get("/designs").status_code == 405
    assert browser.delete("/", headers=OWN).status_code == 405


def test_every_answer_has_the_headers(browser):
    answers = [
        browser.get("/"), browser.get("/nothing"), browser.get("/static/workshop.css"), browser.get("/", headers={"host": "x"}),
        browser.post("/designs", data={"shape": "1"}, headers=OWN), browser.post("/designs", content=b"x" * 9000, headers=OWN),
    ]  # fmt: skip
    for answer in answers:
        for name, value in guard.HEADERS.items():
            assert answer.headers[name] == value
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers
    assert "unsafe" not in guard.HEADERS["content-security-policy"]


def test_an_error_inside_is_a_sentence(idle, monkeypatch, capsys):
    designs, _ = idle
    desk = Desk(designs)
    broken = client(designs, desk, raise_server_exceptions=False)
    monkeypatch.setattr(desk, "look", lambda _: 1 / 0)
    answer = broken.get("/")
    assert (answer.status_code, answer.text) == (500, texts.BROKEN + "\n")
    assert answer.headers["x-frame-options"] == "DENY"
    said = capsys.readouterr().err
    assert said.startswith("Error: GET /: ZeroDivisionError")
    assert "Traceback" not in said


# ---- whatever is sent

_STEPS = st.sampled_from(["4-3-3", "6-6", "today", "none", "60", "with", "half", "quarter", "bottom-up"])
_NAMES = st.sampled_from(["shape", "ai", "agents", "review", "reviewer", "hands-on", "people", "policy"])
_PAIRS = st.lists(st.tuples(_NAMES | st.text(max_size=12), _STEPS | st.text(max_size=40)), max_size=9)


@settings(max_examples=25)
@given(_PAIRS)
def test_no_form_brings_it_down(browser, pairs):
    data: dict[str, list[str]] = {}
    for name, value in pairs:
        data.setdefault(name, []).append(value)
    answer = browser.post("/designs", data=data, headers=OWN)
    assert answer.status_code in (303, 400, 413, 415)  # 415: nothing at all was sent
    assert "Traceback" not in answer.text
    assert 'File "' not in answer.text


@settings(max_examples=25)
@given(
    st.binary(max_size=300),
    st.sampled_from(["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "a/b", ""]),
)
def test_no_body_brings_it_down(browser, content, kind):
    answer = browser.post("/designs", content=content, headers=OWN | {"content-type": kind})
    assert answer.status_code < 500
    assert "Traceback" not in answer.text


@settings(max_examples=25)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="/?#"), min_size=1, max_size=20))
def test_no_address_brings_it_down(browser, key):
    from urllib.parse import quote

    for path in (f"/designs/{quote(key)}", f"/designs/{quote(key)}/results", f"/static/{quote(key)}"):
        answer = browser.get(path)
        assert answer.status_code in (200, 204, 400, 404)
        assert "Traceback" not in answer.text
