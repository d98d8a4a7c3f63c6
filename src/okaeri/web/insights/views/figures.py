"""One figure at its own address: the kept answer to a question, or that it is being measured."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from okaeri.metrics import METRICS
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs
from okaeri.web.insights import queries, services
from okaeri.web.insights.periods import STATES
from okaeri.web.insights.questions import Question


@needs(Can.SEE_FIGURES)
@require_safe
def figure(request: HttpRequest, metric: str) -> HttpResponse:
    """The kept card of one question; asked for the first time, it is measured behind the page."""
    question = asked(request, metric)
    card, fresh = queries.card(question), queries.card_freshness(question)
    broken = None if card else queries.broken(question.name)
    if request.headers.get("HX-Request"):
        return told_when(ready=bool(card or broken))
    if broken is None and (fresh is None or fresh.stale):
        services.want(question, now=timezone.now(), asked_by=asked_by(request))
    words = {
        "question": question,
        "metric": METRICS[question.metric],
        "card": card,
        "broken": broken,
        "fresh": fresh,
        "paints": queries.paints([card]) if card else [],
        "states": [(code, str(words)) for code, words in STATES.items()],
        "grains": queries.grains(),
        "segments": queries.segments(chosen=question.segment),
    }
    return render(request, "insights/figure.html", words)


@needs(Can.SEE_FIGURES)
@require_POST
def again(request: HttpRequest, metric: str) -> HttpResponse:
    """Try once more to measure a question whose measuring broke."""
    question = asked(request, metric)
    services.want(question, now=timezone.now(), asked_by=asked_by(request))
    return redirect(question.address)


@needs(Can.SEE_FIGURES)
@require_safe
def drawing(request: HttpRequest, card: str) -> HttpResponse:
    """The specification of a card's live chart, for a light or a dark page."""
    mode = "dark" if request.GET.get("mode") == "dark" else "light"
    found = queries.drawing(card, size=request.GET.get("size", "wide"), mode=mode)
    if found is None:
        raise Http404
    answer = HttpResponse(found, content_type="application/json")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def asked(request: HttpRequest, metric: str) -> Question:
    """The question of an address; a metric that does not exist is an address that does not exist."""
    if metric not in METRICS:
        raise Http404
    said = request.POST if request.method == "POST" else request.GET
    question = Question.from_query({**said.dict(), "metric": metric})
    if question.segment and not asked_by(request).can(Can.SEE_CUSTOMERS):
        queries.check_segment(question.segment)
    return question


def told_when(*, ready: bool) -> HttpResponse:
    """What a page that waits is told: to load anew once there is something to see, else nothing."""
    answer = HttpResponse(status=204)
    if ready:
        answer.headers["HX-Refresh"] = "true"
    return answer
