"""One customer as the lake tells them now: asked live, and kept in memory while the facts stay as they are.

A customer who was merged has several ids; until the facts count them as one, their page joins what is said of each.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from okaeri.base.text import Text
from okaeri.customers import id_of, portrait, story
from okaeri.foretelling import SIGNAL_DAYS, risk_list
from okaeri.opening import FactsState, state_of
from okaeri.predictions.churn.words import text_from_data
from okaeri.predictions.risk.leaving import HORIZON_DAYS
from okaeri.web.core.shops import asking, workspace

if TYPE_CHECKING:
    from okaeri.customers import Entry, Portrait
    from okaeri.customers.page import CustomerPage
    from okaeri.metrics.measuring import Measurer
    from okaeri.predictions.risk.listing import RiskList
    from okaeri.shop import Shop

T = TypeVar("T")
_MOST_KEPT = 512


@dataclass(frozen=True, kw_only=True, slots=True)
class Foretold:
    """What was said of a customer on one day; `reasons` were kept for those most at risk only."""

    as_of: date
    leaving: float
    value: float | None
    value_low: float | None
    value_high: float | None
    currency: str
    reasons: tuple[Text, ...]
    step: Text | None
    replayed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What the facts and the kept predictions say of one id."""

    portrait: Portrait
    story: tuple[Entry, ...]
    foretold: tuple[Foretold, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Whole:
    """What the lake says about all of a customer's ids that it knows."""

    parts: tuple[Known, ...]

    @property
    def main(self) -> Known:
        """Whose outlook is shown: of those who are customers now, the one who ordered last."""
        return max(self.parts, key=lambda part: (part.portrait.is_customer, part.portrait.last_order_day or date.min))

    @property
    def story(self) -> tuple[Entry, ...]:
        """Everything that happened to any of them, oldest first."""
        entries = [entry for part in self.parts for entry in part.story]
        return tuple(sorted(entries, key=lambda entry: (entry.day, entry.at.isoformat(), entry.table)))

    @property
    def orders(self) -> int:
        """Orders of all ids together."""
        return sum(part.portrait.orders for part in self.parts)

    @property
    def spent(self) -> dict[str, float]:
        """What all ids together spent, by currency."""
        found: dict[str, float] = {}
        for part in self.parts:
            for currency, amount in part.portrait.spent.items():
                found[currency] = found.get(currency, 0.0) + amount
        return found

    @property
    def first_day(self) -> date | None:
        """The earliest day any of them was a customer."""
        return min((part.portrait.first_day for part in self.parts if part.portrait.first_day), default=None)

    @property
    def last_order_day(self) -> date | None:
        """The latest day any of them ordered."""
        return max((part.portrait.last_order_day for part in self.parts if part.portrait.last_order_day), default=None)

    @property
    def months(self) -> tuple[tuple[str, str], ...]:
        """For each month whether any of them was a customer at its end."""
        found: dict[str, str] = {}
        for part in self.parts:
            for label, state in part.portrait.months:
                if found.get(label) != "here":
                    found[label] = state
        return tuple(sorted(found.items()))


class _Kept:
    """What was asked of one state of the facts; another state starts from nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: tuple[Path, FactsState] | None = None
        self._found: OrderedDict[tuple[str, str], Any] = OrderedDict()

    def get(self, kind: str, key: str, ask: Callable[[], T]) -> T:
        """What was found before on the same facts, else what asking finds now."""
        place = workspace()
        state = (place.path, state_of(place))
        with self._lock:
            if self._state != state:
                self._state = state
                self._found.clear()
            if (kind, key) in self._found:
                self._found.move_to_end((kind, key))
                there: T = self._found[kind, key]
                return there
        found = ask()  # without the lock: others may be shown what is known already
        with self._lock:
            if self._state == state:
                self._found[kind, key] = found
                while len(self._found) > _MOST_KEPT:
                    self._found.popitem(last=False)
        return found


_kept = _Kept()


def whole(ids: Sequence[str]) -> Whole | None:
    """What the lake says of a customer with these ids; None when it knows none of them."""
    found = [_kept.get("known", each, partial(_ask_known, each)) for each in ids]
    # ids that the facts count as one tell the same story, which is told once
    parts = {each.portrait.customer_id: each for each in found if each is not None}
    return Whole(parts=tuple(parts.values())) if parts else None


def reasoned(customer_id: str) -> CustomerPage | None:
    """The library's own page: every reason, the time left, and signals, worked out anew; it may take a while."""
    return _kept.get("page", customer_id, partial(_ask_page, customer_id))


def _ask_known(customer_id: str) -> Known | None:
    def ask(measurer: Measurer) -> Known | None:
        counted = id_of(measurer.engine, customer_id)
        if counted is None:
            return None
        return Known(
            portrait=portrait(measurer, counted),
            story=story(measurer.engine, measurer.facts, counted),
            foretold=_foretold(measurer),
        )

    with asking() as shop:
        return shop.ask(ask)


def _ask_page(customer_id: str) -> CustomerPage | None:
    from okaeri.customers.page import page
    from okaeri.signals.now import signals_now

    with asking() as shop:
        risk = _risk(shop)

        def ask(measurer: Measurer) -> CustomerPage | None:
            counted = id_of(measurer.engine, customer_id)
            if counted is None:
                return None
            signals = signals_now(measurer, within_days=SIGNAL_DAYS, customer=counted, known_cards={})
            return page(measurer, counted, risk=risk, signals=signals)

        return shop.ask(ask)


def _risk(shop: Shop) -> RiskList:
    """Everybody's outlook, once per state of the facts."""
    return _kept.get("risk", "", partial(risk_list, shop))


def _foretold(measurer: Measurer) -> tuple[Foretold, ...]:
    """What was foretold of the customer named in `whose`, oldest first."""
    measurer.engine.put("foretold_horizon", {"horizon_days": ("integer", [HORIZON_DAYS])})
    rows = measurer.engine.query(files(__package__).joinpath("sql", "foretold.sql").read_text("utf-8")).to_pylist()
    return tuple(
        Foretold(
            **{
                **row,
                "currency": row["currency"] or "",
                "reasons": tuple(text_from_data(each["says"]) for each in json.loads(row["reasons"] or "[]")),
                "step": Text(row["step"]) if row["step"] else None,
            }
        )
        for row in rows
    )
