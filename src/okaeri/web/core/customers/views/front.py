"""The list of customers: searched, filtered, ordered, taken away as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from okaeri.base.text import _
from okaeri.exports.delimited import harmless
from okaeri.web.core.customers import finding
from okaeri.web.core.customers.finding import ORDERS, RISKS, SCHEMES, Wanted
from okaeri.web.core.customers.models import Customer
from okaeri.web.core.dates import show_day
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.running import enqueue
from okaeri.web.core.people import audit
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs
from okaeri.web.core.shops import asking

_COLUMNS = (
    *("customer_id", "name", "email", "phone", "joined_at", "lifecycle", "rfm", "value_risk", "orders"),
    *("last_order_day", "leaving", "leaving_low", "leaving_high", "value_at_risk", "currency", "foretold_as_of"),
)


@needs(Can.SEE_CUSTOMERS)
def customers(request: HttpRequest) -> HttpResponse:
    """A page of the directory."""
    wanted = _wanted(request.GET)
    found = finding.listing(wanted)
    is_empty = wanted.is_plain and not found.lines and not wanted.after
    words = {
        "wanted": wanted,
        "found": found,
        "counted": finding.COUNTED,
        "schemes": SCHEMES,
        "risks": RISKS,
        "orders": ORDERS,
        "said_of": show_day(found.said_of) if found.said_of else "",
        "day": show_day,
        "address": lambda **changed: _address(wanted, **changed),
        "is_empty": is_empty,
        "facts": _has_facts() if is_empty else True,
        "filling": is_empty and _is_filling(),
    }
    page = "customers/lines.html" if request.headers.get("HX-Target") == "found" else "customers/list.html"
    return render(request, page, words)


@needs(Can.EXPORT)
@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """The list as a CSV file, whole, in its order."""
    wanted, now = _wanted(request.POST), timezone.now()
    choices = {"segment": wanted.segment, "risk": wanted.risk, "order": wanted.order, "searched": bool(wanted.words)}
    audit.record(asked_by(request), "customers.exported", at=now, **choices)
    answer = StreamingHttpResponse(_csv(finding.everybody(wanted)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="customers-{now:%Y%m%d}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


@needs(Can.CARE)
@require_POST
def fill(request: HttpRequest) -> HttpResponse:
    """Bring the directory up to date with the facts."""
    person, now = asked_by(request), timezone.now()
    asked = enqueue("sync_customers", now=now, asked_by=person)
    audit.record(person, "customers.synced", about=asked.pk, at=now)
    messages.success(request, str(_("The directory is being brought up to date in the background.")))
    return redirect("customers")


def _wanted(asked: QueryDict) -> Wanted:
    order = asked.get("order", "")
    return Wanted(
        words=asked.get("q", "").replace("\x00", "")[:200],
        segment=asked.get("segment", "")[:100].replace("\x00", ""),
        risk=asked.get("risk", "")[:20],
        order=order if order in ORDERS else "risk",
        after=asked.get("after", "")[:500],
    )


def _address(wanted: Wanted, **changed: str) -> str:
    """The list's address with some choices changed; a page further on is forgotten unless it is named."""
    asked = {"q": wanted.words, "segment": wanted.segment, "risk": wanted.risk, "order": wanted.order, **changed}
    return "?" + urlencode({key: value for key, value in asked.items() if value})


def _has_facts() -> bool:
    with asking() as shop:
        return any(shop.tables().values())


def _is_filling() -> bool:
    return Job.objects.filter(kind="sync_customers", state__in=(JobState.QUEUED, JobState.RUNNING)).exists()


def _csv(rows: Iterable[Customer]) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf"  # Excel in Japan and Korea reads a file without the mark in its own code page
    yield _row(_COLUMNS)
    for each in rows:
        yield _row(
            [
                *(each.customer_id, each.name, each.email, each.phone, each.joined_at),
                *(each.lifecycle, each.rfm, each.value_risk, each.orders, each.last_order_day),
                *(each.leaving, each.leaving_low, each.leaving_high, each.at_risk, each.currency, each.said_of),
            ]
        )


def _row(values: Iterable[object]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow([_cell(value) for value in values])
    return line.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else str(value)
