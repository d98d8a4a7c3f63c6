"""What other rooms may ask of the directory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from django.db.models import QuerySet

from okaeri.web.core.customers.contracts import Called, Standing
from okaeri.web.core.customers.kinds.channels import Channel, ConsentState
from okaeri.web.core.customers.models import Consent, Customer

_AT_A_TIME = 500


def names_for(ids: Iterable[str]) -> dict[str, Called]:
    """What to call customers, by their ids in the lake; those who are not in the directory are left out.

    Somebody who was merged is called as the customer they were merged into.
    """
    found: dict[str, Called] = {}
    waiting = iter(dict.fromkeys(ids))
    while part := list(islice(waiting, _AT_A_TIME)):
        rows = _there(part).select_related("merged_into")
        for each in rows.only("customer_id", "public_id", "name", "merged_into__public_id", "merged_into__name"):
            one = each.merged_into or each
            found[each.customer_id] = Called(public_id=one.public_id, name=one.name or each.shown)
    return found


def may_reach(ids: Sequence[str], channel: str) -> frozenset[str]:
    """Those of the customers, by id in the lake, who have agreed to be reached by a channel and not withdrawn it."""
    found: set[str] = set()
    for start in range(0, len(ids), _AT_A_TIME):
        part = ids[start : start + _AT_A_TIME]
        whose = {
            name: owner or key for name, key, owner in _there(part).values_list("customer_id", "pk", "merged_into")
        }
        said = Consent.objects.filter(customer__in=set(whose.values()), channel=channel).order_by("at", "id")
        latest: dict[int, str] = {key: state for key, state in said.values_list("customer_id", "state")}
        found.update(name for name, key in whose.items() if latest.get(key) == ConsentState.GIVEN)
    return frozenset(found)


def _there(ids: Sequence[str]) -> QuerySet[Customer]:
    """Those of the directory with these ids; nobody who is being erased, by whichever of their ids."""
    return Customer.objects.filter(customer_id__in=ids, erasing_since=None, merged_into__erasing_since=None)


def consent_now(customer_pk: int) -> tuple[Standing, ...]:
    """What holds for every channel, with where that is known from; nothing said means not known."""
    latest: dict[str, Consent] = {}
    for each in Consent.objects.filter(customer=customer_pk).select_related("who").order_by("at", "id"):
        latest[each.channel] = each
    return tuple(_standing(channel, latest.get(channel)) for channel in Channel.values)


def _standing(channel: str, said: Consent | None) -> Standing:
    if said is None:
        return Standing(channel=channel, state=ConsentState.UNKNOWN)
    return Standing(
        channel=channel,
        state=said.state,
        source=said.source,
        wording=said.wording,
        who=str(said.who or ""),
        at=said.at,
    )
