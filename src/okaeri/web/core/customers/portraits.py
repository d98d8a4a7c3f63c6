"""One customer as the lake tells them now: asked live, and kept in memory while the facts stay as they are.

A customer who was merged has several ids in the lake; their page joins what is said of each.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from okaeri.base.errors import OkaeriError
from okaeri.foretelling import SIGNAL_DAYS, risk_list
from okaeri.opening import FactsState, state_of
from okaeri.web.core.shops import asking, workspace

if TYPE_CHECKING:
    from okaeri.customers.page import CustomerPage
    from okaeri.customers.story import Entry
    from okaeri.predictions.risk.listing import RiskList
    from okaeri.shop import Shop

_MOST_KEPT = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class Whole:
    """What the lake says about all of a customer's ids: `pages` has one per id it knows, the one to go by first."""

    pages: tuple[CustomerPage, ...]

    @property
    def main(self) -> CustomerPage:
        """Whose health and outlook are shown: of those who are customers now, the one who ordered last."""
        return max(self.pages, key=lambda page: (page.health is not None, _last(page)))

    @property
    def story(self) -> tuple[Entry, ...]:
        """Everything that happened to any of them, oldest first."""
        entries = [entry for page in self.pages for entry in page.story]
        return tuple(sorted(entries, key=lambda entry: (entry.day, entry.at.isoformat(), entry.table)))

    @property
    def orders(self) -> int:
        """Orders of all ids together."""
        return sum(page.portrait.orders for page in self.pages)

    @property
    def spent(self) -> dict[str, float]:
        """What all ids together spent, by currency."""
        found: dict[str, float] = {}
        for page in self.pages:
            for currency, amount in page.portrait.spent.items():
                found[currency] = found.get(currency, 0.0) + amount
        return found

    @property
    def first_day(self) -> date | None:
        """The earliest day any of them was a customer."""
        return min((page.portrait.first_day for page in self.pages if page.portrait.first_day), default=None)

    @property
    def months(self) -> tuple[tuple[str, str], ...]:
        """For each month whether any of them was a customer at its end."""
        found: dict[str, str] = {}
        for page in self.pages:
            for label, state in page.portrait.months:
                if found.get(label) != "here":
                    found[label] = state
        return tuple(sorted(found.items()))


class _Kept:
    """What was asked of one state of the facts; another state starts from nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: FactsState | None = None
        self._pages: OrderedDict[str, CustomerPage | None] = OrderedDict()
        self._risk: RiskList | None = None

    def begin(self, state: FactsState) -> None:
        with self._lock:
            if self._state != state:
                self._state, self._risk = state, None
                self._pages.clear()

    def page(self, customer_id: str) -> tuple[bool, CustomerPage | None]:
        with self._lock:
            if customer_id not in self._pages:
                return False, None
            self._pages.move_to_end(customer_id)
            return True, self._pages[customer_id]

    def keep(self, customer_id: str, page: CustomerPage | None) -> None:
        with self._lock:
            self._pages[customer_id] = page
            while len(self._pages) > _MOST_KEPT:
                self._pages.popitem(last=False)

    def risk(self, shop: Shop) -> RiskList:
        """Everybody's outlook, which takes long; asked once per state, inside `asking`."""
        if self._risk is None:
            self._risk = risk_list(shop)
        return self._risk


_kept = _Kept()


def whole(ids: Sequence[str]) -> Whole | None:
    """What the lake says of a customer with these ids; None when it knows none of them."""
    _kept.begin(state_of(workspace()))
    found: list[CustomerPage] = []
    for customer_id in ids:
        there, page = _kept.page(customer_id)
        if not there:
            page = _ask(customer_id)
            _kept.keep(customer_id, page)
        if page is not None:
            found.append(page)
    return Whole(pages=tuple(found)) if found else None


def _ask(customer_id: str) -> CustomerPage | None:
    from okaeri.customers import find_customer
    from okaeri.customers.page import page
    from okaeri.signals.now import signals_now

    with asking() as shop:
        try:
            found = shop.ask(lambda measurer: find_customer(measurer.engine, customer_id))
        except OkaeriError:
            return None
        if found != customer_id:  # the id is gone, and is somebody else's attribute
            return None
        risk = _kept.risk(shop)

        def ask(measurer: Any) -> CustomerPage:
            signals = signals_now(measurer, within_days=SIGNAL_DAYS, customer=customer_id, known_cards={})
            return page(measurer, customer_id, risk=risk, signals=signals)

        return shop.ask(ask)


def _last(page: CustomerPage) -> date:
    return page.portrait.last_order_day or date.min
