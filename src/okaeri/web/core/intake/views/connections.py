"""Saved connections: made, tried, run, taken away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.facts.looking import Look
from okaeri.web.core.intake import forms, queries, syncing
from okaeri.web.core.intake.kinds.catalogue import KINDS
from okaeri.web.core.intake.models import Connection
from okaeri.web.core.intake.sentences import TABLES_TO_BRING, table_name
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs

_MAPPING_EXAMPLE = "amount = price * quantity"


@needs(Can.BRING_FACTS)
def make(request: HttpRequest, kind: str) -> HttpResponse:
    """A new connection of one kind."""
    if kind not in KINDS:
        raise Http404
    return _page(request, kind, None)


@needs(Can.BRING_FACTS)
def change(request: HttpRequest, connection_id: int) -> HttpResponse:
    """One connection: how it is set up, and how it fares."""
    found = get_object_or_404(Connection.objects.select_related("job"), pk=connection_id)
    return _page(request, found.kind, found)


def _page(request: HttpRequest, kind: str, found: Connection | None) -> HttpResponse:
    values = _values(found)
    trouble = ""
    if request.method == "POST":
        values = {**values, **request.POST.dict()}
        try:
            return _keep(request, kind, found)
        except OkaeriError as error:
            trouble = f"{error.what} {error.advice}"
    return _render(request, kind, found, values=values, trouble=trouble)


def _render(
    request: HttpRequest, kind: str, found: Connection | None, *, values: dict[str, Any], trouble: str = "",
    look: Look | None = None,
) -> HttpResponse:  # fmt: skip
    shown = {key: value for key, value in values.items() if key not in _secret_names(kind)}
    words = {
        "kind": KINDS[kind],
        "found": found,
        "row": queries.connection_row(found) if found else None,
        "outcome": queries.outcome_of(found.summary) if found and found.summary else None,
        "values": shown,
        "has_secret": bool(found and found.secret),
        "trouble": trouble,
        "tables": [(name, table_name(name)) for name in TABLES_TO_BRING],
        "days": [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")],
        "example": _MAPPING_EXAMPLE,
        "look": look,
        "columns": forms.column_choices(look, found.table, chosen=found.mapping or None) if look and found else (),
    }
    return render(request, "intake/connection.html", words, status=422 if trouble else 200)


def _secret_names(kind: str) -> set[str]:
    return {field.name for field in KINDS[kind].fields if field.secret}


def _values(found: Connection | None) -> dict[str, Any]:
    if found is None:
        return {"every": "daily", "at_time": "04:00", "weekday": "0", "table": "orders", "mapping": ""}
    return {
        **found.place,
        "name": found.name,
        "table": found.table,
        "every": found.every,
        "at_time": found.at_time,
        "weekday": str(found.weekday),
        "date_order": found.date_order,
        "mapping": "\n".join(f"{column} = {header}" for column, header in found.mapping.items()),
    }


def _keep(request: HttpRequest, kind: str, found: Connection | None) -> HttpResponse:
    posted = request.POST
    name = posted.get("name", "").strip()[:100]
    if not name:
        raise OkaeriError(_("The connection has no name."), advice=_("Give it one that people recognise."))
    every, order, weekday = posted.get("every", ""), posted.get("date_order", ""), posted.get("weekday", "0")
    kept = syncing.keep_connection(
        found, kind=kind, name=name, values=posted, table=forms.posted_table(posted, default="orders"),
        mapping=_mapping(posted.get("mapping", "")), date_order=order if order in forms.DATE_ORDERS else "",
        every=every if every in syncing.EVERY else "", at_time=posted.get("at_time", ""),
        weekday=int(weekday) if weekday in "0123456" and weekday else 0, by=asked_by(request), now=timezone.now(),
    )  # fmt: skip
    messages.success(request, str(_("{name} was saved.").format(name=kept.name)))
    return redirect("intake-connection", kept.pk)


def _mapping(text: str) -> dict[str, str]:
    """Lines such as `customer_id = buyer`."""
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        column, equals, header = line.partition("=")
        if not (column.strip() and equals and header.strip()):
            raise OkaeriError(
                _("{line} does not say which header holds which column.").format(line=line),
                advice=_("Write one on each line, like {example}.").format(example="customer_id = buyer"),
            )
        found[column.strip()] = header.strip()
    return found


@needs(Can.BRING_FACTS)
@require_POST
def test(request: HttpRequest, connection_id: int) -> HttpResponse:
    """The first rows that would come."""
    found = get_object_or_404(Connection.objects.select_related("job"), pk=connection_id)
    try:
        look = syncing.try_connection(found)
    except OkaeriError as error:
        return _render(request, found.kind, found, values=_values(found), trouble=f"{error.what} {error.advice}")
    return _render(request, found.kind, found, values=_values(found), look=look)


@needs(Can.BRING_FACTS)
@require_POST
def sync(request: HttpRequest, connection_id: int) -> HttpResponseRedirect:
    """Fetch now."""
    found = get_object_or_404(Connection, pk=connection_id)
    syncing.ask_to_sync(found, by=asked_by(request), now=timezone.now())
    messages.success(request, str(_("{name} is being fetched.").format(name=found.name)))
    return redirect("intake-connection", found.pk)


@needs(Can.BRING_FACTS)
@require_POST
def remove(request: HttpRequest, connection_id: int) -> HttpResponseRedirect:
    """Take a connection away."""
    found = get_object_or_404(Connection, pk=connection_id)
    syncing.forget_connection(found, by=asked_by(request), now=timezone.now())
    messages.success(request, str(_("{name} was removed. What it brought stays.").format(name=found.name)))
    return redirect("intake")
