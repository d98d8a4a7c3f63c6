"""What each chart shows and leaves out: hatching, gaps, blanks, the largest segments."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from okaeri.base.measurement import Interval
from okaeri.base.text import use_language
from okaeri.charts import figure_of
from okaeri.charts.cohorts import cohorts
from okaeri.charts.frame import Frame, apart
from tests.charts import results
from tests.charts.walking import FIGURES, NAMES, marks, values, words

FRAME = Frame(width=100, height=50, left=0, right=100, low=0, high=50)


def test_a_partial_period_is_hatched_and_not_on_the_line() -> None:
    spec = figure_of(results.retention()).spec()
    line = values(marks(spec, "line")[0])
    hollow = next(layer for layer in marks(spec, "point") if layer["mark"].get("filled") is False)

    assert max(value["x"] for value in line) == 8
    assert [value["x"] for value in values(hollow)] == [9]
    assert all(8.5 <= stroke["x"] <= 9.5 for stroke in values(marks(spec, "rule")[0]))


def test_an_undefined_period_breaks_the_line() -> None:
    line = values(marks(figure_of(results.retention()).spec(), "line")[0])

    assert [(value["x"], value["run"]) for value in line if value["x"] in (1, 3)] == [(1, 0), (3, 1)]
    assert 2 not in [value["x"] for value in line]


def test_hatching_is_explained_under_the_drawing() -> None:
    notes = [str(note) for note in figure_of(results.retention()).notes]

    assert notes == [
        "Hatched: not complete yet; the records end with 2024-06-19. Not compared with the others.",
        "A gap has no figure: Nobody was a customer at the start of the period.",
    ]


def test_whole_records_have_no_hatching() -> None:
    complete = results.result("crr", results.retention().measurements[3:9])
    spec = figure_of(complete).spec()

    assert marks(spec, "rule") == []


def test_lines_are_named_at_their_ends_with_their_figures() -> None:
    written = [value["words"] for value in words(figure_of(results.retention(segments=NAMES)).spec())]

    assert [name in written for name in NAMES] == [True, True, True]
    assert "75.0%" in written


def test_only_the_largest_six_segments_are_drawn_and_the_table_has_all() -> None:
    figure = figure_of(results.retention(segments=[f"plan {number}" for number in range(9)]))

    assert len(marks(figure.spec(), "line")) == 6
    assert len(figure.table.rows) == 90
    assert str(figure.notes[0]) == "The 6 largest of 9 segments are drawn; the table has them all."


def test_censored_cells_are_not_drawn() -> None:
    cells = values(marks(FIGURES["cohorts"]().spec(), "rect")[0])

    assert len(cells) == 55 + 9
    assert {cell["state"] for cell in cells} == {"complete", "partial"}


def test_unfinished_cells_are_hatched_inside_their_box() -> None:
    spec = FIGURES["cohorts"]().spec()
    boxes = [cell for cell in values(marks(spec, "rect")[0]) if cell["state"] == "partial"]
    strokes = values(marks(spec, "rule")[0])

    assert len(boxes) == 10
    assert all(any(b["x"] - 1e-9 <= s["x"] and s["x2"] <= b["x2"] + 1e-9 for b in boxes) for s in strokes)
    assert len(strokes) > 10 * 3


def test_counts_show_customers_instead_of_shares() -> None:
    figures = [cohorts(results.triangle(), show=show) for show in ("value", "count")]
    shares, counts = ({value["words"] for value in words(figure.spec())} for figure in figures)

    assert "41%" in shares
    assert "82" in counts
    assert not any("%" in word for word in counts)


def test_a_narrow_triangle_says_what_it_leaves_out() -> None:
    written = [value["words"] for value in words(FIGURES["cohort revenue"]().spec(width=320))]

    assert any("of 10)" in word for word in written)


def test_a_curve_holds_its_level_and_stops_when_few_are_followed() -> None:
    figure = FIGURES["survival"]()
    layer = marks(figure.spec(), "line")[0]

    assert layer["mark"]["interpolate"] == "step-after"
    assert values(layer)[0] == {"x": 0, "y": 1.0, "low": 1.0, "high": 1.0}
    assert max(value["x"] for value in values(layer)) == 380
    assert str(figure.notes[0]) == "Drawn while at least 10 customers are followed."


def test_the_median_is_drawn_down_to_its_day() -> None:
    rules = [value for layer in marks(FIGURES["survival"]().spec(), "rule") for value in values(layer)]

    assert {"x": 250, "x2": 250, "y": 0, "y2": 0.5} in rules


def test_bars_begin_at_zero() -> None:
    bars = values(marks(FIGURES["amounts"]().spec(), "rect")[0])

    assert {bar["y"] for bar in bars} == {0.0}
    assert len(bars) == 9


def test_each_movement_begins_where_the_one_before_ended() -> None:
    bars = {bar["name"]: bar for bar in values(marks(FIGURES["movements"]().spec(), "rect")[0])}

    assert list(bars) == ["opening", "new_mrr", "expansion", "contraction", "churned", "closing"]
    assert (bars["opening"]["x"], bars["opening"]["x2"]) == (0.0, 54_800.0)
    assert (bars["new_mrr"]["x"], bars["new_mrr"]["x2"]) == (54_800.0, 55_700.0)
    assert (bars["churned"]["x"], bars["churned"]["x2"]) == (55_400.0, 55_800.0)
    assert bars["closing"]["x2"] == bars["churned"]["x"]


def test_gains_losses_and_levels_differ_in_colour_and_movements_in_their_sign() -> None:
    spec = FIGURES["movements"]().spec()
    bars = {bar["name"]: bar["ink"] for bar in values(marks(spec, "rect")[0])}
    written = {value["words"] for value in words(spec)}

    assert bars["new_mrr"] == bars["expansion"]
    assert len({bars["opening"], bars["new_mrr"], bars["churned"]}) == 3
    assert {"+¥900", "−¥400", "¥0", "¥55,400"} <= written


def test_movements_of_an_unfinished_month_are_hatched_and_no_finding() -> None:
    figure = FIGURES["movements, one unfinished month"]()

    assert marks(figure.spec(), "rect")[0]["mark"]["fill"] == "transparent"
    assert str(figure.title) == "MRR movements: no complete period yet"
    assert str(figure.notes[0]).startswith("Hatched")


def test_two_currencies_never_share_an_axis() -> None:
    figure = figure_of(results.amounts(currencies=("JPY", "KRW")))

    assert len(values(marks(figure.spec(), "rect")[0])) == 9
    assert "KRW" in str(figure.notes[0])
    assert len(figure.table.rows) == 20


def test_a_segments_name_is_never_translated() -> None:
    figure = figure_of(results.amounts(segments=("complete", "Period"), months=1))
    with use_language("ja"):
        names = [value["words"] for value in words(figure.spec(lang="ja"))]

    assert {"complete", "Period"} <= set(names)


@pytest.mark.parametrize("box", [(0, 30, 0, 10), (5, 9, 2, 48), (20, 90, 40, 41)])
def test_hatching_stays_in_its_box(box: tuple[float, float, float, float]) -> None:
    x, x2, y, y2 = box
    strokes = list(FRAME.hatch(x, x2, y, y2))

    assert strokes
    assert all(x - 1e-9 <= s["x"] < s["x2"] <= x2 + 1e-9 for s in strokes)
    assert all(y - 1e-9 <= min(s["y"], s["y2"]) and max(s["y"], s["y2"]) <= y2 + 1e-9 for s in strokes)


def test_labels_keep_their_distance_and_their_order() -> None:
    placed = apart([50, 50, 51, 90], gap=20, low=0, high=100)

    assert placed == sorted(placed)
    assert min(b - a for a, b in pairwise(placed)) >= 20 - 1e-9


def test_revenue_kept_may_be_more_than_all_of_it_and_stays_inside_its_axis() -> None:
    shares = zip((0.9, 0.95, 1.2, 0.98), results.MONTHS, strict=False)
    rows = [
        replace(
            results.rate(100, 200, month), value=share, interval=Interval(low=share - 0.1, high=share + 0.1, method="t")
        )
        for share, month in shares
    ]

    spec = figure_of(results.result("nrr", rows)).spec()

    domains = [at["scale"]["domain"] for layer in spec["layer"] if "scale" in (at := layer["encoding"].get("y", {}))]
    assert max(value["high"] for value in values(marks(spec, "area")[0])) <= domains[0][1]
