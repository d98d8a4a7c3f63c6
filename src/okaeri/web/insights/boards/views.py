"""The pages of this room: dashboards, saved views, notes on days, links, mails and alerts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _, current_language, use_language
from okaeri.metrics.metric import METRICS
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs, public
from okaeri.web.insights.boards import queries, services
from okaeri.web.insights.boards.mailing import has_mail
from okaeri.web.insights.boards.models import Alert, Annotation, MailPlan, SavedView, Share, Tile
from okaeri.web.insights.boards.verdicts import told
from okaeri.web.insights.queries import grains, paints
from okaeri.web.insights.questions import Question
from okaeri.web.insights.services import want

SHARE_DAYS = (7, 30, 90, 0)


@needs(Can.SEE_FIGURES)
@require_GET
def dashboards(request: HttpRequest) -> HttpResponse:
    """Every dashboard and saved view the person may open."""
    person = asked_by(request)
    words = {"dashboards": queries.dashboards_for(person), "views": queries.views_for(person)}
    return render(request, "boards/dashboards.html", words)


@needs(Can.ARRANGE)
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Begin a dashboard."""
    to = reverse("dashboards")
    with _told(request):
        made = services.make_dashboard(by=asked_by(request), title=request.POST.get("title", ""), now=timezone.now())
        to = reverse("dashboard", args=[made.pk])
    return redirect(to)


@needs(Can.SEE_FIGURES)
@require_GET
def dashboard(request: HttpRequest, id: str) -> HttpResponse:
    """One dashboard."""
    person = asked_by(request)
    found = queries.dashboard_for(person, id)
    tiles = queries.tiles_of(found)
    _have_measured(tiles)
    own = person.can(Can.ARRANGE) and (found.owner_id == person.pk or person.can(Can.MANAGE))
    words = {
        "board": found,
        "tiles": tiles,
        "fresh": queries.freshness_of(tiles),
        "paints": paints(tile.card for tile in tiles if tile.card),
        "own": own,
        "metrics": _metrics() if own else [],
        "grains": grains(),
        "shares": found.shares.filter(revoked_at=None) if own else [],
        "share_days": SHARE_DAYS,
    }
    return render(request, "boards/dashboard.html", words)


def _have_measured(tiles: tuple[queries.TileView, ...]) -> None:
    for tile in tiles:
        if tile.question and tile.card is None:
            want(tile.question, now=timezone.now())


def _metrics() -> list[tuple[str, str]]:
    return sorted(((id, str(metric.label)) for id, metric in METRICS.items()), key=lambda pair: pair[1])


@needs(Can.ARRANGE)
@require_POST
def add_tile(request: HttpRequest, id: str) -> HttpResponse:
    """Put a figure on a dashboard."""
    person = asked_by(request)
    found = queries.own_dashboard(person, id)
    with _told(request):
        question = Question.from_query(_said(request.POST))
        services.add_tile(found, by=person, question=question, wide="wide" in request.POST, now=timezone.now())
    return redirect("dashboard", found.pk)


@needs(Can.ARRANGE)
@require_POST
def change_tile(request: HttpRequest, id: str, tile: int) -> HttpResponse:
    """Move a figure up or down, or take it out."""
    person = asked_by(request)
    board = queries.own_dashboard(person, id)
    found = get_object_or_404(Tile, pk=tile, dashboard=board)
    if request.POST.get("to") == "out":
        services.remove(found, by=person, now=timezone.now())
    else:
        services.move_tile(found, by=person, up=request.POST.get("to") == "up", now=timezone.now())
    return redirect("dashboard", board.pk)


@needs(Can.ARRANGE)
@require_POST
def remove_dashboard(request: HttpRequest, id: str) -> HttpResponse:
    """Take a dashboard away with its links."""
    person = asked_by(request)
    services.remove(queries.own_dashboard(person, id), by=person, now=timezone.now())
    return redirect("dashboards")


@needs(Can.SHARE)
@require_POST
def share(request: HttpRequest, id: str) -> HttpResponse:
    """Make a link for people without an account; it is shown this once."""
    person = asked_by(request)
    board = queries.own_dashboard(person, id)
    days = request.POST.get("days", "30")
    _made, token = services.share(
        board,
        by=person,
        language=request.POST.get("language", current_language()),
        days=next((each for each in SHARE_DAYS if str(each) == days), 30),
        now=timezone.now(),
    )
    address = request.build_absolute_uri(reverse("shared", args=[token]))
    return render(request, "boards/shared_once.html", {"board": board, "address": address})


@needs(Can.SHARE)
@require_POST
def revoke(request: HttpRequest, id: str, share: int) -> HttpResponse:
    """Take a link back."""
    person = asked_by(request)
    board = queries.own_dashboard(person, id)
    services.revoke(get_object_or_404(Share, pk=share, dashboard=board), by=person, now=timezone.now())
    messages.success(request, str(_("The link opens nothing any more.")))
    return redirect("dashboard", board.pk)


@public
@require_GET
@never_cache
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """A dashboard as a link shows it: figures alone, no customer, no cookie, nothing recorded about who looks."""
    found = queries.share_of(token, now=timezone.now())
    if found is None:
        return render(request, "boards/gone.html", status=410)
    with use_language(found.language), translation.override(found.language):
        tiles = queries.tiles_of(found.dashboard)
        words = {
            "board": found.dashboard,
            "tiles": tiles,
            "paints": paints(tile.card for tile in tiles if tile.card),
            "lang": found.language,
            "ends_at": found.ends_at,
        }
        return render(request, "boards/shared.html", words)


