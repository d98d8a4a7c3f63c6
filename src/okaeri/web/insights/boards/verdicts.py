"""What an alert found, in words."""

from __future__ import annotations

from typing import Any

from okaeri.base.units import Unit, show
from okaeri.charts.words import Shown


def in_words(verdict: dict[str, Any]) -> dict[str, str]:
    """A verdict in the current language."""
    unit, currency = Unit(verdict["unit"]), verdict["currency"]
    change, low, high = (str(Shown(verdict[name], unit, currency, signed=True)) for name in ("change", "low", "high"))
    return {
        "period": verdict["period"],
        "value": show(verdict["value"], unit, currency=currency),
        "change": change,
        "range": f"{low} – {high}",
        "sure": show(min(verdict["probability"], 0.9999), Unit.RATE, digits=1),
        "times": f"{verdict['unrest']:.1f}",
        "n": show(verdict["looks"], Unit.COUNT),
    }
