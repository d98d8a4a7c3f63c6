"""What a whole column shows about how its numbers and dates are written. Decided per column, never per row."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.facts.reading.source import Connection, sql_text

_DOLLARS = ("USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "MXN")
_BACKSLASHES = {"CP932": "JPY", "CP949": "KRW"}
ORDERS = ("ymd", "dmy", "mdy")


class DateOrderNeeded(OkaeriError):
    """Day and month could be either way round, and only a person knows which."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberForm:
    """`plain`: every value is a number as programs write it; `decimal` is `.`, `,` or `?` (both occur)."""

    plain: bool = True
    decimal: str = "."


@dataclass(frozen=True, kw_only=True, slots=True)
class DateForm:
    """`plain`: every value is ISO without a zone; `order` of day and month.

    `first` and `last` are local times between which all of them lie; `remembered` is a text that only the order of
    an earlier file made readable."""

    plain: bool = True
    order: str = "dmy"
    remembered: str = ""
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
class Known:
    """What is known of some columns by their place before they are looked at: among other rows they showed it."""

    decimals: Mapping[int, str] = field(default_factory=dict)
    orders: Mapping[int, str] = field(default_factory=dict)
    float_ids: frozenset[int] = frozenset()

    @classmethod
    def from_data(cls, forms: Mapping[str, Any], *, headers: Sequence[str]) -> Known:
        """What `forms_as_data` kept, for a file with these headers."""
        places = {header: place for place, header in enumerate(headers)}
        return cls(
            decimals={places[name]: told for name, told in forms["decimals"].items() if name in places},
            orders={places[name]: told for name, told in forms["orders"].items() if name in places},
            float_ids=frozenset(places[name] for name in forms["float_ids"] if name in places),
        )


