"""Telling the facts what merging decided, so that every figure counts one customer, or two again.

The job is asked for in the transaction of the merge, and lands how things stand when it is done: it may come late,
twice, or in another order than the merges, and says the same in the end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from okaeri.facts.contracts import table_of
from okaeri.facts.lake import Lake
from okaeri.facts.locks import held
from okaeri.web.core.customers.models import Customer, Merge
from okaeri.web.core.jobs.running import enqueue
from okaeri.web.core.landing import facts_landed
from okaeri.web.core.shops import workspace


def unite_later(gone: Customer, *, now: datetime) -> None:
    """Have the facts told whose a customer's id is now."""
    enqueue("unite_customers", now=now, key=f"unite:{gone.public_id}", gone=gone.pk)


def unite(gone: int, *, now: datetime) -> None:
    """Tell the facts whose a customer's id is now, and everybody that they changed; not of who is being erased."""
    there = Customer.objects.filter(pk=gone, erasing_since=None, merged_into__erasing_since=None)
    if there.exists():
        land_identities([gone], now=now)
        facts_landed.send(sender=unite, tables=["identities"], now=now)


def land_identities(gone: Collection[int], *, now: datetime) -> None:
    """Bring what holds for customers who were ever merged into the facts.

    It is read and landed under one lock, so that nobody lands what held before after what holds now.
    """
    import pyarrow as pa  # heavy: only in a worker

    lake = Lake(workspace().lake_path)
    with held(lake.path / ".locks" / ".uniting"):
        rows = list(_rows(gone))
        if rows:
            told = pa.Table.from_pylist(rows, schema=table_of("identities").arrow_schema())
            lake.land("identities", told, batch_id=None, now=now)


def _rows(gone: Collection[int]) -> Iterator[dict[str, Any]]:
    """Each customer's latest merge, as a row; one that was undone makes them themselves again."""
    latest: dict[int, Merge] = {}
    for each in Merge.objects.filter(gone__in=gone).select_related("kept", "gone").order_by("at", "id"):
        latest[each.gone_id] = each
    for each in latest.values():
        yield {
            "customer_id": each.gone.customer_id,
            "same_as": each.gone.customer_id if each.undone_at else each.kept.customer_id,
            "decided_at": each.undone_at or each.at,
        }
