"""Detractors and negative feedback: a low score in a survey, or one or two stars in public."""

from __future__ import annotations

from datetime import date

from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.signals.kind import Example, Kind, Row
from okaeri.signals.signal import Evidence, Severity

_QUERY = """
-- the lowest score of each customer and day among the low ones
with low as (
    select customer, day, instrument, score, highest, low_until,
           row_number() over (partition by customer, day order by share, instrument) as place,
           count(*) over (partition by customer, day) as n
    from ratings
    where score <= low_until
)
select customer, day + 1 as day, instrument, score, highest, low_until, n
from low
where place = 1
"""


def says(row: Row) -> Text:
    """The sentence on a screen."""
    return _("Gave {score:g} of {highest}.").format(score=row["score"], highest=row["highest"])


def because(row: Row) -> tuple[Evidence, ...]:
    """The score and the highest one that still counts as low."""
    words = _("{question}: {score:g}; {limit} or less counts as low.")
    name = _("Review") if row["instrument"] == "review" else row["instrument"].upper()
    return (
        Evidence(
            metric=row["instrument"],
            value=row["score"],
            threshold=row["low_until"],
            unit=Unit.POINTS,
            rows=row["n"],
            says=words.format(question=name, score=row["score"], limit=row["low_until"]),
        ),
    )


KIND = Kind(
    id="low_rating",
    label=_("Low rating"),
    definition=_(
        "A score of 0 to 6 on the NPS, below the middle of the scale on CSAT and CES, or one or two stars in a review."
    ),
    query=_QUERY,
    says=says,
    because=because,
    advice=_("Reply within two days: thank them, ask what went wrong, and say what you will do about it."),
    severity=Severity.RISK,
    cooldown_days=30,
    any_of=("answers", "mentions"),
    example=Example(
        tables={
            "subscriptions": {"customer_id": ["aki", "chiyo", "min-jun"], "started_at": ["2024-01-01"] * 3},
            "answers": {
                "customer_id": ["aki", "chiyo", "min-jun", "min-jun"],
                "instrument": ["nps", "nps", "csat", "ces"],
                "score": [6, 7, 3, 3],
                "answered_at": ["2024-03-04 10:00", "2024-03-04 11:00", "2024-03-05 09:00", "2024-03-09 23:00"],
            },
            "mentions": {"customer_id": ["chiyo"], "posted_at": ["2024-03-20"], "rating": [2]},
        },
        seen={"aki": ("2024-03-05",), "min-jun": ("2024-03-10",), "chiyo": ("2024-03-21",)},
        cutoff=date(2024, 4, 1),
    ),
    caveats=(_("Stars are read on a scale of 1 to 5."),),
)
