"""Which pages there are, and what is wrong with one as a browser sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # to write down all that is well takes most of the time
}
# a scheme changes colours and which drawings are shown; every other rule asks the same of both
RULES_OF_COLOUR = RULES | {
    "runOnly": {"type": "rule", "values": ["color-contrast", "image-alt", "link-in-text-block", "svg-img-alt"]}
}
# colours on their way to the other scheme, which begin to change with the next frame, would have too little contrast
SETTLED = """async () => {
    await document.fonts.ready;
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    const changes = document.getAnimations().filter((one) => one instanceof CSSTransition);
    await Promise.allSettled(changes.map((one) => one.finished));
}"""
# most of a page lies in what is shut: no rule asks of it, and each takes its time to pass over it
WITHOUT_WHAT_IS_SHUT = """() => {
    for (const one of document.querySelectorAll("details:not([open]) > :not(summary)")) one.remove();
}"""
SCHEMES = {"light": RULES, "dark": RULES_OF_COLOUR}
WIDTHS = {"phone": 390, "desktop": 1280}


def plain_pages() -> Iterator[str]:
    """Every address without parameters whose view is marked for people who are signed in."""
    for path, pattern in _views("", get_resolver().url_patterns):
        if "<" not in path and hasattr(pattern.callback, "okaeri_needs"):
            yield f"/{path}"


def names_of_one_thing() -> set[str]:
    """The names of the addresses that are about one thing and are visited, not only sent to; one for each view."""
    names = {
        pattern.callback: str(pattern.name)
        for path, pattern in reversed(list(_views("", get_resolver().url_patterns)))
        if "<" in path and hasattr(pattern.callback, "okaeri_needs") and not _only_takes(pattern.callback)
    }
    return set(names.values())


def _views(prefix: str, patterns: list[Any]) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _views(path, pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield path, pattern


def _only_takes(view: Callable[..., Any]) -> bool:
    """Whether a view refuses a visit before it asks what the visit is about."""
    try:
        return bool(view(RequestFactory().get("/")).status_code == 405)
    except TypeError:  # it wants to know
        return False


def is_shown(page: Page, path: str) -> bool:
    """Whether an address answers a visit with a whole page: no form's address, no file and no piece of a page."""
    answer = page.request.get(path)
    return answer.status != 405 and answer.body().lstrip()[:15].lower() == b"<!doctype html>"


def faults(page: Page) -> Iterator[str]:
    """What a browser finds wrong with an open page, in every colour scheme and width."""
    page.evaluate(AXE_SCRIPT)
    page.evaluate(WITHOUT_WHAT_IS_SHUT)
    for name, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        for scheme, rules in SCHEMES.items():
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a loop variable is no literal
            page.evaluate(SETTLED)
            across = page.evaluate("document.documentElement.scrollWidth")
            if across > width:
                yield f"{scheme} {name}: {across} pixels across"
            for finding in page.evaluate("(rules) => axe.run(rules).then((found) => found.violations)", rules):
                where = " · ".join(node["html"][:160] for node in finding["nodes"][:2])
                yield f"{scheme} {name}: {finding['id']}: {where}"
