"""How predictions look in the terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isnan
from typing import TYPE_CHECKING, Any

from okaeri.base.measurement import between
from okaeri.base.text import Text, _
from okaeri.base.units import Unit, show
from okaeri.cli import output

if TYPE_CHECKING:
    from okaeri.engines.engine import Engine
    from okaeri.predictions.churn.card import Card
    from okaeri.predictions.churn.examples import Feature
    from okaeri.predictions.clv.contractual import ContractForecast
    from okaeri.predictions.clv.results import ValueForecast
    from okaeri.predictions.risk.listing import AtRisk, RiskList
    from okaeri.predictions.uplift.trials import TrialUplift


def show_churn(found: RiskList, told: Sequence[AtRisk], *, warnings: Iterable[Text] = ()) -> None:
    """The customers most at risk with their reasons, and how far the model can be trusted."""
    from okaeri.predictions.risk import telling

    leaving = found.leaving
    output.say(telling.title(found), style="brand")
    for warning in warnings:
        output.say(f"  ! {warning}", style="partial")
    if leaving.model is None:
        output.say(f"  {leaving.reason}")
        output.say(f"  {_('Who counts')}: {leaving.presence}", style="quiet")
        output.remark(_("  Next: {command}").format(command="okaeri signals"), style="try")
        return
    for sentence in telling.summary(found):
        output.say(sentence)
    output.say("")
    for place, each in enumerate(told, 1):
        _show_one(place, each)
    _show_card(leaving.model.card, leaving.examples.features)
    output.say(f"  {_('Who counts')}: {leaving.presence}", style="quiet")
    output.remark(_("  Next: {command}").format(command=_next_customer(told)), style="try")


def _next_customer(told: Sequence[AtRisk]) -> str:
    return f"okaeri customer {told[0].customer_id}" if told else "okaeri signals"


def _show_one(place: int, each: AtRisk) -> None:
    from okaeri.predictions.risk import telling

    line = f"{place}. {each.customer_id} · {_('leaves')}: {telling.chance_of(each)} ({telling.around(each)})"
    if each.value is not None:
        line += f" · {_('worth')}: {telling.worth_of(each)} · {_('at risk')}: {telling.at_risk_of(each)}"
    output.say(line, style="brand")
    for sentence in each.reasons.told():
        output.say(f"   {sentence}")
    if each.when:
        output.say(f"   {each.when}")
    output.say(f"   → {each.step}")
    output.say("")


def _show_card(card: Card, features: Sequence[Feature]) -> None:
    from okaeri.predictions.risk import telling

    output.say(telling.TRUST, style="brand")
    for sentence in telling.learned(card):
        output.say(f"  {sentence}")
    show_rows(telling.CARD_HEAD, telling.card_rows(card), numbers=range(1, 5))
    if drivers := list(telling.drivers_of(card, features)):
        output.say(telling.DRIVERS)
    for note in (*drivers, *telling.warnings_of(card)):
        output.say(f"  · {note}", style="quiet")


def show_rows(
    head: Sequence[Text], rows: Iterable[Sequence[str]], *, numbers: Iterable[int], title: Text | None = None
) -> None:
    """A table of words with its title."""
    table = output.grid(head, numbers=numbers)
    for row in rows:
        table.add_row(*row)
    output.show_table(table, title=title)


def churn_json(found: RiskList, told: Sequence[AtRisk]) -> dict[str, Any]:
    """The list and the model's card, JSON-ready."""
    leaving = found.leaving
    return {
        "as_of": leaving.as_of.isoformat(),
        "horizon_days": leaving.horizon_days,
        "customers": len(found),
        "presence": str(leaving.presence),
        "reason": str(leaving.reason) if leaving.reason else None,
        "expected_leavers": _leavers(found) if leaving.model else None,
        "value_at_risk": found.total_at_risk if leaving.model else None,
        "currency": (found.expected.currency or None) if found.expected else None,
        "without_value": found.without_value,
        "list": [each.as_row() for each in told],
        "card": _card_json(leaving.model.card) if leaving.model else None,
    }


def _leavers(found: RiskList) -> dict[str, float | None]:
    value, around = found.expected_leavers
    return {"value": value, "low": around.low, "high": around.high}


def _card_json(card: Card) -> dict[str, Any]:
    data = card.as_data()
    return {
        **{name: value for name, value in data.items() if name not in ("notes", "suspects", "drivers")},
        "drivers": [driver.as_data() | {"stands_out": driver.stands_out} for driver in card.drivers],
        "suspects": [{"column": each.feature, "why": str(each.why)} for each in card.suspects],
        "notes": [str(note) for note in card.notes],
    }


def best_customers(found: ValueForecast, engine: Engine, *, n: int) -> list[tuple[str, int]]:
    """The ids and places of the `n` customers who are expected to bring most."""
    import numpy as np  # heavy: only when something is foretold

    from okaeri.predictions.risk.listing import ids_of

    places = np.lexsort((found.customer, -found.value))[:n]
    return list(zip(ids_of(engine, found.customer[places]), places.tolist(), strict=True))


