"""Why a row goes to quarantine, and what a person can do about it: one sentence each per code."""

from __future__ import annotations

from dataclasses import dataclass

from okaeri.base.text import Text, _

_REASONS: dict[str, tuple[Text, Text]] = {
    "no_customer": (
        _("no customer: {column} is empty"),
        _("Fill in who it was. Rows that belong to nobody cannot count for retention, so leaving them out is fine."),
    ),
    "missing": (_("{column} is empty"), _("Fill it in, or take the row out.")),
    "ends_too_early": (
        _("it ends before it begins: {column} is too early"),
        _("See whether the two dates changed places; an end that is not known yet stays empty."),
    ),
    "bad_number": (_("{column} is not a number"), _("Write it as 1234.50; a minus or parentheses make it negative.")),
    "bad_integer": (_("{column} is not a whole number"), _("Write it without decimals.")),
    "bad_date": (_("{column} is not a date"), _("Write it as 2021-12-27 or 2021-12-27 15:30, between 1900 and 2199.")),
    "bad_currency": (_("{column} is not a currency"), _("Write three letters such as JPY, KRW or USD.")),
    "bad_flag": (_("{column} is neither yes nor no"), _("Write yes or no, or 1 or 0.")),
    "bad_json": (_("{column} is not a JSON object"), _("Write it as a JSON object, with names in double quotes.")),
    "off_scale": (
        _("{column} is not on the scale"),
        _("Give the highest point as scale, such as 5 or 10; the lowest is 1, and 0 on a scale up to 10."),
    ),
    "other_customer": (
        _("the order's first line names another customer"),
        _("Give every line of an order the same customer, or each order its own id."),
    ),
    "other_currency": (
        _("the order's first line has another currency"),
        _("Split the order into one per currency."),
    ),
    "too_few_cells": (
        _("the line has too few cells"),
        _("Add the missing cells, or look for a line break in the middle."),
    ),
    "too_many_cells": (
        _("the line has too many cells"),
        _("Put a value that has the delimiter in it in double quotes."),
    ),
    "open_quote": (_("a double quote is left open or stands inside a value"), _("Close it, or write it twice.")),
    "unreadable_line": (_("the line cannot be read"), _("Look at the line in a text editor and mend or remove it.")),
}

_WORDS_FOR_NOTHING: dict[str, Text] = {
    "no_customer": _("no customer: {column} says {seen}, which stands for nothing"),
    "missing": _("{column} says {seen}, which stands for nothing"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """How many rows went to quarantine for one reason; `code` is stable, `reason` is for people.

    `seen` is the word, N/A for instance, that stands where a value is missed.
    """

    code: str
    column: str
    count: int
    seen: str = ""

    @property
    def reason(self) -> Text:
        """The reason as a sentence.

        >>> str(LeftOut(code="no_customer", column="CustomerID", count=3).reason)
        'no customer: CustomerID is empty'
        """
        return reason_of(self.code, self.column, seen=self.seen)


REASON = ("code", "column", "count", "seen")


def as_data(reason: LeftOut) -> dict[str, str | int]:
    """A reason and its count, JSON-ready; `LeftOut` takes them back by these names.

    >>> as_data(LeftOut(code="missing", column="amount", count=2))
    {'code': 'missing', 'column': 'amount', 'count': 2, 'seen': ''}
    """
    return {name: getattr(reason, name) for name in REASON}


def reason_of(code: str, column: str, *, seen: str = "") -> Text:
    """What is wrong; `seen` is the word for nothing that was found.

    >>> str(reason_of("missing", "amount", seen="N/A"))
    'amount says N/A, which stands for nothing'
    """
    words = _WORDS_FOR_NOTHING[code] if seen and code in _WORDS_FOR_NOTHING else _REASONS[code][0]
    return words.format(column=column, seen=seen)


def advice_of(code: str, column: str) -> Text:
    """What to do about it."""
    return _REASONS[code][1].format(column=column)
