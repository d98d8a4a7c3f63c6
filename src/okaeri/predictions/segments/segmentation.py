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


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """One group: how many of the customers, and the median of each feature, NaN where nobody's is known."""

    label: str
    name: Text
    n: int
    share: float
    medians: Mapping[str, float]


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

    def rows(self) -> list[dict[str, Any]]:
        """The groups as JSON-ready rows: label, name, n, share, and the median of each feature (None: unknown)."""
        return [
            {
                "label": group.label,
                "name": str(group.name),
                "n": group.n,
                "share": group.share,
                **{name: value if np.isfinite(value) else None for name, value in group.medians.items()},
            }
            for group in self.groups
        ]


def segmented(
    scheme: str, *, as_of: date, customer: Ints, label: Labels, features: Mapping[str, Floats], order: tuple[str, ...]
) -> Segmentation:
    """Put labels together with what describes them, the groups in the given order; empty groups are left out.

    >>> found = segmented("rfm", as_of=date(2024, 1, 1), customer=np.array([5, 2]), label=np.array(["loyal", "loyal"]),
    ...                   features={"orders": np.array([4.0, 6.0])}, order=("loyal",))
    >>> found.customer.tolist(), found.groups[0].n, found.groups[0].medians["orders"]
    ([2, 5], 2, 5.0)
    """
    by_code = np.argsort(customer, kind="stable")
    here = [name for name in order if (label == name).any()]
    return Segmentation(
        scheme=scheme,
        as_of=as_of,
        customer=customer[by_code],
        label=label[by_code],
        groups=tuple(_group(scheme, name, label == name, features) for name in here),
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


def _group(scheme: str, label: str, mine: NDArray[np.bool_], features: Mapping[str, Floats]) -> Group:
    n = int(mine.sum())
    medians = {name: _median(values[mine]) for name, values in features.items()}
    return Group(label=label, name=label_name(scheme, label), n=n, share=n / len(mine), medians=medians)


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")
