"""What is true in the demo shop and nobody's data says: why each customer left, and what really drives leaving.

Kept apart from the facts: it is written beside the lake, never imported into it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from okaeri.base.text import Text, _
from okaeri.demo.columns import Flags, Floats, Ints, identifiers, instants, words

NEVER = 2**31 - 1
LEAVING_SECOND = 12 * 3_600

REASONS: dict[str, Text] = {
    "price_rise": _("The price went up"),
    "late_delivery": _("Deliveries came late"),
    "bad_support": _("Support answered too slowly"),
    "quality": _("The beans disappointed"),
    "never_engaged": _("Never got into the habit"),
    "moved_away": _("Moved away"),
    "found_another": _("Found another shop"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Pull:
    """How strongly each planted cause acts: monthly hazards, and how trouble is forgotten."""

    late_delivery: float = 0.17
    bad_support: float = 0.26
    quality: float = 0.12
    price_rise: tuple[float, ...] = (0.11, 0.08, 0.05, 0.03)
    never_engaged_early: float = 0.19
    never_engaged_later: float = 0.035
    moved_away: float = 0.0025
    found_another: float = 0.021
    memory_kept_monthly: float = 0.5
    renewal_weight: float = 5.0


PULL = Pull()
PLAN_WEIGHT = {"none": 1.35, "monthly": 0.9, "annual": 0.7}
CHANNEL_WEIGHT = {
    "organic": 0.8, "referral": 0.5, "store": 0.85, "search_ads": 1.1, "social_ads": 1.7, "marketplace": 2.0,
}  # fmt: skip
NON_CAUSES = ("favourite_colour", "newsletter_design")


@dataclass(frozen=True, kw_only=True, slots=True)
class Dose:
    """What reaches each present customer in one month; every array has shape (customers,)."""

    months_since_joining: Ints
    engaged: Flags
    plan_weight: Floats
    channel_weight: Floats
    late: Floats
    slow: Floats
    stale: Floats
    rise: Floats
    comfort: Floats


def hazards(dose: Dose) -> Floats:
    """Monthly hazard of leaving for each reason, in the order of `REASONS`; shape (reasons, customers)."""
    early = np.where(dose.months_since_joining < 4, PULL.never_engaged_early, PULL.never_engaged_later)
    steady = np.full(len(early), PULL.moved_away)
    by_reason = np.stack(
        [
            dose.rise * dose.comfort,
            PULL.late_delivery * dose.late * dose.comfort,
            PULL.bad_support * dose.slow * dose.comfort,
            PULL.quality * dose.stale * dose.comfort,
            np.where(dose.engaged, 0.0, early) * np.sqrt(dose.channel_weight) * dose.comfort,
            steady,  # no letter keeps a person from moving house
            PULL.found_another * dose.plan_weight * dose.channel_weight * dose.comfort,
        ]
    )
    return by_reason


def truth_table(first: int, left_day: Ints, reason: Ints) -> pa.Table:
    """One row per customer who left: `customer_id`, `left_at`, `reason`; `first` is the block's first customer."""
    gone = np.flatnonzero(left_day < NEVER)
    gone = gone[np.argsort(left_day[gone], kind="stable")]
    return pa.table(
        {
            "customer_id": identifiers("C", gone + first),
            "left_at": instants(left_day[gone], np.full(len(gone), LEAVING_SECOND)),
            "reason": words(list(REASONS), reason[gone]),
        }
    )


def causes_table() -> pa.Table:
    """What drives leaving in this world, how strongly, and what does not: `name`, `is_cause`, `monthly_hazard`."""
    strengths = {
        "late_delivery": PULL.late_delivery,
        "bad_support": PULL.bad_support,
        "quality": PULL.quality,
        "price_rise": PULL.price_rise[0],
        "never_engaged": PULL.never_engaged_early,
        "moved_away": PULL.moved_away,
        "found_another": PULL.found_another,
    }
    names = [*strengths, *NON_CAUSES]
    return pa.table(
        {
            "name": names,
            "is_cause": [name in strengths for name in names],
            "monthly_hazard": [strengths.get(name, 0.0) for name in names],
        }
    )
