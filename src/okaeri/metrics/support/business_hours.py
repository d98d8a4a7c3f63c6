"""When the business is open: written hours and holidays, as minutes of each local day.

Hours are read off the local clock, so a day on which the clocks change has the hours that are written for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.engines.engine import Columns
from okaeri.metrics.timetable import EPOCH, Days

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MOST_SPANS = 2
_CLOSED = (0, 0)
_PART = re.compile(r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?(?P<spans>(?: \d{1,2}:\d{2}-\d{1,2}:\d{2})+)")
_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_WRITE = _("Write hours such as mon-fri 09:00-18:00, sat 10:00-14:00.")

Span = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class BusinessHours:
    """The opening spans of each weekday in minutes since local midnight, Monday first, and the days without any.

    >>> BusinessHours.parse("mon-fri 09:00-18:00, sat 10:00-14:00").week[5]
    ((600, 840),)
    """

    week: tuple[tuple[Span, ...], ...]
    holidays: frozenset[date] = frozenset()

    @classmethod
    def parse(cls, text: str, *, holidays: Sequence[str] = ()) -> BusinessHours:
        """Read hours as a person writes them; a day may have a break: `mon-fri 09:00-12:00 13:00-18:00`.

        Raises `OkaeriError` for a part that cannot be read, hours that overlap, or no hours at all.
        """
        week: list[list[Span]] = [[] for _day in WEEKDAYS]
        for part in filter(None, (each.strip() for each in text.lower().split(","))):
            days, spans = _read_part(part)
            for day in days:
                week[day] += spans
        if not any(week):
            raise OkaeriError(_("The business has no opening hours."), advice=_WRITE)
        settled = tuple(_settled(WEEKDAYS[day], spans) for day, spans in enumerate(week))
        return cls(week=settled, holidays=frozenset(_read_day(each) for each in holidays))

    def spans(self, day: date) -> tuple[Span, ...]:
        """The spans of one local day; a holiday has none.

        >>> BusinessHours.parse("mon-sun 10:00-12:00", holidays=["2024-01-01"]).spans(date(2024, 1, 1))
        ()
        """
        return () if day in self.holidays else self.week[day.weekday()]

    def columns(self, every_day: Days) -> Columns:
        """`business_days(day, before, opens, closes, reopens, closes_again)` for an unbroken run of days.

        `before` counts the business minutes of the run's days before; a span that a day does not have is empty.
        """
        spans = np.array([self._padded(int(day)) for day in every_day], dtype=np.int64).reshape(-1, 2 * _MOST_SPANS)
        length = spans[:, 1] - spans[:, 0] + spans[:, 3] - spans[:, 2]
        before = np.cumsum(length) - length
        names = ("opens", "closes", "reopens", "closes_again")
        return {
            "day": ("integer", every_day.tolist()),
            "before": ("bigint", before.tolist()),
            **{name: ("bigint", spans[:, place].tolist()) for place, name in enumerate(names)},
        }

    def _padded(self, day: int) -> list[int]:
        spans = self.spans(EPOCH + timedelta(days=day))
        return [minute for span in (*spans, *[_CLOSED] * (_MOST_SPANS - len(spans))) for minute in span]


def _read_part(part: str) -> tuple[list[int], list[Span]]:
    found = _PART.fullmatch(re.sub(r"\s+", " ", part))
    if not found:
        raise OkaeriError(_("The business hours {part!r} cannot be read.").format(part=part), advice=_WRITE)
    first, last = _weekday(found["first"]), _weekday(found["last"] or found["first"])
    days = [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return days, [_read_span(part, *map(int, numbers)) for numbers in _SPAN.findall(found["spans"])]


def _weekday(name: str) -> int:
    if name not in WEEKDAYS:
        raise OkaeriError(
            _("There is no weekday {name!r}.").format(name=name),
            advice=_("Use one of: {known}.").format(known=", ".join(WEEKDAYS)),
        )
    return WEEKDAYS.index(name)


def _read_span(part: str, hour: int, minute: int, last_hour: int, last_minute: int) -> Span:
    opens, closes = hour * 60 + minute, last_hour * 60 + last_minute
    if minute > 59 or last_minute > 59 or closes > 24 * 60:
        raise OkaeriError(_("The business hours {part!r} name no time of day.").format(part=part), advice=_WRITE)
    if closes <= opens:
        raise OkaeriError(
            _("The business hours {part!r} close before they open.").format(part=part),
            advice=_("Split a night at midnight: fri 22:00-24:00, sat 00:00-02:00."),
        )
    return opens, closes


def _settled(weekday: str, spans: list[Span]) -> tuple[Span, ...]:
    ordered = sorted(spans)
    if any(later[0] < earlier[1] for earlier, later in pairwise(ordered)):
        raise OkaeriError(
            _("The business hours of {weekday} overlap.").format(weekday=weekday),
            advice=_("Write each hour of a day once."),
        )
    joined = tuple(_joined(ordered))
    if len(joined) > _MOST_SPANS:
        raise OkaeriError(
            _("The business hours of {weekday} have more than one break.").format(weekday=weekday),
            advice=_("Keep the longest break; a day can have one."),
        )
    return joined


def _joined(ordered: Sequence[Span]) -> Iterator[Span]:
    """Spans that touch are one."""
    current: Span | None = None
    for span in ordered:
        if current and span[0] == current[1]:
            current = (current[0], span[1])
            continue
        if current:
            yield current
        current = span
    if current:
        yield current


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        problem: Text = _("The holiday {day!r} is no day.").format(day=text)
        raise OkaeriError(problem, advice=_("Write days as 2024-12-31.")) from None
