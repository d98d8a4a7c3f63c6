"""Predictions about a workspace: made from the facts as they are now, kept beside them, and taken up again.

Models are kept by `keeping`; what they say of customers becomes facts in `scores` and `labels`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit
from okaeri.facts.lake import Lake
from okaeri.keeping import KEPT_DAYS, keep_churn, keep_value, kept_churn, kept_value
from okaeri.predictions.churn.features import examples_of
from okaeri.predictions.churn.model import ChurnModel
from okaeri.predictions.risk.leaving import HORIZON_DAYS, Leaving, can_leave, predict_leaving
from okaeri.predictions.risk.listing import Expected, RiskList
from okaeri.predictions.risk.record import Record, record
from okaeri.predictions.risk.worth import worth_of_contracts, worth_of_purchases
from okaeri.signals.now import More
from okaeri.signals.signal import Evidence

if TYPE_CHECKING:
    import pyarrow as pa

    from okaeri.customers.page import CustomerPage
    from okaeri.metrics.measuring import Measurer
    from okaeri.predictions.clv.contractual import ContractForecast
    from okaeri.predictions.clv.predict import Learnt
    from okaeri.predictions.clv.results import ValueForecast
    from okaeri.predictions.segments import Segmentation
    from okaeri.shop import Shop
    from okaeri.signals.now import SignalsNow

VALUE_DAYS = 365
DISCOUNT = 0.1
SIGNAL_DAYS = 90
STALE_DAYS = 14
SILENCE = "silence"
_STALE = _("The facts end {days} days before today: what is said here begins on {day}. Import newer facts first.")
Progress = Callable[[Text, float], None]


def foretell_churn(
    shop: Shop,
    *,
    horizon_days: int = HORIZON_DAYS,
    presence: str | None = None,
    cutoff: date | None = None,
    use: Collection[str] = (),
    keep: bool = True,
    progress: Progress | None = None,
) -> RiskList:
    """Learn who leaves, say it of everybody with what they are worth, and keep the models and the scores.

    `use` names suspected columns to learn from all the same. Nothing is kept for a `cutoff` before the facts' end,
    under another rule of presence than the workspace's, nor when nothing could be learned.
    """

    def ask(measurer: Measurer) -> tuple[RiskList, Learnt | None, bool]:
        leaving = predict_leaving(
            measurer,
            horizon_days=horizon_days,
            presence=presence,
            cutoff=cutoff,
            keep=use,
            timing=True,
            progress=progress,
        )
        learnt = _learn_value(measurer, cutoff)
        own = leaving.presence.code == measurer.presence(cutoff=cutoff).code
        return _listed(measurer, leaving, learnt, cutoff), learnt, own and cutoff in (None, measurer.until())

    found, learnt, is_standing = shop.ask(ask)
    if keep and found.leaving.model and not shop.as_of and is_standing:
        # the words first: a model that is kept has said something that can be judged
        _land(shop, "scores", shop.ask(partial(_scores, found, made_at=shop.now())))
        keep_churn(shop.workspace, found.leaving)
        if learnt:
            keep_value(shop.workspace, learnt, horizon_days=VALUE_DAYS)
    return found


def risk_list(shop: Shop, *, horizon_days: int = HORIZON_DAYS) -> RiskList:
    """Today's list by the model that is kept while it is no older than 35 days of facts, else by one learned now."""
    found = shop.ask(lambda measurer: kept_risk_list(shop, measurer, horizon_days=horizon_days))
    return found or foretell_churn(shop, horizon_days=horizon_days, keep=False)


def kept_risk_list(shop: Shop, measurer: Measurer, *, horizon_days: int = HORIZON_DAYS) -> RiskList | None:
    """Today's list by the kept models; None where none is kept, it is too old, or the facts no longer fit it."""
    kept = None if shop.as_of else kept_churn(shop.workspace, measurer, horizon_days=horizon_days)
    if kept is None:
        return None
    try:
        leaving = replace(_score(measurer, kept.model), when=kept.when)
    except OkaeriError:  # the facts no longer have what it was learned with
        return None
    learnt = kept_value(shop.workspace, measurer, horizon_days=VALUE_DAYS) or _learn_value(measurer, None)
    return _listed(measurer, leaving, learnt, None)


