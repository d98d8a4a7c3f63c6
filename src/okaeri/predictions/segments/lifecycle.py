"""Where customers stand in their life with the shop, by the workspace's own rule of who is a customer."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from okaeri.base.text import _
from okaeri.metrics.presence import Presence
from okaeri.metrics.timetable import day_number
from okaeri.predictions.segments.names import LIFECYCLE_NAMES
from okaeri.predictions.segments.profiles import lifecycle_rows, put_rule
from okaeri.predictions.segments.segmentation import Floats, Segmentation, nobody, segmented

if TYPE_CHECKING:
    from okaeri.metrics.measuring import Measurer

NEW_DAYS = 90
QUIET_DAYS = 30


def lifecycle(measurer: Measurer, *, presence: str | None = None, cutoff: date | None = None) -> Segmentation:
    """The stage of everybody who ever was a customer before the cutoff.

    Lapsed: no customer any more. New: a customer for the first time, and for 90 days at most (for the window of the
    presence rule where that is shorter). Back again: the same of somebody who had left. Slipping away: any other who
    was not seen for over half the window, or for 30 days under a contract. Active: all others.
    """
    as_of = measurer.until(cutoff)
    rule = measurer.presence(presence, cutoff=cutoff)
    measurer.inputs.stays(rule, cutoff=day_number(as_of))
    put_rule(measurer, as_of)
    rows = lifecycle_rows(measurer)
    if not rows.num_rows:
        return nobody("lifecycle", as_of=as_of, reason=_("Nobody has been a customer yet."))
    found: dict[str, Floats] = {
        name: np.asarray(rows[name].to_numpy(), np.float64) for name in rows.column_names if name != "customer"
    }
    today = day_number(as_of)
    silent = today - _last_seen(found, rule)
    here = today <= found["end_day"]
    label = _stages(found, here, silent, today=today, presence=rule)
    features = {
        "days_since_seen": silent,
        "days_a_customer": np.where(here, today - found["start_day"], np.nan),
        "days_gone": np.where(here, np.nan, today - found["end_day"]),
    }
    return segmented(
        "lifecycle",
        as_of=as_of,
        customer=np.asarray(rows["customer"].to_numpy(), np.int64),
        label=label,
        features=features,
        order=tuple(LIFECYCLE_NAMES),
    )


def _stages(
    found: dict[str, Floats], here: np.ndarray[Any, Any], silent: Floats, *, today: int, presence: Presence
) -> np.ndarray[Any, Any]:
    window = presence.rule.window_days
    fresh_days = min(window or NEW_DAYS, NEW_DAYS)
    quiet_days = window / 2 if window else QUIET_DAYS
    fresh = today - found["start_day"] <= fresh_days
    first = found["stays"] == 1
    return np.select(
        [~here, fresh & first, fresh, silent > quiet_days], ["lapsed", "new", "returning", "slipping"], "active"
    )


def _last_seen(found: dict[str, Floats], presence: Presence) -> Floats:
    """The last day of what the rule looks at; under a contract, of any use or order. NaN for who was never seen."""
    if presence.rule.contractual:
        return np.fmax(found["last_order_day"], found["last_use_day"])
    return found["last_use_day" if presence.rule.source == "events" else "last_order_day"]
