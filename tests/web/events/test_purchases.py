"""The spec's shop events become orders and returns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from okaeri.web.core.events.flushing import flush
from okaeri.web.core.events.models import Refused, Source
from okaeri.web.core.events.services import take
from tests.web.events.conftest import NOON, Rows, track

pytestmark = pytest.mark.usefixtures("key")
COLUMNS = "order_id, customer_id, amount, currency, kind"


def accept(*raws: dict[str, Any]) -> None:
    taken = take(raws, source=Source.objects.get(), kind=None, sent=None, size=0, received=NOON)
    assert taken.accepted == len(raws)
    flush(now=NOON)


def about(message_id: str, event: str, **properties: Any) -> dict[str, Any]:
    return track(message_id, event, properties=properties)


@pytest.mark.parametrize(
    ("properties", "amount"),
    [
        ({"total": 30.5, "revenue": 25}, 30.5),
        ({"revenue": "25"}, 25.0),
        ({"value": 9}, 9.0),
        ({"total": "n/a", "revenue": 7}, 7.0),
        ({"total": 0}, 0.0),
    ],
)
def test_a_completed_order_is_an_order_and_an_event(in_lake: Rows, properties: dict[str, Any], amount: float) -> None:
    accept(about("m1", "Order Completed", order_id="A1", currency="jpy", **properties))

    assert in_lake("orders", COLUMNS) == [("A1", "mika", amount, "JPY", "purchase")]
    assert in_lake("events", "event_id, name") == [("m1", "Order Completed")]


def test_an_order_told_by_browser_and_server_is_one_order(in_lake: Rows) -> None:
    accept(about("m1", "Order Completed", order_id="A1", total=30))
    accept(
        about("m2", "Order Completed", order_id="A1", total=30), about("m3", "Order Updated", order_id="A1", total=32)
    )

    assert in_lake("orders", COLUMNS) == [("A1", "mika", 32.0, "", "purchase")]


@pytest.mark.parametrize("together", [True, False])
def test_an_updated_order_stays_on_its_day_and_in_its_currency(in_lake: Rows, together: bool) -> None:
    week_ago = (NOON - timedelta(days=7)).isoformat()
    bought = {**about("m1", "Order Completed", order_id="A1", total=30, currency="USD"), "timestamp": week_ago}
    updated = about("m2", "Order Updated", order_id="A1", total=32)

    for messages in [(bought, updated)] if together else [(bought,), (updated,)]:
        accept(*messages)

    assert in_lake("orders", "amount, currency, ordered_at::date::varchar") == [(32.0, "USD", "2026-04-24")]


def test_refunds_are_returns_bit_by_bit_and_never_twice(in_lake: Rows) -> None:
    accept(about("m1", "Order Completed", order_id="A1", total=30, currency="USD"))
    for _ in range(2):
        accept(
            about("m2", "Order Refunded", order_id="A1", total=5), about("m3", "Order Refunded", order_id="A1", total=5)
        )

    returns = [row[2:] for row in in_lake("orders", COLUMNS) if row[0] != "A1"]
    assert returns == [(-5.0, "USD", "return"), (-5.0, "USD", "return")]


@pytest.mark.parametrize("event", ["Order Cancelled", "Order Refunded"])
@pytest.mark.parametrize("together", [True, False])
def test_without_a_total_the_whole_order_goes_back(in_lake: Rows, event: str, together: bool) -> None:
    bought = about("m1", "Order Completed", order_id="A1", total=30, currency="KRW")
    back = about("m2", event, order_id="A1")

    if together:
        accept(bought, back)
    else:
        accept(bought)
        accept(back)

    assert [row[2:] for row in in_lake("orders", COLUMNS)] == [(30.0, "KRW", "purchase"), (-30.0, "KRW", "return")]


def test_a_cancellation_counts_once_however_often_it_is_said(in_lake: Rows) -> None:
    accept(about("m1", "Order Completed", order_id="A1", total=30))
    accept(about("m2", "Order Cancelled", order_id="A1"))
    accept(about("m3", "Order Cancelled", order_id="A1", total=30))

    assert [row[2] for row in in_lake("orders", COLUMNS)] == [30.0, -30.0]


@pytest.mark.parametrize(
    ("event", "properties", "code"),
    [
        ("Order Completed", {"total": 30}, "no_order"),
        ("Order Completed", {"order_id": "A1"}, "no_amount"),
        ("Order Completed", {"order_id": "A1", "total": -3}, "no_amount"),
        ("Order Completed", {"order_id": "A1", "total": True}, "no_amount"),
        ("Order Completed", {"order_id": "A1", "total": 1e300}, "no_amount"),
        ("Order Refunded", {"order_id": "never seen"}, "no_amount"),
        ("Order Cancelled", {"order_id": {"$ne": 1}}, "no_order"),
    ],
)
def test_an_order_that_cannot_be_written_down_is_told_of_and_its_event_lands(
    in_lake: Rows, event: str, properties: dict[str, Any], code: str
) -> None:
    accept(about("m1", event, **properties))

    assert Refused.objects.get().code == code
    assert in_lake("orders", COLUMNS) == []
    assert in_lake("events", "name") == [(event,)]
