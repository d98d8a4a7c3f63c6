"""Requests for a lower price, a smaller plan or the end of the contract, whenever they come."""

from __future__ import annotations

from datetime import date

from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.signals.kind import Example, Kind, Row
from okaeri.signals.signal import Evidence, Severity

_QUERY = """
select customer, day + 1 as day, min(words) as words, count(*) as n
from change_requests
group by customer, day
"""


def says(row: Row) -> Text:
    """The sentence on a screen."""
    return _("Asked about a lower price or another contract ({words}).").format(words=row["words"])


def because(row: Row) -> tuple[Evidence, ...]:
    """The requests of the day."""
    words = _("Requests that day, recognised by their words: {n}.")
    return (
        Evidence(
            metric="change_requests",
            value=row["n"],
            threshold=1,
            unit=Unit.COUNT,
            rows=row["n"],
            says=words.format(n=row["n"]),
        ),
    )


KIND = Kind(
    id="change_request",
    label=_("Asked for a change"),
    definition=_("A ticket or an event whose topic or name speaks of a lower price, another contract or ending it."),
    query=_QUERY,
    says=says,
    because=because,
    advice=_("Ask what they need now and offer the plan that fits, before they compare others."),
    severity=Severity.RISK,
    cooldown_days=30,
    any_of=("tickets", "events"),
    example=Example(
        tables={
            "subscriptions": {"customer_id": ["aki", "chiyo", "min-jun"], "started_at": ["2024-01-01"] * 3},
            "tickets": {
                "customer_id": ["aki", "chiyo", "chiyo"],
                "topic": ["Price cut", "discount code broken", "プラン変更について"],
                "opened_at": ["2024-03-04", "2024-03-05", "2024-03-08"],
            },
            "events": {"customer_id": ["min-jun"], "name": ["subscription.downgraded"], "occurred_at": ["2024-03-09"]},
        },
        seen={"aki": ("2024-03-05",), "chiyo": ("2024-03-09",), "min-jun": ("2024-03-10",)},
        cutoff=date(2024, 4, 1),
    ),
    caveats=(_("Requests are recognised by a list of words; others go unnoticed."),),
)
