"""Days and moments as they are typed on the command line."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from okaeri.base.calendar import Calendar
from okaeri.base.errors import OkaeriError
from okaeri.base.text import _


def read_day(text: str | None, option: str) -> date | None:
    """The day an option names, None without one; raises `OkaeriError` for anything else."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise OkaeriError(
            _("{option} {text} is not a day.").format(option=option, text=text),
            advice=_("Write it as year-month-day, for example 2024-01-31."),
        ) from None


def read_moment(text: str, calendar: Calendar) -> datetime:
    """The moment a person names: a day stands for its end, a time is what clocks in the workspace's zone show.

    Raises `OkaeriError` when it is neither.
    """
    try:
        if len(text) == len("2024-06-01"):
            return calendar.start_of(date.fromisoformat(text) + timedelta(days=1)) - timedelta(microseconds=1)
        return calendar.instant(datetime.fromisoformat(text))
    except ValueError:
        raise OkaeriError(
            _("{option} {text} is no moment.").format(option="--as-of", text=text),
            advice=_("Write it as 2024-06-01 or 2024-06-01T12:00."),
        ) from None