def kept_value_forecast(shop: Shop, measurer: Measurer) -> ValueForecast | None:
    """What customers will bring within a year by the model that is kept; None where none is."""
    from okaeri.predictions.clv.predict import apply_value

    learnt = None if shop.as_of else kept_value(shop.workspace, measurer, horizon_days=VALUE_DAYS)
    if learnt is None:
        return None
    return apply_value(measurer, learnt, horizon_days=VALUE_DAYS, discount=DISCOUNT)


def foretell_contracts(
    shop: Shop, *, horizon_days: int = VALUE_DAYS, discount: float = DISCOUNT, cutoff: date | None = None
) -> ContractForecast | None:
    """What running contracts will bring; None where the workspace's customers are not bound by contracts."""
    from okaeri.predictions.clv.contractual import contractual, predict_contracts

    def ask(measurer: Measurer) -> ContractForecast | None:
        if not contractual(measurer, cutoff=cutoff)[0]:
            return None
        return predict_contracts(measurer, horizon_days=horizon_days, discount=discount, cutoff=cutoff)

    return shop.ask(ask)


def staleness(shop: Shop, as_of: date) -> tuple[Text, ...]:
    """A word of warning where the facts end long before today: whatever is foretold begins at their end."""
    days = (shop.workspace.calendar.day_of(shop.now()) - as_of).days
    if days <= STALE_DAYS:
        return ()
    return (_STALE.format(day=as_of, days=days),)


def foretell_value(
    shop: Shop,
    *,
    horizon_days: int = VALUE_DAYS,
    discount: float = DISCOUNT,
    cutoff: date | None = None,
    currency: str | None = None,
    keep: bool = True,
) -> ValueForecast:
    """What each customer will buy and be worth, by what has served best on this shop's own past.

    The model is kept unless it was asked for as of an earlier day or in a currency of its own.
    """
    from okaeri.predictions.clv.predict import apply_value, learn_value

    def ask(measurer: Measurer) -> tuple[ValueForecast, Learnt]:
        learnt = learn_value(measurer, horizon_days=horizon_days, cutoff=cutoff, currency=currency)
        found = apply_value(measurer, learnt, horizon_days=horizon_days, discount=discount, cutoff=cutoff)
        return found, learnt

    found, learnt = shop.ask(ask)
    if keep and cutoff is None and currency is None and not shop.as_of:
        keep_value(shop.workspace, learnt, horizon_days=horizon_days)
    return found


def signals_of(
    shop: Shop, *, kinds: Sequence[str] | None = None, within_days: int = 30, limit: int = 100
) -> SignalsNow:
    """What deserves attention now, without what was silenced; raises `OkaeriError` for a kind that does not exist."""
    from okaeri.signals.catalogue import find
    from okaeri.signals.now import signals_now
    from okaeri.signals.silences import silences

    asked = [find(kind) for kind in kinds] if kinds else None
    held = silences(shop.workspace)

    def ask(measurer: Measurer) -> SignalsNow:
        evidence = still_there(shop, measurer)
        return signals_now(
            measurer, within_days=within_days, limit=limit, kinds=asked, silences=held, evidence=evidence
        )

    return shop.ask(ask)


