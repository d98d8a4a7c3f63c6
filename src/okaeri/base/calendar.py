"""Days, periods and their boundaries in a workspace's zone. Below this module there are no time zones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _, current_language, written_day


class Grain(StrEnum):
    """How long a period is; ALL is one custom range.

    >>> Grain("month").value
    'month'
    """

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Period:
    """Local days in `[start, end)`: the end belongs to the next period.

    >>> Period(date(2024, 2, 1), date(2024, 3, 1), Grain.MONTH).days
    29
    """

    start: date
    end: date
    grain: Grain = Grain.ALL

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise OkaeriError(
                _("A period from {start} to {end} holds no day.").format(start=self.start, end=self.end),
                advice=_("The end is not part of a period, so it must be later than the start."),
            )

    @property
    def days(self) -> int:
        """How many local days it holds.

        >>> Period(date(2024, 1, 1), date(2024, 1, 8)).days
        7
        """
        return (self.end - self.start).days

    @property
    def label(self) -> str:
        """Its name in a sentence of the current language.

        >>> Period(date(2024, 1, 1), date(2024, 4, 1), Grain.QUARTER).label
        '2024 Q1'
        """
        manner = _MANNERS.get(current_language())
        return manner.label(self, self.end - timedelta(days=1)) if manner else self.short

    @property
    def short(self) -> str:
        """Its name in figures, the same in every language: for axes, files and programs.

        >>> Period(date(2024, 2, 1), date(2024, 3, 1), Grain.MONTH).short
        '2024-02'
        """
        return _short(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """How a workspace cuts time: IANA zone, first weekday (0 = Monday) and first month of the fiscal year.

    >>> Calendar(zone="Asia/Tokyo").day_of(datetime(2024, 1, 1, 15, tzinfo=UTC))
    datetime.date(2024, 1, 2)
    """

    zone: str = "UTC"
    week_start: int = 0
    fiscal_month: int = 1

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones, such as Asia
            raise OkaeriError(
                _("There is no time zone called {zone!r}.").format(zone=self.zone),
                advice=_("Use an IANA name such as Asia/Tokyo, Asia/Seoul or Europe/London."),
            ) from None
        if not (0 <= self.week_start <= 6 and 1 <= self.fiscal_month <= 12):
            raise OkaeriError(
                _("The week start or the fiscal month is out of range."),
                advice=_("Weeks start on 0 (Monday) to 6 (Sunday); fiscal years in month 1 to 12."),
            )

    def day_of(self, instant: datetime) -> date:
        """The local day an instant (aware datetime) belongs to.

        >>> Calendar(zone="America/New_York").day_of(datetime(2024, 1, 1, 3, tzinfo=UTC))
        datetime.date(2023, 12, 31)
        """
        return instant.astimezone(ZoneInfo(self.zone)).date()

    def instant(self, moment: datetime) -> datetime:
        """A moment in UTC; a naive one is what clocks in the zone show.

        >>> Calendar(zone="Asia/Tokyo").instant(datetime(2024, 1, 1, 9)).isoformat()
        '2024-01-01T00:00:00+00:00'
        """
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self.zone))).astimezone(UTC)

    def start_of(self, day: date) -> datetime:
        """The instant, in UTC, at which a local day begins (also where midnight does not exist).

        >>> Calendar(zone="Asia/Seoul").start_of(date(2024, 1, 1)).isoformat()
        '2023-12-31T15:00:00+00:00'
        """
        return datetime.combine(day, time.min, ZoneInfo(self.zone)).astimezone(UTC)

    def floor(self, day: date, grain: Grain) -> date:
        """The first day of the period of `grain` that holds `day`.

        >>> Calendar(fiscal_month=4).floor(date(2024, 2, 10), Grain.YEAR)
        datetime.date(2023, 4, 1)
        """
        if grain is Grain.WEEK:
            return day - timedelta(days=(day.weekday() - self.week_start) % 7)
        if grain in _MONTHS:
            behind = (day.month - self.fiscal_month) % 12 % _MONTHS[grain]
            return _add_months(day.replace(day=1), -behind)
        return day

    def next(self, start: date, grain: Grain) -> date:
        """The first day after the period of `grain` that begins on `start`.

        >>> Calendar().next(date(2024, 1, 1), Grain.QUARTER)
        datetime.date(2024, 4, 1)
        """
        if grain in _MONTHS:
            return _add_months(start, _MONTHS[grain])
        return start + timedelta(days=7 if grain is Grain.WEEK else 1)

    def periods(self, grain: Grain, *, first: date, last: date) -> tuple[Period, ...]:
        """Every whole period from the one that holds `first` to the one that holds `last`.

        >>> [p.label for p in Calendar().periods(Grain.MONTH, first=date(2024, 1, 9), last=date(2024, 2, 1))]
        ['2024-01', '2024-02']
        """
        if grain is Grain.ALL:
            return (Period(first, last + timedelta(days=1), grain),)
        return tuple(self._walk(grain, first, last))

    def _walk(self, grain: Grain, first: date, last: date) -> Iterator[Period]:
        start = self.floor(first, grain)
        while start <= last:
            end = self.next(start, grain)
            yield Period(start, end, grain)
            start = end


def rolling(*, days: int, last: date, count: int = 1, step: int = 1) -> tuple[Period, ...]:
    """`count` windows of `days` days, `step` days apart; the newest ends just after `last`.

    >>> [str(p.start) for p in rolling(days=7, last=date(2024, 1, 31), count=2, step=7)]
    ['2024-01-18', '2024-01-25']
    """
    ends = [last + timedelta(days=1 - step * back) for back in reversed(range(count))]
    return tuple(Period(end - timedelta(days=days), end) for end in ends)


_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _short(period: Period) -> str:
    start, last = period.start, period.end - timedelta(days=1)
    if period.grain is Grain.DAY:
        return start.isoformat()
    if period.grain is Grain.MONTH:
        return f"{start:%Y-%m}"
    if period.grain is Grain.YEAR:
        return f"{start.year}" if start.month == 1 else f"{start:%Y-%m} – {last:%Y-%m}"
    quarter = _quarter(period)
    return f"{start.year} Q{quarter}" if quarter else f"{start} – {last}"


def _quarter(period: Period) -> int | None:
    """Which quarter of the calendar year it is; one of a fiscal year that begins in between has no such number."""
    first = period.start.month
    return (first + 2) // 3 if period.grain is Grain.QUARTER and first in (1, 4, 7, 10) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Manner:
    """How a language writes a period; `y`, `q`, `m` and `d` are its year, quarter, month and day."""

    year: str
    quarter: str
    month: str
    day: str
    to: str

    def label(self, period: Period, last: date) -> str:
        start, quarter = period.start, _quarter(period)
        if period.grain is Grain.DAY:
            return written_day(start)
        if period.grain is Grain.MONTH:
            return self._month(start)
        if quarter:
            return self.quarter.format(y=start.year, q=quarter)
        if period.grain is Grain.YEAR:
            whole = self.year.format(y=start.year)
            return whole if start.month == 1 else f"{self._month(start)}{self.to}{self._month(last)}"
        until = self.day.format(m=last.month, d=last.day) if last.year == start.year else written_day(last)
        return f"{written_day(start)}{self.to}{until}"

    def _month(self, day: date) -> str:
        return self.month.format(y=day.year, m=day.month)


_MANNERS = {
    "ja": _Manner(year="{y}年", quarter="{y}年Q{q}", month="{y}年{m}月", day="{m}月{d}日", to="〜"),
    "ko": _Manner(year="{y}년", quarter="{y}년 {q}분기", month="{y}년 {m}월", day="{m}월 {d}일", to="~"),
}
