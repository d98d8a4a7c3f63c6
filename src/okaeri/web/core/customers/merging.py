"""Two customers who are one person: who may be, becoming one, and becoming two again.

The lake keeps both ids; the page of the one that stays tells both stories.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.web.core.customers.avatars import avatar_of, tone_of
from okaeri.web.core.customers.contracts import Alike
from okaeri.web.core.customers.kinds.channels import MOST_CAREFUL, ConsentState
from okaeri.web.core.customers.models import Consent, Customer, Identity, Merge, Note, Task
from okaeri.web.core.customers.queries import consent_now
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
    _check(kept, gone)
    before = {each.channel: each.state for each in consent_now(kept.pk)}
    theirs = {each.channel: each.state for each in consent_now(gone.pk)}
    moved: dict[str, Any] = {name: _keys(model, gone) for name, model in _MOVING.items()}
    moved["followers"] = list(Customer.objects.filter(merged_into=gone).values_list("pk", flat=True))
    moved["consent_of_kept"] = before
    if not Customer.objects.filter(pk=gone.pk, merged_into=None, erasing_since=None).update(merged_into=kept):
        raise _one_already()
    Customer.objects.filter(pk__in=moved["followers"]).update(merged_into=kept)
    for name, model in _MOVING.items():
        model.objects.filter(pk__in=moved[name]).update(customer=kept)
    for channel, state in before.items():
        _agree(kept, channel, (state, theirs[channel]), by=by, now=now)
    try:
        made = Merge.objects.create(kept=kept, gone=gone, moved=moved, who=by, at=now)
    except IntegrityError:
        raise _one_already() from None
    audit.record(by, "customer.merged", about=kept.public_id, at=now, gone=gone.public_id)
    tell("customer.merged", {"kept": kept.public_id, "merged": gone.public_id}, now=now)
    return made


@transaction.atomic
def undo_merge(found: Merge, *, by: User, now: datetime) -> None:
    """Make them two again: what went over goes back, what was added since stays where it is.

    Raises `OkaeriError` when it was undone already, or the one that stayed was itself merged since.
    """
    kept, gone = found.kept, found.gone
    if kept.merged_into_id:
        raise OkaeriError(
            _("This customer was merged into another one since."), advice=_("Undo the later merge first.")
        )
    if not Merge.objects.filter(pk=found.pk, undone_at=None).update(undone_at=now, undone_by=by):
        raise OkaeriError(_("This merge was undone already."), advice=_("Load the page anew."))
    Customer.objects.filter(pk=gone.pk).update(merged_into=None)
    Customer.objects.filter(pk__in=found.moved["followers"]).update(merged_into=gone)
    for name, model in _MOVING.items():
        model.objects.filter(pk__in=found.moved[name], customer=kept).update(customer=gone)
    # marks that the facts brought while the two were one
    Identity.objects.filter(customer=kept, origin__in=[gone.pk, *found.moved["followers"]]).update(customer=gone)
    _part_again(found, by=by, now=now)
    audit.record(by, "customer.merge_undone", about=kept.public_id, at=now, gone=gone.public_id)


def _part_again(found: Merge, *, by: User, now: datetime) -> None:
    """What the merge itself said is taken back; what was withdrawn while the two were one is withdrawn for both."""
    for each in consent_now(found.kept.pk):
        if each.source == SOURCE:
            _say(found.kept, each.channel, found.moved["consent_of_kept"][each.channel], by=by, now=now)
        elif each.state == ConsentState.WITHDRAWN and each.at and each.at > found.at:
            _say(found.gone, each.channel, ConsentState.WITHDRAWN, by=by, now=now)


def merges_of(customer: Customer) -> Iterable[Merge]:
    """The merges into a customer that hold."""
    return Merge.objects.filter(kept=customer, undone_at=None).select_related("gone", "who")


def ids_of(customer: Customer) -> tuple[str, ...]:
    """The ids in the lake that are this customer's, their own first."""
    others = Customer.objects.filter(merged_into=customer).order_by("id").values_list("customer_id", flat=True)
    return (customer.customer_id, *others)


def _check(kept: Customer, gone: Customer) -> None:
    if kept.pk == gone.pk or kept.merged_into_id or gone.merged_into_id:
        raise _one_already()
    if kept.erasing_since or gone.erasing_since:
        raise OkaeriError(_("One of the two is being erased."), advice=_("Nothing about them can be changed any more."))


def _one_already() -> OkaeriError:
    return OkaeriError(_("The two are one customer already."), advice=_("Load the page anew."))


def _keys(model: Any, whose: Customer) -> list[int]:
    return list(model.objects.filter(customer=whose).values_list("pk", flat=True))


def _agree(kept: Customer, channel: str, states: tuple[str, str], *, by: User, now: datetime) -> None:
    """Where one withdrew and the other agreed, the withdrawal holds, whichever came later."""
    if len(set(states)) > 1 and ConsentState.WITHDRAWN in states:
        _say(kept, channel, next(state for state in MOST_CAREFUL if state in states), by=by, now=now)


def _say(whose: Customer, channel: str, state: str, *, by: User, now: datetime) -> None:
    Consent.objects.create(customer=whose, channel=channel, state=state, source=SOURCE, who=by, at=now, recorded_at=now)
