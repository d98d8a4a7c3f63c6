"""Every page, in every language, light and dark, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from okaeri.web.core.people.models import User
from tests.web.browser.stage import Stage, set_stage
from tests.web.browser.walking import faults, is_shown, names_of_one_thing, plain_pages

NOW = datetime(2025, 3, 1, tzinfo=UTC)
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LOCALES = {"en": "en-GB", "ja": "ja-JP", "ko": "ko-KR"}
PIECES = {"drawing", "intake-file-state", "intake-setaside-download"}  # no browser shows them by themselves


@pytest.fixture
def stranger(browser: Browser, live_server: LiveServer, language: str) -> Iterator[BrowserContext]:
    """A browser of somebody who reads `language` and is not signed in."""
    context = browser.new_context(locale=LOCALES[language], base_url=live_server.url, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def stage(coffee: Path, aki: User, browsing: Callable[[User], Client], language: str) -> Stage:
    """Something of every kind."""
    return set_stage(aki, browsing(aki), language=language, now=NOW)


@pytest.mark.parametrize("language", LOCALES)
def test_a_page_is_sound_in_every_form(
    stage: Stage,
    stranger: BrowserContext,
    live_server: LiveServer,
    aki: User,
    browsing: Callable[[User], Client],
    language: str,
) -> None:
    page = stranger.new_page()
    walk = partial(_walk, page, language=language)
    seen = walk(chain(*stage.outsiders.values())) | walk(["/nowhere/"], status=404)
    session = browsing(aki).cookies["okaeri_session"].value
    stranger.add_cookies([{"name": "okaeri_session", "value": session, "url": live_server.url}])

    seen |= walk(chain(filter(partial(is_shown, page), plain_pages()), *stage.insiders.values()))

    wrong = [f"{path}: {each}" for path, found in seen.items() for each in found]
    assert not wrong, "\n".join(wrong)
    assert names_of_one_thing() - PIECES == stage.insiders.keys()


def _walk(page: Page, paths: Iterable[str], *, language: str, status: int = 200) -> dict[str, list[str]]:
    """What is wrong with each page."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    seen = {}
    for path in paths:
        heard.clear()
        answer = page.goto(path)
        page.wait_for_function("!document.querySelector('.htmx-request')")
        wrong = [*faults(page), *(said for said in heard if f"status of {status}" not in said)]
        if answer is None or answer.status != status:
            wrong.append(f"answered {answer and answer.status}")
        if page.locator("html").get_attribute("lang") != language:
            wrong.append("another language")
        seen[path] = wrong
    return seen
