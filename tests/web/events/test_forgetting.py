"""Somebody who is to be forgotten is forgotten on the way to the lake as well."""

from __future__ import annotations

from datetime import timedelta

from okaeri.web.core.events.flushing import flush
from okaeri.web.core.events.models import Delivery, Recent, Refused, Told, Visitor
from okaeri.web.core.landing import customers_forgotten
from tests.web.events.conftest import NOON, Rows, Send, track


def test_nothing_of_a_forgotten_customer_stays_or_lands_later(send: Send, in_lake: Rows) -> None:
    told = {"type": "identify", "userId": "mika", "anonymousId": "v1", "traits": {"city": "Kyoto"}, "messageId": "i1"}
    send("batch", {"batch": [told, track("m1"), track("m2", user="jiho")]})
    flush(now=NOON)
    wrong = track("m3", timestamp=(NOON - timedelta(days=40_000)).isoformat())
    send("batch", {"batch": [track("m4"), track("m5", user=None, anonymousId="v1"), track("m6", user="jiho"), wrong]})
    send("track", track("m7"))

    customers_forgotten.send(sender=None, customer_ids=["mika"], now=NOON)

    assert not Visitor.objects.exists()
    assert not Told.objects.exists()
    assert not Refused.objects.exists()
    assert set(Recent.objects.values_list("customer_id", flat=True)) == {"jiho"}
    assert Delivery.objects.get().messages == 1
    flush(now=NOON)
    assert in_lake("events", "event_id") == [("m1",), ("m2",), ("m6",)]


def test_somebody_whose_id_begins_alike_is_not_forgotten_with_them(send: Send) -> None:
    send("batch", {"batch": [track("m1", user="mika"), track("m2", user="mika-2")]})

    customers_forgotten.send(sender=None, customer_ids=["mika"], now=NOON)

    assert '"mika-2"' in Delivery.objects.get().body
    assert '"mika"' not in Delivery.objects.get().body


def test_an_id_that_came_as_a_number_is_forgotten_among_what_was_refused(send: Send) -> None:
    send("track", {"userId": 77, "messageId": "m1"})
    send("track", {"messageId": "m2", "userId": 77})
    send("track", {"userId": 778, "messageId": "m3"})

    customers_forgotten.send(sender=None, customer_ids=["77"], now=NOON)

    assert [each.message_id for each in Refused.objects.all()] == ["m3"]


def test_an_alias_that_gives_a_forgotten_id_up_is_forgotten(send: Send) -> None:
    send("alias", {"previousId": "mika", "userId": "jiho", "messageId": "a1"})

    customers_forgotten.send(sender=None, customer_ids=["mika"], now=NOON)

    assert not Delivery.objects.exists()
