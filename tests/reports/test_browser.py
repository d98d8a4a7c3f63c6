"""The page in a real browser: nothing cut, nothing blocked, nothing that axe objects to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from okaeri.base.text import LANGUAGES
from tests.reports.conftest import Kept

Scheme = Literal["light", "dark"]
pytestmark = pytest.mark.browser

OUTSIDE = """() => [...document.querySelectorAll('main *, header *')].filter(e => {
    if (e.closest('.scroll, .grown, pre, svg, .vh, .skip') && !e.matches('.scroll, .grown, pre')) return false;
    const box = e.getBoundingClientRect();
    return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
}).map(e => e.outerHTML.slice(0, 90))"""


@pytest.fixture
def open_page(browser: Browser, file_of: Kept) -> Iterator[Any]:
    """Open the report in a language; the page carries what it asked for and complained about."""
    contexts = []

    def opened(lang: str, *, scheme: Scheme = "light", width: int = 1280) -> tuple[Page, list[str], list[str]]:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(file_of(lang).as_uri())
        return page, asked, complaints

    yield opened
    for context in contexts:
        context.close()


def click_everything(page: Page) -> None:
    """Open every box as a reader would."""
    for summary in page.locator("summary").all():
        summary.click()


def open_everything(page: Page) -> None:
    """Open every box at once, for what is asked of the page when all are open."""
    page.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true })")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_runs_over_at_any_width(open_page: Any, lang: str) -> None:
    """In the light at every width, in the dark, which has other colours and drawings of the same size, at one."""
    page, _asked, _complaints = open_page(lang)
    for width, scheme in [(1280, "light"), (768, "light"), (360, "light"), (360, "dark")]:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)

        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OUTSIDE) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_runs_over_with_every_box_open_on_a_phone(open_page: Any, lang: str) -> None:
    page, _asked, _complaints = open_page(lang, width=360)
    open_everything(page)

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(OUTSIDE) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_asks_for_nothing_but_itself_and_breaks_no_rule_of_its_policy(open_page: Any, lang: str) -> None:
    page, asked, complaints = open_page(lang)
    click_everything(page)

    assert page.locator("details:not([open])").count() == 0
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in asked if url.startswith("file:")]) == 1
    assert complaints == []


@pytest.mark.parametrize(("lang", "scheme"), [*((lang, "light") for lang in LANGUAGES), ("en", "dark")])
def test_axe_finds_nothing(open_page: Any, lang: str, scheme: Scheme) -> None:
    """In every language; and once in the dark, whose colours are the same in all of them."""
    page, _asked, _complaints = open_page(lang, scheme=scheme)
    open_everything(page)

    found = Axe().run(page, options={"resultTypes": ["violations"]})

    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_letter_has_a_shape_of_the_fonts_inside(open_page: Any, lang: str) -> None:
    page, _asked, _complaints = open_page(lang)
    tools = page.context.new_cdp_session(page)
    tools.send("DOM.enable")
    tools.send("CSS.enable")
    root = tools.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    used: set[str] = set()
    for place in ("h1", ".part header p", ".kpi h3", ".chart svg text", ".insight", ".terms dd"):
        nodes = tools.send("DOM.querySelectorAll", {"nodeId": root, "selector": place})["nodeIds"]
        for node in nodes[:60]:
            fonts = tools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
            used |= {font["familyName"] for font in fonts if not font["isCustomFont"]}

    assert used == set()


def test_dark_and_light_can_be_chosen_without_a_script(open_page: Any) -> None:
    page, _asked, _complaints = open_page("en", scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    line = "getComputedStyle(document.querySelector('.chart .wide svg path[class*=stroke-]')).stroke"
    before = page.evaluate(paper), page.evaluate(line)

    page.get_by_label("Dark").check()
    expect(page.locator("body")).to_have_css("background-color", "rgb(22, 20, 18)")

    after = page.evaluate(paper), page.evaluate(line)
    assert before[0] == "rgb(250, 247, 242)" and after[0] == "rgb(22, 20, 18)"
    assert before[1] != after[1]


def test_the_first_key_leads_past_the_contents(open_page: Any) -> None:
    page, _asked, _complaints = open_page("en")

    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.className") == "skip"
    box = page.locator(".skip").bounding_box()
    assert box and box["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_wide_charts_scroll_in_a_part_that_the_keyboard_reaches(open_page: Any) -> None:
    page, _asked, _complaints = open_page("en", width=360)
    part = page.locator(".chart.grown").first

    part.focus()

    assert part.evaluate("e => e.scrollWidth > e.clientWidth && document.activeElement === e")
    assert part.get_attribute("role") == "group" and part.get_attribute("aria-labelledby")


def test_a_phone_gets_charts_of_its_own_width(open_page: Any) -> None:
    page, _asked, _complaints = open_page("en", width=360)

    shown = page.evaluate(
        "[...document.querySelectorAll('#retention .chart > div')].filter(e => e.offsetWidth).map(e => e.className)"
    )

    assert set(shown) == {"narrow"}


def test_on_paper_the_page_is_light_and_its_boxes_are_open(open_page: Any) -> None:
    page, _asked, _complaints = open_page("en", scheme="dark", width=794)

    page.emulate_media(media="print", color_scheme="dark")

    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    heights = page.evaluate("[...document.querySelectorAll('.how pre')].map(e => e.getBoundingClientRect().height)")
    assert heights and min(heights) > 20
    assert page.locator(".theme").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 794
