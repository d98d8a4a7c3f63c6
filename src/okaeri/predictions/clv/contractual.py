"""Customers with contracts: how many more months to expect of each, and what these are worth.

Renewals are counted in months, since `mrr` is money a month. Customers without contracts are in `predict`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.base.measurement import Interval
from okaeri.base.text import Text, _
from okaeri.metrics.timetable import day_number
from okaeri.predictions.clv.backtest import Plan, plan
from okaeri.predictions.clv.bdw import BdW
from okaeri.predictions.clv.contracts import ContractFit
from okaeri.predictions.clv.results import Total
from okaeri.predictions.clv.sbg import SBG
from okaeri.predictions.clv.summary import Floats, Ints
from okaeri.predictions.clv.totals import UNTESTED, Level, learn_level, says

if TYPE_CHECKING:
    from okaeri.metrics.measuring import Measurer

MONTH_DAYS = 365.25 / 12
LEVEL = 0.9
_FEWEST_ENDED = 10
_MODELS: dict[str, type[SBG] | type[BdW]] = {"sbg": SBG, "bdw": BdW}


@dataclass(frozen=True, kw_only=True)
class ContractForecast:
    """What to expect of the contracts running on `as_of`, within the horizon; one place per contract, by customer.

    `still_there` is the probability of running at the horizon's end, `months` how many to expect, with a range that
    holds `LEVEL` of the contracts; `value` is what they bring, discounted. `errors` has each model's mean squared error
    of months on past days, None where none could be tried.
    """

    as_of: date
    horizon_days: int
    discount: float
    currency: str
    customer: Ints
    still_there: Floats
    months: Floats
    months_low: Floats
    months_high: Floats
    value: Floats
    total_months: Total
    total_value: Total
    chosen: str
    model: ContractFit
    errors: Mapping[str, float | None]
    notes: tuple[Text, ...] = ()
    doubts: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Book:
    """The contracts begun before a day; `later` are the months they ran within the horizon after it."""

    customer: Ints
    mrr: Floats
    renewals: Floats
    ended: Floats
    later: Floats

    def running(self) -> _Book:
        keep = self.ended == 0
        return _Book(**{name: getattr(self, name)[keep] for name in self.__dataclass_fields__})


def contractual(measurer: Measurer, *, cutoff: date | None = None) -> tuple[bool, Text]:
    """Whether customers are bound by contracts, and the reason: by the workspace's own rule of who is a customer."""
    presence = measurer.presence(cutoff=cutoff)
    if presence.rule.contractual:
        return True, _("Contracts say who is a customer, so their renewals are forecast and not purchases.")
    return False, _("Customers buy when they like and leave unseen, so purchases are forecast: {rule}").format(
        rule=presence.sentence
    )


def predict_contracts(
    measurer: Measurer, *, horizon_days: int = 365, discount: float = 0.1, cutoff: date | None = None
) -> ContractForecast:
    """The months and money to expect of running contracts, by the model that missed by less on past days.

    Raises `OkaeriError` where too few contracts have ended to learn from, or none is running.
    """
    until = measurer.seen_until(cutoff)
    currency = _currency(measurer)
    today = _book(measurer, day_number(until), horizon_days, currency)
    running = today.running()
    if not len(running.mrr):
        raise NothingUsable(
            _("No contract is running on {day}.").format(day=until),
            advice=_("Import subscriptions, or choose another cutoff."),
        )
    if today.ended.sum() < _FEWEST_ENDED:
        raise NothingUsable(
            _("Not enough contracts have ended yet: {n} of {needed}.").format(
                n=int(today.ended.sum()), needed=_FEWEST_ENDED
            ),
            advice=_("Wait for more of them, or measure retention instead."),
        )
    origins = plan(first_day=_first_day(measurer, currency), cutoff=day_number(until), horizon_days=horizon_days)
    books = [_book(measurer, day, origins.window_days, currency) for day in origins.days]
    books = [book for book in books if book.ended.sum() >= _FEWEST_ENDED and len(book.running().mrr)]
    errors, chosen, level = _chosen(books, origins)
    fit = _MODELS[chosen]().fit(renewals=today.renewals, ended=today.ended)
    return _forecast(fit, running, until, horizon_days, discount, currency, chosen, errors, level)


