"""A figure carries what is needed to trust it, and nothing of it is lost in a row."""

from __future__ import annotations

import json
from datetime import date

from okaeri.base.calendar import Grain, Period
from okaeri.base.measurement import Interval, Measurement, State
from okaeri.base.text import _, use_language
from okaeri.base.units import Unit

MARCH = Period(date(2024, 3, 1), date(2024, 4, 1), Grain.MONTH)
FIGURE = Measurement(
    metric="crr",
    version=1,
    value=0.225,
    unit=Unit.RATE,
    cutoff=date(2024, 4, 1),
    n=40,
    interval=Interval(low=0.12, high=0.38, method="wilson"),
    period=MARCH,
    segment="pro",
    inputs={"cs": 40, "ce": 15, "cn": 6},
)


def test_a_row_can_be_written_as_json_and_keeps_everything() -> None:
    row = json.loads(json.dumps(FIGURE.as_row()))

    assert row == {
        "period_start": "2024-03-01",
        "period_end": "2024-04-01",
        "segment": "pro",
        "value": 0.225,
        "n": 40,
        "low": 0.12,
        "high": 0.38,
        "state": "complete",
        "reason": None,
        "inputs": {"cs": 40, "ce": 15, "cn": 6},
        "unit": "rate",
        "currency": None,
        "interval_method": "wilson",
    }


def test_an_undefined_figure_is_a_dash_with_a_reason_in_the_readers_language() -> None:
    figure = Measurement(
        metric="crr",
        version=1,
        value=None,
        unit=Unit.RATE,
        cutoff=date(2024, 4, 1),
        state=State.UNDEFINED,
        reason=_("The data ends before this period begins."),
    )
    english = figure.as_row()["reason"]

    with use_language("ko"):
        korean = figure.as_row()["reason"]

    assert str(figure) == "–"
    assert english == "The data ends before this period begins." != korean


def test_a_figure_without_period_or_interval_has_empty_cells() -> None:
    row = Measurement(metric="crr", version=1, value=1.0, unit=Unit.RATE, cutoff=date(2024, 4, 1)).as_row()

    assert [row[name] for name in ("period_start", "period_end", "low", "high", "interval_method")] == [None] * 5