def show_value(found: ValueForecast, names: Sequence[tuple[str, int]], *, warnings: Iterable[Text] = ()) -> None:
    """Totals with ranges, how the models stood, and the customers who will bring most."""
    from okaeri.predictions import value_telling as telling

    output.say(telling.title(found), style="brand")
    for warning in warnings:
        output.say(f"  ! {warning}", style="partial")
    show_rows(telling.TOTALS_HEAD, telling.totals_rows(found), numbers=[1, 2])
    show_rows(telling.CHOICE_HEAD, telling.choice_rows(found.choice), numbers=[2, 3, 4], title=telling.CHOICE)
    reason, rule = telling.choice_words(found.choice)
    output.say(f"  {reason}")
    output.say(f"  {rule}", style="quiet")
    output.say("")
    show_rows(telling.BEST_HEAD, telling.best_rows(found, names), numbers=range(1, 6), title=telling.BEST)
    for note in (*found.notes, *found.doubts):
        output.say(f"  · {note}", style="quiet")


def tell_contracts(found: ContractForecast, *, as_json: bool, warnings: Iterable[Text] = ()) -> None:
    """What running contracts will bring: totals with ranges, and how the models did."""
    from okaeri.predictions import contract_telling as telling
    from okaeri.predictions.value_telling import CHOICE, TOTALS_HEAD

    if as_json:
        output.emit(telling.as_json(found))
        return
    output.say(telling.title(found), style="brand")
    for warning in warnings:
        output.say(f"  ! {warning}", style="partial")
    show_rows(TOTALS_HEAD, telling.totals_rows(found), numbers=[1, 2])
    show_rows(telling.CHOICE_HEAD, telling.choice_rows(found), numbers=[2], title=CHOICE)
    output.say(f"  {telling.RULE}", style="quiet")
    for note in (*found.notes, *found.doubts):
        output.say(f"  · {note}", style="quiet")


def value_json(found: ValueForecast, names: Sequence[tuple[str, int]]) -> dict[str, Any]:
    """Totals, standings and the customers who will bring most, JSON-ready."""
    rows = found.as_table()
    return {
        **found.as_data(),
        "choice": {"chosen": list(found.choice.chosen), "reason": str(found.choice.reason)},
        "standings": found.choice.as_rows(),
        "spend_standings": [each.as_row() for each in found.spend_choice],
        "list": [{"customer_id": name, **_numbers(rows.slice(at, 1).to_pylist()[0])} for name, at in names],
        "notes": [str(note) for note in found.notes],
        "doubts": [str(doubt) for doubt in found.doubts],
    }


def _numbers(row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name != "customer"}
    return {name: None if isinstance(value, float) and isnan(value) else value for name, value in kept.items()}


def show_uplift(found: TrialUplift) -> None:
    """The effect on average, the verdict on targeting, and the doubts."""
    trial, fit = found.trial, found.fit
    unit = Unit.MONEY if trial.measured == "revenue" else Unit.RATE
    meant: dict[str, Text] = {
        "stayed": _("still a customer after {days} days"),
        "bought": _("bought within {days} days"),
        "revenue": _("spent within {days} days"),
    }
    output.say(_("Whom {name} moves").format(name=trial.name), style="brand")
    words = _("{treated} treated and {control} not; outcome: {outcome}.")
    output.say(
        words.format(
            treated=show(fit.treated, Unit.COUNT),
            control=show(fit.customers - fit.treated, Unit.COUNT),
            outcome=meant[trial.measured].format(days=trial.horizon_days),
        )
    )
    if fit.average:
        words = _("On average it adds {effect} ({range}) to the outcome of a customer.")
        output.say(
            words.format(
                effect=show(fit.average.value, unit),
                range=between(fit.average.interval, unit, digits=1 if unit is Unit.RATE else None),
            )
        )
    output.say(str(fit.verdict), style="fine" if fit.verdict.works else "")
    learners = {"s": _("one model with the treatment in it"), "t": _("two models"), "dr": _("doubly robust scores")}
    if fit.learner:
        output.say(f"  · {_('Learned by')}: {learners[fit.learner]}", style="quiet")
    if fit.auuc:
        area = f"{show(fit.auuc.value, Unit.RATIO, digits=4)} ({between(fit.auuc.interval, Unit.RATIO, digits=4)})"
        output.say(f"  · AUUC: {area}", style="quiet")
    for doubt in fit.doubts:
        output.say(f"  · {doubt}", style="quiet")
    left_out = (
        (trial.unseen, _("whose {days} days are not over")),
        (trial.absent, _("who were no customers on the day")),
    )
    for n, why in left_out:
        if n:
            output.say(
                f"  · {_('Left out')}: {show(n, Unit.COUNT)} {why.format(days=trial.horizon_days)}", style="quiet"
            )


def uplift_json(found: TrialUplift) -> dict[str, Any]:
    """The trial and what was learned of it, JSON-ready."""
    trial, fit = found.trial, found.fit

    def figure(estimate: Any) -> dict[str, Any] | None:
        return estimate and {"value": estimate.value, "low": estimate.low, "high": estimate.high, "n": estimate.n}

    return {
        "name": trial.name,
        "outcome": trial.measured,
        "horizon_days": trial.horizon_days,
        "cutoff": trial.cutoff.isoformat(),
        "customers": fit.customers,
        "treated": fit.treated,
        "not_over": trial.unseen,
        "no_customers": trial.absent,
        "average_effect": figure(fit.average),
        "qini": figure(fit.qini),
        "auuc": figure(fit.auuc),
        "learner": fit.learner,
        "verdict": {"kind": fit.verdict.kind, "says": str(fit.verdict)},
        "doubts": [str(doubt) for doubt in fit.doubts],
    }
