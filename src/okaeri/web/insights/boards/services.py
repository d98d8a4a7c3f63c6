"""Changes to what people make of the figures: one verb, one transaction, one line in the audit log each."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Max
from django.utils.http import url_has_allowed_host_and_scheme

from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import LANGUAGES, _
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.jobs.running import enqueue
from okaeri.web.core.people.audit import record
from okaeri.web.core.people.models import User
from okaeri.web.core.shops import workspace_zone
from okaeri.web.insights.boards.models import Alert, Annotation, Dashboard, MailPlan, SavedView, Share, Tile
from okaeri.web.insights.queries import check_segment
from okaeri.web.insights.questions import Question
from okaeri.web.insights.services import want

MOST_TILES, MOST_ADDRESSES = 24, 20
FALSE_ALARMS = (0.2, 0.5, 1.0, 4.0)


@transaction.atomic
def save_view(*, by: User, name: str, address: str, shared: bool, now: datetime) -> SavedView:
    """Keep an address of ours under a name; raises `OkaeriError` for an address that is not."""
    # browsers read a backslash as a slash and skip tabs and line ends: what they would open is what is checked
    if not address.startswith("/") or len(address) > 500 or not url_has_allowed_host_and_scheme(address, None):
        raise OkaeriError(_("This is no page of Okaeri."), advice=_("Save a view from the page itself."))
    made = SavedView.objects.create(owner=by, name=_named(name), address=address, shared=shared, made_at=now)
    record(by, "view.saved", about=made.name, at=now)
    return made


@transaction.atomic
def make_dashboard(*, by: User, title: str, now: datetime) -> Dashboard:
    """An empty dashboard."""
    made = Dashboard.objects.create(owner=by, title=_named(title), made_at=now)
    record(by, "dashboard.made", about=made.title, at=now)
    return made


@transaction.atomic
def add_tile(dashboard: Dashboard, *, by: User, question: Question, wide: bool, now: datetime) -> Tile:
    """Put a figure at the end of a dashboard and have it measured; raises `OkaeriError` when there are too many.

    A dashboard is shown to people who see no customers: it is split by no column whose labels could name them.
    """
    if question.segment:
        check_segment(question.segment)
    Dashboard.objects.select_for_update().get(pk=dashboard.pk)  # two who add at once take turns
    if dashboard.tiles.count() >= MOST_TILES:
        raise OkaeriError(
            _("A dashboard holds {most} figures at most.").format(most=MOST_TILES),
            advice=_("Take one out, or begin another dashboard."),
        )
    last = dashboard.tiles.aggregate(last=Max("place"))["last"]
    made = Tile.objects.create(
        dashboard=dashboard, place=0 if last is None else last + 1, question=question.as_query(), wide=wide
    )
    want(question, now=now)
    record(by, "dashboard.changed", about=dashboard.title, at=now, added=question.metric)
    return made


@transaction.atomic
def move_tile(tile: Tile, *, by: User, up: bool, now: datetime) -> None:
    """Change places with the neighbour, if there is one."""
    others = list(Tile.objects.filter(dashboard=tile.dashboard_id).select_for_update())
    at = next((place for place, each in enumerate(others) if each.pk == tile.pk), None)
    if at is None:  # somebody took it out meanwhile
        return
    to = at + (-1 if up else 1)
    if 0 <= to < len(others):
        others[at], others[to] = others[to], others[at]
        for place, each in enumerate(others):
            Tile.objects.filter(pk=each.pk).update(place=place)
        record(by, "dashboard.changed", about=tile.dashboard.title, at=now)


def refresh_tiles(*, now: datetime) -> int:
    """Have every figure of a dashboard measured whose kept answer is of facts as they were; returns how many."""
    asked = {}
    for kept in Tile.objects.values_list("question", flat=True).order_by():
        with suppress(OkaeriError):  # its metric is no longer there
            question = Question.from_query(kept)
            asked[question.name] = question
    return sum(want(question, now=now) is not None for question in asked.values())


@transaction.atomic
def remove(thing: SavedView | Dashboard | Tile | Annotation | MailPlan | Alert, *, by: User, now: datetime) -> None:
    """Take something away for good."""
    record(by, f"{type(thing).__name__.lower()}.removed", about=thing, at=now)
    was_note = isinstance(thing, Annotation)
    thing.delete()
    if was_note:
        enqueue("measure_pages", now=now, key="measure_pages")


@transaction.atomic
def share(dashboard: Dashboard, *, by: User, language: str, days: int | None, now: datetime) -> tuple[Share, str]:
    """A link for people without an account; the second of the pair is the token, which is not kept."""
    if language not in LANGUAGES:
        raise unknown(_("language"), language, LANGUAGES)
    token = secrets.token_urlsafe(24)
    made = Share.objects.create(
        dashboard=dashboard,
        digest=digest_of(token),
        hint=token[:4],
        language=language,
        made_by=by,
        made_at=now,
        ends_at=now + timedelta(days=days) if days else None,
    )
    record(by, "share.made", about=dashboard.title, at=now, hint=made.hint, days=days)
    return made, token


@transaction.atomic
def revoke(found: Share, *, by: User, now: datetime) -> None:
    """Take a link back; from now on it opens nothing."""
    if Share.objects.filter(pk=found.pk, revoked_at=None).update(revoked_at=now):
        record(by, "share.revoked", about=found.dashboard.title, at=now, hint=found.hint)


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def annotate(*, by: User, day: date, words: str, now: datetime) -> Annotation:
    """Write down what happened on a day, and have the charts drawn with it."""
    made = Annotation.objects.create(day=day, words=_named(words, most=120), author=by, made_at=now)
    record(by, "annotation.made", about=made.words, at=now, day=day.isoformat())
    enqueue("measure_pages", now=now, key="measure_pages")
    return made


@transaction.atomic
def plan_mail(*, by: User, addresses: Sequence[str], language: str, every: str, hour: int, now: datetime) -> MailPlan:
    """Have the report sent by itself; raises `OkaeriError` for an address that is none."""
    _check_plan(every=every, hour=hour, language=language)
    made = MailPlan.objects.create(
        owner=by,
        addresses=_checked(addresses),
        language=language,
        every=every,
        hour=hour,
        next_at=next_time(every, hour=hour, zone=workspace_zone(), after=now),
    )
    record(by, "mail.planned", about=made, at=now, addresses=len(made.addresses))
    return made


@transaction.atomic
def change_mail(
    plan: MailPlan,
    *,
    by: User,
    addresses: Sequence[str] | None = None,
    language: str | None = None,
    every: str | None = None,
    hour: int | None = None,
    now: datetime,
) -> MailPlan:
    """Change what is said of a plan; its next turn is found anew. Raises `OkaeriError` as `plan_mail` does."""
    found = MailPlan.objects.select_for_update().get(pk=plan.pk)
    found.every, found.hour = every or found.every, found.hour if hour is None else hour
    found.language = language or found.language
    found.addresses = found.addresses if addresses is None else _checked(addresses)
    _check_plan(every=found.every, hour=found.hour, language=found.language)
    if every is not None or hour is not None:
        found.next_at = next_time(found.every, hour=found.hour, zone=workspace_zone(), after=now)
    found.save(update_fields=["every", "hour", "language", "addresses", "next_at"])
    record(by, "mail.changed", about=found, at=now, addresses=len(found.addresses))
    return found


def _check_plan(*, every: str, hour: int, language: str) -> None:
    if every not in MailPlan.Every.values or not 0 <= hour <= 23 or language not in LANGUAGES:
        raise OkaeriError(_("This plan cannot be read."), advice=_("Choose how often, the hour and the language."))


@transaction.atomic
def send_now(plan: MailPlan, *, by: User, now: datetime) -> Job:
    """Send a planned report at once, beside its plan; asking again while that waits changes nothing."""
    record(by, "mail.sent", about=plan, at=now)
    return enqueue(
        "send_report", now=now, key=f"send_report:{plan.pk}:now", asked_by=by, plan=plan.pk, turn=now.isoformat()
    )


def take_due(*, now: datetime) -> list[int]:
    """The plans that are due, each taken once: whoever moves its next time on is the one who sends it."""
    taken = []
    for plan in MailPlan.objects.filter(next_at__lte=now):
        after = next_time(plan.every, hour=plan.hour, zone=workspace_zone(), after=now)
        with transaction.atomic():
            if MailPlan.objects.filter(pk=plan.pk, next_at=plan.next_at).update(next_at=after):
                turn = plan.next_at.isoformat()
                enqueue("send_report", now=now, key=f"send_report:{plan.pk}:{turn}", plan=plan.pk, turn=turn)
                taken.append(plan.pk)
    return taken


def next_time(every: str, *, hour: int, zone: str, after: datetime) -> datetime:
    """When a plan is due next, by the workspace's clock: each day, on Mondays, or on the first of the month.

    >>> from datetime import UTC
    >>> next_time("week", hour=8, zone="Asia/Tokyo", after=datetime(2024, 5, 1, tzinfo=UTC)).isoformat()
    '2024-05-06T08:00:00+09:00'
    """
    local = after.astimezone(ZoneInfo(zone))
    candidate = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    while candidate <= local or not _suits(every, candidate):
        candidate = (candidate + timedelta(days=1)).replace(hour=hour)
    return candidate


def _suits(every: str, moment: datetime) -> bool:
    if every == MailPlan.Every.WEEK:
        return moment.weekday() == 0
    return moment.day == 1 if every == MailPlan.Every.MONTH else True


@transaction.atomic
def make_alert(*, by: User, question: Question, false_alarms_per_year: float, worse: int, now: datetime) -> Alert:
    """Watch a figure of all customers; raises `OkaeriError` for a rate of false alarms that is not offered."""
    if question.segment:
        raise OkaeriError(_("An alert watches all customers together."), advice=_("Leave the segment out."))
    if false_alarms_per_year not in FALSE_ALARMS or worse not in (-1, 0, 1):
        raise OkaeriError(_("This alert cannot be read."), advice=_("Choose one of the rates that are offered."))
    made = Alert.objects.create(
        owner=by,
        question=question.as_query(),
        false_alarms_per_year=false_alarms_per_year,
        worse=worse,
        made_at=now,
    )
    record(by, "alert.made", about=question.metric, at=now, false_alarms_per_year=false_alarms_per_year)
    enqueue("watch_alerts", now=now)
    return made


def _named(words: str, *, most: int = 80) -> str:
    said = " ".join(words.split())[:most]
    if not said:
        raise OkaeriError(_("There is nothing written."), advice=_("Write a few words."))
    return said


def _checked(addresses: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(each.strip().lower() for each in addresses if each.strip()))
    if not 0 < len(found) <= MOST_ADDRESSES:
        raise OkaeriError(
            _("A report goes to between one and {most} addresses.").format(most=MOST_ADDRESSES),
            advice=_("Separate them by commas."),
        )
    for address in found:
        try:
            validate_email(address)
        except ValidationError:
            raise OkaeriError(
                _("{address} is no e-mail address.").format(address=address[:60]), advice=_("Check it for a slip.")
            ) from None
    return found