_NO_PRICE = _("{n} of them do not say what they bring in a month; they are in the months and not in the money.")


def _forecast(
    fit: ContractFit,
    running: _Book,
    until: date,
    horizon_days: int,
    discount: float,
    currency: str,
    chosen: str,
    errors: Mapping[str, float | None],
    level: Level,
) -> ContractForecast:
    months = horizon_days / MONTH_DAYS
    kinds, kind = np.unique(running.renewals, return_inverse=True)
    curve = _curve(fit, kinds, months)
    monthly = np.diff(np.minimum(np.arange(curve.shape[1] + 0.0), months))
    kept = (curve[:, :-1] + curve[:, 1:]) / 2
    each = np.minimum(level.factor * (kept @ monthly), months)
    worth = (1 + discount) ** (-(np.arange(len(monthly)) + 0.5) / 12)
    money = running.mrr * np.minimum(level.factor * (kept @ (monthly * worth)), months)[kind]
    second = 2 * (kept @ (monthly * (np.arange(len(monthly)) + 0.5)))
    spread = np.maximum(second - (kept @ monthly) ** 2, 0.0)[kind]
    low, high = _range(curve, months)
    bought = level.range(float(each[kind].sum()), float(spread.sum()), horizon_days=horizon_days)
    total_months, total_value = _totals(running, each[kind], money, bought, level, months)
    return ContractForecast(
        as_of=until,
        horizon_days=horizon_days,
        discount=discount,
        currency=currency,
        customer=running.customer,
        still_there=curve[:, -1][kind],
        months=each[kind],
        months_low=low[kind],
        months_high=high[kind],
        value=money,
        total_months=total_months,
        total_value=total_value,
        chosen=chosen,
        model=fit,
        errors=errors,
        notes=_notes(running, until, level),
        doubts=fit.doubts,
    )


def _totals(
    running: _Book, each: Floats, money: Floats, bought: tuple[float, float], level: Level, months: float
) -> tuple[Total, Total]:
    """Months and money of all contracts; no contract brings more than the whole horizon, an unknown price nothing."""
    known = np.isfinite(running.mrr)
    expected, worth = float(each.sum()), float(money[known].sum())
    ratio = worth / max(expected, 1e-12)
    method = "backtest" if level.backtested else "model, widened"

    def total(value: float, scale: float, most: float) -> Total:
        low, high = bought[0] * scale, min(bought[1] * scale, most)
        return Total(value=value, interval=Interval(low=low, high=high, method=method, level=LEVEL))

    most_money = float(running.mrr[known].sum()) * months
    return total(expected, 1.0, months * len(running.mrr)), total(worth, ratio, most_money)


def _notes(running: _Book, until: date, level: Level) -> tuple[Text, ...]:
    unknown = int((~np.isfinite(running.mrr)).sum())
    count = _("The totals are those of the {n} contracts running on {day}; later ones are not in them.")
    priceless = (_NO_PRICE.format(n=unknown),) if unknown else ()
    return (count.format(n=len(running.mrr), day=until), says(level), *priceless)


def _curve(fit: ContractFit, renewals: Floats, months: float) -> Floats:
    """The probability of still running after 0, 1, 2 … months up to the horizon, whose end is the last column."""
    ahead = np.r_[np.arange(np.ceil(months)), months]
    start = np.log(fit.survival(renewals))[:, None]
    whole = np.floor(renewals[:, None] + ahead)
    part = renewals[:, None] + ahead - whole
    logs = (1 - part) * np.log(fit.survival(whole)) + part * np.log(fit.survival(whole + 1))
    found: Floats = np.exp(logs - start)
    return found


