"""Neutral ratings: content enough not to complain, not enough to recommend."""

from __future__ import annotations

from datetime import date

from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.signals.kind import Example, Kind, Row
from okaeri.signals.signal import Evidence, Severity

_QUERY = """
-- the lowest score of each customer and day among the neutral ones
with neutral as (
    select customer, day, instrument, score, highest, low_until, neutral_until,
           row_number() over (partition by customer, day order by share, instrument) as place,
           count(*) over (partition by customer, day) as n
    from ratings
    where score > low_until and score <= neutral_until
)
select customer, day + 1 as day, instrument, score, highest, low_until, neutral_until, n
from neutral
where place = 1
"""


def says(row: Row) -> Text:
    """The sentence on a screen."""
    return _("Gave a middling {score:g} of {highest}.").format(score=row["score"], highest=row["highest"])


def because(row: Row) -> tuple[Evidence, ...]:
    """The score and the highest one that is still neutral."""
    words = _("{question}: {score:g}; above {low} and up to {limit} counts as neutral.")
    return (
        Evidence(
            metric=row["instrument"],
            value=row["score"],
            threshold=row["neutral_until"],
            unit=Unit.POINTS,
            rows=row["n"],
            says=words.format(
                question=row["instrument"].upper(),
                score=row["score"],
                low=row["low_until"],
                limit=row["neutral_until"],
            ),
        ),
    )


KIND = Kind(
    id="neutral_rating",
    label=_("Neutral rating"),
    definition=_("A 7 or 8 on the NPS, or a CSAT score from the middle of the scale to what counts as satisfied."),
    query=_QUERY,
    says=says,
    because=because,
    advice=_("Ask what would have made it a better experience; one question is enough."),
    severity=Severity.NOTE,
    cooldown_days=60,
    facts=("answers",),
    example=Example(
        tables={
            "subscriptions": {"customer_id": ["aki", "chiyo", "min-jun"], "started_at": ["2024-01-01"] * 3},
            "answers": {
                "customer_id": ["aki", "aki", "chiyo", "min-jun", "min-jun"],
                "instrument": ["nps", "nps", "nps", "csat", "csat"],
                "score": [6, 8, 9, 4, 3],
                "answered_at": ["2024-03-04", "2024-03-06", "2024-03-04", "2024-03-05", "2024-03-09"],
            },
        },
        seen={"aki": ("2024-03-07",), "min-jun": ("2024-03-10",)},
        cutoff=date(2024, 4, 1),
    ),
)
