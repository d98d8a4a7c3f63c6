"""The pages of figures: each reads what was kept and lays it out."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from okaeri.base.text import _
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs
from okaeri.web.insights import queries
from okaeri.web.insights.pages import PAGES


@needs(Can.SEE_FIGURES)
def home(request: HttpRequest) -> HttpResponse:
    """What changed, whether it is real, and whom to say hello to today."""
    person = asked_by(request)
    greeting = _("Welcome back, {name}").format(name=person) if person.name else _("Welcome back")
    words = {"reading": queries.reading("home"), "fresh": queries.freshness(), "greeting": greeting}
    return render(request, "insights/home.html", words)


@needs(Can.SEE_FIGURES)
def page(request: HttpRequest, name: str, part: str | None = None) -> HttpResponse:
    """One page of figures, one part of it at a time."""
    chosen = PAGES[name]
    found = queries.readings(tuple(f"part:{each}" for each in chosen.parts))
    parts = {key.removeprefix("part:"): data for key, data in found.items()}
    if part and part not in chosen.parts:
        raise Http404
    open_part = part if part in parts else next(iter(parts), None)
    words = {
        "page": chosen,
        "tabs": [(key, data["title"]) for key, data in parts.items()],
        "open": open_part,
        "part": parts.get(open_part) if open_part else None,
        "paints": _paints(parts[open_part]) if open_part else [],
        "fresh": queries.freshness(),
    }
    return render(request, "insights/page.html", words)


def _paints(part: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The colours of a part's drawings, each once."""
    return sorted({tuple(paint) for card in part["cards"] for paint in card["paints"]})


@needs(Can.SEE_FIGURES)
def targets(request: HttpRequest) -> HttpResponse:
    """Every target with its verdict."""
    return render(
        request, "insights/targets.html", {"reading": queries.reading("targets"), "fresh": queries.freshness()}
    )


@needs(Can.SEE_FIGURES)
def restatements(request: HttpRequest) -> HttpResponse:
    """The past figures that were told differently later."""
    words = {"reading": queries.reading("restatements"), "fresh": queries.freshness()}
    return render(request, "insights/restatements.html", words)
