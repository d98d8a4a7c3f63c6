"""Marks on charts over time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

import okaeri as ok
from okaeri.charts import figure_of
from okaeri.charts.annotated import Mark, annotated
from okaeri.charts.figure import Figure
from okaeri.charts.render import svg
from okaeri.shop import Result


@pytest.fixture(scope="module")
def result() -> Result:
    days = [f"2024-{month:02d}-{day:02d}" for month in range(1, 7) for day in (3, 17)]
    orders = pa.table({"customer_id": ["aki", "chiyo"] * 6, "ordered_at": days, "amount": [40] * 12})
    return ok.measure("crr", orders=orders, presence="orders:60d")


def places(figure: Figure) -> list[float]:
    return [value["x"] for layer in figure.spec()["layer"] for value in layer["data"]["values"] if "number" in value]


def test_a_mark_stands_at_its_day_within_the_period(result: Result) -> None:
    marked = annotated(figure_of(result), result, marks=[Mark(day=date(2024, 3, 16), words="New prices")])

    [at] = set(places(marked))
    first = min(m.period.start for m in result.measurements if m.period)
    months = 3 - first.month
    assert months - 0.5 < at < months + 0.5


def test_a_mark_is_told_under_the_chart_and_to_those_who_cannot_see_it(result: Result) -> None:
    marked = annotated(figure_of(result), result, marks=[Mark(day=date(2024, 3, 16), words="New prices")])

    assert str(marked.notes[-1]) == "1: 2024-03-16, New prices"
    assert "New prices" in str(marked.alt)


def test_a_day_the_chart_does_not_cover_is_not_marked(result: Result) -> None:
    figure = figure_of(result)

    assert annotated(figure, result, marks=[Mark(day=date(2019, 1, 1), words="Long ago")]) is figure


def test_a_chart_that_is_not_over_time_stays_as_it_is(result: Result) -> None:
    other = replace(figure_of(result), kind="segments")

    assert annotated(other, result, marks=[Mark(day=date(2024, 3, 16), words="New prices")]) is other


def test_what_people_write_is_text_and_never_markup(result: Result) -> None:
    marked = annotated(figure_of(result), result, marks=[Mark(day=date(2024, 3, 16), words="<script>{n}</script>")])

    assert "<script>" not in svg(marked)
