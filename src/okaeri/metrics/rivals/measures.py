"""The figures of rival definitions that no metric has: money over money, days added up, averages over a churn rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from okaeri.base.measurement import Interval, Measurement, State
from okaeri.base.ratios import summed_hazard_interval
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.rivals.figures import Book, Evidence


def _figure(
    known: Evidence,
    name: str,
    value: float | None,
    *,
    n: int,
    unit: Unit = Unit.RATE,
    inputs: Mapping[str, Any],
    interval: Interval | None = None,
    book: Book | None = None,
    reason: Text | None = None,
) -> Measurement:
    """A figure of this period; without a value there is a reason, and the interval may still be a bound."""
    here = known.churn
    defined = value is not None
    whole = State.PARTIAL if here.state is State.PARTIAL else State.COMPLETE
    return Measurement(
        metric=name,
        version=1,
        value=value,
        unit=unit,
        n=n,
        currency=(book.currency or None) if book and unit is Unit.MONEY else None,
        interval=interval,
        period=known.period,
        segment="all",
        cutoff=here.cutoff,
        state=whole if defined else State.UNDEFINED,
        reason=here.reason if defined else reason,
        inputs=inputs,
    )


def _without(known: Evidence, name: str, *, unit: Unit = Unit.RATE, reason: Text | None = None) -> Measurement:
    return _figure(known, name, None, n=0, unit=unit, inputs={}, reason=reason or _NO_CONTRACTS)


def turned(figure: Measurement, name: str) -> Measurement:
    """1 − a share, its interval turned over."""
    around = figure.interval
    low, high = (None, None) if around is None else (around.low, around.high)
    turned = around and replace(around, low=None if high is None else 1 - high, high=None if low is None else 1 - low)
    return replace(figure, metric=name, value=None if figure.value is None else 1 - figure.value, interval=turned)


def gross_churn(known: Evidence, book: Book | None) -> Measurement:
    """Lost and shrunken money over the money at the start."""
    if book is None or book.gross_churn is None:
        return _without(known, "chartmogul_b2b_gross_mrr")
    return replace(book.gross_churn, metric="chartmogul_b2b_gross_mrr")


def net_churn(known: Evidence, book: Book | None) -> Measurement:
    """Losses less growth and returns over the money at the start."""
    if book is None or book.net_retention is None:
        return _without(known, "chartmogul_b2b_net_mrr")
    return turned(book.net_retention, "chartmogul_b2b_net_mrr")


def daily_churn(known: Evidence, book: Book | None) -> Measurement:
    """The daily churn rates of the period, added up."""
    found, name = known.daily_churn, "chartmogul_b2c"
    if found is None:
        return _without(known, name, reason=_("No day of the period began with a customer."))
    inputs = {"lost": known.counts["lost"], "departures": known.departures, "mean_base": known.mean_base}
    return _figure(known, name, found[0], n=round(known.mean_base), inputs=inputs, interval=found[1], unit=Unit.RATE)


def same_window_churn(known: Evidence, book: Book | None) -> Measurement:
    """Lost and passing customers over the base, as a share that may pass 1, with a Poisson interval of the count."""
    figure, base = known.same_window, known.counts["cs"]
    if figure.value is None:
        return replace(figure, metric="baremetrics", unit=Unit.RATE)
    around = summed_hazard_interval(figure.value, squares=figure.value / base, largest=1 / base)
    return replace(figure, metric="baremetrics", unit=Unit.RATE, interval=around)


def net_retention(known: Evidence, book: Book | None) -> Measurement:
    """What is left of the opening money, growth and returns counted in."""
    if book is None or book.net_retention is None:
        return _without(known, "chartmogul_net_mrr_retention")
    return replace(book.net_retention, metric="chartmogul_net_mrr_retention")


def baremetrics_nrr(known: Evidence, book: Book | None) -> Measurement:
    """What is left of the opening money, losses and growth of customers as the page names them."""
    name = "baremetrics_nrr"
    if book is None or book.net_retention is None:
        return _without(known, name)
    moved = book.moved
    inputs = {key: moved[key] for key in ("opening", "expansion", "churned")}
    if not moved["opening"]:
        return _figure(known, name, None, n=0, inputs=inputs, reason=book.net_retention.reason)
    value = 1 - (moved["churned"] - moved["expansion"]) / moved["opening"]
    return _figure(known, name, value, n=int(moved["paying_start"]), inputs=inputs)


def opening_ltv(known: Evidence, book: Book | None) -> Measurement:
    """The lifetime value by the opening base, margin taken off."""
    if book is None or book.lifetime is None:
        return _without(known, "opening_base_ltv", unit=Unit.MONEY)
    return replace(book.lifetime, metric="opening_base_ltv")


def chartmogul_ltv(known: Evidence, book: Book | None) -> Measurement:
    """Average revenue over the mean churn of six earlier months."""
    name, trailing = "chartmogul_ltv", known.trailing_churn
    if book is None or not known.contractual or book.arpa is None:
        return _without(known, name, unit=Unit.MONEY)
    if known.period.grain.value != "month":
        return _without(known, name, unit=Unit.MONEY, reason=_("Its page speaks of six months: measure by month."))
    if book.arpa.value is None or trailing is None:
        reason = book.arpa.reason or _("There is no earlier month to take a mean churn rate from.")
        return _without(known, name, unit=Unit.MONEY, reason=reason)
    value, around = known.over_churn(book.arpa, *trailing)
    inputs = {"arpa": book.arpa.value, "mean_churn": trailing[0], "earlier_months": len(known.earlier)}
    return _lifetime(known, name, book, value, around, inputs)


def posthog_ltv(known: Evidence, book: Book | None) -> Measurement:
    """Average revenue over churn on the total base."""
    return _ltv_over(known, book, known.total_base, name="posthog_ltv", orders_too=True)


def baremetrics_ltv(known: Evidence, book: Book | None) -> Measurement:
    """Average revenue over churn with those who came and went."""
    return _ltv_over(known, book, same_window_churn(known, book), name="baremetrics_ltv", orders_too=False)


def _ltv_over(known: Evidence, book: Book | None, churn: Measurement, *, name: str, orders_too: bool) -> Measurement:
    """The average money of a customer over one product's churn rate."""
    if book is None or book.arpa is None or not (known.contractual or orders_too):
        return _without(known, name, unit=Unit.MONEY)
    if book.arpa.value is None or churn.value is None:
        return _without(known, name, unit=Unit.MONEY, reason=book.arpa.reason or churn.reason)
    value, around = known.over_churn(book.arpa, churn.value, churn.interval)
    inputs = {"arpa": book.arpa.value, "churn_rate": churn.value}
    return _lifetime(known, name, book, value, around, inputs)


def _lifetime(
    known: Evidence,
    name: str,
    book: Book,
    value: float | None,
    around: Interval | None,
    inputs: Mapping[str, Any],
) -> Measurement:
    n = (book.arpa.n if book.arpa else None) or 0
    return _figure(
        known, name, value, n=n, unit=Unit.MONEY, inputs=inputs, interval=around, book=book, reason=_NO_CHURN
    )


_NO_CONTRACTS = _("There are no contracts, so there is no monthly revenue to divide.")
_NO_CHURN = _("Nobody left, and this product shows no lifetime value then.")
