"""A signal: one customer, one day, one reason to look, and the evidence that raised it.

What raises signals is declared in `kind`; whether a kind is worth looking at is judged in `card`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from okaeri.base.text import Text
from okaeri.base.units import Unit


class Severity(IntEnum):
    """How soon somebody should look, before it is known how well a kind foretells.

    >>> Severity.URGENT > Severity.NOTE
    True
    """

    NOTE = 1
    RISK = 2
    URGENT = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What was measured, what it was held against, and how many rows of facts it rests on.

    `value` and `threshold` are in `unit`, a rate in 0..1; `currency` belongs to money; `threshold` is None where the
    fact alone is the sign.

    >>> Evidence(metric="nps", value=6, threshold=6, unit=Unit.POINTS, rows=1, says=Text("NPS: 6.")).rows
    1
    """

    metric: str
    value: float | None
    threshold: float | None
    unit: Unit
    rows: int
    says: Text
    currency: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Signal:
    """One thing that deserves attention; `seen_on` is the first local day on which it was known.

    >>> Signal(customer="aki", kind="silence", seen_on=date(2024, 5, 1), because=(), severity=Severity.RISK,
    ...        says=Text("Silent."), advice=Text("Write."), rank=2.0).kind
    'silence'
    """

    customer: str
    kind: str
    seen_on: date
    because: tuple[Evidence, ...]
    severity: Severity
    says: Text
    advice: Text
    rank: float
