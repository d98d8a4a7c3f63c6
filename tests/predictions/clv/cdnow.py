"""The CDNOW sample as the papers used it: 39 weeks from 1997-01-01, purchases of one day being one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from okaeri.predictions.clv.fitting import Floats
from okaeri.predictions.clv.histories import Ints

CALIBRATION_ENDS = 272
"""The last day of the first 39 weeks, 1997-01-01 being day 0."""


@dataclass(frozen=True, kw_only=True)
class Purchases:
    """One row per customer and day; customers are numbered from 0, and everybody's first day is among the days."""

    customer: Ints
    day: Ints
    spent: Floats


def purchases(data_dir: Path) -> Purchases:
    """All purchases of the sample's customers, of 78 weeks."""
    text = (data_dir / "cdnow" / "CDNOW_sample.txt").read_text("ascii")
    rows = [line.split() for line in text.splitlines()]
    day = [date(int(row[2][:4]), int(row[2][4:6]), int(row[2][6:])).toordinal() for row in rows]
    keys = np.stack([np.array([int(row[1]) - 1 for row in rows]), np.array(day) - date(1997, 1, 1).toordinal()])
    kinds, kind = np.unique(keys, axis=1, return_inverse=True)
    spent = np.bincount(kind.ravel(), [float(row[4]) for row in rows])
    return Purchases(customer=kinds[0], day=kinds[1], spent=spent.astype(np.float64))


def first_days(data_dir: Path) -> Ints:
    """The day of each customer's first purchase; shape (2357,)."""
    return firsts(purchases(data_dir))


def repeat_spending(data_dir: Path) -> tuple[Floats, Floats]:
    """How many repeat purchases each customer made in the first 39 weeks, and their mean; shape (2357,) each."""
    all_of_them = purchases(data_dir)
    repeats = (all_of_them.day > firsts(all_of_them)[all_of_them.customer]) & (all_of_them.day <= CALIBRATION_ENDS)
    who = all_of_them.customer[repeats]
    size = int(all_of_them.customer.max()) + 1
    frequency = np.bincount(who, minlength=size).astype(np.float64)
    spent = np.bincount(who, all_of_them.spent[repeats], size)
    return frequency, spent / np.maximum(frequency, 1.0)


def histories(data_dir: Path) -> dict[str, Floats]:
    """Repeat purchases, the time of the latest and the age, in weeks, at the end of the first 39 weeks."""
    all_of_them = purchases(data_dir)
    born = firsts(all_of_them)
    since = all_of_them.day - born[all_of_them.customer]
    seen = (since > 0) & (all_of_them.day <= CALIBRATION_ENDS)
    last = np.zeros(len(born))
    np.maximum.at(last, all_of_them.customer[seen], since[seen] / 7)
    frequency = np.bincount(all_of_them.customer[seen], minlength=len(born)).astype(np.float64)
    return {"frequency": frequency, "last_purchase": last, "age": (CALIBRATION_ENDS - born) / 7}


def firsts(all_of_them: Purchases) -> Ints:
    """The day of each customer's first purchase, rows being sorted by customer and day."""
    _who, row = np.unique(all_of_them.customer, return_index=True)
    found: Ints = all_of_them.day[row]
    return found
