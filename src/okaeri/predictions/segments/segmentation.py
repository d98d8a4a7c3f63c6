"""Customers in groups as of a day, each group described by its size and its medians."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from okaeri.base.text import Text
from okaeri.predictions.segments.names import label_name

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Labels = NDArray[np.str_]
MONEY = frozenset({"revenue", "basket", "value"})
"""The features that are amounts, whose median means something in one currency only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """One group: how many of the customers, and the median of each feature, NaN where nobody's is known.

    `currency` is that of the group's amounts, '' when it is not known; None where its customers buy in several, and
    then the medians of amounts are NaN.
    """

    label: str
    name: Text
    n: int
    share: float
    medians: Mapping[str, float]
    currency: str | None = ""


@dataclass(frozen=True, kw_only=True)
class Segmentation:
    """A label per customer by one `scheme`, from all that was known before the day `as_of`.

    `customer` are codes, ascending, and `label` the machine name of each one's group, both of shape (customers,).
    `reason` says why nobody has a label when nobody has.
    """

    scheme: str
    as_of: date
    customer: Ints
    label: Labels
    groups: tuple[Group, ...]
    reason: Text | None = None

    def __len__(self) -> int:
        return len(self.customer)

    @property
    def currency(self) -> str | None:
        """The currency of all amounts, '' when it is not known, None when there are several."""
        found = {group.currency for group in self.groups}
        return found.pop() if len(found) == 1 else None

    def rows(self) -> list[dict[str, Any]]:
        """The groups as JSON-ready rows: label, name, n, share, and the median of each feature (None: unknown).

        `currency` stands beside them where a group has amounts of one known currency, else it is None.
        """
        return [
            {
                "label": group.label,
                "name": str(group.name),
                "n": group.n,
                "share": group.share,
                **{name: value if np.isfinite(value) else None for name, value in group.medians.items()},
                **({"currency": group.currency or None} if MONEY & set(group.medians) else {}),
            }
            for group in self.groups
        ]


def segmented(
    scheme: str,
    *,
    as_of: date,
    customer: Ints,
    label: Labels,
    features: Mapping[str, Floats],
    order: tuple[str, ...],
    currency: Labels | str = "",
) -> Segmentation:
    """Put labels together with what describes them, the groups in the given order; empty groups are left out.

    `currency` is that of each customer's amounts, shape (customers,), or one for all.

    >>> found = segmented("rfm", as_of=date(2024, 1, 1), customer=np.array([5, 2]), label=np.array(["loyal", "loyal"]),
    ...                   features={"orders": np.array([4.0, 6.0])}, order=("loyal",))
    >>> found.customer.tolist(), found.groups[0].n, found.groups[0].medians["orders"]
    ([2, 5], 2, 5.0)
    """
    by_code = np.argsort(customer, kind="stable")
    here = [name for name in order if (label == name).any()]
    currencies = np.broadcast_to(np.asarray(currency, np.str_), label.shape)
    return Segmentation(
        scheme=scheme,
        as_of=as_of,
        customer=customer[by_code],
        label=label[by_code],
        groups=tuple(_group(scheme, name, label == name, features, currencies) for name in here),
    )


def nobody(scheme: str, *, as_of: date, reason: Text) -> Segmentation:
    """A segmentation that labels nobody, and why."""
    return Segmentation(
        scheme=scheme,
        as_of=as_of,
        customer=np.zeros(0, np.int64),
        label=np.zeros(0, np.str_),
        groups=(),
        reason=reason,
    )


def _group(
    scheme: str, label: str, mine: NDArray[np.bool_], features: Mapping[str, Floats], currencies: Labels
) -> Group:
    n = int(mine.sum())
    paid_in = np.unique(currencies[mine]).tolist()
    several = len(paid_in) > 1
    medians = {
        name: float("nan") if several and name in MONEY else _median(values[mine]) for name, values in features.items()
    }
    return Group(
        label=label,
        name=label_name(scheme, label),
        n=n,
        share=n / len(mine),
        medians=medians,
        currency=None if several else paid_in[0],
    )


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")