def _range(curve: Floats, months: float) -> tuple[Floats, Floats]:
    """From and to how many whole months: equal tails, and the horizon itself where that many are likely to stay."""
    tail = (1 - LEVEL) / 2
    stays = curve[:, -1] >= tail
    own = np.where(stays, 2 * tail, tail)[:, None]
    low = np.minimum((curve >= 1 - own).sum(axis=1) - 1.0, months)
    high = np.where(stays, months, np.minimum((curve >= tail).sum(axis=1), months))
    return low, high


def _chosen(books: list[_Book], origins: Plan) -> tuple[dict[str, float | None], str, Level]:
    if not books:
        return dict.fromkeys(_MODELS, None), "sbg", UNTESTED
    errors: dict[str, float | None] = {}
    gaps: dict[str, Floats] = {}
    for name, model in _MODELS.items():
        squared, ratios = [], []
        for book in books:
            running = book.running()
            expected = _months(model().fit(renewals=book.renewals, ended=book.ended), running, origins.window_days)
            squared.append(float(np.mean((expected - running.later) ** 2)))
            ratios.append(float(np.log((running.later.sum() + 0.5) / (expected.sum() + 0.5))))
        errors[name], gaps[name] = float(np.mean(squared)), np.array(ratios)
    # the simpler one unless the other is better by more than a hundredth
    chosen = "bdw" if (errors["bdw"] or 0.0) < 0.99 * (errors["sbg"] or 0.0) else "sbg"
    level = learn_level(gaps[chosen], window_days=origins.window_days, independent=origins.independent)
    return errors, chosen, level


def _months(fit: ContractFit, running: _Book, horizon_days: float) -> Floats:
    months = horizon_days / MONTH_DAYS
    kinds, kind = np.unique(running.renewals, return_inverse=True)
    curve = _curve(fit, kinds, months)
    monthly = np.diff(np.minimum(np.arange(curve.shape[1] + 0.0), months))
    found: Floats = ((curve[:, :-1] + curve[:, 1:]) / 2 @ monthly)[kind]
    return found


def _book(measurer: Measurer, day: int, horizon_days: int, currency: str) -> _Book:
    measurer.engine.put(
        "contract_rule",
        {
            "currency": ("varchar", [currency]),
            "as_of": ("integer", [day]),
            "horizon_days": ("integer", [horizon_days]),
        },
    )
    sql = files("okaeri.predictions").joinpath("sql", "contracts_as_of.sql").read_text("utf-8")
    found = {name: np.asarray(column) for name, column in zip(*_columns(measurer, sql), strict=True)}
    return _Book(
        customer=found["customer"].astype(np.int64),
        mrr=found["mrr"].astype(np.float64),
        renewals=np.floor(np.maximum(found["age_days"].astype(np.float64), 0.0) / MONTH_DAYS),
        ended=found["ended"].astype(np.float64),
        later=np.maximum(found["later_days"].astype(np.float64), 0.0) / MONTH_DAYS,
    )


def _columns(measurer: Measurer, sql: str) -> tuple[list[str], list[object]]:
    rows = measurer.engine.query(sql)
    return rows.column_names, list(rows.columns)


def _currency(measurer: Measurer) -> str:
    rows = measurer.engine.query(
        "select currency, count(*) as n from local_subscriptions group by currency order by n desc, currency"
    ).to_pylist()
    if not rows:
        raise OkaeriError(
            _("There are no contracts to forecast."), advice=_("Import subscriptions, or choose another cutoff.")
        )
    known: list[str] = [row["currency"] for row in rows]
    return measurer.facts.currency if measurer.facts.currency in known else known[0]


def _first_day(measurer: Measurer, currency: str) -> int:
    rows = measurer.engine.query("select currency, min(started_day) as day from local_subscriptions group by currency")
    day: int = next(row["day"] for row in rows.to_pylist() if row["currency"] == currency)
    return day
