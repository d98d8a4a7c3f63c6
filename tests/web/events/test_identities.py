"""Visitors become customers, and what customers tell of themselves is kept, the latest word first."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from okaeri.facts.lake import Lake
from okaeri.web.core.events.contracts import Linked
from okaeri.web.core.events.flushing import flush
from okaeri.web.core.events.models import Source, Visitor
from okaeri.web.core.events.services import take
from okaeri.web.core.landing import identities_linked
from tests.web.events.conftest import NOON, Rows, track

pytestmark = pytest.mark.usefixtures("key")


def accept(*raws: dict[str, Any]) -> None:
    taken = take(raws, source=Source.objects.get(), kind=None, sent=None, size=0, received=NOON)
    assert taken.accepted == len(raws)
    flush(now=NOON)


def identify(minute: int = 0, *, user: str | None = "mika", **more: Any) -> dict[str, Any]:
    at = (NOON - timedelta(hours=1) + timedelta(minutes=minute)).isoformat()
    return {"type": "identify", "userId": user, "timestamp": at, **more}


def attributes(in_lake: Rows) -> dict[str, dict[str, str]]:
    return {name: json.loads(words) for name, words in in_lake("customers", "customer_id, attributes")}


def test_traits_become_attributes_and_join_what_is_known(in_lake: Rows, workspace: Any) -> None:
    accept(identify(0, traits={"plan": "monthly", "age": 31, "address": {"city": "京都"}, "tags": ["a"]}))
    accept(identify(1, traits={"plan": "annual", "vip": True}))

    assert attributes(in_lake) == {
        "mika": {"plan": "annual", "age": "31", "address.city": "京都", "tags": '["a"]', "vip": "true"}
    }


def test_what_a_file_said_of_a_customer_stays(in_lake: Rows, workspace: Any) -> None:
    import pyarrow as pa

    row = {"customer_id": ["mika"], "joined_at": [NOON], "attributes": ['{"channel":"fair","plan":"none"}']}
    Lake(workspace / "lake").land("customers", pa.table(row), batch_id="file", now=NOON)

    accept(identify(traits={"plan": "annual"}))

    assert attributes(in_lake) == {"mika": {"channel": "fair", "plan": "annual"}}
    assert in_lake("customers", "joined_at is not null") == [(True,)]


def test_a_late_word_does_not_undo_a_newer_one_neither_in_its_batch_nor_after(in_lake: Rows) -> None:
    accept(identify(30, traits={"plan": "annual"}), identify(10, traits={"plan": "monthly", "city": "Kyoto"}))
    accept(identify(20, traits={"plan": "weekly", "city": "Osaka"}))

    assert attributes(in_lake) == {"mika": {"plan": "annual", "city": "Osaka"}}


def test_a_trait_told_to_be_nothing_goes(in_lake: Rows) -> None:
    accept(identify(0, traits={"plan": "annual", "city": "Kyoto"}))
    accept(identify(1, traits={"city": None}))

    assert attributes(in_lake) == {"mika": {"plan": "annual"}}


def test_when_a_customer_was_created_is_when_they_joined(in_lake: Rows) -> None:
    accept(identify(traits={"createdAt": "2024-02-03T00:00:00Z"}))

    assert in_lake("customers", "customer_id, strftime(joined_at, '%Y-%m-%d')") == [("mika", "2024-02-03")]
    assert attributes(in_lake) == {"mika": {}}


def test_a_group_is_an_attribute_of_its_members(in_lake: Rows) -> None:
    accept({"type": "group", "userId": "mika", "groupId": "g1", "traits": {"name": "Komorebi"}})

    assert attributes(in_lake) == {"mika": {"group_id": "g1", "group.name": "Komorebi"}}


def test_a_visitor_without_a_name_is_kept_apart_and_is_no_customer(in_lake: Rows) -> None:
    accept(track("m1", user=None, anonymousId="v1"), identify(user=None, anonymousId="v1", traits={"city": "Kyoto"}))

    assert in_lake("events", "event_id, customer_id") == [("m1", "anon:v1")]
    assert in_lake("customers", "customer_id") == []


@pytest.mark.parametrize(
    "link",
    [
        identify(5, anonymousId="v1"),
        {"type": "alias", "previousId": "v1", "userId": "mika"},
        track("m9", "Logged In", anonymousId="v1"),
    ],
)
def test_once_a_visitor_is_known_everything_of_theirs_is_the_customers(in_lake: Rows, link: dict[str, Any]) -> None:
    order = {"order_id": "A1", "total": 30}
    accept(
        track("m1", user=None, anonymousId="v1"),
        track("m2", "Order Completed", user=None, anonymousId="v1", properties=order),
        track("m3", user=None, anonymousId="v2"),
        identify(user=None, anonymousId="v1", traits={"city": "Kyoto"}),
    )

    accept(link)
    accept(track("m4", user=None, anonymousId="v1"))

    owners: dict[str, str] = dict(in_lake("events", "event_id, customer_id"))
    assert {name: owners[name] for name in ("m1", "m2", "m3", "m4")} == {
        "m1": "mika",
        "m2": "mika",
        "m3": "anon:v2",
        "m4": "mika",
    }
    assert in_lake("orders", "order_id, customer_id") == [("A1", "mika")]
    assert attributes(in_lake) == {"mika": {"city": "Kyoto"}}


def test_a_visitor_found_out_in_the_same_batch_never_lands_without_a_name(in_lake: Rows) -> None:
    accept(track("m1", user=None, anonymousId="v1"), identify(anonymousId="v1"))

    assert in_lake("events", "customer_id") == [("mika",)]


def test_of_two_people_at_one_machine_the_latest_is_the_visitor_and_the_past_stays(in_lake: Rows) -> None:
    accept(track("m1", user=None, anonymousId="v1"))
    accept(identify(5, user="mika", anonymousId="v1"))
    accept(identify(9, user="jiho", anonymousId="v1"))
    accept(identify(7, user="mika", anonymousId="v1"), track("m2", user=None, anonymousId="v1"))

    assert in_lake("events", "event_id, customer_id") == [("m1", "mika"), ("m2", "jiho")]


def test_an_alias_between_customers_is_passed_on_and_merges_nobody(in_lake: Rows) -> None:
    heard: list[Linked] = []

    def listen(links: tuple[Linked, ...], **news: object) -> None:
        heard.extend(links)

    accept(track("m1", user="old"))
    identities_linked.connect(listen)
    try:
        accept({"type": "alias", "previousId": "old", "userId": "mika"})
    finally:
        identities_linked.disconnect(listen)

    assert [(each.previous, each.customer_id) for each in heard] == [("anon:old", "mika"), ("old", "mika")]
    assert in_lake("events", "customer_id") == [("old",)]
    assert Visitor.objects.get().customer_id == "mika"
