"""Which pages there are, and what is wrong with one as a browser sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SCHEMES = ("light", "dark")
WIDTHS = {"phone": 390, "desktop": 1280}


def plain_pages() -> Iterator[str]:
    """Every address without parameters whose view is marked for people who are signed in."""
    for path, view in _views("", get_resolver().url_patterns):
        if "<" not in path and hasattr(view, "okaeri_needs"):
            yield f"/{path}"


def _views(prefix: str, patterns: list[Any]) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _views(path, pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield path, pattern.callback


def is_shown(page: Page, path: str) -> bool:
    """Whether an address answers a visit with a whole page: no form's address, no file and no piece of a page."""
    answer = page.request.get(path)
    return answer.status != 405 and answer.body().lstrip()[:15].lower() == b"<!doctype html>"


def faults(page: Page, *, heard: list[str]) -> Iterator[str]:
    """What a browser finds wrong with an open page, in every colour scheme and width."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a loop variable is no literal
        for name, width in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(100)  # colours that were on their way to the other scheme have arrived
            across = page.evaluate("document.documentElement.scrollWidth")
            if across > width:
                yield f"{scheme} {name}: {across} pixels across"
            for finding in Axe().run(page, options=RULES).response["violations"]:
                where = " · ".join(node["html"][:160] for node in finding["nodes"][:2])
                yield f"{scheme} {name}: {finding['id']}: {where}"
    yield from heard
