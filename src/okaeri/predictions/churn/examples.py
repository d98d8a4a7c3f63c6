"""Customers as they stood on some days, column by column, with what became of them: what a classifier learns from.

Nothing here knows where the columns come from, nor which model reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from okaeri.base.text import Text

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Labels = NDArray[Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Feature:
    """One thing known about a customer on a day.

    `name` is its words in a table; `says` turns a value into the plain sentence that stands as a reason ("Their last
    order was 41 days ago."). `labelled` features hold texts, the others numbers; `theme` puts features of one kind
    together, so that a reader sees "support" once and not five times.
    """

    id: str
    name: Text
    says: Callable[[Any], Text]
    theme: str
    labelled: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Examples:
    """One row per customer and day; every array has shape (rows,).

    `numbers` has one array per numeric feature, NaN where nothing is known; `labels` one array of texts per labelled
    feature, "" where nothing is known. `left` is None when nobody can know yet.
    """

    features: tuple[Feature, ...]
    customer: Ints
    day: Ints
    numbers: Mapping[str, Floats]
    labels: Mapping[str, Labels] = field(default_factory=dict)
    left: Flags | None = None

    def __len__(self) -> int:
        return len(self.customer)

    def only(self, keep: Flags | Ints) -> Examples:
        """The rows to keep, by flag or by place."""
        return replace(
            self,
            customer=self.customer[keep],
            day=self.day[keep],
            numbers={name: values[keep] for name, values in self.numbers.items()},
            labels={name: values[keep] for name, values in self.labels.items()},
            left=None if self.left is None else self.left[keep],
        )

    def without(self, *names: str) -> Examples:
        """The same rows without some features."""
        return replace(
            self,
            features=tuple(feature for feature in self.features if feature.id not in names),
            numbers={name: values for name, values in self.numbers.items() if name not in names},
            labels={name: values for name, values in self.labels.items() if name not in names},
        )
