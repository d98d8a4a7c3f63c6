"""A wrong clock is put right, and a moment that cannot be is not believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.web.core.events.problems import Refusal
from okaeri.web.core.events.times import LEEWAY, moment_of, occurred
from tests.web.events.conftest import NOON

SPANS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3000))
WRONG = st.timedeltas(min_value=timedelta(days=-9000), max_value=timedelta(days=9000))


@given(ago=SPANS, wrong=WRONG)
def test_however_wrong_the_clock_the_event_is_as_long_ago_as_it_says(ago: timedelta, wrong: timedelta) -> None:
    sent = NOON + wrong

    assert occurred(sent - ago, sent=sent, received=NOON) == NOON - ago


def test_without_when_it_was_sent_the_timestamp_is_believed() -> None:
    assert occurred(NOON - timedelta(days=9), sent=None, received=NOON) == NOON - timedelta(days=9)


def test_without_a_timestamp_it_happened_when_it_came() -> None:
    assert occurred(None, sent=NOON - timedelta(days=1), received=NOON) == NOON


def test_nothing_happens_after_it_was_received() -> None:
    assert occurred(NOON + LEEWAY, sent=None, received=NOON) == NOON


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (NOON + LEEWAY + timedelta(microseconds=1), "future"),
        (datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), "ancient"),
        (datetime(1, 1, 1, tzinfo=UTC), "ancient"),
        (datetime(9999, 12, 31, tzinfo=UTC), "future"),
    ],
)
def test_moments_that_cannot_be_are_refused(at: datetime, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        occurred(at, sent=None, received=NOON)

    assert refusal.value.problem.code == code


def test_a_moment_beyond_the_calendar_is_refused() -> None:
    far = datetime(9999, 12, 31, tzinfo=UTC)

    with pytest.raises(Refusal):
        occurred(datetime(1, 1, 1, tzinfo=UTC), sent=far, received=NOON)


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-01T12:00:00Z",
        "2026-05-01T12:00:00.000Z",
        "2026-05-01T21:00:00+09:00",
        "2026-05-01T12:00",
        "20260501T12",
    ],
)
def test_the_ways_clients_write_a_moment_are_read(text: str) -> None:
    assert moment_of(text, field="timestamp") == NOON
