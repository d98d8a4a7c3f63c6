"""What a kind of signal is: a declaration with its static query, its words and a worked example.

A new kind is one new file in `kinds/` that names a `KIND`; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from okaeri.base.text import Text
from okaeri.signals.signal import Evidence, Severity

if TYPE_CHECKING:
    import pyarrow as pa

Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """Facts a reader can redo by hand, and on which days whom the kind is seen; what is not listed is not seen.

    >>> Example(tables={}, seen={"aki": ("2024-03-02",)}, cutoff=date(2024, 4, 1)).presence
    'subscriptions'
    """

    tables: Mapping[str, Mapping[str, Sequence[Any]]]
    seen: Mapping[str, tuple[str, ...]]
    cutoff: date
    presence: str = "subscriptions"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of signal.

    `query` gives one row per customer and day on which the signal was seen, over all history: `customer`, `day`, and
    the columns its words speak of. A fact of day d is known from d + 1 on, never earlier. `judge` decides on those rows
    what SQL cannot. `facts` are the tables it needs, `any_of` those of which one will do.

    `remembers` is False where the facts keep only the newest value (a renewal date): such signals are told for now, and
    their past cannot be judged. `is_part_of_leaving` marks a silence that a presence rule of silence is made of.
    """

    id: str
    label: Text
    definition: Text
    query: str
    says: Callable[[Row], Text]
    because: Callable[[Row], tuple[Evidence, ...]]
    advice: Text
    severity: Severity
    cooldown_days: int
    example: Example
    facts: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    judge: Callable[[pa.Table], pa.Table] | None = None
    remembers: bool = True
    is_part_of_leaving: bool = False
    present_only: bool = True
    caveats: tuple[Text, ...] = ()
