"""Two customers who are one person: who may be, becoming one, and becoming two again.

The lake keeps both ids, and is told that they are one: see `uniting`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.web.core.customers.avatars import avatar_of, tone_of
from okaeri.web.core.customers.contracts import Alike
from okaeri.web.core.customers.kinds.channels import ConsentState
from okaeri.web.core.customers.models import Consent, Customer, Identity, Merge, Note, Task
from okaeri.web.core.customers.queries import consent_now
from okaeri.web.core.customers.services import say, tell_consent
from okaeri.web.core.customers.uniting import unite_later
from okaeri.web.core.news import tell
from okaeri.web.core.people import audit
from okaeri.web.core.people.models import User

SOURCE = "merge"
_MOST = 6
_MOVING: dict[str, Any] = {"identities": Identity, "notes": Note, "tasks": Task, "consents": Consent}


def alike(customer: Customer) -> tuple[Alike, ...]:
    """Who may be the same person: the same address or number; or the same name, reading and place of living."""
    marks = Q()
    if customer.email:
        marks |= Q(email=customer.email)
    if customer.phone:
        marks |= Q(phone=customer.phone)
    if customer.name_key and not marks:
        marks = Q(name_key=customer.name_key)
    if not marks:
        return ()
    there = Customer.objects.filter(marks, merged_into=None, erasing_since=None).exclude(pk=customer.pk)
    return tuple(_alike(customer, other) for other in there.order_by("id")[:_MOST])


def _alike(one: Customer, other: Customer) -> Alike:
    return Alike(
        public_id=other.public_id,
        name=other.shown,
        customer_id=other.customer_id,
        avatar=avatar_of(other.shown),
        tone=tone_of(other.customer_id),
        shared=tuple(_shared(one, other)),
    )


def _shared(one: Customer, other: Customer) -> Iterator[Text]:
    if one.email and one.email == other.email:
        yield _("same e-mail address")
    if one.phone and one.phone == other.phone:
        yield _("same phone number")
    if one.name_key and one.name_key == other.name_key:
        yield _("same name")


@transaction.atomic
def merge(kept: Customer, gone: Customer, *, by: User, now: datetime) -> Merge:
    """Make two customers one: marks, notes, tasks and consent go over; where consent differs, the careful one holds.

    Raises `OkaeriError` when they are one already, or one of them is being erased.
    """
    one_already = OkaeriError(_("The two are one customer already."), advice=_("Load the page anew."))
    if kept.pk == gone.pk:
        raise one_already
    for each in sorted((kept, gone), key=lambda customer: customer.pk):  # so that two merges never wait in a circle
        if _held(each).merged_into_id:
            raise one_already
    moved = {
        name: list(model.objects.filter(customer=gone).values_list("pk", flat=True)) for name, model in _MOVING.items()
    }
    moved["followers"] = list(Customer.objects.filter(merged_into=gone).values_list("pk", flat=True))
    before = _states(kept)
    Customer.objects.filter(pk__in=[gone.pk, *moved["followers"]]).update(merged_into=kept)
    for name, model in _MOVING.items():
        model.objects.filter(pk__in=moved[name]).update(customer=kept)
    made = Merge.objects.create(kept=kept, gone=gone, moved=moved, who=by, at=now)
    _agree(kept, before, by=by, now=now)
    unite_later(gone, now=now)
    audit.record(by, "customer.merged", about=kept.public_id, at=now, gone=gone.public_id)
    tell("customer.merged", {"kept": kept.public_id, "merged": gone.public_id}, now=now)
    return made


@transaction.atomic
def undo_merge(found: Merge, *, by: User, now: datetime) -> None:
    """Make them two again: what went over goes back, what was added since stays where it is.

    Raises `OkaeriError` when it was undone already, or the one that stayed was itself merged since.
    """
    kept, gone = _held(found.kept), found.gone
    if kept.merged_into_id:
        raise OkaeriError(
            _("This customer was merged into another one since."), advice=_("Undo the later merge first.")
        )
    if not Merge.objects.filter(pk=found.pk, undone_at=None).update(undone_at=now, undone_by=by):
        raise OkaeriError(_("This merge was undone already."), advice=_("Load the page anew."))
    before = _states(kept)
    Customer.objects.filter(pk=gone.pk).update(merged_into=None)
    Customer.objects.filter(pk__in=found.moved["followers"]).update(merged_into=gone)
    for name, model in _MOVING.items():
        model.objects.filter(pk__in=found.moved[name], customer=kept).update(customer=gone)
    # marks that the facts brought while the two were one
    Identity.objects.filter(customer=kept, origin__in=[gone.pk, *found.moved["followers"]]).update(customer=gone)
    _withdraw_for(gone, of=kept, since=found.at, now=now)
    _agree(kept, before, by=by, now=now)
    unite_later(gone, now=now)
    audit.record(by, "customer.merge_undone", about=kept.public_id, at=now, gone=gone.public_id)


def merges_of(customer: Customer) -> Iterable[Merge]:
    """The merges into a customer that hold."""
    return Merge.objects.filter(kept=customer, undone_at=None).select_related("gone", "who")


def ids_of(customer: Customer) -> tuple[str, ...]:
    """The ids in the lake that are this customer's, their own first."""
    others = Customer.objects.filter(merged_into=customer).order_by("id").values_list("customer_id", flat=True)
    return (customer.customer_id, *others)


