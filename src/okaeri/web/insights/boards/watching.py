"""Alerts: the newest complete period of each watched figure, judged, told once, and mailed where mail is set up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse

from okaeri.base.alarms import Alarm, watch
from okaeri.base.errors import OkaeriError
from okaeri.base.measurement import Measurement, State
from okaeri.base.text import _, use_language
from okaeri.metrics import find
from okaeri.web.core.jobs.running import enqueue
from okaeri.web.core.news import tell
from okaeri.web.core.people.roles import Can
from okaeri.web.core.shops import asking, workspace
from okaeri.web.insights.boards.mailing import has_mail
from okaeri.web.insights.boards.models import Alert, Ring
from okaeri.web.insights.boards.queries import question_of
from okaeri.web.insights.boards.verdicts import in_words, kept
from okaeri.web.insights.questions import Question


def look_at_all(*, now: datetime, progress: Callable[[float], None]) -> int:
    """Judge every alert; returns how many rang anew."""
    alerts = list(Alert.objects.select_related("owner"))
    rung = 0
    for place, alert in enumerate(alerts):
        rung += _look(alert, now=now)
        progress((place + 1) / len(alerts))
    return rung


def _look(alert: Alert, *, now: datetime) -> bool:
    question = question_of(alert.question)
    if question is None:
        return False
    try:
        series = series_of(question)
    except OkaeriError as error:
        _keep(alert, {"why_not": kept(error)}, now=now)
        return False
    found = watch(series, by=question.by, false_alarms_per_year=alert.false_alarms_per_year, worse=alert.worse or None)
    if found is None:
        _keep(alert, {"why_not": None}, now=now)
        return False
    verdict = _verdict(found, series[-1])
    _keep(alert, verdict, now=now)
    return found.raised and ring(alert, question, verdict, now=now)


def series_of(question: Question) -> list[Measurement]:
    """The complete figures of all customers together, oldest first; where there are several currencies, of ours."""
    with asking() as shop:
        result = shop.measure(question.metric, **question.asked())
    whole = [m for m in result.measurements if m.state is State.COMPLETE and m.value is not None and m.period]
    currencies = [m.currency for m in whole]
    home = workspace().settings.currency
    chosen = home if home in currencies else next(iter(currencies), None)
    return [m for m in whole if m.currency == chosen]


def _verdict(found: Alarm, last: Measurement) -> dict[str, Any]:
    """What was found, as numbers: they become words in the language of whoever reads them."""
    around = found.change.interval
    return {
        "period": last.period.short if last.period else "",
        "starts": last.period.start.isoformat() if last.period else "",
        "ends": last.period.end.isoformat() if last.period else "",
        "by": last.period.grain.value if last.period else "",
        "unit": last.unit.value,
        "currency": last.currency,
        "value": last.value,
        "change": found.change.value,
        "low": around.low if around else None,
        "high": around.high if around else None,
        "probability": found.probability,
        "unrest": found.unrest,
        "looks": found.looks,
        "raised": found.raised,
    }


def _keep(alert: Alert, verdict: dict[str, Any], *, now: datetime) -> None:
    Alert.objects.filter(pk=alert.pk).update(looked_at=now, verdict=verdict)


def ring(alert: Alert, question: Question, told: dict[str, Any], *, now: datetime) -> bool:
    """Ring once for a period, and have the mail sent by a job of its own; says whether it rang."""
    news = {"alert": alert.pk, "question": question.as_query(), "period": told["period"]}
    with transaction.atomic():
        made, is_new = Ring.objects.get_or_create(
            alert=alert, period=told["period"], defaults={"at": now, "told": told}
        )
        if is_new:
            tell("alert.rang", news, now=now)
            if has_mail():
                enqueue("mail_alert", now=now, key=f"mail_alert:{made.pk}", ring=made.pk)
    return is_new


def mail_ring(ring: int, *, now: datetime) -> bool:
    """Write to whoever set the alert, once; not to somebody who may no longer see what it says."""
    found = Ring.objects.select_related("alert__owner").filter(pk=ring, mailed_at=None).first()
    question = question_of(found.alert.question) if found else None
    if found is None or question is None or not found.alert.owner.can(Can.ARRANGE):
        return False
    _letter(found, question).send()
    Ring.objects.filter(pk=ring).update(mailed_at=now)
    return True


def _letter(ring: Ring, question: Question) -> EmailMessage:
    alert = ring.alert
    with use_language(alert.owner.language or "en"):
        words = {"label": find(question.metric).label, **in_words(ring.told)}
        subject = _("{label} has changed: {value} in {period}").format(**words)
        lines = [
            _("{label}: {value} in {period}, {change} against the period before.").format(**words),
            _("It is {sure} sure that this is a real change; it lies between {range}.").format(**words),
            _("While nothing changes, this alert rings {rate} times a year.").format(rate=alert.false_alarms_per_year),
        ]
        body = "\n\n".join([*map(str, lines), f"{settings.OKAERI.address}{reverse('alerts')}"])
        return EmailMessage(str(subject), body, to=[alert.owner.email], headers={"Auto-Submitted": "auto-generated"})
