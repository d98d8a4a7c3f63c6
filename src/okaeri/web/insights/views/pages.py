"""The pages of figures: each reads what was kept and lays it out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from okaeri.base.text import Text, _
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs
from okaeri.web.insights import queries, services
from okaeri.web.insights.layouts import Layout, can_be_laid_out
from okaeri.web.insights.pages import PAGES
from okaeri.web.insights.views.figures import told_when

_GREETINGS: tuple[tuple[int, Text, Text], ...] = (
    (4, _("Good evening"), _("Good evening, {name}")),
    (11, _("Good morning"), _("Good morning, {name}")),
    (17, _("Hello"), _("Hello, {name}")),
    (24, _("Good evening"), _("Good evening, {name}")),
)


@needs(Can.SEE_FIGURES)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What changed, whether it is real, and whom to say hello to today."""
    person = asked_by(request)
    found = queries.reading("home")
    sees = person.can(Can.SEE_CUSTOMERS)
    words = {
        "greeting": _greeting(person.name, hour=timezone.localtime(timezone.now()).hour),
        "reading": found,
        "fresh": queries.freshness(),
        "paints": queries.paints(found["pictures"].values()) if found else [],
        "hello": queries.hello(found) if found and sees else None,
        "voices": queries.voices() if found and sees else (),
    }
    return render(request, "insights/home.html", words)


def _greeting(name: str, *, hour: int) -> Text:
    bare, named = next((bare, named) for until, bare, named in _GREETINGS if hour < until)
    return named.format(name=name) if name else bare


@needs(Can.SEE_FIGURES)
@require_safe
def page(request: HttpRequest, name: str, part: str | None = None) -> HttpResponse:
    """One page of figures, one part of it at a time."""
    chosen = PAGES[name]
    if part and part not in chosen.parts:
        raise Http404
    tabs = queries.tabs(chosen.parts)
    open_part = part if part in tabs else next(iter(tabs), None)
    layout = Layout.from_query(open_part, request.GET.dict()) if open_part else None
    words = {
        "page": chosen,
        "tabs": list(tabs.items()),
        "open": open_part,
        "layout": layout,
        "can_be_laid_out": bool(open_part and can_be_laid_out(open_part)),
        "grains": queries.layout_grains(),
        "segments": queries.segments(),
    }
    if layout is not None:
        return _laid_out(request, layout, words)
    found = queries.part(open_part, customers=asked_by(request).can(Can.SEE_CUSTOMERS)) if open_part else None
    words |= {"part": found, "fresh": queries.freshness(), "paints": queries.paints(found["cards"]) if found else []}
    return render(request, "insights/page.html", words)


def _laid_out(request: HttpRequest, layout: Layout, words: dict[str, Any]) -> HttpResponse:
    """A part the way somebody asked for; asked so for the first time, it is measured behind the page."""
    if layout.segment:
        queries.check_segment(layout.segment)
    found, fresh = queries.laid_out(layout), queries.oldest([layout.name])
    broken = None if found else queries.broken(layout.name)
    if request.headers.get("HX-Request"):
        return told_when(ready=bool(found or broken))
    if broken is None and (fresh is None or fresh.stale):
        services.want(layout, now=timezone.now(), asked_by=asked_by(request))
    part = found["part"] if found else None
    words |= {
        "part": part,
        "failed": found["failed"] if found else None,
        "broken": broken,
        "address": f"{request.path}?{urlencode(layout.as_query())}",
        "fresh": fresh,
        "paints": queries.paints(part["cards"]) if part else [],
    }
    return render(request, "insights/page.html", words)


@needs(Can.SEE_FIGURES)
@require_POST
def lay_out_again(request: HttpRequest) -> HttpResponse:
    """Try once more to lay a part out whose measuring broke."""
    said = request.POST.dict()
    layout = Layout.from_query(said.get("part", ""), said)
    page = next((each for each in PAGES.values() if layout and layout.part in each.parts), None)
    if layout is None or page is None:
        raise Http404
    if layout.segment:
        queries.check_segment(layout.segment)
    services.want(layout, now=timezone.now(), asked_by=asked_by(request))
    return redirect(f"{reverse(f'{page.name}-part', args=[layout.part])}?{urlencode(layout.as_query())}")


@needs(Can.BRING_FACTS)
@require_POST
def measure(request: HttpRequest) -> HttpResponse:
    """Measure every page anew, now."""
    services.measure_now(asked_by=asked_by(request), now=timezone.now())
    return redirect("home")


@needs(Can.BRING_FACTS)
@require_POST
def foretell(request: HttpRequest) -> HttpResponse:
    """Make every prediction anew, now."""
    services.foretell_now(asked_by=asked_by(request), now=timezone.now())
    return redirect("jobs")


@needs(Can.SEE_FIGURES)
@require_safe
def restatements(request: HttpRequest) -> HttpResponse:
    """The past figures that were told differently later."""
    words = {"reading": queries.reading("restatements"), "fresh": queries.freshness()}
    return render(request, "insights/restatements.html", words)


@needs(Can.SEE_FIGURES)
@require_safe
def ground(request: HttpRequest) -> HttpResponse:
    """What every figure stands on: the tables, the files, the rows left out, and the words."""
    words = {"reading": queries.reading("ground"), "fresh": queries.freshness()}
    return render(request, "insights/ground.html", words)
