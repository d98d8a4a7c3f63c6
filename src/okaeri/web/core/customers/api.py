"""Addresses of customers for programs: the directory, what people wrote about them, consent, marks and merges."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from okaeri.web.core.bodies import Day, Flag, Moment, Sent
from okaeri.web.core.customers import erasing, finding, merging, services
from okaeri.web.core.customers.forms import LONGEST_NOTE, carers
from okaeri.web.core.customers.kinds.channels import Channel, ConsentState
from okaeri.web.core.customers.models import Customer, Identity, IdentityKind, Merge, Note, Task
from okaeri.web.core.customers.queries import consent_now
from okaeri.web.core.paging import Asked, Page, Part, page_of
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs

router = Router(tags=["Customers"])
ID = Annotated[str, Field(max_length=16, description="The customer's public id.")]
_LARGEST = 2**63 - 1


class CustomerOut(Schema):
    """A customer of the directory: the chance of leaving with its range, as of `said_of`, and what is at risk."""

    id: str
    customer_id: str
    name: str
    email: str
    phone: str
    joined_at: datetime | None
    attributes: dict[str, Any]
    lifecycle: str
    rfm: str
    value_risk: str
    orders: int
    last_order_day: date | None
    leaving: float | None
    leaving_low: float | None
    leaving_high: float | None
    at_risk: float | None
    currency: str
    said_of: date | None
    merged_into: str | None


class CustomerQuestion(Asked):
    """Which customers: by words, a segment such as rfm:champions, or risk (high, middle, low, none)."""

    q: str = Field("", max_length=200, description="A name, an id, an address or a number; the best matches first.")
    segment: str = Field("", max_length=100)
    risk: str = Field("", max_length=10)


def _customer(each: Customer) -> dict[str, Any]:
    fields = [name for name in CustomerOut.model_fields if name not in ("id", "merged_into")]
    into = each.merged_into.public_id if each.merged_into else None
    return {**{name: getattr(each, name) for name in fields}, "id": each.public_id, "merged_into": into}


def _found(public_id: str) -> Customer:
    found = Customer.objects.filter(public_id=public_id, erasing_since=None).select_related("merged_into").first()
    if found is None:
        raise Http404
    return found


@router.get("/customers", response=Page[CustomerOut], summary="Customers")
@needs(Can.SEE_CUSTOMERS)
def list_customers(request: HttpRequest, asked: Annotated[CustomerQuestion, Query()]) -> Any:
    """The customers of the directory; a search gives its best matches on one page."""
    wanted = finding.Wanted(words=asked.q, segment=asked.segment, risk=asked.risk)
    if asked.q.strip():
        best = finding.search(finding.narrowed(wanted, along="search"), asked.q, most=asked.limit)
        return {"items": [_customer(each) for each in best], "next": None}
    return page_of(finding.narrowed(wanted), asked, by=("id",), show=_customer)


@router.get("/customers/{slug:public_id}", response=CustomerOut, summary="One customer")
@needs(Can.SEE_CUSTOMERS)
def get_customer(request: HttpRequest, public_id: ID) -> Any:
    """One customer; `merged_into` leads to the one they are now."""
    return _customer(_found(public_id))


class Erasure(Sent):
    """The customer's own id once more, so that nobody is erased by a slip."""

    customer_id: str = Field(max_length=200)


@router.post("/customers/{slug:public_id}/erase", response={202: None}, summary="Erase a customer")
@needs(Can.MANAGE)
def erase_customer(request: HttpRequest, public_id: ID, sent: Erasure) -> Any:
    """Hide a customer at once, and erase them from facts and directory behind the pages."""
    erasing.ask_to_erase(_found(public_id), typed=sent.customer_id, by=asked_by(request), now=timezone.now())
    return Status(202, None)


class NoteIn(Sent):
    """A note to write."""

    text: str = Field(min_length=1, max_length=LONGEST_NOTE, pattern=r"\S")


class NoteOut(Schema):
    """What somebody wants the next person to know."""

    id: int
    text: str
    by: str
    at: datetime


def _note(each: Note) -> dict[str, Any]:
    return {"id": each.pk, "text": each.text, "by": str(each.who or ""), "at": each.at}


