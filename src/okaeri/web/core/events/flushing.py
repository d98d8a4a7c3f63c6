"""The way from the outbox to the lake, exactly once: first the lake commits, then the outbox is emptied.

A crash between the two brings the same messages again, and the lake knows each by its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from okaeri.facts.lake import Lake
from okaeri.facts.locks import held_if_free
from okaeri.web.core.events import facts, identities
from okaeri.web.core.events.contracts import ANONYMOUS, Flushed, Received
from okaeri.web.core.events.facts import HAPPENED, Row
from okaeri.web.core.events.identities import Company
from okaeri.web.core.events.messages import unwritten
from okaeri.web.core.events.models import Delivery, Recent, Refused, Source
from okaeri.web.core.events.purchases import Purchases, is_about_order, purchases_of
from okaeri.web.core.events.services import refused_later, trim_refused
from okaeri.web.core.events.traits import customers_after
from okaeri.web.core.landing import identities_linked
from okaeri.web.core.shops import workspace

AT_ONCE, LETTERS_AT_ONCE = 20_000, 20_000_000
"""How many messages, and letters of them, one flush takes, give or take a delivery: it bounds the memory it needs."""
KEPT_RECENT = 100


def flush(*, now: datetime, at_once: int = AT_ONCE) -> Flushed | None:
    """Bring the oldest messages of the outbox into the lake; None when somebody else is at it or nothing waits."""
    lake = Lake(workspace().lake_path)
    with held_if_free(lake.path / ".locks" / ".flushing") as mine:
        chosen, more = _next(at_once) if mine else ([], False)
        if not chosen:
            return None
        messages = _messages(chosen)
        company = identities.company_of(messages)
        purchases, tables = _land(lake, messages, company, now=now)
        _settle(chosen, messages, company, purchases, now=now)
    return Flushed(deliveries=len(chosen), messages=len(messages), tables=tables, more=more)


def flush_all(*, now: datetime) -> tuple[Flushed, ...]:
    """Flush until nothing waits, or somebody else is at it."""
    done: list[Flushed] = []
    while flushed := flush(now=now):
        done.append(flushed)
        if not flushed.more:
            break
    return tuple(done)


def _next(at_once: int) -> tuple[list[Delivery], bool]:
    waiting = list(Delivery.objects.order_by("id").values_list("id", "messages", "letters")[: at_once + 1])
    ids: list[int] = []
    messages = letters = 0
    for found, count, length in waiting:
        if messages >= at_once or letters >= LETTERS_AT_ONCE:
            break
        ids.append(found)
        messages, letters = messages + count, letters + length
    chosen = list(Delivery.objects.filter(id__in=ids).select_related("source").order_by("id"))
    return chosen, len(ids) < len(waiting)


def _messages(deliveries: Iterable[Delivery]) -> list[Received]:
    """Every message once: the first that came under an id."""
    found: dict[str, Received] = {}
    for each in deliveries:
        for message in unwritten(each.body, received_at=each.received_at, source=each.source.name):
            found.setdefault(message.message_id, message)
    return list(found.values())


def _land(
    lake: Lake, messages: Sequence[Received], company: Company, *, now: datetime
) -> tuple[Purchases, tuple[str, ...]]:
    """Everything that becomes a fact; returns the orders as they were understood, and which tables were touched."""
    events = [facts.event_of(each, customer_id=company.customer_of(each)) for each in messages if each.kind in HAPPENED]
    purchases = _purchases(lake, messages, company)
    stories = identities.stories_of(company, messages)
    landed = {
        "events": [facts.land(lake, "events", events, now=now), _rename(lake, "events", company, now=now)],
        "orders": [
            facts.land(lake, "orders", list(purchases.rows.values()), now=now),
            _rename(lake, "orders", company, now=now),
        ],
        "customers": [_customers(lake, stories, now=now)],
    }
    return purchases, tuple(table for table, each in landed.items() if any(each))


def _purchases(lake: Lake, messages: Sequence[Received], company: Company) -> Purchases:
    def known(order_ids: list[str]) -> Mapping[str, Row]:
        return {row["order_id"]: row for row in facts.rows_with(lake, "orders", "order_id", order_ids)}

    about = [(each, company.customer_of(each)) for each in messages if is_about_order(each)]
    return purchases_of(about, known=known)


def _rename(lake: Lake, table: str, company: Company, *, now: datetime) -> object:
    """Give what found-out visitors did before to the customers they are."""
    names = {ANONYMOUS + name: customer_id for name, customer_id in company.found_out.items()}

    def renamed(rows: Iterable[Row]) -> list[Row]:
        return [{**row, "customer_id": names[row["customer_id"]]} for row in rows]

    return facts.land_changed(lake, table, "customer_id", sorted(names), renamed, now=now)


def _customers(lake: Lake, stories: Mapping[str, Mapping[str, str | None]], *, now: datetime) -> object:
    return facts.land_changed(
        lake, "customers", "customer_id", sorted(stories), lambda rows: customers_after(rows, stories), now=now
    )


@transaction.atomic
def _settle(
    deliveries: Sequence[Delivery],
    messages: Sequence[Received],
    company: Company,
    purchases: Purchases,
    *,
    now: datetime,
) -> None:
    """Empty the outbox of what is in the lake, and write down what was learned on the way: all of it or nothing."""
    Delivery.objects.filter(id__in=[each.id for each in deliveries]).delete()
    identities.keep(company)
    sources = {each.source.name: each.source_id for each in deliveries}
    Refused.objects.bulk_create(
        refused_later(each, code, source_id=sources[each.source], received=each.received_at, name=each.name)
        for each, code in purchases.refused
    )
    trim_refused()
    for source_id in set(sources.values()):
        heard = max(each.received_at for each in deliveries if each.source_id == source_id)
        Source.objects.filter(pk=source_id).update(heard_at=heard)
    _remember(messages, company)
    if company.links:
        identities_linked.send(sender=flush, links=tuple(company.links), now=now)


def _remember(messages: Sequence[Received], company: Company) -> None:
    Recent.objects.bulk_create(
        Recent(
            source_name=each.source,
            kind=each.kind,
            name=each.name,
            customer_id=company.customer_of(each),
            occurred_at=each.occurred_at,
            received_at=each.received_at,
        )
        for each in messages[-KEPT_RECENT:]
    )
    oldest = Recent.objects.order_by("-id").values_list("id", flat=True)[KEPT_RECENT : KEPT_RECENT + 1].first()
    if oldest is not None:
        Recent.objects.filter(id__lte=oldest).delete()
