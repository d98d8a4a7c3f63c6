"""The lifecycle's stacks: parts that meet, a side below zero, and periods that are not over."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from okaeri.base.calendar import Calendar, Grain
from okaeri.base.text import use_language
from okaeri.charts import figure_of
from tests.charts import results
from tests.charts.walking import LANGUAGES, MODES, NAMES, WIDTHS, Spec, marks, values, words


def boxes(spec: Spec) -> list[Spec]:
    return [box for layer in marks(spec, "rect") for box in values(layer)]


def test_the_parts_of_a_stack_meet_and_reach_the_active_customers() -> None:
    figure = figure_of(results.lives())

    first = sorted((b for b in boxes(figure.spec()) if b["x"] < 0.5), key=lambda box: box["y"])

    assert figure.kind == "lifecycle"
    assert all(below["y2"] == above["y"] for below, above in pairwise(first))
    assert (first[0]["y"], first[0]["y2"], first[-1]["y2"]) == (-12, 0, 85)


def test_a_part_nobody_is_in_is_not_drawn() -> None:
    told = [box["told"] for box in boxes(figure_of(results.lives()).spec()) if 7.5 < box["x"] < 8.5]

    assert told == ["Returning: 50", "Resurrected: 5", "Dormant: 12"]


def test_a_period_that_is_not_over_is_hatched_and_has_no_net_change() -> None:
    spec = figure_of(results.lives()).spec()

    partial = {round(box["x"]) for box in boxes(spec) if box["partial"]}
    nets = [s for layer in marks(spec, "rule") for s in values(layer) if s["y"] == s["y2"] and s["x"] > 8.5]
    assert partial == {9}
    assert nets == []


def test_the_title_says_who_is_active_and_the_insight_who_came_and_went() -> None:
    figure = figure_of(results.lives())

    assert str(figure.title) == "55 active customers in 2024-05, 7 fewer than before"
    assert str(figure.insight) == "In 2024-05 0 came for the first time and 5 came back; 12 went silent."
    assert "Stacked bars: Lifecycle, 2023-09 to 2024-05." in str(figure.alt)


def test_the_table_has_every_state_of_every_segment() -> None:
    table = figure_of(results.lives(segments=NAMES)).table

    assert [str(column) for column in table.columns] == [
        *("Period", "Segment", "Returning", "Resurrected", "New", "Dormant", "Net change", "State")
    ]
    assert len(table.rows) == len(NAMES) * 10
    assert table.texts("en")[0][2:7] == ["50", "5", "30", "12", "+23"]


def test_more_periods_than_can_be_told_apart_are_left_to_the_table() -> None:
    days = Calendar().periods(Grain.DAY, first=date(2024, 1, 1), last=date(2024, 3, 31))

    figure = figure_of(results.lives(periods=days))

    assert "The latest 40 of 91 periods are drawn; the table has them all." in [str(note) for note in figure.notes]
    assert len({box["x"] for box in boxes(figure.spec())}) == 40


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("mode", MODES)
def test_the_legend_names_every_state_inside_the_drawing(mode: str, lang: str, width: int) -> None:
    figure = figure_of(results.lives())

    spec = figure.spec(mode=mode, lang=lang, width=width)

    with use_language(lang):
        names = {str(name) for name in list(figure.table.columns)[1:5]}
    layers = [layer for layer in marks(spec, "text") if {value["words"] for value in values(layer)} & names]
    assert {word["words"] for word in words(spec)} >= names
    assert all(0 <= layer["encoding"]["x"]["value"] < spec["width"] for layer in layers)


def test_waits_are_lines_with_a_band_and_a_gap_where_nothing_was_reached() -> None:
    figure = figure_of(results.waits())

    drawn = values(marks(figure.spec(), "line")[0])
    assert (figure.kind, 3 in [value["x"] for value in drawn]) == ("lines", False)
    assert marks(figure.spec(), "area")
