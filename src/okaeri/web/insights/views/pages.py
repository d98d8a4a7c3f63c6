"""The pages of figures: each reads what was kept and lays it out."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from okaeri.base.text import Text, _
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs
from okaeri.web.insights import queries, services
from okaeri.web.insights.pages import PAGES
from okaeri.web.insights.questions import Question

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
    found = queries.part(open_part, customers=asked_by(request).can(Can.SEE_CUSTOMERS)) if open_part else None
    if "metric" in request.GET:
        return redirect(Question.from_query(request.GET.dict()).address)
    words = {
        "page": chosen,
        "metrics": queries.metrics_of(found) if found else [],
        "tabs": list(tabs.items()),
        "open": open_part,
        "part": found,
        "paints": queries.paints(found["cards"]) if found else [],
        "fresh": queries.freshness(),
        "grains": queries.grains(),
        "segments": queries.segments(),
    }
    return render(request, "insights/page.html", words)


@needs(Can.BRING_FACTS)
@require_POST
def measure(request: HttpRequest) -> HttpResponse:
    """Measure every page anew, now."""
    services.measure_now(asked_by=asked_by(request), now=timezone.now())
    return redirect("home")


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
