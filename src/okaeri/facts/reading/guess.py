"""Which header is which column: first by name in three languages, then by what stands in the column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from okaeri.base.text import Text, _
from okaeri.facts.contracts import Column, ColumnType, Table
from okaeri.facts.reading.names import plain, words_for
from okaeri.facts.reading.source import Connection, Source, sql_name

_SAMPLE = 2000
_FIRMLY = 0.9


@dataclass(slots=True)
class Guess:
    """A mapping in the making: column → header or arithmetic; `claimed` headers are taken."""

    table: Table
    headers: tuple[str, ...]
    mapping: dict[str, str] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    notes: list[Text] = field(default_factory=list)

    def claim(self, column: str, header: str) -> None:
        """Take a header for a column."""
        self.mapping[column] = header
        self.claimed.add(header)

    def named(self, column: str, *, also_claimed: bool = False) -> str | None:
        """The free header whose name fits the column best."""
        free = {plain(h): h for h in reversed(self.headers) if also_claimed or h not in self.claimed}
        words = words_for(self.table.name, column)
        exact = next((free[word] for word in words if word in free), None)
        return exact or next((free[name] for word in words for name in free if _ends_with(name, word)), None)


def guess(table: Table, source: Source, connection: Connection, *, given: dict[str, str], used: set[str]) -> Guess:
    """Fill in what `given` leaves open; `used` are the headers that `given` uses already."""
    found = by_names(Guess(table, source.headers, dict(given), set(used)))
    missing = table.missing(found.mapping)
    if any(column.name != table.key[0] or table.name == "customers" for column in missing):
        _guess_by_content(found, source, connection, missing)
    return found


def by_names(found: Guess) -> Guess:
    """Fill in what the headers' names say, without a look at what stands under them."""
    table = found.table
    for column in table.columns:
        if column.name not in found.mapping and column.name not in ("amount", "attributes"):
            header = found.named(column.name)
            if header:
                found.claim(column.name, header)
    if "amount" in table.names and "amount" not in found.mapping:
        _guess_amount(found)
    if len(table.key) == 1 and table.key[0] not in found.mapping:
        _claim_plain_id(found, table.key[0])
    return found


def _ends_with(name: str, word: str) -> bool:
    long_enough = len(word) >= (6 if word.isascii() else 3)
    return long_enough and name.endswith(word)


def _claim_plain_id(found: Guess, key: str) -> None:
    header = next(
        (h for h in found.headers if plain(h) in ("id", "no", "番号", "번호") and h not in found.claimed), None
    )
    if header:
        found.claim(key, header)


def _guess_amount(found: Guess) -> None:
    """The amount of a line beats quantity × price, and both beat an order's total that every line repeats."""
    by_name, total = found.named("amount"), found.named("order_total")
    quantity, price = found.named("quantity"), found.named("unit_price")
    product = f"{_written(quantity)}*{_written(price)}" if quantity and price and quantity != price else None
    has_lines = found.named("line") is not None
    if product and (by_name is None or (has_lines and by_name == total)):
        found.mapping["amount"] = product
        found.claimed |= {quantity or "", price or ""}
    elif by_name or price:
        found.claim("amount", by_name or price or "")


def _written(header: str) -> str:
    """A header as arithmetic may use it."""
    return header if header.isidentifier() else f"`{header}`" if '"' in header else sql_name(header)


def _guess_by_content(found: Guess, source: Source, connection: Connection, missing: list[Column]) -> None:
    facts = _facts(source, connection)
    for column in sorted(missing, key=lambda column: column.type is ColumnType.TEXT):
        if column.name == found.table.key[0] and found.table.name != "customers":
            continue
        header = next((h for h in _fitting(found.table, column, facts) if h not in found.claimed), None)
        if header is not None:
            found.claim(column.name, header)
            found.notes.append(
                _("{header} was taken for {column} because of what stands in it.").format(
                    header=header, column=column.name
                )
            )


@dataclass(frozen=True, slots=True)
class _Facts:
    header: str
    filled: int
    dates: int
    numbers: int
    fractions: int
    distinct: int

    @property
    def is_date(self) -> bool:
        return self.filled > 0 and self.dates >= _FIRMLY * self.filled

    @property
    def is_number(self) -> bool:
        return self.filled > 0 and self.numbers >= _FIRMLY * self.filled and not self.is_date


def _fitting(table: Table, column: Column, facts: list[_Facts]) -> Iterator[str]:
    if column.type in (ColumnType.INSTANT, ColumnType.DAY):
        yield from (fact.header for fact in facts if fact.is_date)
    elif column.type in (ColumnType.AMOUNT, ColumnType.NUMBER):
        numbers = [fact for fact in facts if fact.is_number]
        yield from (fact.header for fact in sorted(numbers, key=lambda fact: fact.fractions == 0))
    elif column.name == "customer_id":
        likely = [fact for fact in facts if not fact.is_date and not fact.fractions and fact.distinct > 1]
        once = column.name in table.key  # one row per customer: then nobody may come twice
        yield from (fact.header for fact in likely if not once or fact.distinct == fact.filled)


def _facts(source: Source, connection: Connection) -> list[_Facts]:
    columns = ", ".join(f"h{place}::varchar as h{place}" for place in range(len(source.headers)))
    connection.execute(
        f"create or replace temp table sample as select {columns} from {source.relation} limit {_SAMPLE}"
    )
    return [_fact(connection, place, header) for place, header in enumerate(source.headers)]


def _fact(connection: Connection, place: int, header: str) -> _Facts:
    connection.execute(
        f"create or replace temp table texts as select h{place} as x from sample where okaeri_id(h{place}) is not null"
    )
    row = connection.execute("""
        with numbers as (
            select count(point), count(*) filter (point % 1 <> 0)
            from okaeri_read_numbers('texts', 'JPY', 'USD', backslash := 'JPY')),
             dates as (select count(coalesce(dmy, mdy)) from okaeri_read_dates('texts'))
        select (select count(*) from texts), (from dates), numbers.*, (select count(distinct x) from texts)
        from numbers""").fetchone()
    assert row is not None, "an aggregate always gives a row"
    return _Facts(header, *row)
