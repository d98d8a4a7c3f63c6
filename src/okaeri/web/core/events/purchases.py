"""Orders out of the spec's shop events: what was completed, and what went back."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from okaeri.web.core.events.contracts import Received
from okaeri.web.core.events.facts import Row

UPDATED, REFUNDED, CANCELLED = "order updated", "order refunded", "order cancelled"
COMPLETED = frozenset({"order completed", "completed order", UPDATED})
GONE_BACK = frozenset({REFUNDED, CANCELLED, "order canceled"})
_AMOUNTS = ("total", "revenue", "value")
_MOST = 1e15


@dataclass(slots=True)
class Purchases:
    """Rows of `orders`, and the messages of which none could be made, each with the code of its problem."""

    rows: dict[str, Row] = field(default_factory=dict)
    refused: list[tuple[Received, str]] = field(default_factory=list)


def is_about_order(message: Received) -> bool:
    """Whether a message tells of an order."""
    return message.kind == "track" and message.name.lower() in COMPLETED | GONE_BACK


def purchases_of(
    messages: Iterable[tuple[Received, str]], *, known: Callable[[list[str]], Mapping[str, Row]]
) -> Purchases:
    """The orders that messages with their customers tell of, the latest word on each order last.

    `known` finds orders of the lake by id: a refund or a cancellation without a total takes back the whole order, in
    its currency, and an update leaves the order on its day.
    """
    found = Purchases()
    told = sorted(messages, key=lambda each: each[0].occurred_at)
    resting = [_text(m.body.get("order_id")) for m, _ in told if _rests_on_another(m)]
    before = known([each for each in resting if each]) if resting else {}
    for message, customer_id in told:
        _add(found, message, customer_id, before)
    return found


def _rests_on_another(message: Received) -> bool:
    """Whether it takes what it leaves out from the order it is about."""
    name = message.name.lower()
    return name == UPDATED or (name in GONE_BACK and (amount_of(message) is None or not _currency(message)))


def _add(found: Purchases, message: Received, customer_id: str, before: Mapping[str, Row]) -> None:
    order_id = _text(message.body.get("order_id"))
    if not order_id:
        found.refused.append((message, "no_order"))
        return
    original = found.rows.get(order_id) or before.get(order_id)
    back = message.name.lower() in GONE_BACK
    amount = amount_of(message)
    if amount is None and back and original:
        amount = float(original["amount"])
    if amount is None or (amount < 0 and not back):
        found.refused.append((message, "no_amount"))
        return
    row = {
        "order_id": _return_id(order_id, message) if back else order_id,
        "customer_id": customer_id,
        "ordered_at": message.occurred_at if back or not original else original["ordered_at"],
        "amount": -abs(amount) if back else amount,
        "currency": _currency(message) or (original["currency"] if original else ""),
        "margin": None,
        "kind": "return" if back else "purchase",
    }
    found.rows[str(row["order_id"])] = row


def _return_id(order_id: str, message: Received) -> str:
    """An order is cancelled once, however often that is said; it may be refunded bit by bit."""
    if message.name.lower() == REFUNDED:
        return f"{order_id}:refund:{message.message_id}"
    return f"{order_id}:cancelled"


def amount_of(message: Received) -> float | None:
    """What was paid: the total, else the revenue, else the value; None when none can be read as a number."""
    for name in _AMOUNTS:
        found = _number(message.body.get(name))
        if found is not None:
            return found
    return None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and abs(found) < _MOST else None


def _currency(message: Received) -> str:
    value = message.body.get("currency")
    code = value.strip().upper() if isinstance(value, str) else ""
    return code if len(code) == 3 and code.isascii() and code.isalpha() else ""


def _text(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)[:255]
    return value.strip()[:255] if isinstance(value, str) else ""
