"""What running contracts will bring, in words: the totals, how the models did, and the contracts that bring most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from okaeri.base.measurement import between
from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit, show
from okaeri.predictions.clv.contractual import ContractForecast

MODELS: dict[str, Text] = {
    "sbg": _("Shifted beta-geometric"),
    "bdw": _("Beta-discrete-Weibull"),
}
CHOICE_HEAD = (_("Model"), _("Used"), _("Error per contract, in months"))
RULE = _("The simpler model is used unless the other missed by clearly less on past days.")


def title(found: ContractForecast) -> Text:
    """How many contracts, within how many days, as of which day."""
    words = _("What {n} running contracts will bring within {days} days of {day}")
    return words.format(n=Shown(len(found.customer), Unit.COUNT), days=found.horizon_days, day=found.as_of)


def totals_rows(found: ContractForecast) -> Iterator[tuple[str, ...]]:
    """Months and value of all running contracts together, each with its range."""
    discounted = _("Value, discounted at {rate} a year").format(rate=Shown(found.discount, Unit.RATE, 0))
    currency = found.currency or None
    months, value = found.total_months, found.total_value
    yield str(_("Months")), show(months.value, Unit.COUNT), between(months.interval, Unit.COUNT)
    yield (
        str(discounted),
        show(value.value, Unit.MONEY, currency=currency),
        between(value.interval, Unit.MONEY, currency=currency),
    )


def choice_rows(found: ContractForecast) -> Iterator[tuple[str, ...]]:
    """How each model did on past days, under `CHOICE_HEAD`."""
    for name, squared in found.errors.items():
        error = None if squared is None else squared**0.5
        yield str(MODELS[name]), "✓" if name == found.chosen else "", show(error, Unit.RATIO, digits=3)


def as_json(found: ContractForecast) -> dict[str, Any]:
    """Totals, models and notes, JSON-ready."""
    return {
        "as_of": found.as_of.isoformat(),
        "horizon_days": found.horizon_days,
        "discount": found.discount,
        "currency": found.currency or None,
        "contracts": len(found.customer),
        "totals": {"months": found.total_months.as_data(), "value": found.total_value.as_data()},
        "chosen": found.chosen,
        "parameters": found.model.parameters,
        "mean_squared_error_months": dict(found.errors),
        "notes": [str(note) for note in found.notes],
        "doubts": [str(doubt) for doubt in found.doubts],
    }
