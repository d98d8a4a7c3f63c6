"""What people do for a customer: notes, tasks and consent."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from okaeri.base.text import _
from okaeri.web.core.customers import forms, services
from okaeri.web.core.customers.views.one import back, found, show
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs


@needs(Can.CARE)
@require_POST
def add_note(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write a note."""
    customer, form = found(public_id), forms.NewNote(request.POST)
    if not form.is_valid():
        return show(request, customer, given={"note": form}, status=400)
    services.add_note(customer, form.cleaned_data["text"], by=asked_by(request), now=timezone.now())
    return back(public_id, "notes")


@needs(Can.CARE)
@require_POST
def remove_note(request: HttpRequest, public_id: str, note: int) -> HttpResponse:
    """Take a note away."""
    if not services.remove_note(found(public_id), note, by=asked_by(request), now=timezone.now()):
        raise Http404
    return back(public_id, "notes")


@needs(Can.CARE)
@require_POST
def add_task(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask for something to be done."""
    customer, form = found(public_id), forms.NewTask(request.POST)
    if not form.is_valid():
        return show(request, customer, given={"task": form}, status=400)
    given = form.cleaned_data
    services.add_task(
        customer,
        given["task"],
        due=given["due"],
        assignee=given["assignee"],
        by=asked_by(request),
        now=timezone.now(),
    )
    return back(public_id, "tasks")


@needs(Can.CARE)
@require_POST
def settle_task(request: HttpRequest, public_id: str, task: int) -> HttpResponse:
    """Say that a task is done, or open again."""
    done = request.POST.get("done") == "yes"
    services.settle_task(found(public_id), task, done=done, by=asked_by(request), now=timezone.now())
    return back(public_id, "tasks")


@needs(Can.CARE)
@require_POST
def record_consent(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write down what the customer said about a channel."""
    customer, form = found(public_id), forms.NewConsent(request.POST)
    if not form.is_valid():
        return show(request, customer, given={"consent": form}, status=400)
    services.record_consent(customer, **form.cleaned_data, by=asked_by(request), now=timezone.now())
    messages.success(request, str(_("Saved. The earlier entries stay in the history.")))
    return back(public_id, "consent")
