"""Answers that come after the cutoff, and groups of whom none can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

import okaeri as ok
from okaeri.base.calendar import Calendar, Grain
from okaeri.base.measurement import Measurement
from okaeri.metrics.context import MetricContext
from okaeri.metrics.presence import ROWS
from okaeri.metrics.voice.groups import CSAT_RANKED, measure_ranked
from tests.metrics.surveys import Answer, csat, table

JANUARY = datetime(2024, 1, 5, tzinfo=UTC)


def measure(metric: str, answers: Sequence[Answer], **asked: Any) -> list[Measurement]:
    return list(ok.measure(metric, answers=table(answers), **asked).measurements)


def whole(metric: str, answers: Sequence[Answer], **asked: Any) -> Measurement:
    (found,) = measure(metric, answers, by="all", **asked)
    return found


def test_an_answer_given_again_after_the_cutoff_changes_no_earlier_cli() -> None:
    first = Answer(customer_id="aki", instrument="cli", score=2, asked_at=JANUARY, answered_at=JANUARY)
    asked = [replace(first, question=question) for question in "abc"]
    later = [replace(asked[0], score=6, answered_at=JANUARY + timedelta(days=40))]

    known, told = (whole("cli", [*asked, *rest], cutoff=date(2024, 2, 1)) for rest in ([], later))

    assert told == known
    assert told.value == 80.0


def test_a_third_question_answered_after_the_cutoff_leaves_the_occasion_incomplete() -> None:
    first = Answer(customer_id="aki", instrument="cli", score=1, asked_at=JANUARY, answered_at=JANUARY)
    late = replace(first, question="c", answered_at=JANUARY + timedelta(days=40))

    found = whole("cli", [replace(first, question="a"), replace(first, question="b"), late], cutoff=date(2024, 2, 1))

    assert (found.value, found.inputs["incomplete"]) == (None, 1)


def test_a_group_whose_answers_are_all_off_the_scale_is_told_so_among_ranked_ones() -> None:
    good = [csat(5, at=JANUARY, who=f"c{n}", survey="good") for n in range(12)]
    bad = csat(9, at=JANUARY, survey="bad")
    early = replace(bad, answered_at=JANUARY - timedelta(days=40))

    found = measure("csat_ranked", [early, *good, bad], by="month", segment="survey")

    told = {(m.segment, m.period.start.month): m for m in found if m.period}
    assert told["good", 1].value is not None
    off = "No answer of the period is on a scale that it is read on."
    assert str(told["bad", 1].reason) == str(told["bad", 11].reason) == off


@pytest.mark.parametrize("before", [True, False])
def test_a_ranking_does_not_depend_on_which_period_comes_first(before: bool) -> None:
    """Arrow takes the columns of the first row for all rows: here that row has no estimate."""
    model = CSAT_RANKED.extra["model"]
    silent = {"segment": "a", "period": 0, "answers": 0, "satisfied": 0, "off_scale": 1}
    heard = {"segment": "a", "period": 1, "answers": 12, "satisfied": 12, "off_scale": 0}
    rows = pa.Table.from_pylist([silent, heard] if before else [heard, silent])
    periods = tuple(Calendar().periods(Grain.MONTH, first=date(2024, 1, 1), last=date(2024, 2, 1)))
    context = MetricContext(
        periods=periods, cutoff=date(2024, 3, 1), presence=ROWS, segments=("a",), segment_column="survey"
    )

    found = {m.period: m for m in measure_ranked(CSAT_RANKED, rows, context)}

    assert found[periods[1]].inputs["raw"] == model.own(heard)
    assert found[periods[1]].value is not None