@router.get("/customers/{slug:public_id}/notes", response=Page[NoteOut], summary="Notes")
@needs(Can.SEE_CUSTOMERS)
def list_notes(request: HttpRequest, public_id: ID, part: Part) -> Any:
    """The notes about a customer, the newest first."""
    return page_of(_found(public_id).notes.select_related("who"), part, by=("-at", "-id"), show=_note)


@router.post("/customers/{slug:public_id}/notes", response={201: NoteOut}, summary="Write a note")
@needs(Can.CARE)
def add_note(request: HttpRequest, public_id: ID, sent: NoteIn) -> Any:
    """Write a note about a customer."""
    made = services.add_note(_found(public_id), sent.text, by=asked_by(request), now=timezone.now())
    return Status(201, _note(Note.objects.select_related("who").get(pk=made)))


@router.delete("/customers/{slug:public_id}/notes/{int:note_id}", response={204: None}, summary="Remove a note")
@needs(Can.CARE)
def remove_note(request: HttpRequest, public_id: ID, note_id: int) -> Any:
    """Take a note away."""
    customer = _found(public_id)
    _known(note_id)
    if not services.remove_note(customer, note_id, by=asked_by(request), now=timezone.now()):
        raise Http404
    return Status(204, None)


def _known(number: int) -> None:
    if number > _LARGEST:
        raise Http404


class TaskIn(Sent):
    """Something to do; `assignee` is the number of a person who may care for customers."""

    text: str = Field(min_length=1, max_length=300, pattern=r"\S")
    due: Day | None = None
    assignee: int | None = Field(None, ge=1, le=_LARGEST, strict=True)


class TaskChange(Sent):
    """Whether it is done."""

    done: Flag


class TaskOut(Schema):
    """Something to do for a customer."""

    id: int
    text: str
    due: date | None
    assignee: int | None
    asked_at: datetime
    done_at: datetime | None


def _task(each: Task) -> dict[str, Any]:
    assignee = each.assignee.pk if each.assignee else None
    fields = ("text", "due", "asked_at", "done_at")
    return {**{name: getattr(each, name) for name in fields}, "id": each.pk, "assignee": assignee}


@router.get("/customers/{slug:public_id}/tasks", response=Page[TaskOut], summary="Tasks")
@needs(Can.SEE_CUSTOMERS)
def list_tasks(request: HttpRequest, public_id: ID, part: Part) -> Any:
    """What is to be done for a customer, in the order it was asked for."""
    return page_of(_found(public_id).tasks.select_related("assignee"), part, by=("asked_at", "id"), show=_task)


@router.post("/customers/{slug:public_id}/tasks", response={201: TaskOut}, summary="Ask for a task")
@needs(Can.CARE)
def add_task(request: HttpRequest, public_id: ID, sent: TaskIn) -> Any:
    """Ask for something to be done."""
    customer = _found(public_id)
    assignee = carers().filter(pk=sent.assignee).first() if sent.assignee else None
    if sent.assignee and assignee is None:
        raise Http404
    made = services.add_task(
        customer, sent.text, due=sent.due, assignee=assignee, by=asked_by(request), now=timezone.now()
    )
    return Status(201, _task(Task.objects.select_related("assignee").get(pk=made)))


@router.patch("/customers/{slug:public_id}/tasks/{int:task_id}", response=TaskOut, summary="Settle a task")
@needs(Can.CARE)
def settle_task(request: HttpRequest, public_id: ID, task_id: int, sent: TaskChange) -> Any:
    """Say that a task is done, or is not yet."""
    customer = _found(public_id)
    _known(task_id)
    found = customer.tasks.select_related("assignee").filter(pk=task_id)
    if not found.exists():
        raise Http404
    services.settle_task(customer, task_id, done=sent.done, by=asked_by(request), now=timezone.now())
    return _task(found.get())


class ConsentIn(Sent):
    """What a customer said about a channel; `at` is when, now if it is left out."""

    channel: Channel
    state: ConsentState
    source: Literal["in person", "phone call", "letter", "e-mail", "web form", "shop counter", "other"]
    wording: str = Field("", max_length=120)
    at: Moment | None = None


class ConsentOut(Schema):
    """What holds for one channel; `source` is empty where nobody said anything."""

    channel: str
    state: str
    source: str
    wording: str
    who: str
    at: datetime | None


