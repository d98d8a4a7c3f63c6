"""The drawing of scores: their own order, one panel per question, colours by what a score means."""

from __future__ import annotations

import pytest

from okaeri.base.measurement import Measurement
from okaeri.base.text import use_language
from okaeri.charts import figure_of
from okaeri.charts.theme import PALETTES
from okaeri.metrics.result import MetricResult
from tests.charts import results
from tests.charts.results import CSAT, NPS, scored
from tests.charts.walking import marks, values, words


def asked(*rows: list[Measurement]) -> MetricResult:
    return results.result("score_distribution", [m for each in rows for m in each])


BOTH = results.answered()


def test_scores_stand_in_their_own_order_whatever_their_share() -> None:
    bars = values(marks(figure_of(asked(scored("nps", 10, NPS, cut=9.0))).spec(), "rect")[0])

    assert [bar["told"].split(":")[0] for bar in bars] == [str(score) for score in range(11)]
    assert [bar["x"] for bar in bars] == sorted(bar["x"] for bar in bars)
    assert {bar["y"] for bar in bars} == {bars[0]["y"]}


def test_detractors_passives_and_promoters_differ_in_colour() -> None:
    look = PALETTES["light"]
    bars = values(marks(figure_of(asked(scored("nps", 10, NPS, cut=9.0))).spec(), "rect")[0])

    inks = [bar["ink"] for bar in bars]
    assert inks == [look.series[1]] * 7 + [look.hatch_edge] * 2 + [look.series[0]] * 2


@pytest.mark.parametrize("cut", [3.0, 4.0, 5.0])
def test_colours_follow_the_cut_of_the_workspace(cut: float) -> None:
    look = PALETTES["light"]
    bars = values(marks(figure_of(asked(scored("csat", 5, CSAT, cut=cut))).spec(), "rect")[0])

    assert [bar["ink"] == look.series[0] for bar in bars] == [score >= cut for score in range(1, 6)]


def test_without_a_cut_no_score_is_good_or_poor() -> None:
    bars = values(marks(figure_of(asked(scored("cli", 6, {1: 40, 2: 10}, cut=None))).spec(), "rect")[0])

    assert {bar["ink"] for bar in bars} == {PALETTES["light"].series[5]}


def test_each_question_has_a_panel_named_with_its_scale_and_answers() -> None:
    with use_language("en"):
        written = [value["words"] for value in words(figure_of(BOTH).spec(width=820, titled=False))]

    assert [word for word in written if " · " in word] == ["NPS 0–10 · 200 answers", "CSAT 1–5 · 200 answers"]
    assert {"Detractors 10%", "Passives 25%", "Promoters 65%", "Satisfied 80%"} <= set(written)


def test_every_bar_carries_its_interval() -> None:
    spec = figure_of(BOTH).spec()

    assert [len(values(layer)) for layer in marks(spec, "rule")] == [16, 16]


def test_the_title_is_a_finding_and_equal_scores_are_not_ranked() -> None:
    with use_language("en"):
        figure = figure_of(BOTH)
        title, insight = str(figure.title), str(figure.insight)

    assert title == "65.0% are promoters and 10.0% detractors"
    assert "CSAT 1–5: 4 (40.0%) and 5 (40.0%) are given about equally often." in insight


def test_only_the_latest_complete_period_is_drawn() -> None:
    early = scored("nps", 10, {10: 5}, cut=9.0, month=4)
    late = scored("nps", 10, NPS, cut=9.0)

    assert len(values(marks(figure_of(asked(early, late)).spec(), "rect")[0])) == 11


def test_of_many_groups_the_largest_are_drawn_and_the_table_has_all() -> None:
    people = [scored("nps", 10, {10: 5 + n}, cut=9.0, segment=f"agent {n}") for n in range(8)]

    figure = figure_of(asked(*people))

    assert str(figure.notes[0]) == "The 6 largest of 8 groups are drawn; the table has them all."
    assert len(figure.table.rows) == 88
    assert not any("agent 0" in value["words"] for value in words(figure.spec()))


def test_overlapping_intervals_make_nobody_stand_out() -> None:
    near, far = results.retention(segments=("a", "b")), results.retention(segments=("a", "b", "c", "d"))

    with use_language("en"):
        titles = [str(figure_of(each).title) for each in (near, far)]

    assert titles[0] == "Customer retention rate: none stands out, 67.5% to 75.0%"
    assert titles[1] == "Customer retention rate: a (75.0%) is above d (52.5%)"
