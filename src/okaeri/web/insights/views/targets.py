"""Targets: what figures should reach, who answers for them, and whether they do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from okaeri.metrics import METRICS
from okaeri.targets.target import GRAINS
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs
from okaeri.web.insights import queries, services
from okaeri.web.insights.forms import TargetForm


@needs(Can.SEE_FIGURES)
@require_safe
def targets(request: HttpRequest) -> HttpResponse:
    """Every target with its verdict."""
    return _page(request, TargetForm(), status=200)


@needs(Can.BRING_FACTS)
@require_POST
def set_one(request: HttpRequest) -> HttpResponse:
    """Add a target, or change the one with the same key."""
    form = TargetForm(request.POST)
    target = form.target() if form.is_valid() else None
    if target is None:
        return _page(request, form, status=422)
    services.set_one_target(target, asked_by=asked_by(request), now=timezone.now())
    return redirect("targets")


@needs(Can.BRING_FACTS)
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Remove one target."""
    services.remove_target(request.POST.dict(), asked_by=asked_by(request), now=timezone.now())
    return redirect("targets")


def _page(request: HttpRequest, form: TargetForm, *, status: int) -> HttpResponse:
    grains = [(value, name) for value, name in queries.grains() if value in GRAINS]
    found, written = queries.reading("targets"), queries.written_targets()
    words = {
        "reading": queries.still_written(found, written),
        "written": written,
        "unjudged": queries.unjudged(found, written),
        "fresh": queries.freshness(),
        "form": form,
        "metrics": sorted((str(metric.label), metric.id) for metric in METRICS.values()),
        "grains": grains,
    }
    return render(request, "insights/targets.html", words, status=status)