@router.get("/customers/{slug:public_id}/consent", response=list[ConsentOut], summary="Consent")
@needs(Can.SEE_CUSTOMERS)
def list_consent(request: HttpRequest, public_id: ID) -> Any:
    """What holds for each channel now."""
    return [_consent(each) for each in consent_now(_found(public_id).pk)]


def _consent(each: Any) -> dict[str, Any]:
    return {name: getattr(each, name) for name in ConsentOut.model_fields}


@router.post("/customers/{slug:public_id}/consent", response={201: list[ConsentOut]}, summary="Record consent")
@needs(Can.CARE)
def record_consent(request: HttpRequest, public_id: ID, sent: ConsentIn) -> Any:
    """Add what a customer said about a channel; nothing said before is changed."""
    customer = _found(public_id)
    at = timezone.make_aware(sent.at) if sent.at and timezone.is_naive(sent.at) else sent.at
    whose = services.record_consent(
        customer,
        channel=sent.channel.value,
        state=sent.state.value,
        source=sent.source,
        wording=sent.wording,
        at=at,
        by=asked_by(request),
        now=timezone.now(),
    )
    return Status(201, [_consent(each) for each in consent_now(whose)])


class IdentityIn(Sent):
    """A mark a customer is known by."""

    kind: IdentityKind
    value: str = Field(min_length=1, max_length=254)


class IdentityOut(Schema):
    """A mark a customer is known by; one with `from_facts` cannot be removed."""

    id: int
    kind: str
    value: str
    source: str
    since: datetime
    from_facts: bool


def _identity(each: Identity) -> dict[str, Any]:
    fields = ("kind", "value", "source", "since")
    return {**{name: getattr(each, name) for name in fields}, "id": each.pk, "from_facts": each.origin is not None}


@router.get("/customers/{slug:public_id}/identities", response=Page[IdentityOut], summary="Identities")
@needs(Can.SEE_CUSTOMERS)
def list_identities(request: HttpRequest, public_id: ID, part: Part) -> Any:
    """The marks a customer is known by."""
    return page_of(_found(public_id).identities.select_related("origin"), part, by=("since", "id"), show=_identity)


@router.post("/customers/{slug:public_id}/identities", response={204: None}, summary="Add an identity")
@needs(Can.CARE)
def add_identity(request: HttpRequest, public_id: ID, sent: IdentityIn) -> Any:
    """Add a mark; one that is another customer's is refused."""
    services.add_identity(
        _found(public_id), kind=sent.kind.value, value=sent.value, by=asked_by(request), now=timezone.now()
    )
    return Status(204, None)


@router.delete("/customers/{slug:public_id}/identities/{int:mark_id}", response={204: None}, summary="Remove one")
@needs(Can.CARE)
def remove_identity(request: HttpRequest, public_id: ID, mark_id: int) -> Any:
    """Take away a mark that a person added."""
    customer = _found(public_id)
    _known(mark_id)
    if not services.remove_identity(customer, mark_id, by=asked_by(request), now=timezone.now()):
        raise Http404
    return Status(204, None)


class MergeIn(Sent):
    """Who is the same as this customer."""

    other: str = Field(max_length=16)


class MergeOut(Schema):
    """Two customers that became one."""

    id: int
    kept: str
    gone: str
    at: datetime


@router.post("/customers/{slug:public_id}/merges", response={201: MergeOut}, summary="Merge two customers")
@needs(Can.CARE)
def merge(request: HttpRequest, public_id: ID, sent: MergeIn) -> Any:
    """Make another customer and this one the same; it can be undone."""
    kept, gone = _found(public_id), _found(sent.other)
    made = merging.merge(kept, gone, by=asked_by(request), now=timezone.now())
    return Status(201, {"id": made.pk, "kept": kept.public_id, "gone": gone.public_id, "at": made.at})


@router.delete("/customers/{slug:public_id}/merges/{int:merge_id}", response={204: None}, summary="Undo a merge")
@needs(Can.CARE)
def undo_merge(request: HttpRequest, public_id: ID, merge_id: int) -> Any:
    """Make two customers of one again."""
    _known(merge_id)
    found = Merge.objects.filter(pk=merge_id, kept=_found(public_id)).select_related("kept", "gone").first()
    if found is None:
        raise Http404
    merging.undo_merge(found, by=asked_by(request), now=timezone.now())
    return Status(204, None)
