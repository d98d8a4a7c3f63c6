"""Every page, in every language, light and dark, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from okaeri.web.core.people.models import User
from okaeri.web.insights.measuring import measure_pages
from tests.web.browser.walking import faults, is_shown, plain_pages

NOW = datetime(2025, 3, 1, tzinfo=UTC)
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LOCALES = {"en": "en-GB", "ja": "ja-JP", "ko": "ko-KR"}


@pytest.fixture
def page(
    browser: Browser, live_server: LiveServer, aki: User, browsing: Callable[[User], Client], language: str
) -> Iterator[Page]:
    """A page of somebody who is signed in and reads `language`."""
    session = browsing(aki).cookies["okaeri_session"].value
    context = browser.new_context(locale=LOCALES[language], base_url=live_server.url, reduced_motion="reduce")
    context.add_cookies([{"name": "okaeri_session", "value": session, "url": live_server.url}])
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", LOCALES)
def test_a_page_is_sound_in_every_form(coffee: Path, page: Page, language: str) -> None:
    measure_pages(now=NOW, languages=(language,))
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))

    found: dict[str, list[str]] = {}
    for path in filter(partial(is_shown, page), plain_pages()):
        heard.clear()
        answer = page.goto(path)
        page.wait_for_load_state("networkidle")
        wrong = list(faults(page, heard=heard))
        if answer is None or answer.status != 200:
            wrong.append(f"answered {answer and answer.status}")
        if page.locator("html").get_attribute("lang") != language:
            wrong.append("another language")
        if wrong:
            found[path] = wrong

    assert not found
