"""What customers will bring, in words: the totals, how the ways of foretelling stood, and who will bring most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from okaeri.base.measurement import between
from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit, show
from okaeri.predictions.clv.choice import RULE, Choice
from okaeri.predictions.clv.results import ValueForecast

RANGE = _("90% range")
TOTALS_HEAD = (_("Of all together"), _("Expected"), RANGE)
CHOICE = _("How they did on this shop's own past")
CHOICE_HEAD = (
    *(_("Way of foretelling"), _("Used"), _("Error per customer")),
    *(_("Total off by"), _("AUC"), _("Why not")),
)
BEST = _("Who will bring most")
BEST_HEAD = (_("Customer"), _("Still a customer"), _("Purchases"), RANGE, _("Value"), RANGE)


def title(found: ValueForecast) -> Text:
    """How many customers, within how many days, as of which day."""
    words = _("What {n} customers will bring within {days} days of {day}")
    return words.format(n=Shown(len(found), Unit.COUNT), days=found.horizon_days, day=found.as_of)


def totals_rows(found: ValueForecast) -> Iterator[tuple[str, ...]]:
    """Purchases, spend and value of all customers together with their ranges, under `TOTALS_HEAD`."""
    discounted = _("Value, discounted at {rate} a year").format(rate=Shown(found.discount, Unit.RATE, 0))
    for name, total, unit in (
        (_("Purchases"), found.total_purchases, Unit.COUNT),
        (_("Spend"), found.total_spend, Unit.MONEY),
        (discounted, found.total_value, Unit.MONEY),
    ):
        money = (found.currency or None) if unit is Unit.MONEY else None
        yield str(name), show(total.value, unit, currency=money), between(total.interval, unit, currency=money)


def choice_rows(choice: Choice) -> Iterator[tuple[str, ...]]:
    """How each way of foretelling did on past days, best first, under `CHOICE_HEAD`."""
    for each in choice.standings:
        yield (
            str(each.name),
            "✓" if each.chosen else "",
            show(each.rmse, Unit.RATIO, digits=3),
            show(each.total_error, Unit.RATE),
            show(each.auc, Unit.RATIO, digits=3),
            str(each.why_not or ""),
        )


def choice_words(choice: Choice) -> tuple[Text, Text]:
    """Why those were chosen here, and the rule by which one is chosen anywhere."""
    return choice.reason, RULE


def best_rows(found: ValueForecast, names: Sequence[tuple[str, int]]) -> Iterator[tuple[str, ...]]:
    """The customers named with their places in the forecast, under `BEST_HEAD`."""
    currency = found.currency or None
    for name, at in names:
        bought = (show(float(end[at]), Unit.COUNT) for end in (found.purchases_low, found.purchases_high))
        worth = (show(float(end[at]), Unit.MONEY, currency=currency) for end in (found.value_low, found.value_high))
        alive = float(found.p_alive[at])
        yield (
            name,
            show(None if np.isnan(alive) else alive, Unit.RATE, digits=0),
            show(float(found.expected_purchases[at]), Unit.RATIO, digits=1),
            " – ".join(bought),
            show(float(found.value[at]), Unit.MONEY, currency=currency),
            " – ".join(worth),
        )