def forms_as_data(found: Profile, *, headers: Sequence[str]) -> dict[str, Any]:
    """How the columns of a file are written, by header: enough to read single rows of it again as among the others."""
    return {
        "decimals": {headers[n]: form.decimal for n, form in found.numbers.items() if not form.plain},
        "orders": {headers[n]: form.order for n, form in found.dates.items() if not form.plain},
        "float_ids": [headers[n] for n in sorted(found.float_ids)],
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Signs:
    """Which currencies ¥, $ and the backslash stand for in a file; a backslash that stands for none is itself."""

    yen: str = "JPY"
    dollar: str = "USD"
    backslash: str = "\\"

    @classmethod
    def of(cls, currency: str, *, encoding: str = "UTF-8") -> Signs:
        """The meaning of the signs where `currency` is at home, in a file of this encoding.

        In CP932 and CP949 the byte of the backslash is shown as, and typed for, the sign of the yen and the won.

        >>> Signs.of("CNY").yen, Signs.of("AUD").dollar, Signs.of("", encoding="CP932 (Shift_JIS)").backslash
        ('CNY', 'AUD', 'JPY')
        """
        at_home = currency if currency in ("JPY", "KRW") else "\\"
        return cls(
            yen="CNY" if currency == "CNY" else "JPY",
            dollar=currency if currency in _DOLLARS else "USD",
            backslash=_BACKSLASHES.get(encoding.split(" ")[0], at_home),
        )

    @property
    def sql(self) -> str:
        """¥ and $ as SQL arguments."""
        return f"{sql_text(self.yen)}, {sql_text(self.dollar)}"

    @property
    def all_sql(self) -> str:
        """All three as SQL arguments."""
        return f"{self.sql}, backslash := {sql_text(self.backslash)}"


def profile(
    connection: Connection,
    *,
    numbers: Collection[int],
    dates: Mapping[int, str],
    ids: Collection[int],
    currencies: Collection[int],
    signs: Signs,
    date_order: str | None,
    remembered: str | None,
    known: Known | None = None,
) -> Profile:
    """Look at whole columns of the table `raw`; `dates` gives each date column's header for the messages.

    `date_order` beats what is `known` of the columns already and what they prove, and these beat the order
    `remembered` from an earlier file.

    Raises `DateOrderNeeded` when day and month could be either way round and nothing says which.
    """
    known = known or Known()
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
    _read_currencies(connection, currencies, signs)
    return Profile(
        signs=signs,
        numbers={
            n: _number_form(connection, n, signs, plain=not leftover, known=known.decimals.get(n))
            for n, (leftover, _y, _x) in zip(numbers, of_numbers, strict=True)
        },
        dates={
            n: _date_form(
                connection,
                n,
                header,
                span,
                plain=not leftover,
                date_order=date_order or known.orders.get(n),
                remembered=remembered,
            )
            for (n, header), (leftover, _y, span) in zip(dates.items(), of_dates, strict=True)
        },
        float_ids=known.float_ids
        | {n for n, (filled, floats, _x) in zip(ids, of_ids, strict=True) if filled == floats > 0},
    )


def _read_currencies(connection: Connection, places: Collection[int], signs: Signs) -> None:
    """Each different cell of the columns once, in a table for each."""
    for place in places:
        connection.execute(
            f"create or replace temp table leftovers as "
            f"select distinct h{place} as x from raw where h{place} is not null"
        )
        coins = f"okaeri_read_currencies('leftovers', {signs.all_sql})"
        connection.execute(f"create or replace temp table currencies_{place} as from {coins}")


def _leftover(plain: str, place: int) -> str:
    """SQL that counts the filled texts of a column which are not plain."""
    return f"count(*) filter (case when {plain}(h{place}) is null then okaeri_id(h{place}) is not null else false end)"


def _number_form(connection: Connection, place: int, signs: Signs, *, plain: bool, known: str | None) -> NumberForm:
    if plain and known is None:
        return NumberForm()
    reading = {"read": "okaeri_read_numbers", "more": f", {signs.all_sql}", "into": f"numbers_{place}"}
    _read_leftovers(connection, place, plain="okaeri_plain_number", **reading)
    if known not in (",", "?") and not _row(connection, f"select bool_or(says_comma) from numbers_{place}")[0]:
        return NumberForm(plain=False)
    # 1.234 is a plain number too, but not in a column that has decimal commas.
    _read_leftovers(connection, place, plain="okaeri_pointless_number", **reading)
    point = known == "?" or _row(connection, f"select bool_or(says_point) from numbers_{place}")[0]
    return NumberForm(plain=False, decimal="?" if point else ",")


def _date_form(
    connection: Connection, place: int, header: str, span: list[datetime | None], *,
    plain: bool, date_order: str | None, remembered: str | None,
) -> DateForm:  # fmt: skip
    if plain:
        return DateForm(first=span[0], last=span[1])
    _read_leftovers(connection, place, plain="okaeri_plain_time", read="okaeri_read_dates", into=f"dates_{place}")
    dmy, mdy, needed, short, low, high = _row(
        connection,
        "select bool_or(proves_dmy), bool_or(proves_mdy), bool_or(needs_order), bool_or(has_short_year), "
        f"min(least(dmy, mdy, ymd)), max(greatest(dmy, mdy, ymd)) from dates_{place}",
    )
    order = date_order if date_order in ("dmy", "mdy") else _proven(bool(dmy), bool(mdy))
    example = ""
    if (needed and not order) or (short and not date_order):
        unclear = "needs_order" if needed and not order else "has_short_year"
        example = str(_row(connection, f"select min(x) from dates_{place} where {unclear}")[0])
        if not _settles(remembered, unclear=unclear, proven=order):
            raise _ambiguous(header, example, contradicting=bool(dmy and mdy))
        date_order = remembered
        order = order or remembered or ""
    seen = [each for each in (*span, low, high) if each is not None]
    return DateForm(
        plain=False,
        order=(date_order if short else order) or "dmy",
        remembered=example,
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


def _settles(remembered: str | None, *, unclear: str, proven: str) -> bool:
    """Whether an earlier file's order answers for this column and nothing in the column speaks against it."""
    if remembered == "ymd":
        return unclear == "has_short_year"
    return bool(remembered) and proven in ("", remembered)


def _ambiguous(header: str, example: str, *, contradicting: bool) -> DateOrderNeeded:
    what = (
        _("Some dates in {header} have the day first and others the month, so {example} cannot be read.")
        if contradicting
        else _("Nothing in {header} shows whether {example} has the day or the month first.")
    )
    return DateOrderNeeded(
        what.format(header=header, example=example),
        advice=_("Say so with `--date-order dmy` (27/12/2021), `mdy` (12/27/2021) or, for years of two digits, `ymd`."),
    )


def _row(connection: Connection, sql: str) -> tuple[Any, ...]:
    row = connection.execute(sql).fetchone()
    assert row is not None, "an aggregate always gives a row"
    return row
