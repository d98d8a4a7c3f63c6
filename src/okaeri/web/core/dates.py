"""Moments and days as a person in the current language and zone writes them."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date, format_datetime
from django.utils import timezone

from okaeri.base.text import current_language


def show_moment(at: datetime | None, *, form: str = "medium") -> str:
    """An instant in the reader's zone; "–" for one that never came.

    >>> from datetime import UTC
    >>> show_moment(datetime(2024, 5, 1, 9, 30, tzinfo=UTC), form="yyyy-MM-dd")
    '2024-05-01'
    """
    if at is None:
        return "–"
    language = current_language()
    form = _MOMENTS.get((language, form), form)
    return str(format_datetime(at, form, tzinfo=timezone.get_current_timezone(), locale=language))


def show_day(day: date | None, *, form: str = "medium") -> str:
    """A local day; "–" for one that never came.

    >>> show_day(date(2024, 5, 1))
    'May 1, 2024'
    """
    if day is None:
        return "–"
    language = current_language()
    return str(format_date(day, _DAYS.get((language, form), form), locale=language))


_MOMENTS = {  # what Babel calls medium counts seconds and, in Korean, shortens the year to two figures
    ("en", "medium"): "MMM d, y, HH:mm",
    ("en", "short"): "MMM d, y, HH:mm",
    ("ja", "medium"): "y年M月d日 H:mm",
    ("ja", "short"): "y/MM/dd H:mm",
    ("ko", "medium"): "y년 M월 d일 aaaa h:mm",
    ("ko", "short"): "y. M. d. aaaa h:mm",
}
_DAYS = {("ja", "medium"): "y年M月d日", ("ko", "medium"): "y년 M월 d일", ("ko", "short"): "y. M. d."}
