"""One customer: who they are, how they are, what happened, and what people know and plan."""

from __future__ import annotations

import re
from typing import Any

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from okaeri.web.core.customers import forms, merging
from okaeri.web.core.customers.avatars import avatar_of, tone_of
from okaeri.web.core.customers.finding import labels_of
from okaeri.web.core.customers.kinds.channels import CHANNEL_ICONS, CHANNEL_NAMES, STATE_NAMES
from okaeri.web.core.customers.models import Customer
from okaeri.web.core.customers.portraits import reasoned, whole
from okaeri.web.core.customers.profiles import idea_of
from okaeri.web.core.customers.queries import consent_now
from okaeri.web.core.customers.telling import Why, tell, tell_why
from okaeri.web.core.dates import show_day
from okaeri.web.core.people.roles import Can, needs

_FEW = 5_000  # up to so many customers, everybody's reasons are worked out quickly enough to be asked for unasked
_MONTH = re.compile(r"\d{4}-\d{2}")


def found(public_id: str) -> Customer:
    """The customer of an address; raises `Http404` when there is none, or they are being erased."""
    customer = Customer.objects.filter(public_id=public_id, erasing_since=None).select_related("merged_into").first()
    if customer is None:
        raise Http404
    return customer


@needs(Can.SEE_CUSTOMERS)
@never_cache
def customer(request: HttpRequest, public_id: str) -> HttpResponse:
    """One customer's page."""
    there = found(public_id)
    if there.merged_into:
        return redirect("customer", there.merged_into.public_id)
    return show(request, there)


def show(
    request: HttpRequest, customer: Customer, *, given: dict[str, django_forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    """The page, with forms that were sent and have something wrong in the place of empty ones."""
    until = request.GET.get("until", "")
    lake = whole(merging.ids_of(customer))
    hidden = [key for key in customer.attributes if idea_of(key) in ("name", "email", "phone")]
    told = None
    if lake:
        row = Customer.objects.filter(customer_id=lake.main.portrait.customer_id).exclude(leaving=None).first()
        told = tell(lake, row=row, until=until if _MONTH.fullmatch(until) else "", hidden=hidden)
    asks_why = lake is not None and request.GET.get("why") == "yes"
    words = {
        "customer": customer,
        "avatar": avatar_of(customer.shown),
        "tone": tone_of(customer.customer_id),
        "labels": tuple(labels_of(customer)),
        "told": told,
        "why": _why(lake.main.portrait.customer_id) if lake and asks_why else None,
        "asks_why": asks_why,
        "few": Customer.objects.all()[: _FEW + 1].count() <= _FEW,
        "day": show_day,
        "today": timezone.localdate(),
        **_kept(customer),
        **_forms(given or {}),
    }
    piece = {"story": "customers/story.html", "why": "customers/why.html"}.get(request.headers.get("HX-Target", ""))
    if piece and told:
        return render(request, piece, words)
    return render(request, "customers/customer.html", words, status=status)


def back(public_id: str, part: str) -> HttpResponse:
    """To a part of the page, once something there was changed."""
    answer = redirect("customer", public_id)
    answer["Location"] += f"#{part}"
    return answer


def _why(customer_id: str) -> Why | None:
    page = reasoned(customer_id)
    return tell_why(page) if page else None


def _kept(customer: Customer) -> dict[str, Any]:
    """What the directory itself keeps of a customer."""
    return {
        "notes": customer.notes.select_related("who"),
        "tasks": customer.tasks.select_related("assignee", "done_by"),
        "consent": consent_now(customer.pk),
        "consent_history": customer.consents.select_related("who"),
        "identities": customer.identities.order_by("kind", "since", "pk"),
        "alike": merging.alike(customer),
        "merges": merging.merges_of(customer),
        "channel_names": CHANNEL_NAMES,
        "channel_icons": CHANNEL_ICONS,
        "state_names": STATE_NAMES,
        "source_names": forms.SOURCES,
        "identity_names": forms.IDENTITY_NAMES,
    }


def _forms(given: dict[str, django_forms.Form]) -> dict[str, Any]:
    return {
        "note_form": given.get("note") or forms.NewNote(),
        "task_form": given.get("task") or forms.NewTask(),
        "consent_form": given.get("consent") or forms.NewConsent(),
        "identity_form": given.get("identity") or forms.NewIdentity(),
        "channels": forms.channel_choices(),
        "states": forms.state_choices(),
        "carers": [("", "–"), *((each.pk, str(each)) for each in forms.carers())],
    }
