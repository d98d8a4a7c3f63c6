"""Bringing the directory up to the lake: every customer of the lake is in it, and who was erased there is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from okaeri.facts.lake import Lake
from okaeri.web.core.customers.contracts import Synced
from okaeri.web.core.customers.gathering import count_customers, lake_columns
from okaeri.web.core.customers.models import Customer, Identity, IdentityKind
from okaeri.web.core.customers.profiles import fits, profile_of
from okaeri.web.core.shops import workspace

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[float], None]
CHUNK = 1_000
FROM_FACTS = "facts"
_FORETOLD = ("said_of", "leaving", "leaving_low", "leaving_high")
_COPIED = [
    field.name
    for field in Customer._meta.concrete_fields
    if field.name not in ("id", "public_id", "customer_id", "merged_into", "erasing_since")
]


def sync_customers(*, now: datetime, progress: Progress | None = None) -> Synced:
    """Copy who the customers are, and where they stand, from the lake; rows that did not change are left alone.

    It may run at any time, twice, or be cut off: each chunk is one short transaction.
    """
    known, done, written, left_out = count_customers(), 0, 0, 0
    for rows in lake_columns():
        for part in _parts(rows):
            usable = [row for row in part if fits(row["customer_id"])]
            left_out += len(part) - len(usable)
            written += _upsert(usable, now=now)
            done += len(part)
            if progress:
                progress(min(0.95, done / max(known, 1)))
    gone = _without_those_erased(now=now) if Customer.objects.filter(in_lake=True).count() > known else 0
    return Synced(customers=done, written=written, gone=gone, left_out=left_out)


def _parts(rows: pa.Table) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, rows.num_rows, CHUNK):
        yield rows.slice(start, CHUNK).to_pylist()


def _upsert(part: Sequence[dict[str, Any]], *, now: datetime) -> int:
    made = [profile_of(row) for row in part]
    ids = [each.customer_id for each in made]
    there = Customer.objects.filter(customer_id__in=ids).only("customer_id", "fingerprint", *_FORETOLD)
    kept = {each.customer_id: each for each in there}
    changed = [each for each in made if _is_news(each, kept.get(each.customer_id))]
    if changed:
        with transaction.atomic():
            Customer.objects.bulk_create(
                changed, update_conflicts=True, unique_fields=["customer_id"], update_fields=_COPIED
            )
            _mark(changed, known=set(kept), now=now)
    return len(changed)


def _is_news(each: Customer, before: Customer | None) -> bool:
    """Whether a row has to be written; a range that is known stays while what it belongs to does."""
    if before is None:
        return True
    if each.leaving_high is None and (each.said_of, each.leaving) == (before.said_of, before.leaving):
        each.leaving_low, each.leaving_high = before.leaving_low, before.leaving_high
    ranges = (each.leaving_low, each.leaving_high) != (before.leaving_low, before.leaving_high)
    return ranges or each.fingerprint != before.fingerprint


def _mark(changed: Sequence[Customer], *, known: set[str], now: datetime) -> None:
    """Write the marks the changed rows are known by; a mark that is somebody else's already stays theirs."""
    ids = [each.customer_id for each in changed]
    rows = {
        name: (key, owner or key)
        for name, key, owner in Customer.objects.filter(customer_id__in=ids).values_list(
            "customer_id", "pk", "merged_into"
        )
    }
    wanted = [
        Identity(
            kind=kind, value=value, customer_id=owner, origin_id=origin, source=FROM_FACTS, since=each.joined_at or now
        )
        for each in changed
        for origin, owner in (rows[each.customer_id],)
        for kind, value in _marks(each)
    ]
    before = [rows[name][0] for name in ids if name in known]
    values = {(each.kind, each.value) for each in wanted}
    stale = [
        key
        for key, kind, value in Identity.objects.filter(origin__in=before).values_list("pk", "kind", "value")
        if (kind, value) not in values
    ]
    Identity.objects.filter(pk__in=stale).delete()
    Identity.objects.bulk_create(wanted, ignore_conflicts=True)


def _marks(each: Customer) -> Iterator[tuple[str, str]]:
    yield IdentityKind.EXTERNAL_ID, each.customer_id
    if each.email:
        yield IdentityKind.EMAIL, each.email
    if each.phone:
        yield IdentityKind.PHONE, each.phone


def _without_those_erased(*, now: datetime) -> int:
    """Delete the rows of customers that the lake has a receipt of erasure for; others are kept, marked as not there."""
    there: set[str] = set()
    for rows in lake_columns():
        there.update(rows["customer_id"].to_pylist())
    vanished = [
        (key, name)
        for key, name in Customer.objects.filter(in_lake=True).values_list("pk", "customer_id").iterator()
        if name not in there
    ]
    receipts = Lake(workspace().lake_path).receipts()
    erased = [key for key, name in vanished if any(receipt.matches(name) for receipt in receipts)]
    for chunk in _chunks([key for key, _name in vanished]):
        Customer.objects.filter(pk__in=chunk).update(in_lake=False, fingerprint="")
    for chunk in _chunks(erased):
        Customer.objects.filter(pk__in=chunk).delete()
    return len(erased)


def _chunks(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))
