"""Random rows for every table there is, by its contract: what two engines must read alike.

A table or column that is added later gets rows too; `WORDS` only says which texts mean something.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from okaeri.facts.contracts import TABLES, Column, ColumnType, Table

START = datetime(2024, 1, 9, 22, tzinfo=UTC)
DAYS = 330
TODAY = date(2024, 12, 20)
PEOPLE = [f"person {n}" for n in range(60)] + ["O'Hara", "日本", 'with "quotes"']
CITIES = ["Osaka", "Seoul", "", "O'Fallon"]
WORDS: dict[tuple[str, str], Sequence[str]] = {
    ("orders", "kind"): ("purchase", "purchase", "purchase", "return"),
    ("points", "kind"): ("earn", "earn", "spend", "expire", "adjust"),
    ("answers", "instrument"): ("nps", "csat", "ces", "cli", "choice", "text"),
    ("events", "name"): ("visit", "login", "report"),
    ("subscriptions", "plan"): ("basic", "plus"),
}
OTHER_WORDS = ("", "mail", "chat", "日本 語")
Row = dict[str, object]


def write_facts(folder: Path, *, seed: int, currencies: Sequence[str]) -> dict[str, list[str]]:
    """Two Parquet files for each table; returns the paths by table."""
    paths: dict[str, list[str]] = {}
    for table in TABLES.values():
        rows = random_rows(table, Random(f"{seed} {table.name}"), currencies)
        paths[table.name] = []
        for number, part in enumerate((rows[::2], rows[1::2])):
            path = folder / f"{table.name} [{number}] it's.parquet"
            pq.write_table(pa.Table.from_pylist(part, schema=table.arrow_schema()), path)
            paths[table.name].append(str(path))
    return paths


def random_rows(table: Table, random: Random, currencies: Sequence[str]) -> list[Row]:
    """Rows with unique keys, and spans that end after they began."""
    count = {"customers": len(PEOPLE), "identities": 12}.get(table.name, 400)
    found: dict[tuple[object, ...], Row] = {}
    for number in range(count):
        row = {column.name: _value(table, column, random, number, currencies) for column in table.columns}
        _mend(table, row, random)
        found[tuple(row[key] for key in table.key)] = row
    return list(found.values())


def _value(table: Table, column: Column, random: Random, number: int, currencies: Sequence[str]) -> object:
    if (table.name, column.name) == ("customers", "customer_id"):
        return PEOPLE[number]
    if column.name == "customer_id":
        return random.choice(PEOPLE[:-5])  # some are only known by name
    if column.name == "same_as":
        return random.choice(PEOPLE)
    if table.key == (column.name,):
        return f"{table.name} {number}"
    if not column.required and column.default is None and random.random() < 0.3:
        return None
    if column.name == "currency":
        return random.choice(currencies)
    return _by_type(table, column, random)


def _by_type(table: Table, column: Column, random: Random) -> object:
    instant = START + timedelta(minutes=random.randrange(DAYS * 24 * 60))
    match column.type:
        case ColumnType.INSTANT:
            return instant
        case ColumnType.DAY:
            return instant.date()
        case ColumnType.INTEGER:
            return random.randrange(3)
        case ColumnType.FLAG:
            return random.random() < 0.5
        case ColumnType.JSON:
            return _attributes(random)
        case ColumnType.TEXT:
            return random.choice(WORDS.get((table.name, column.name), OTHER_WORDS))
        case _:
            return _number(column.name, random)


def _number(name: str, random: Random) -> float:
    """Money and points in quarters, so that sums are exact in any order; scores and scales are whole."""
    if name == "scale":
        return 10.0
    return float(random.randrange(1, 6)) if name == "score" else random.randrange(0, 400) / 4


def _attributes(random: Random) -> str:
    known = {"city": random.choice(CITIES), 'how they "found" us': random.choice(["search", "a friend's word"])}
    return json.dumps(dict(random.sample(sorted(known.items()), random.randrange(3))), ensure_ascii=False)


def _mend(table: Table, row: Row, random: Random) -> None:
    """What the contract asks of whole rows."""
    if row.get("kind") in ("return", "spend", "expire"):
        for name in {"amount", "points"} & row.keys():
            row[name] = -float(str(row[name]))
    for name in table.either:
        row[name] = row[name] or START + timedelta(days=random.randrange(DAYS))
    for start, end in table.spans:
        if isinstance(began := row[start], datetime) and row[end] is not None:
            row[end] = began + timedelta(minutes=random.randrange(90 * 24 * 60))
