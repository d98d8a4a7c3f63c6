"""Erasing a customer on their wish: from the lake, from the directory, and nothing of them in the log of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.web.core.customers.models import Customer, Merge
from okaeri.web.core.customers.uniting import land_identities
from okaeri.web.core.jobs.running import enqueue
from okaeri.web.core.landing import customers_forgotten, facts_landed
from okaeri.web.core.people import audit
from okaeri.web.core.people.models import User
from okaeri.web.core.shops import asking


@transaction.atomic
def ask_to_erase(customer: Customer, *, typed: str, by: User, now: datetime) -> None:
    """Hide a customer at once and have them erased behind the pages; `typed` is their id, written once more.

    Raises `OkaeriError` when it is not, and for one of several ids that were merged into another.
    """
    if typed.strip() != customer.customer_id:
        raise OkaeriError(
            _("The id does not match."), advice=_("Type the customer's id exactly as it is shown, then try again.")
        )
    there = Customer.objects.filter(pk=customer.pk, erasing_since=None)
    if there.filter(merged_into=None).update(erasing_since=now):
        audit.record(by, "customer.erasure_asked", about=customer.public_id, at=now)
    elif there.exists():
        raise OkaeriError(
            _("This customer was merged into another one since."),
            advice=_("Erase that one: all ids of a person go together."),
        )
    enqueue(
        "erase_customer",
        now=now,
        key=f"erase:{customer.public_id}",
        asked_by=by,
        public_id=customer.public_id,
        by=by.pk,
    )


def erase(public_id: str, *, by: Any, now: datetime) -> dict[str, int]:
    """Erase what was asked for, whatever of it is left; returns the rows removed per table of the lake."""
    customer = Customer.objects.filter(public_id=public_id).exclude(erasing_since=None).first()
    if customer is None:
        return {}
    removed: dict[str, int] = {}
    receipts: list[dict[str, Any]] = []
    everyone = [*Customer.objects.filter(merged_into=customer), customer]
    # who was parted from them must not be erased with them, although the facts may not have heard of it yet
    about = Q(kept__in=everyone) | Q(gone__in=everyone)
    land_identities(set(Merge.objects.filter(about).values_list("gone", flat=True)), now=now)
    customers_forgotten.send(sender=Customer, customer_ids=[each.customer_id for each in everyone], now=now)
    for each in everyone:
        with asking() as shop:
            receipt = shop.forget(each.customer_id)
        receipts.append({"digest": receipt.digest, "at": receipt.at, "rows": dict(receipt.rows)})
        for table, rows in receipt.rows.items():
            removed[table] = removed.get(table, 0) + rows
    with transaction.atomic():
        Customer.objects.filter(pk__in=[each.pk for each in everyone]).delete()
        person = User.objects.filter(pk=by).first()
        audit.record(person, "customer.erased", about=public_id, at=now, receipts=receipts)
        # what was measured may still name them
        facts_landed.send(sender=Customer, tables=sorted(removed), now=now)
    return removed
