"""Alerts: the newest complete period of each watched figure, judged, told once, and mailed where mail is set up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from okaeri.base.alarms import Alarm, watch
from okaeri.base.errors import OkaeriError
from okaeri.base.measurement import Measurement, State
from okaeri.base.text import _, use_language
from okaeri.metrics import find
from okaeri.web.core.news import tell
from okaeri.web.core.shops import asking
from okaeri.web.insights.boards.models import Alert, Ring
from okaeri.web.insights.boards.queries import question_of
from okaeri.web.insights.boards.verdicts import in_words
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
        _keep(alert, {"why_not": str(error)}, now=now)
        return False
    found = watch(series, by=question.by, false_alarms_per_year=alert.false_alarms_per_year, worse=alert.worse or None)
    if found is None:
        _keep(alert, {"why_not": ""}, now=now)
        return False
    _keep(alert, _verdict(found, series[-1]), now=now)
    return found.raised and ring(alert, question, found, series, now=now)


def series_of(question: Question) -> list[Measurement]:
    """The complete figures of all customers together, oldest first; of one currency where there are several."""
    with asking() as shop:
        result = shop.measure(question.metric, **question.asked())
    whole = [m for m in result.measurements if m.state is State.COMPLETE and m.value is not None and m.period]
    return [m for m in whole if (m.segment, m.currency) == (whole[0].segment, whole[0].currency)]


def _verdict(found: Alarm, last: Measurement) -> dict[str, Any]:
    """What was found, as numbers: they become words in the language of whoever reads them."""
    around = found.change.interval
    return {
        "period": last.period.label if last.period else "",
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


def ring(alert: Alert, question: Question, found: Alarm, series: list[Measurement], *, now: datetime) -> bool:
    """Ring once for a period; the mail goes out after that is kept."""
    told = _verdict(found, series[-1])
    try:
        with transaction.atomic():
            Ring.objects.create(alert=alert, period=told["period"], at=now, told=told)
            tell("alert.rang", {"alert": alert.pk, "question": question.as_query(), "period": told["period"]}, now=now)
    except IntegrityError:
        return False
    _tell(alert, question, told)
    return True


def _tell(alert: Alert, question: Question, told: dict[str, Any]) -> None:
    with use_language(alert.owner.language or "en"):
        words = {"label": find(question.metric).label, **in_words(told)}
        subject = _("{label} has changed: {value} in {period}").format(**words)
        lines = [
            _("{label}: {value} in {period}, {change} against the period before.").format(**words),
            _("It is {sure} sure that this is a real change; it lies between {range}.").format(**words),
            _("While nothing changes, this alert rings {rate} times a year.").format(rate=alert.false_alarms_per_year),
        ]
        body = "\n\n".join([*map(str, lines), f"{settings.OKAERI.address}{reverse('alerts')}"])
        send_mail(str(subject), body, None, [alert.owner.email], fail_silently=True)
