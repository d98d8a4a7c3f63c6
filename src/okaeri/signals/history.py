"""When each kind of signal was seen, for every customer, over all history: Arrow tables, never rows of Python."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from okaeri.base.text import Text, _
from okaeri.metrics.timetable import day_number
from okaeri.signals.inputs import SignalInputs
from okaeri.signals.kind import Kind

if TYPE_CHECKING:
    import pyarrow as pa

    from okaeri.metrics.measuring import Measurer

Ints = NDArray[np.int64]


class History:
    """The signals of one measurer up to a cutoff; each kind is asked once.

    `cutoff` is the first day not observed; `presence` the workspace's rule unless another is named.
    """

    def __init__(self, measurer: Measurer, *, cutoff: date | None = None, presence: str | None = None) -> None:
        self.measurer = measurer
        self.cutoff = measurer.until(cutoff)
        self.presence = measurer.presence(presence, cutoff=self.cutoff)
        self._inputs = SignalInputs(measurer, presence=self.presence, cutoff=self.cutoff)
        self._seen: dict[str, pa.Table] = {}

    def why_not(self, kind: Kind) -> Text | None:
        """Why a kind cannot be asked of these facts; None when it can."""
        has = self.measurer.facts.has
        missing = [table for table in kind.facts if table not in has]
        if missing:
            return _("There are no {tables}.").format(tables=", ".join(missing))
        if kind.any_of and not set(kind.any_of) & set(has):
            return _("There are no {tables}.").format(tables=", ".join(kind.any_of))
        return None

    def of(self, kind: Kind) -> pa.Table:
        """One row per signal of a kind, by `customer` (code) and `day`, with the columns its words speak of.

        What is seen again within the kind's cooldown is the same signal, and only the first stands.
        """
        if kind.id not in self._seen:
            self._seen[kind.id] = self._ask(kind)
        return self._seen[kind.id]

    def _ask(self, kind: Kind) -> pa.Table:
        import pyarrow as pa

        self._inputs.make_for(kind.query)
        rows = self.measurer.engine.query(kind.query)
        if kind.judge:
            rows = kind.judge(rows)
        rows = rows.take(pa.array(np.flatnonzero(np.asarray(rows["day"], dtype=np.int64) <= day_number(self.cutoff))))
        customer, day = (np.asarray(rows[name], dtype=np.int64) for name in ("customer", "day"))
        order = np.lexsort((day, customer))
        return rows.take(pa.array(order[spaced(customer[order], day[order], days=kind.cooldown_days)]))


def spaced(customer: Ints, day: Ints, *, days: int) -> Ints:
    """Places of the signals that count when the same again within `days` of one that counts does not.

    Rows are sorted by customer and day. All customers go one signal forward at a time.

    >>> spaced(np.array([1, 1, 1, 2]), np.array([0, 20, 30, 5]), days=30).tolist()
    [0, 2, 3]
    """
    if not len(customer):
        return np.empty(0, np.int64)
    span = int(day.max() - day.min()) + days + 1
    key = customer * span + (day - day.min())
    at = np.flatnonzero(np.diff(customer, prepend=customer[0] - 1))
    found = []
    while len(at):
        found.append(at)
        following = np.searchsorted(key, key[at] + days)
        inside = following < len(key)
        at, following = at[inside], following[inside]
        at = following[customer[following] == customer[at]]
    return np.sort(np.concatenate(found))
