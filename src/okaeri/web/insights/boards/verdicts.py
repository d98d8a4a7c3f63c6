"""What an alert found, in words, and why something could not be done, kept so that each reads it in their language."""

from __future__ import annotations

from datetime import date
from typing import Any

from okaeri.base.calendar import Grain, Period
from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text
from okaeri.base.units import Unit, show
from okaeri.charts.words import Shown
from okaeri.web.core.jobs.running import as_data


def in_words(verdict: dict[str, Any]) -> dict[str, str]:
    """A verdict in the current language."""
    start, end = (date.fromisoformat(verdict[name]) for name in ("starts", "ends"))
    period = Period(start, end, Grain(verdict["by"]))
    unit, currency = Unit(verdict["unit"]), verdict["currency"]
    change, low, high = (str(Shown(verdict[name], unit, currency, signed=True)) for name in ("change", "low", "high"))
    return {
        "period": period.label,
        "value": show(verdict["value"], unit, currency=currency),
        "change": change,
        "range": f"{low} – {high}",
        "sure": show(min(verdict["probability"], 0.9999), Unit.RATE, digits=1),
        "times": f"{verdict['unrest']:.1f}",
        "n": show(verdict["looks"], Unit.COUNT),
    }


def kept(error: OkaeriError) -> dict[str, Any]:
    """What happened and what helps, JSON-ready and of no language."""
    return as_data(Text("{what} {advice}").format(what=error.what, advice=error.advice))


def told(data: dict[str, Any] | None) -> str:
    """What `kept` kept, in the current language; "" where there is nothing."""
    from okaeri.predictions.churn.words import text_from_data  # only where something went wrong

    return str(text_from_data(data)) if data else ""