def still_there(shop: Shop, measurer: Measurer) -> dict[str, More]:
    """For the signal of silence: the chance that a customer still is one, by the purchase models that are kept."""
    told = kept_value_forecast(shop, measurer)
    if told is None or np.isnan(told.p_alive).all():
        return {}

    def evidence(customers: Sequence[str]) -> list[Evidence | None]:
        measurer.engine.put("asked_names", {"customer_id": ("varchar", sorted(set(customers)))})
        sql = "select c.customer, c.customer_id from customer_codes c join asked_names a using (customer_id)"
        codes = {row["customer_id"]: row["customer"] for row in measurer.engine.query(sql).to_pylist()}
        chances = {name: told.p_alive[told.customer == code].tolist() for name, code in codes.items()}
        return [_alive(next(iter(chances.get(name, [])), None)) for name in customers]

    return {SILENCE: evidence}


def _alive(chance: float | None) -> Evidence | None:
    if chance is None or np.isnan(chance):
        return None
    says = _("The chance that they still are a customer, by their purchases: {chance}.")
    return Evidence(
        metric="p_alive",
        value=chance,
        threshold=None,
        unit=Unit.RATE,
        rows=1,
        says=says.format(chance=Shown(chance, Unit.RATE, 0)),
    )


def segment_customers(shop: Shop, *, keep: bool = True) -> tuple[Segmentation, ...]:
    """Every way of dividing the customers that the facts allow, as of their end; kept, figures can be split by them."""
    found = shop.ask(lambda measurer: segmentations(measurer, risk=kept_risk_list(shop, measurer)))
    if keep and not shop.as_of:
        for each in found:
            if len(each):
                _land(shop, "labels", shop.ask(partial(_labels, each)))
    return found


def how_good(shop: Shop, *, horizon_days: int = HORIZON_DAYS) -> Record:
    """What came of the predictions that were kept."""
    return shop.ask(lambda measurer: record(measurer, horizon_days=horizon_days))


def replay_churn(
    shop: Shop,
    *,
    days: Sequence[date],
    horizon_days: int = HORIZON_DAYS,
    keep: bool = True,
    progress: Progress | None = None,
) -> tuple[RiskList, ...]:
    """What would have been said on past days, from the facts before each alone; kept, it is marked as replayed.

    As on every day, a model is used until it is 35 days old. Attributes are not used: what they were then is not known.
    """
    found: list[RiskList] = []
    for place, day in enumerate(sorted(days)):
        if progress:
            progress(_("Going back to {day}").format(day=day), place / len(days))
        told = RiskList(leaving=_replayed(shop, day, horizon_days, found[-1].leaving if found else None))
        found.append(told)
        if keep and told.leaving.model and not shop.as_of:
            _land(shop, "scores", shop.ask(partial(_scores, told, made_at=shop.now(), replayed=True)))
    return tuple(found)


def _replayed(shop: Shop, day: date, horizon_days: int, before: Leaving | None) -> Leaving:
    """What would have been said on a day: by the model of the replay before while it was young, else by a new one."""
    if before and before.model and day - before.learned_on <= timedelta(days=KEPT_DAYS):
        now = shop.ask(partial(_score, model=before.model, day=day))
        return replace(now, learned_on=before.learned_on)
    return shop.ask(partial(predict_leaving, horizon_days=horizon_days, cutoff=day, attributes=False, challenger=False))


def past_days(shop: Shop, *, horizon_days: int, count: int, every_days: int = 30) -> tuple[date, ...]:
    """The latest `count` days, 30 apart, whose horizon is over, oldest first."""
    last = shop.ask(lambda measurer: measurer.until()) - timedelta(days=horizon_days)
    return tuple(last - timedelta(days=every_days * back) for back in range(count - 1, -1, -1))


def segmentations(measurer: Measurer, *, risk: RiskList | None) -> tuple[Segmentation, ...]:
    """Every way of dividing the customers that the facts allow; by value and risk where `risk` knows both."""
    return tuple(_segmentations(measurer, risk))