@needs(Can.ARRANGE)
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the page somebody is on under a name."""
    said = request.POST
    to = reverse("dashboards")
    with _told(request):
        to = services.save_view(
            by=asked_by(request),
            name=said.get("name", ""),
            address=said.get("address", ""),
            shared="shared" in said,
            now=timezone.now(),
        ).address
    return redirect(to)


@needs(Can.ARRANGE)
@require_POST
def remove_view(request: HttpRequest, id: int) -> HttpResponse:
    """Forget a saved view of one's own."""
    person = asked_by(request)
    services.remove(get_object_or_404(SavedView, pk=id, owner=person), by=person, now=timezone.now())
    return redirect("dashboards")


@needs(Can.SEE_FIGURES)
@require_GET
def notes(request: HttpRequest) -> HttpResponse:
    """What people wrote about days."""
    return render(request, "boards/annotations.html", {"notes": Annotation.objects.select_related("author")[:200]})


@needs(Can.ARRANGE)
@require_POST
def annotate(request: HttpRequest) -> HttpResponse:
    """Write about a day."""
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        day = None
    with _told(request):
        if day is None:
            raise OkaeriError(_("The day is missing."), advice=_("Choose the day it happened."))
        services.annotate(by=asked_by(request), day=day, words=request.POST.get("words", ""), now=timezone.now())
        messages.success(request, str(_("It will stand on the charts as soon as they are drawn anew.")))
    return redirect("annotations")


@needs(Can.ARRANGE)
@require_POST
def remove_annotation(request: HttpRequest, id: int) -> HttpResponse:
    """Take a note on a day away: one's own, or any for an owner."""
    person = asked_by(request)
    theirs = Annotation.objects.all() if person.can(Can.MANAGE) else Annotation.objects.filter(author=person)
    services.remove(get_object_or_404(theirs, pk=id), by=person, now=timezone.now())
    return redirect("annotations")


@needs(Can.SHARE)
@require_GET
def mails(request: HttpRequest) -> HttpResponse:
    """The reports that go out by themselves."""
    person = asked_by(request)
    plans = [(plan, told(plan.trouble)) for plan in queries.mails_for(person)]
    words = {"plans": plans, "every": MailPlan.Every.values, "hours": range(24), "has_mail": has_mail()}
    return render(request, "boards/mails.html", words)


@needs(Can.SHARE)
@require_POST
def plan_mail(request: HttpRequest) -> HttpResponse:
    """Have the report sent by itself."""
    said = request.POST
    with _told(request):
        services.plan_mail(
            by=asked_by(request),
            addresses=said.get("addresses", "").replace("\n", ",").split(","),
            language=said.get("language", current_language()),
            every=said.get("every", ""),
            hour=next((hour for hour in range(24) if str(hour) == said.get("hour")), -1),
            now=timezone.now(),
        )
    return redirect("mails")


@needs(Can.SHARE)
@require_POST
def change_mail(request: HttpRequest, id: int) -> HttpResponse:
    """Send a planned report now, or stop it."""
    person = asked_by(request)
    found = get_object_or_404(queries.mails_for(person), pk=id)
    if request.POST.get("do") == "send":
        services.send_now(found, by=person, now=timezone.now())
        messages.success(request, str(_("The report is on its way.")))
    else:
        services.remove(found, by=person, now=timezone.now())
    return redirect("mails")


@needs(Can.ARRANGE)
@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """The figures that are watched, and when they rang."""
    person = asked_by(request)
    words = {
        "alerts": list(queries.alerts_for(person)),
        "metrics": _metrics(),
        "grains": grains(),
        "rates": services.FALSE_ALARMS,
        "has_mail": has_mail(),
    }
    return render(request, "boards/alerts.html", words)


@needs(Can.ARRANGE)
@require_POST
def make_alert(request: HttpRequest) -> HttpResponse:
    """Watch a figure."""
    said = request.POST
    with _told(request):
        services.make_alert(
            by=asked_by(request),
            question=Question.from_query(_said(said)),
            false_alarms_per_year=next((rate for rate in services.FALSE_ALARMS if str(rate) == said.get("rate")), 0),
            worse=next((way for way in (-1, 0, 1) if str(way) == said.get("worse", "0")), 2),
            now=timezone.now(),
        )
    return redirect("alerts")


@needs(Can.ARRANGE)
@require_POST
def remove_alert(request: HttpRequest, id: int) -> HttpResponse:
    """Stop watching."""
    person = asked_by(request)
    theirs = Alert.objects.all() if person.can(Can.MANAGE) else Alert.objects.filter(owner=person)
    services.remove(get_object_or_404(theirs, pk=id), by=person, now=timezone.now())
    return redirect("alerts")


def _said(form: QueryDict) -> dict[str, str]:
    return {name: str(form.get(name, "")) for name in ("metric", "by", "segment", "since")}


@contextmanager
def _told(request: HttpRequest) -> Iterator[None]:
    """What somebody can mend is said on the page they are led to next."""
    try:
        yield
    except OkaeriError as error:
        messages.error(request, str(error))
