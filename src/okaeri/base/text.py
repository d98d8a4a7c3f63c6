"""Sentences a person may read, kept as messages until a language is known.

Catalogues are gettext `.po` files in `okaeri/locale/<language>/`, one per part of the house.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "ja", "ko")
_language: ContextVar[str] = ContextVar("okaeri_language", default="en")


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence that becomes words in the reader's language when it is shown.

    >>> str(_("{n} rows landed.").format(n=3))
    '3 rows landed.'
    """

    message: str
    values: tuple[tuple[str, Any], ...] = ()

    def format(self, **values: Any) -> Text:
        """The same sentence with its `{names}` filled in, like `str.format`; days are written as the reader does."""
        return Text(self.message, (*self.values, *values.items()))

    def __str__(self) -> str:
        words = _catalogue(current_language()).get(self.message, self.message)
        return words.format(**{name: _filled(value) for name, value in self.values}) if self.values else words


def _(message: str) -> Text:
    """Mark a sentence for translation.

    >>> str(_("Retention"))
    'Retention'
    """
    return Text(message)


def written_day(day: date) -> str:
    """A day as it stands inside a sentence of the current language.

    >>> with use_language("ja"):
    ...     written_day(date(2026, 11, 22))
    '2026年11月22日'
    """
    return _DAYS.get(current_language(), "{0:%Y-%m-%d}").format(day)


_DAYS = {"ja": "{0.year}年{0.month}月{0.day}日", "ko": "{0.year}년 {0.month}월 {0.day}일"}


def _filled(value: Any) -> Any:
    return written_day(value) if isinstance(value, date) and not isinstance(value, datetime) else value


def current_language() -> str:
    """The language sentences are shown in: one of `LANGUAGES`.

    >>> current_language()
    'en'
    """
    return _language.get()


@contextmanager
def use_language(language: str) -> Iterator[None]:
    """Show every sentence in `language` inside the block; unknown languages read as English.

    >>> with use_language("ja"):
    ...     current_language()
    'ja'
    """
    token = _language.set(language if language in LANGUAGES else "en")
    try:
        yield
    finally:
        _language.reset(token)


@cache
def _catalogue(language: str) -> Mapping[str, str]:
    if language == "en":
        return {}
    from babel.messages.pofile import read_po  # heavy: only when another language is asked for

    words: dict[str, str] = {}
    for entry in sorted(files("okaeri").joinpath("locale", language).iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".po"):
            with entry.open("rb") as stream:
                catalogue = read_po(stream, locale=language)
            words.update({str(m.id): str(m.string) for m in catalogue if m.id and m.string and not m.fuzzy})
    return words
