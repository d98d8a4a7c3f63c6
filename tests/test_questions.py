"""The questions of a report: each can be asked, each has a place, and nothing is left out by accident."""

from __future__ import annotations

from okaeri.base.calendar import Grain
from okaeri.metrics.catalogue import METRICS
from okaeri.metrics.rows import ROW_SPLITS
from okaeri.questions import ASKS, UNASKED
from okaeri.reports.sections import PARTS
from okaeri.reports.summary import WHEN_WORSE


def test_every_question_is_about_a_metric_that_exists_and_has_a_part() -> None:
    asked = {ask.metric for ask in ASKS}

    assert asked <= METRICS.keys()
    assert asked <= {metric for part in PARTS for metric in part.metrics}


def test_every_metric_is_asked_or_left_out_for_a_reason() -> None:
    asked = {ask.metric for ask in ASKS}

    assert METRICS.keys() - asked == UNASKED.keys()
    assert all(UNASKED.values())


def test_no_question_is_put_twice() -> None:
    put = [(ask.metric, ask.by, ask.split, ask.segmented, ask.recent) for ask in ASKS]

    assert len(set(put)) == len(put)


def test_every_question_is_by_a_grain_that_exists() -> None:
    assert {ask.by for ask in ASKS} <= {grain.value for grain in Grain}


def test_a_split_is_by_a_column_that_rows_have() -> None:
    columns = {column for columns in ROW_SPLITS.values() for column in columns}

    assert {ask.split for ask in ASKS if ask.split} <= columns


def test_what_is_watched_can_be_compared_from_period_to_period() -> None:
    assert [ask.metric for ask in ASKS if ask.watched and (ask.by == "all" or ask.split or ask.segmented)] == []


def test_what_is_watched_and_better_one_way_has_advice_of_its_own_or_the_general_one() -> None:
    known = {ask.metric for ask in ASKS if ask.watched}

    assert len(known & WHEN_WORSE.keys()) >= 12
