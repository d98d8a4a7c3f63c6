"""The first page: what changed, whether it is real and what to do, and what it must not say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from okaeri.base.calendar import Calendar, Grain
from okaeri.base.intervals import wilson
from okaeri.base.measurement import Interval, Measurement, State
from okaeri.base.text import LANGUAGES, use_language
from okaeri.base.units import Unit
from okaeri.metrics.catalogue import METRICS
from okaeri.metrics.result import MetricResult
from okaeri.reports.first_page import summary_view
from okaeri.reports.sections import PARTS
from okaeri.reports.summary import WHEN_WORSE, Finding, Verdict, findings
from tests.reports import worlds

CUTOFF = date(2024, 6, 10)
MONTHS = Calendar().periods(Grain.MONTH, first=date(2024, 3, 1), last=date(2024, 6, 9))
LOSING, GAINING, STILL = (900, 600), (600, 900), (600, 603)
TOLD = {
    Verdict.WORSE: ("crr", LOSING),
    Verdict.BETTER: ("crr", GAINING),
    Verdict.MOVED: ("score_distribution", GAINING),
    Verdict.STEADY: ("crr", STILL),
}


def shares(metric: str, kept: Sequence[int], *, of: int = 1000, months: slice = slice(1, 3)) -> MetricResult:
    """A share of `of` customers per month; a month past the cutoff is partial."""
    rows = [
        Measurement(
            metric=metric,
            version=1,
            value=count / of,
            n=of,
            unit=Unit.RATE,
            cutoff=CUTOFF,
            period=period,
            interval=wilson(count, of),
            state=State.PARTIAL if period.end > CUTOFF else State.COMPLETE,
        )
        for count, period in zip(kept, MONTHS[months], strict=True)
    ]
    return result(metric, rows)


def result(metric: str, rows: Sequence[Measurement]) -> MetricResult:
    return MetricResult(
        metric=METRICS[metric],
        measurements=tuple(rows),
        sql="",
        presence=worlds.PRESENCE,
        cutoff=CUTOFF,
        grain="month",
        segment_column=None,
    )


def one(found: MetricResult) -> Finding:
    (only,) = findings([found])
    return only


@pytest.mark.parametrize("verdict", TOLD, ids=lambda verdict: verdict.value)
def test_the_verdict_follows_from_the_interval_of_the_change(verdict: Verdict) -> None:
    metric, kept = TOLD[verdict]

    assert one(shares(metric, kept)).verdict is verdict


def test_less_is_better_where_less_is_wanted() -> None:
    assert one(shares("churn", LOSING)).verdict is Verdict.BETTER
    assert one(shares("churn", GAINING)).verdict is Verdict.WORSE


def test_without_intervals_nothing_is_sure_and_nothing_is_advised() -> None:
    told = shares("crr", LOSING)

    found = one(replace(told, measurements=tuple(replace(m, interval=None) for m in told.measurements)))

    assert (found.verdict, found.advice) == (Verdict.UNSURE, None)


def test_a_one_sided_bound_is_not_sure_either() -> None:
    told = shares("crr", LOSING)
    open_ended = Interval(low=0.5, high=None, method="wilson")

    found = one(replace(told, measurements=tuple(replace(m, interval=open_ended) for m in told.measurements)))

    assert found.verdict is Verdict.UNSURE


def test_nothing_is_said_of_a_partial_period() -> None:
    found = one(shares("crr", (*STILL, 10), months=slice(1, 4)))

    assert found.verdict is Verdict.STEADY
    assert found.change.later.period == MONTHS[2]


def test_one_complete_period_and_a_partial_one_are_no_change() -> None:
    assert findings([shares("crr", (900, 10), months=slice(2, 4))]) == ()


def test_a_hole_between_two_periods_is_not_a_change() -> None:
    told = shares("crr", (900, 800, 600), months=slice(0, 3))
    holed = replace(told, measurements=(told.measurements[0], told.measurements[2]))

    assert findings([holed]) == ()


def test_a_change_that_is_older_than_the_newest_period_is_no_news() -> None:
    told = shares("crr", (900, 600, 600), months=slice(0, 3))
    last = replace(told.measurements[2], value=None, interval=None, state=State.UNDEFINED)

    assert findings([replace(told, measurements=(*told.measurements[:2], last))]) == ()


def test_the_most_pressing_comes_first() -> None:
    asked = [shares("crr", STILL), shares("repeat_rate", GAINING), shares("promise_kept", LOSING)]

    assert [found.verdict for found in findings(asked)] == [Verdict.WORSE, Verdict.BETTER, Verdict.STEADY]


def test_advice_is_given_for_metrics_that_exist_and_can_get_worse() -> None:
    assert WHEN_WORSE.keys() <= METRICS.keys()
    assert [name for name in WHEN_WORSE if METRICS[name].better is None and name != "mrr"] == []


def test_what_got_worse_says_by_how_much_how_surely_and_what_to_do() -> None:
    with use_language("en"):
        view = summary_view(findings([shares("crr", LOSING), shares("repeat_rate", STILL)]))

    assert view
    (move,) = view.moves
    assert view.verdict == "One figure got worse by more than chance would."
    assert (move.label, move.value, move.moved) == ("Customer retention rate", "60.0%", "−30.0 points")
    assert (move.tone, move.way, move.part) == ("bad", "down", "retention")
    assert move.against == "since 2024-04"
    assert "−33.5 points and −26.4 points, 19 times out of 20" in move.real
    assert move.advice == str(WHEN_WORSE["crr"])
    assert view.steady == "Not told apart from chance: Repeat purchase rate."


def test_when_nothing_moved_it_says_so() -> None:
    with use_language("en"):
        view = summary_view(findings([shares("crr", STILL)]))

    assert view and (view.verdict, view.moves) == ("Nothing changed by more than chance would.", ())


def test_a_figure_that_is_neither_good_nor_bad_moved_without_a_colour() -> None:
    with use_language("en"):
        view = summary_view(findings([shares("score_distribution", GAINING)]))

    assert view and view.verdict == "One figure moved by more than chance would."
    assert [(move.tone, move.way) for move in view.moves] == [("neutral", "up")]


def test_there_is_no_first_page_before_two_periods_can_be_compared() -> None:
    assert summary_view([]) is None


def test_every_move_leads_to_a_part_of_the_report() -> None:
    asked = [shares(metric, LOSING) for metric in WHEN_WORSE]

    view = summary_view(findings(asked))

    assert view and {move.part for move in view.moves} <= {part.id for part in PARTS}


@pytest.mark.parametrize(
    ("lang", "verdict", "moved", "steady"),
    [
        ("en", "One figure got worse and one figure got better", "−30.0 points", "Not told apart from chance"),
        ("ja", "1つの指標が悪化し、1つの指標が改善しました", "−30.0ポイント", "偶然と区別できない"),
        ("ko", "나빠", "−30.0%p", "우연"),
    ],
)
def test_the_first_page_speaks_the_readers_language(lang: str, verdict: str, moved: str, steady: str) -> None:
    found = findings([shares("crr", LOSING), shares("repeat_rate", GAINING), shares("promise_kept", STILL)])

    with use_language(lang):
        view = summary_view(found)

    assert lang in LANGUAGES and view
    assert verdict in view.verdict
    assert moved in view.moves[0].moved and steady in view.steady
