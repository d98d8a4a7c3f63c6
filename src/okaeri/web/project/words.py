"""Moments and days as a person in the current language and zone writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from babel.dates import format_date, format_datetime
from django.utils import timezone

from okaeri.base.text import current_language


def show_moment(at: datetime | None, *, form: str = "medium") -> str:
    """An instant in the reader's zone; "–" for one that never came.

    >>> show_moment(datetime(2024, 5, 1, 9, 30, tzinfo=UTC), form="yyyy-MM-dd")
    '2024-05-01'
    """
    if at is None:
        return "–"
    return str(format_datetime(at, form, tzinfo=timezone.get_current_timezone(), locale=current_language()))


def show_day(day: date | None, *, form: str = "medium") -> str:
    """A local day; "–" for one that never came.

    >>> show_day(date(2024, 5, 1))
    'May 1, 2024'
    """
    return "–" if day is None else str(format_date(day, form, locale=current_language()))


__all__ = ["UTC", "show_day", "show_moment"]
