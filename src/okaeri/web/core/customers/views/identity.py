"""Who a customer is: the marks they are known by, merging, and erasing."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.web.core.customers import erasing, forms, merging, services
from okaeri.web.core.customers.avatars import avatar_of, tone_of
from okaeri.web.core.customers.kinds.channels import CHANNEL_NAMES, STATE_NAMES
from okaeri.web.core.customers.models import Customer, Merge
from okaeri.web.core.customers.queries import consent_now
from okaeri.web.core.customers.views.one import back, found, show
from okaeri.web.core.dates import show_day
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs


@needs(Can.CARE)
@require_POST
def add(request: HttpRequest, public_id: str) -> HttpResponse:
    """Add a mark the customer is known by."""
    customer, form = found(public_id), forms.NewIdentity(request.POST)
    if not form.is_valid():
        return show(request, customer, given={"identity": form}, status=400)
    try:
        services.add_identity(customer, **form.cleaned_data, by=asked_by(request), now=timezone.now())
    except OkaeriError as error:
        form.add_error("value", f"{error.what} {error.advice}")
        return show(request, customer, given={"identity": form}, status=409)
    return back(public_id, "known-as")


@needs(Can.CARE)
@require_POST
def remove(request: HttpRequest, public_id: str, mark: int) -> HttpResponse:
    """Take a mark away that a person added."""
    if not services.remove_identity(found(public_id), mark, by=asked_by(request), now=timezone.now()):
        raise Http404
    return back(public_id, "known-as")


@needs(Can.CARE)
@require_http_methods(["GET", "POST"])
@never_cache
def merge(request: HttpRequest, public_id: str, other: str) -> HttpResponse:
    """Compare two customers side by side, and make them one."""
    kept, gone = found(public_id), found(other)
    if request.method == "POST":
        merging.merge(kept, gone, by=asked_by(request), now=timezone.now())
        messages.success(request, str(_("The two are one now. You can undo this under “Known as”.")))
        return redirect("customer", public_id)
    words = {
        "kept": kept,
        "gone": gone,
        "sides": (_side(kept), _side(gone)),
        "shared": next((each.shared for each in merging.alike(kept) if each.public_id == other), ()),
    }
    return render(request, "customers/merge.html", words)


@needs(Can.CARE)
@require_POST
def undo(request: HttpRequest, public_id: str, merge_id: int) -> HttpResponse:
    """Make two customers of one again."""
    made = Merge.objects.filter(pk=merge_id, kept=found(public_id)).select_related("kept", "gone").first()
    if made is None:
        raise Http404
    merging.undo_merge(made, by=asked_by(request), now=timezone.now())
    messages.success(request, str(_("They are two customers again.")))
    return back(public_id, "known-as")


@needs(Can.MANAGE)
@require_http_methods(["GET", "POST"])
@never_cache
def erase(request: HttpRequest, public_id: str) -> HttpResponse:
    """Erase a customer: what will go is shown first, and their id is typed once more."""
    customer = found(public_id)
    if customer.merged_into:
        return redirect("customer-erase", customer.merged_into.public_id)
    wrong = ""
    if request.method == "POST":
        if request.POST.get("sure") != "yes":
            wrong = str(_("Tick the box to show that you mean it."))
        else:
            try:
                typed = request.POST.get("typed", "")
                erasing.ask_to_erase(customer, typed=typed, by=asked_by(request), now=timezone.now())
            except OkaeriError as error:
                wrong = f"{error.what} {error.advice}"
            else:
                messages.success(request, str(_("The customer is being erased. The audit log keeps the receipt.")))
                return redirect("customers")
    words = {"customer": customer, "ids": merging.ids_of(customer), "wrong": wrong}
    return render(request, "customers/erase.html", words, status=400 if wrong else 200)


def _side(customer: Customer) -> dict[str, object]:
    """One of two customers, for comparing."""
    consent = [
        (CHANNEL_NAMES[each.channel], STATE_NAMES[each.state])  # type: ignore[index]  # both are string enums
        for each in consent_now(customer.pk)
        if each.source
    ]
    return {
        "customer": customer,
        "avatar": avatar_of(customer.shown),
        "tone": tone_of(customer.customer_id),
        "last_order": show_day(customer.last_order_day),
        "consent": consent,
        "notes": customer.notes.count(),
        "tasks": customer.tasks.filter(done_at=None).count(),
    }
