"""Said beside come: the finding counts what agrees, the drawing shows both at their own places."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from okaeri.base.text import use_language
from okaeri.charts import svg
from okaeri.charts.foretold import calibration, foretold_by_month
from tests.charts.foretold import judgement, months
from tests.charts.walking import LANGUAGES, marks, values

WIDTHS = (320, 640, 1000)


def test_true_probabilities_agree_in_nearly_every_group() -> None:
    figure = calibration(judgement(), horizon_days=90)

    agreeing = int(str(figure.title).split()[1])
    assert agreeing >= 8 and "of 10 groups" in str(figure.title)


def test_overstated_probabilities_do_not_agree() -> None:
    figure = calibration(judgement(off=0.4), horizon_days=90)

    assert int(str(figure.title).split()[1]) <= 3


def test_a_point_stands_where_it_was_said_and_as_high_as_came() -> None:
    found = judgement()
    drawn = [values(layer) for layer in marks(calibration(found, horizon_days=90).spec(), "point")]

    points = [(value["x"], value["y"]) for value in next(each for each in drawn if len(each) == len(found.bins))]
    assert points == [(each.said, each.share) for each in found.bins]


def test_the_whiskers_are_the_intervals() -> None:
    found = judgement()
    ruled = [values(layer) for layer in marks(calibration(found, horizon_days=90).spec(), "rule")]

    ends = [(value["y"], value["y2"]) for value in next(each for each in ruled if len(each) == len(found.bins))]
    assert ends == [(each.interval.low, each.interval.high) for each in found.bins]


def test_the_table_has_every_group_with_its_customers() -> None:
    found = judgement()

    rows = calibration(found, horizon_days=90).table.texts("en")

    assert len(rows) == len(found.bins)
    assert sum(int(row[-1].replace(",", "")) for row in rows) == found.customers


def test_months_say_how_many_were_foretold_and_how_many_left() -> None:
    figure = foretold_by_month(months(count=3), horizon_days=90)

    assert str(figure.title) == "90 were foretold to leave, 90 did"
    assert str(figure.insight).startswith("In 3 of 3 months")
    assert figure.notes == ()


def test_months_that_missed_are_not_counted_as_agreeing() -> None:
    figure = foretold_by_month(months(count=4, off=2.0), horizon_days=90)

    assert str(figure.title) == "120 were foretold to leave, 239 did"
    assert str(figure.insight).startswith("In 0 of 4 months")


def test_a_replayed_month_is_marked_and_the_mark_explained() -> None:
    figure = foretold_by_month(months(count=2, replayed=40), horizon_days=90)

    assert [row[0] for row in figure.table.texts("en")] == ["2024-01 ↺", "2024-02 ↺"]
    assert [str(note)[0] for note in figure.notes] == ["↺"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_both_are_drawn_in_every_language_at_every_width(lang: str, width: int) -> None:
    for figure in (calibration(judgement(), horizon_days=90), foretold_by_month(months(), horizon_days=90)):
        drawing = ElementTree.fromstring(svg(figure, lang=lang, width=width))

        with use_language(lang):
            assert drawing.get("aria-label") == str(figure.alt)
        assert abs(float(drawing.get("width", "0")) - width) < 1