def _segmentations(measurer: Measurer, risk: RiskList | None) -> Iterator[Segmentation]:
    from okaeri.predictions.segments import lifecycle, personas, profiles_of, rfm, value_risk

    profiles = profiles_of(measurer)
    if "orders" in measurer.facts.has:
        yield rfm(profiles)
    yield lifecycle(measurer)
    yield personas(profiles)
    if risk and risk.expected:
        yield value_risk(
            customer=risk.leaving.customer,
            value=risk.values[0],
            leaving=risk.chance,
            as_of=risk.as_of,
            currency=risk.expected.currency,
        )


def _labels(found: Segmentation, measurer: Measurer) -> pa.Table:
    from okaeri.predictions.segments import labels_table

    return labels_table(found, measurer=measurer)


def _scores(found: RiskList, measurer: Measurer, *, made_at: datetime, replayed: bool = False) -> pa.Table:
    return found.as_scores(measurer.engine, made_at=made_at, replayed=replayed)


def _score(measurer: Measurer, model: ChurnModel, day: date | None = None) -> Leaving:
    """What a kept model says of the customers of a day, the end of the facts unless named."""
    until = measurer.until(day)
    rule, days = measurer.presence(cutoff=until), model.card.horizon_days
    now = examples_of(measurer, [until], horizon_days=days, presence=rule, cutoff=until)
    return Leaving(
        as_of=until,
        horizon_days=days,
        presence=rule,
        examples=now,
        model=model,
        chance=model.predict(now),
        learned_on=until,
        can_leave=can_leave(measurer, rule, as_of=until, horizon_days=days),
    )


def _listed(measurer: Measurer, leaving: Leaving, learnt: Learnt | None, cutoff: date | None) -> RiskList:
    return RiskList(leaving=leaving, expected=_expected(measurer, learnt, cutoff))


def _learn_value(measurer: Measurer, cutoff: date | None) -> Learnt | None:
    """What is learned about a year's purchases; None where contracts are what counts, or nobody bought anything."""
    from okaeri.predictions.clv.contractual import contractual
    from okaeri.predictions.clv.predict import learn_value

    if "orders" not in measurer.facts.has or contractual(measurer, cutoff=cutoff)[0]:
        return None
    try:
        return learn_value(measurer, horizon_days=VALUE_DAYS, cutoff=cutoff)
    except NothingUsable:
        return None


def _expected(measurer: Measurer, learnt: Learnt | None, cutoff: date | None) -> Expected | None:
    """What customers will bring within a year, by contracts or by purchases; None where neither can be told."""
    from okaeri.predictions.clv.contractual import contractual, predict_contracts
    from okaeri.predictions.clv.predict import apply_value

    asked: dict[str, Any] = {"horizon_days": VALUE_DAYS, "discount": DISCOUNT, "cutoff": cutoff}
    try:
        if contractual(measurer, cutoff=cutoff)[0]:
            return worth_of_contracts(predict_contracts(measurer, **asked))
        return worth_of_purchases(apply_value(measurer, learnt, **asked)) if learnt else None
    except NothingUsable:
        return None


def _land(shop: Shop, table: str, rows: pa.Table) -> None:
    if rows.num_rows:
        now = shop.now()
        # the first key tells batches of one moment apart: the labels of one scheme from those of another
        batch = f"{table}-{rows.column(0)[0]}-{rows.num_rows}-{now:%Y%m%dT%H%M%S%f}"
        Lake(shop.workspace.lake_path).land(table, rows, batch_id=batch, now=now)


def customer_page(shop: Shop, words: str) -> CustomerPage:
    """One customer, found by id or by the whole of an attribute; raises `OkaeriError` when nobody is."""
    from okaeri.customers import find_customer
    from okaeri.customers.page import page
    from okaeri.signals.now import signals_now

    customer_id = shop.ask(lambda measurer: find_customer(measurer.engine, words))
    risk = risk_list(shop)

    def ask(measurer: Measurer) -> CustomerPage:
        signals = signals_now(measurer, within_days=SIGNAL_DAYS, customer=customer_id, known_cards={})
        return page(measurer, customer_id, risk=risk, signals=signals)

    return shop.ask(ask)