def _held(asked: Customer) -> Customer:
    """A customer as they are now, kept from changing until the transaction ends.

    Whoever changes somebody who was merged holds the one they were merged into. Raises `OkaeriError` when they are
    being erased.
    """
    there = Customer.objects.select_for_update().filter(pk=asked.pk, erasing_since=None).first()
    if there is None:
        raise OkaeriError(_("One of the two is being erased."), advice=_("Nothing about them can be changed any more."))
    return there


def _states(customer: Customer) -> dict[str, str]:
    return {each.channel: each.state for each in consent_now(customer.pk)}


def _agree(kept: Customer, before: Mapping[str, str], *, by: User, now: datetime) -> None:
    """Say what holds for each channel of somebody, by their own last word and that of each merged into them."""
    said = list(Consent.objects.filter(customer=kept).order_by("at", "id"))
    merges = [(each.at, set(each.moved["consents"])) for each in Merge.objects.filter(kept=kept, undone_at=None)]
    brought = {key for _at, keys in merges for key in keys}
    for standing in consent_now(kept.pk):
        words = [each for each in said if each.channel == standing.channel]
        own = _last(each for each in words if each.pk not in brought and each.source != SOURCE)
        theirs = [(at, last) for at, keys in merges if (last := _last(each for each in words if each.pk in keys))]
        state = _holding(own, theirs)
        if state != standing.state:
            say(kept, channel=standing.channel, state=state, source=SOURCE, who=by, at=now, now=now)
        elif state != before[standing.channel]:
            tell_consent(kept, standing.channel, state, now=now)


def _holding(own: Consent | None, theirs: Sequence[tuple[datetime, Consent]]) -> str:
    """A withdrawal of either, whichever came later, unless they agreed anew after the two had become one."""
    words = [*([own] if own else []), *(last for at, last in theirs if not (own and own.at > at))]
    if any(each.state == ConsentState.WITHDRAWN for each in words):
        return ConsentState.WITHDRAWN
    return max(words, key=lambda each: (each.at, each.pk)).state if words else ConsentState.UNKNOWN


def _withdraw_for(gone: Customer, *, of: Customer, since: datetime, now: datetime) -> None:
    """What was withdrawn while two were one is withdrawn for both, since nobody knows for whom it was said."""
    brought = {key for each in Merge.objects.filter(kept=of, undone_at=None) for key in each.moved["consents"]}
    own = Consent.objects.filter(customer=of).exclude(source=SOURCE).order_by("at", "id")
    latest = {each.channel: each for each in own if each.pk not in brought}
    for channel, each in latest.items():
        if each.state == ConsentState.WITHDRAWN and each.at > since:
            say(
                gone,
                channel=channel,
                state=each.state,
                source=each.source,
                wording=each.wording,
                who=each.who,
                at=each.at,
                now=now,
            )


def _last(said: Iterable[Consent]) -> Consent | None:
    """The last of them, which come in the order of their moments."""
    return next(reversed(list(said)), None)
