"""Findings, insights and tables say what the figures say and no more."""

from __future__ import annotations

import pytest

from okaeri.base.text import use_language
from okaeri.base.units import Unit
from okaeri.charts import figure_of
from okaeri.charts.words import scale, wrap
from tests.charts import results
from tests.charts.walking import FIGURES, LANGUAGES, NAMES


def test_a_change_within_its_interval_is_no_change() -> None:
    insight = str(figure_of(results.retention(last=159)).insight)

    assert insight.startswith("No clear change from 2024-04 (81.0%) to 2024-05 (79.5%)")


@pytest.mark.parametrize(("last", "word"), [(110, "fall"), (190, "rise")])
def test_a_change_beyond_its_interval_is_distinguishable(last: int, word: str) -> None:
    insight = str(figure_of(results.retention(last=last)).insight)

    assert insight.startswith(f"A distinguishable {word} from 2024-04 (81.0%) to 2024-05")


def test_the_partial_period_is_never_the_one_compared() -> None:
    figure = figure_of(results.retention())

    assert "2024-06" not in str(figure.insight)
    assert "2024-06" not in str(figure.title)


def test_a_period_after_a_gap_has_nothing_to_compare_with() -> None:
    up_to_gap = results.result("crr", results.retention().measurements[:4])

    assert str(figure_of(up_to_gap).insight) == (
        "2023-12: 79.0%. The period before has no complete figure to compare with."
    )


def test_segments_are_ranked_only_when_their_intervals_are_apart() -> None:
    near, far = (figure_of(results.retention(segments=NAMES[:count])) for count in (2, 3))

    assert str(near.insight).endswith("are furthest apart, but their intervals overlap.")
    assert "stands highest (75.0%)" in str(far.insight)


def test_a_title_is_a_finding_and_the_subtitle_the_definition() -> None:
    figure = figure_of(results.retention())

    assert str(figure.title) == "75.0% of customers stayed in 2024-05"
    assert figure.subtitle == results.retention().metric.definition


def test_nothing_measured_is_said() -> None:
    figure = FIGURES["nothing"]()

    assert str(figure.title).endswith("no complete period yet")
    assert str(figure.insight) == "No period is complete yet, so there is nothing to compare."


def test_the_table_has_interval_count_and_state() -> None:
    rows = figure_of(results.retention()).table.texts("en")

    assert rows[2] == ["2023-11", "–", "–", "0", "Nobody was a customer at the start of the period."]
    assert rows[8] == ["2024-05", "75.0%", "68.6% – 80.5%", "200", "complete"]
    assert rows[9][-1] == "not complete yet"


def test_the_cohort_table_leaves_censored_cells_empty() -> None:
    rows = FIGURES["cohorts"]().table.texts("en")

    assert rows[-2][:4] == ["2024-06", "200", "100.0% (not complete)", ""]
    assert rows[-1][0] == "Weighted mean"


def test_movements_are_told_as_one_change_and_listed_month_by_month() -> None:
    figure = FIGURES["movements"]()

    assert str(figure.title) == "Monthly revenue rose by ¥600 to ¥55,400 in 2024-05"
    assert str(figure.alt).endswith("Contraction: −¥200. Churned: −¥400. Closing: ¥55,400.")
    assert figure.table.texts("en")[0][:4] == ["2023-09", "¥50,000", "¥900", "¥300"]


@pytest.mark.parametrize("lang", LANGUAGES[1:])
@pytest.mark.parametrize("name", FIGURES)
def test_no_english_sentence_is_left(name: str, lang: str) -> None:
    figure = FIGURES[name]()
    english = [str(text) for text in (figure.title, figure.insight, figure.alt, *figure.notes)]
    with use_language(lang):
        translated = [str(text) for text in (figure.title, figure.insight, figure.alt, *figure.notes)]

    assert [one for one, other in zip(english, translated, strict=True) if one == other] == []


def test_axis_labels_are_the_numbers_they_stand_at() -> None:
    with use_language("en"):
        assert scale([0, 500_000, 1_000_000, 1_500_000], Unit.MONEY, "JPY") == ["¥0", "¥500K", "¥1M", "¥1.5M"]


def test_axis_labels_are_never_the_same_twice() -> None:
    with use_language("ja"):
        assert scale([0, 5000, 10000, 15000, 20000], Unit.MONEY, "JPY")[3] == "¥1.5万"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_lines_break_without_a_stop_at_their_start(lang: str) -> None:
    with use_language(lang):
        lines = wrap("お客様は、戻りました。そして、また戻りました。 and then a space", size=10, width=60)

    assert len(lines) > 2
    assert not any(line[0] in "、。" for line in lines)
