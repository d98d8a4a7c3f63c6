"""Payments that did not go through."""

from __future__ import annotations

from datetime import date

from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.signals.kind import Example, Kind, Row
from okaeri.signals.signal import Evidence, Severity

_QUERY = """
select customer, known_day + 1 as day, min(name) as name, cast(sum(events) as bigint) as n
from known_events
where name in (select name from event_lists where list = 'payment_failed')
group by customer, known_day
"""


def says(row: Row) -> Text:
    """The sentence on a screen."""
    return _("A payment failed.")


def because(row: Row) -> tuple[Evidence, ...]:
    """The failures of the day by the name of their event."""
    words = _("Events called {name} that day: {n}.")
    return (
        Evidence(
            metric="failed_payments",
            value=row["n"],
            threshold=1,
            unit=Unit.COUNT,
            rows=row["n"],
            says=words.format(n=row["n"], name=row["name"]),
        ),
    )


KIND = Kind(
    id="payment_failed",
    label=_("Payment failed"),
    definition=_("An event whose name speaks of a payment that failed or was declined."),
    query=_QUERY,
    says=says,
    because=because,
    advice=_("Send a link to update the card, and try again in three days."),
    severity=Severity.URGENT,
    cooldown_days=14,
    facts=("events",),
    example=Example(
        tables={
            "subscriptions": {"customer_id": ["aki", "chiyo", "min-jun"], "started_at": ["2024-01-01"] * 3},
            "events": {
                "customer_id": ["aki", "aki", "chiyo", "min-jun"],
                "name": ["invoice.payment_failed", "invoice.payment_failed", "payment_succeeded", "결제 실패"],
                "occurred_at": ["2024-03-04", "2024-03-17", "2024-03-04", "2024-03-05"],
                # known three days later
                "received_at": ["2024-03-04", "2024-03-17", "2024-03-04", "2024-03-08"],
            },
        },
        seen={"aki": ("2024-03-05",), "min-jun": ("2024-03-09",)},
        cutoff=date(2024, 4, 1),
    ),
)
