"""Periods tile time without a gap or an overlap, in every zone, also where clocks jump."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.base.calendar import Calendar, Grain, Period, rolling
from okaeri.base.errors import OkaeriError
from okaeri.base.text import use_language

# "localtime" is whatever this machine was set to, not a name others know
ZONES = sorted(available_timezones() - {"localtime"})
DAYS = st.dates(date(1990, 1, 1), date(2040, 1, 1))
GRAINS = st.sampled_from([grain for grain in Grain if grain is not Grain.ALL])
CALENDARS = st.builds(
    Calendar, zone=st.sampled_from(ZONES), week_start=st.integers(0, 6), fiscal_month=st.integers(1, 12)
)


@pytest.mark.parametrize("zone", ZONES)
def test_every_zone_of_the_world_can_be_used(zone: str) -> None:
    assert Calendar(zone=zone).day_of(datetime(2024, 6, 1, 12, tzinfo=UTC)).year == 2024


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "Asia", "../etc/passwd", "/etc/localtime", "a\0b"])
def test_what_is_no_zone_is_refused_with_examples(zone: str) -> None:
    with pytest.raises(OkaeriError, match="Asia/Tokyo"):
        Calendar(zone=zone)


@pytest.mark.parametrize("wrong", [{"week_start": 7}, {"week_start": -1}, {"fiscal_month": 0}, {"fiscal_month": 13}])
def test_a_week_start_or_fiscal_month_out_of_range_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(OkaeriError, match="Weeks start on 0"):
        Calendar(**wrong)  # type: ignore[arg-type]  # the wrong one differs


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2024, 3, 10), 23),
        ("America/New_York", date(2024, 11, 3), 25),
        ("Australia/Lord_Howe", date(2024, 10, 6), 23.5),
        ("Australia/Lord_Howe", date(2024, 4, 7), 24.5),
        ("America/Santiago", date(2024, 9, 8), 23),
        ("America/Santiago", date(2024, 4, 6), 25),
        ("Africa/Cairo", date(2024, 4, 26), 23),
        ("Asia/Tokyo", date(2024, 3, 10), 24),
        ("Pacific/Apia", date(2011, 12, 30), 0),
    ],
)
def test_a_day_is_as_long_as_the_clocks_make_it(zone: str, day: date, hours: float) -> None:
    calendar = Calendar(zone=zone)

    assert calendar.start_of(day + timedelta(days=1)) - calendar.start_of(day) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("America/Santiago", date(2024, 9, 8), datetime(2024, 9, 8, 4, tzinfo=UTC)),
        ("Africa/Cairo", date(2024, 4, 26), datetime(2024, 4, 25, 22, tzinfo=UTC)),
    ],
)
def test_a_day_without_midnight_begins_where_the_clock_jumps_to(zone: str, day: date, begins: datetime) -> None:
    calendar = Calendar(zone=zone)

    assert calendar.start_of(day) == begins
    assert calendar.start_of(day).astimezone(ZoneInfo(zone)).hour == 1
    assert calendar.day_of(begins) == day
    assert calendar.day_of(begins - timedelta(microseconds=1)) == day - timedelta(days=1)


@given(st.sampled_from(ZONES), DAYS)
def test_days_begin_one_after_the_other_and_the_instant_before_belongs_to_an_earlier_day(zone: str, day: date) -> None:
    calendar = Calendar(zone=zone)
    begins = calendar.start_of(day)

    assert begins <= calendar.start_of(day + timedelta(days=1))
    assert calendar.day_of(begins) >= day
    assert calendar.day_of(begins - timedelta(microseconds=1)) < day


@pytest.mark.parametrize(("zone", "hours"), [("Etc/GMT-14", 14), ("Pacific/Kiritimati", 14), ("Etc/GMT+12", -12)])
def test_the_ends_of_the_world_have_days_of_their_own(zone: str, hours: int) -> None:
    calendar = Calendar(zone=zone)

    assert calendar.start_of(date(2024, 1, 1)) == datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=hours)))
    assert calendar.day_of(calendar.start_of(date(2024, 1, 1))) == date(2024, 1, 1)


def test_an_instant_is_the_same_whichever_zone_it_is_written_in() -> None:
    noon = datetime(2024, 1, 1, 23, tzinfo=UTC)

    assert Calendar(zone="Asia/Seoul").day_of(noon.astimezone(ZoneInfo("America/Lima"))) == date(2024, 1, 2)


def test_a_naive_moment_is_what_clocks_in_the_zone_show() -> None:
    calendar = Calendar(zone="America/New_York")

    assert calendar.instant(datetime(2024, 7, 1)) == datetime(2024, 7, 1, 4, tzinfo=UTC)
    assert calendar.instant(datetime(2024, 7, 1, tzinfo=UTC)) == datetime(2024, 7, 1, tzinfo=UTC)


@given(CALENDARS, GRAINS, DAYS, st.integers(0, 800))
def test_periods_tile_without_gaps(calendar: Calendar, grain: Grain, first: date, length: int) -> None:
    last = first + timedelta(days=length)

    periods = calendar.periods(grain, first=first, last=last)

    assert all(a.end == b.start for a, b in pairwise(periods))
    assert periods[0].start <= first < periods[0].end
    assert periods[-1].start <= last < periods[-1].end
    assert all(calendar.floor(day, grain) == p.start for p in periods for day in (p.start, p.end - timedelta(days=1)))


@given(CALENDARS, GRAINS, DAYS)
def test_a_period_does_not_depend_on_where_the_range_begins(calendar: Calendar, grain: Grain, day: date) -> None:
    wide = calendar.periods(grain, first=day - timedelta(days=500), last=day + timedelta(days=500))

    assert calendar.periods(grain, first=day, last=day) == tuple(p for p in wide if p.start <= day < p.end)


@given(CALENDARS, DAYS)
def test_quarters_and_years_are_made_of_whole_months_from_the_fiscal_month(calendar: Calendar, day: date) -> None:
    for grain, months in ((Grain.QUARTER, 3), (Grain.YEAR, 12)):
        (period,) = calendar.periods(grain, first=day, last=day)
        inside = calendar.periods(Grain.MONTH, first=period.start, last=period.end - timedelta(days=1))

        assert (inside[0].start, inside[-1].end, len(inside)) == (period.start, period.end, months)
        assert (period.start.month - calendar.fiscal_month) % months == 0


@pytest.mark.parametrize(("week_start", "begins"), [(0, 26), (6, 25), (3, 29), (4, 23)])
def test_a_week_begins_on_the_day_the_workspace_says(week_start: int, begins: int) -> None:
    """29 February 2024 was a Thursday."""
    assert Calendar(week_start=week_start).floor(date(2024, 2, 29), Grain.WEEK) == date(2024, 2, begins)


def test_a_fiscal_year_from_april_holds_the_next_march() -> None:
    (year,) = Calendar(fiscal_month=4).periods(Grain.YEAR, first=date(2024, 3, 31), last=date(2024, 3, 31))

    assert (year.start, year.end, year.label) == (date(2023, 4, 1), date(2024, 4, 1), "2023-04 – 2024-03")


def test_a_custom_range_is_one_period_with_both_days_in_it() -> None:
    (whole,) = Calendar().periods(Grain.ALL, first=date(2024, 1, 5), last=date(2024, 1, 5))

    assert (whole.start, whole.end, whole.days) == (date(2024, 1, 5), date(2024, 1, 6), 1)


@pytest.mark.parametrize("end", [date(2024, 1, 1), date(2023, 12, 31)])
def test_a_period_without_a_day_is_refused(end: date) -> None:
    with pytest.raises(OkaeriError, match="must be later than the start"):
        Period(date(2024, 1, 1), end)


@given(st.integers(1, 400), DAYS, st.integers(1, 20), st.integers(1, 60))
def test_rolling_windows_are_equally_long_and_equally_apart(days: int, last: date, count: int, step: int) -> None:
    windows = rolling(days=days, last=last, count=count, step=step)

    assert len(windows) == count
    assert {window.days for window in windows} == {days}
    assert {(b.start - a.start).days for a, b in pairwise(windows)} <= {step}
    assert windows[-1].end == last + timedelta(days=1)


def test_labels_are_short_and_speak_the_readers_language() -> None:
    year = date(2024, 1, 1)
    labels = {grain: Calendar().periods(grain, first=year, last=year)[0].label for grain in Grain}

    with use_language("ja"):
        japanese = {grain: Calendar().periods(grain, first=year, last=year)[0].label for grain in Grain}
        shorts = {grain: Calendar().periods(grain, first=year, last=year)[0].short for grain in Grain}
    with use_language("ko"):
        korean = {grain: Calendar().periods(grain, first=year, last=year)[0].label for grain in Grain}

    assert labels == {
        Grain.DAY: "2024-01-01",
        Grain.WEEK: "2024-01-01 – 2024-01-07",
        Grain.MONTH: "2024-01",
        Grain.QUARTER: "2024 Q1",
        Grain.YEAR: "2024",
        Grain.ALL: "2024-01-01 – 2024-01-01",
    }
    assert shorts == labels
    assert japanese == {
        Grain.DAY: "2024年1月1日",
        Grain.WEEK: "2024年1月1日〜1月7日",
        Grain.MONTH: "2024年1月",
        Grain.QUARTER: "2024年Q1",
        Grain.YEAR: "2024年",
        Grain.ALL: "2024年1月1日〜1月1日",
    }
    assert korean == {
        Grain.DAY: "2024년 1월 1일",
        Grain.WEEK: "2024년 1월 1일~1월 7일",
        Grain.MONTH: "2024년 1월",
        Grain.QUARTER: "2024년 1분기",
        Grain.YEAR: "2024년",
        Grain.ALL: "2024년 1월 1일~1월 1일",
    }


@pytest.mark.parametrize(
    ("language", "label"),
    [("en", "2024-04 – 2025-03"), ("ja", "2024年4月〜2025年3月"), ("ko", "2024년 4월~2025년 3월")],
)
def test_a_fiscal_year_names_its_ends(language: str, label: str) -> None:
    year = Calendar(fiscal_month=4).periods(Grain.YEAR, first=date(2024, 5, 1), last=date(2024, 5, 1))[0]

    with use_language(language):
        assert year.label == label
