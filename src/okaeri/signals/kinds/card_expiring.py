"""News from the payment provider that a card is about to expire."""

from __future__ import annotations

from datetime import date

from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.signals.kind import Example, Kind, Row
from okaeri.signals.signal import Evidence, Severity

_QUERY = """
select customer, known_day + 1 as day, min(name) as name, cast(sum(events) as bigint) as n
from known_events
where name in (select name from event_lists where list = 'card_expiring')
group by customer, known_day
"""


def says(row: Row) -> Text:
    """The sentence on a screen."""
    return _("The card they pay with is about to expire.")


def because(row: Row) -> tuple[Evidence, ...]:
    """The event that said so."""
    words = _("Events called {name} that day: {n}.")
    return (
        Evidence(
            metric="card_expiring",
            value=row["n"],
            threshold=1,
            unit=Unit.COUNT,
            rows=row["n"],
            says=words.format(n=row["n"], name=row["name"]),
        ),
    )


KIND = Kind(
    id="card_expiring",
    label=_("Card about to expire"),
    definition=_("An event whose name speaks of a card or another means of payment that is about to expire."),
    query=_QUERY,
    says=says,
    because=because,
    advice=_("Ask for a new card before the next payment is due."),
    severity=Severity.RISK,
    cooldown_days=60,
    facts=("events",),
    example=Example(
        tables={
            "subscriptions": {"customer_id": ["aki", "chiyo"], "started_at": ["2024-01-01"] * 2},
            "events": {
                "customer_id": ["aki", "chiyo"],
                "name": ["customer.source.expiring", "customer.source.updated"],
                "occurred_at": ["2024-03-04", "2024-03-04"],
            },
        },
        seen={"aki": ("2024-03-05",)},
        cutoff=date(2024, 4, 1),
    ),
)
