"""From a workspace's orders to what its customers will buy and are worth: learn, choose by the past, forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.base.measurement import Interval
from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit
from okaeri.predictions.clv.backtest import Backtest, backtest, sound
from okaeri.predictions.clv.baselines import Expecting
from okaeri.predictions.clv.boosted import LABEL, Trial, try_boosted
from okaeri.predictions.clv.boosted import NAME as BOOSTED
from okaeri.predictions.clv.candidates import CANDIDATES, Model, usable
from okaeri.predictions.clv.choice import Choice, Standing, choose
from okaeri.predictions.clv.conformal import CustomerRanges, Ranges, learn_ranges
from okaeri.predictions.clv.laws import CountLaw, SpendLaw, law_of_model, learn_counts, learn_spend
from okaeri.predictions.clv.results import Total, ValueForecast
from okaeri.predictions.clv.spending import SPEND_WAYS, SpendStanding, choose_spending
from okaeri.predictions.clv.summary import Floats, Summary, summarise
from okaeri.predictions.clv.totals import UNTESTED, Level, corrected, learn_bend, learn_level, origin_weights, says
from okaeri.predictions.clv.valuing import ValueModel

if TYPE_CHECKING:
    from okaeri.metrics.measuring import Measurer

MOST_DAYS = 3650
_SEASON_DAYS = 730
_ONE_SEASON = _("The history is {days} days long: a yearly season cannot be told from growth or decline in it.")
# a range without a backtest is to be surer than it says
_UNTESTED_NOMINAL = 0.95
_KNOWN_ONLY = _("The totals are those of the {n} customers known on {day}; whoever buys first after it is not in them.")


def predict_value(
    measurer: Measurer,
    *,
    horizon_days: int = 365,
    discount: float = 0.1,
    cutoff: date | None = None,
    currency: str | None = None,
) -> ValueForecast:
    """What each customer known before `cutoff` will buy and spend within the horizon, by what served best in the past.

    `discount` is that of a year. Without a `cutoff` it is the end of what was observed. Raises `OkaeriError` for a
    horizon or discount that cannot be, and when nobody bought anything before the cutoff.
    """
    learnt = learn_value(measurer, horizon_days=horizon_days, cutoff=cutoff, currency=currency)
    return apply_value(measurer, learnt, horizon_days=horizon_days, discount=discount, cutoff=cutoff)


@dataclass(frozen=True, kw_only=True)
class Learnt:
    """A model with the record of how it was chosen; a kept model has none."""

    model: ValueModel
    choice: Choice
    spend_choice: tuple[SpendStanding, ...] = ()
    doubts: tuple[Text, ...] = ()


def learn_value(
    measurer: Measurer, *, horizon_days: int = 365, cutoff: date | None = None, currency: str | None = None
) -> Learnt:
    """Try all candidates on past days, keep the best, and learn how far forecasts and customers stray."""
    if not 1 <= horizon_days <= MOST_DAYS:
        raise OkaeriError(
            _("A horizon of {days} days cannot be.").format(days=Shown(horizon_days, Unit.COUNT)),
            advice=_("Give a whole number of days from 1 to {most}, such as 365.").format(
                most=Shown(MOST_DAYS, Unit.COUNT)
            ),
        )
    until = measurer.seen_until(cutoff)
    today = _customers(measurer, until, currency)
    tested = backtest(measurer, cutoff=until, horizon_days=horizon_days, currency=today.currency)
    choice = choose(tested)
    ways = _learn(choice.chosen or _untested(today), today, horizon_days)
    names = tuple(ways)
    spend_way, spend_choice = choose_spending(tested.windows, today=today)
    spending = SPEND_WAYS[spend_way].learn(today)
    trial = try_boosted(tested, choice.chosen) if tested.windows else Trial()
    choice = replace(choice, chosen=names, standings=(*choice.standings, *_standing_of(trial)))
    if trial.backtest:
        calibrated = _calibrate(trial.backtest, (BOOSTED,), spend_way)
    elif tested.windows:
        calibrated = _calibrate(tested, names, spend_way)
    else:
        calibrated = _assume(today, ways, horizon_days)
    model = ValueModel(
        learnt_on=today.as_of,
        currency=today.currency,
        ways=ways,
        spend_way=spend_way,
        spending=spending,
        purchase_level=calibrated.purchase_level,
        bend=calibrated.bend,
        value_level=calibrated.value_level,
        purchase_ranges=calibrated.purchase_ranges,
        spend_ranges=calibrated.spend_ranges,
        boosted=trial.boosted,
    )
    doubts = [doubt for each in (*ways.values(), spending) for doubt in getattr(each, "doubts", ())]
    return Learnt(model=model, choice=choice, spend_choice=spend_choice, doubts=tuple(dict.fromkeys(doubts)))


def apply_value(
    measurer: Measurer,
    learnt: Learnt,
    *,
    horizon_days: int = 365,
    discount: float = 0.1,
    cutoff: date | None = None,
) -> ValueForecast:
    """What a model learnt now or kept from earlier expects of the customers known before `cutoff`."""
    model = learnt.model
    until = measurer.seen_until(cutoff)
    today = _customers(measurer, until, model.currency)
    expected = model.expect(today, horizon_days=horizon_days, discount=discount)
    each = model.per_purchase(today)
    purchases = model.purchase_ranges.of(expected.purchases, horizon_days=horizon_days)
    multiples = model.spend_ranges.of(expected.purchases, horizon_days=horizon_days)
    later = np.divide(expected.discounted, expected.purchases, out=np.ones(len(today)), where=expected.purchases > 0)
    spend = Ranges(low=multiples.low * each, high=multiples.high * each)
    totals = _totals(model, expected.purchases, expected.discounted, each, horizon_days)
    return ValueForecast(
        as_of=until,
        horizon_days=horizon_days,
        discount=discount,
        currency=model.currency,
        level=model.purchase_ranges.level,
        customer=today.customer,
        p_alive=expected.p_alive,
        expected_purchases=expected.purchases,
        purchases_low=purchases.low,
        purchases_high=purchases.high,
        expected_spend=expected.purchases * each,
        spend_low=spend.low,
        spend_high=spend.high,
        value=expected.discounted * each,
        value_low=spend.low * later,
        value_high=spend.high * later,
        total_purchases=totals[0],
        total_spend=totals[1],
        total_value=totals[2],
        model=model,
        choice=learnt.choice,
        spend_choice=learnt.spend_choice,
        notes=(
            _KNOWN_ONLY.format(n=Shown(len(today), Unit.COUNT), day=until),
            says(model.purchase_level),
            *_longer(model.purchase_level, horizon_days),
            *_one_season(today),
            *today.notes,
        ),
        doubts=learnt.doubts,
    )


@dataclass(frozen=True, kw_only=True)
class _Calibration:
    purchase_level: Level
    bend: float
    value_level: Level
    purchase_ranges: CustomerRanges
    spend_ranges: CustomerRanges


def _customers(measurer: Measurer, until: date, currency: str | None) -> Summary:
    today = summarise(measurer, as_of=until, currency=currency)
    if not len(today):
        raise NothingUsable(
            _("Nobody bought anything before {day}.").format(day=until),
            advice=_("Import orders, or choose a later cutoff."),
        )
    return today


def _standing_of(trial: Trial) -> tuple[Standing, ...]:
    if trial.rmse is None and trial.why_not is None:
        return ()
    used = trial.boosted is not None
    return (Standing(candidate=BOOSTED, name=LABEL, chosen=used, rmse=trial.rmse, why_not=trial.why_not),)


def _learn(names: Sequence[str], today: Summary, horizon_days: int) -> dict[str, Expecting]:
    """Those that say today what can be, as they did on past days; else everybody is expected to buy alike."""
    ways: dict[str, Expecting] = {}
    for name in (*names, "population_mean"):
        with np.errstate(over="ignore", invalid="ignore"):  # what is not a number is looked for right here
            way = CANDIDATES[name].learn(today)
            if sound(way.expected(today, horizon_days=horizon_days)) and (name in names or not ways):
                ways[name] = way
    return ways


def _untested(today: Summary) -> tuple[str, ...]:
    """What to use without any past to try it on: the simplest model, or everybody alike where none can be learnt."""
    candidates, _against = usable(today)
    models = [name for name, each in candidates.items() if each.is_model]
    return (models[0],) if models else ("population_mean",)


def _calibrate(tested: Backtest, names: Sequence[str], spend_way: str) -> _Calibration:
    purchase_level = tested.level(names)
    weights = origin_weights(len(tested.windows))
    days = float(tested.plan.window_days)
    bought = [window.purchases for window in tested.windows]
    bend = learn_bend(tested.mean_of(names), bought, factor=purchase_level.factor)
    expected = [corrected(each, factor=purchase_level.factor, bend=bend) for each in tested.mean_of(names)]
    shares = np.concatenate([np.full(len(e), w / len(e)) for e, w in zip(expected, weights, strict=True)])
    counts = learn_counts(np.concatenate(expected), np.concatenate(bought), horizon_days=days, weight=shares)
    usual = [SPEND_WAYS[spend_way].learn(window).per_purchase(window) for window in tested.windows]
    value_level = _value_level(tested, expected, usual)
    multiples = [
        np.divide(window.spend, each * value_level.factor, out=np.zeros(len(window)), where=each > 0)
        for window, each in zip(tested.windows, usual, strict=True)
    ]
    spend = learn_spend(counts, np.concatenate(bought), np.concatenate(multiples))
    return _Calibration(
        purchase_level=purchase_level,
        bend=bend,
        value_level=value_level,
        purchase_ranges=learn_ranges(counts, expected, bought, horizon_days=days, weights=weights),
        spend_ranges=learn_ranges(spend, expected, multiples, horizon_days=days, weights=weights),
    )


def _value_level(tested: Backtest, expected: Sequence[Floats], usual: Sequence[Floats]) -> Level:
    pairs = zip(tested.windows, expected, usual, strict=True)
    sums = np.array([(window.spend.sum(), float(said @ each)) for window, said, each in pairs])
    told = (sums > 0).all(axis=1)
    ratios = np.log(sums[told, 0] / sums[told, 1])
    return learn_level(ratios, window_days=tested.plan.window_days, independent=tested.plan.independent)


def _assume(today: Summary, ways: dict[str, Expecting], horizon_days: int) -> _Calibration:
    """Without a backtest: the spread of the model itself, or a usual one, and ranges surer than they say."""
    fit = next((way.fit for way in ways.values() if isinstance(way, Model)), None)
    counts = (
        law_of_model(fit, today, horizon_days=horizon_days)
        if fit
        else CountLaw(a=-0.7, b=0.5, horizon_days=horizon_days)
    )
    spend = SpendLaw(counts=counts, each=1.0, customer=0.25)
    return _Calibration(
        purchase_level=UNTESTED,
        bend=1.0,
        value_level=UNTESTED,
        purchase_ranges=CustomerRanges(law=counts, nominal=_UNTESTED_NOMINAL),
        spend_ranges=CustomerRanges(law=spend, nominal=_UNTESTED_NOMINAL),
    )


def _totals(
    model: ValueModel, purchases: Floats, discounted: Floats, each: Floats, horizon_days: int
) -> tuple[Total, Total, Total]:
    counts = model.purchase_ranges.law.variance(purchases, horizon_days=horizon_days)
    spends = model.spend_ranges.law.variance(purchases, horizon_days=horizon_days) * each**2
    bought, spent, worth = float(purchases.sum()), float(purchases @ each), float(discounted @ each)
    spend = _total(spent, float(spends.sum()), model.value_level, horizon_days)
    share = worth / spent if spent else 1.0
    low, high = ((bound or 0.0) * share for bound in (spend.interval.low, spend.interval.high))
    value = Interval(low=low, high=high, method=spend.interval.method, level=spend.interval.level)
    return (
        _total(bought, float(counts.sum()), model.purchase_level, horizon_days),
        spend,
        Total(value=worth, interval=value),
    )


def _total(value: float, variance: float, level: Level, horizon_days: int) -> Total:
    low, high = level.range(value, variance, horizon_days=horizon_days)
    method = "backtest" if level.backtested else "model, widened"
    return Total(value=value, interval=Interval(low=low, high=high, method=method, level=0.9))


def _one_season(today: Summary) -> tuple[Text, ...]:
    days = int(today.age.max(initial=0))
    return (_ONE_SEASON.format(days=Shown(days, Unit.COUNT)),) if days < _SEASON_DAYS else ()


def _longer(level: Level, horizon_days: int) -> tuple[Text, ...]:
    if not level.backtested or horizon_days <= level.horizon_days:
        return ()
    note = _("The history allows past forecasts of {days} days only; ranges for {asked} days are wider for it.")
    return (note.format(days=int(level.horizon_days), asked=horizon_days),)
