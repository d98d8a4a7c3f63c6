"""What a whole column shows about how its numbers and dates are written. Decided per column, never per row."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.facts.reading.source import Connection, sql_text

_DOLLARS = ("USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "MXN")
ORDERS = ("ymd", "dmy", "mdy")


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberForm:
    """`plain`: every value is a number as programs write it; `decimal` is `.`, `,` or `?` (both occur)."""

    plain: bool = True
    decimal: str = "."


@dataclass(frozen=True, kw_only=True, slots=True)
class DateForm:
    """`plain`: every value is ISO without a zone; `order` of day and month.

    `first` and `last` are local times between which all of them lie."""

    plain: bool = True
    order: str = "dmy"
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """The form of each text column by its place, and which identifiers carry a useless `.0`."""

    numbers: Mapping[int, NumberForm]
    dates: Mapping[int, DateForm]
    float_ids: frozenset[int]
    signs: Signs


@dataclass(frozen=True, kw_only=True, slots=True)
class Signs:
    """Which currencies ¥ and $ stand for in this workspace."""

    yen: str = "JPY"
    dollar: str = "USD"

    @classmethod
    def of(cls, currency: str) -> Signs:
        """The meaning of the signs where `currency` is at home.

        >>> Signs.of("CNY").yen, Signs.of("AUD").dollar
        ('CNY', 'AUD')
        """
        return cls(yen="CNY" if currency == "CNY" else "JPY", dollar=currency if currency in _DOLLARS else "USD")

    @property
    def sql(self) -> str:
        """Both as SQL arguments."""
        return f"{sql_text(self.yen)}, {sql_text(self.dollar)}"


def profile(
    connection: Connection,
    *,
    numbers: Collection[int],
    dates: Mapping[int, str],
    ids: Collection[int],
    currencies: Collection[int],
    signs: Signs,
    date_order: str | None,
) -> Profile:
    """Look at whole columns of the table `raw`; `dates` gives each date column's header for the messages.

    Raises `OkaeriError` when day and month could be either way round and `date_order` does not say.
    """
    asked = [
        *(f"{_leftover('okaeri_plain_number', n)}, 0, null" for n in numbers),
        *(
            f"{_leftover('okaeri_plain_time', n)}, 0, [min(okaeri_plain_time(h{n})), max(okaeri_plain_time(h{n}))]"
            for n in dates
        ),
        *(f"count(h{n}), count(*) filter (ends_with(h{n}, '.0')), null" for n in ids),
    ]
    row = _row(connection, f"select {', '.join(asked)} from raw") if asked else ()
    triples = [row[at : at + 3] for at in range(0, len(row), 3)]
    of_numbers, rest = triples[: len(numbers)], triples[len(numbers) :]
    of_dates, of_ids = rest[: len(dates)], rest[len(dates) :]
    for place in currencies:
        connection.execute(
            f"create or replace temp table leftovers as "
            f"select distinct h{place} as x from raw where h{place} is not null"
        )
        connection.execute(
            f"create or replace temp table currencies_{place} as from okaeri_read_currencies('leftovers', {signs.sql})"
        )
    return Profile(
        signs=signs,
        numbers={
            n: _number_form(connection, n, signs, plain=not leftover)
            for n, (leftover, _y, _x) in zip(numbers, of_numbers, strict=True)
        },
        dates={
            n: _date_form(connection, n, header, span, plain=not leftover, date_order=date_order)
            for (n, header), (leftover, _y, span) in zip(dates.items(), of_dates, strict=True)
        },
        float_ids=frozenset(n for n, (filled, floats, _x) in zip(ids, of_ids, strict=True) if filled == floats > 0),
    )


def _leftover(plain: str, place: int) -> str:
    """SQL that counts the filled texts of a column which are not plain."""
    return f"count(*) filter (case when {plain}(h{place}) is null then okaeri_id(h{place}) is not null else false end)"


def _number_form(connection: Connection, place: int, signs: Signs, *, plain: bool) -> NumberForm:
    if plain:
        return NumberForm()
    reading = {"read": "okaeri_read_numbers", "more": f", {signs.sql}", "into": f"numbers_{place}"}
    _read_leftovers(connection, place, plain="okaeri_plain_number", **reading)
    if not _row(connection, f"select bool_or(says_comma) from numbers_{place}")[0]:
        return NumberForm(plain=False)
    # 1.234 is a plain number too, but not in a column that has decimal commas.
    _read_leftovers(connection, place, plain="okaeri_pointless_number", **reading)
    point = _row(connection, f"select bool_or(says_point) from numbers_{place}")[0]
    return NumberForm(plain=False, decimal="?" if point else ",")


def _date_form(
    connection: Connection, place: int, header: str, span: list[datetime | None], *, plain: bool, date_order: str | None
) -> DateForm:
    if plain:
        return DateForm(first=span[0], last=span[1])
    _read_leftovers(connection, place, plain="okaeri_plain_time", read="okaeri_read_dates", into=f"dates_{place}")
    dmy, mdy, needed, short, low, high = _row(
        connection,
        "select bool_or(proves_dmy), bool_or(proves_mdy), bool_or(needs_order), bool_or(has_short_year), "
        f"min(least(dmy, mdy, ymd)), max(greatest(dmy, mdy, ymd)) from dates_{place}",
    )
    order = date_order if date_order in ("dmy", "mdy") else _proven(bool(dmy), bool(mdy))
    if (needed and not order) or (short and not date_order):
        unclear = "needs_order" if needed and not order else "has_short_year"
        example = str(_row(connection, f"select min(x) from dates_{place} where {unclear}")[0])
        raise _ambiguous(header, example, contradicting=bool(dmy and mdy))
    seen = [each for each in (*span, low, high) if each is not None]
    return DateForm(
        plain=False,
        order=(date_order if short else order) or "dmy",
        first=min(seen, default=None),
        last=max(seen, default=None),
    )


def _read_leftovers(connection: Connection, place: int, *, plain: str, read: str, into: str, more: str = "") -> None:
    """Read each text that is not plain once, however often it stands in the column."""
    name = f"h{place}"
    connection.execute(
        f"create or replace temp table leftovers as "
        f"select distinct {name} as x from raw where {plain}({name}) is null and {name} is not null"
    )
    connection.execute(f"create or replace temp table {into} as from {read}('leftovers'{more})")


def _proven(dmy: bool, mdy: bool) -> str:
    return "" if dmy == mdy else "dmy" if dmy else "mdy"


def _ambiguous(header: str, example: str, *, contradicting: bool) -> OkaeriError:
    what = (
        _("Some dates in {header} have the day first and others the month, so {example} cannot be read.")
        if contradicting
        else _("Nothing in {header} shows whether {example} has the day or the month first.")
    )
    return OkaeriError(
        what.format(header=header, example=example),
        advice=_("Say so with `--date-order dmy` (27/12/2021), `mdy` (12/27/2021) or, for years of two digits, `ymd`."),
    )


def _row(connection: Connection, sql: str) -> tuple[Any, ...]:
    row = connection.execute(sql).fetchone()
    assert row is not None, "an aggregate always gives a row"
    return row
