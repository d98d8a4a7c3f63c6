"""Every table's contract is whole, explained, and explained in every language."""

from __future__ import annotations

from operator import attrgetter

import pytest

from okaeri.base.errors import OkaeriError
from okaeri.base.text import LANGUAGES, use_language
from okaeri.facts.contracts import TABLES, ColumnType, Table, table_of

EVERY_TABLE = pytest.mark.parametrize("table", TABLES.values(), ids=attrgetter("name"))


@EVERY_TABLE
def test_a_key_is_made_of_required_texts(table: Table) -> None:
    key = [table.column(name) for name in table.key]

    assert key
    assert all(column.required and column.type is ColumnType.TEXT for column in key)


def test_who_is_the_same_customer_changes_every_day_of_their_past() -> None:
    assert TABLES["identities"].time is None


@pytest.mark.parametrize("table", [TABLES[name] for name in TABLES if name != "identities"], ids=attrgetter("name"))
def test_a_fact_says_when_it_happened(table: Table) -> None:
    assert table.time is not None
    assert table.column(table.time).type in (ColumnType.INSTANT, ColumnType.DAY)


@EVERY_TABLE
def test_a_span_is_made_of_two_instants(table: Table) -> None:
    assert all(table.column(name).type is ColumnType.INSTANT for span in table.spans for name in span)


@EVERY_TABLE
def test_no_column_comes_twice(table: Table) -> None:
    assert len(set(table.names)) == len(table.names)


@EVERY_TABLE
def test_a_required_column_has_no_default(table: Table) -> None:
    assert not [column.name for column in table.columns if column.required and column.default is not None]


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
@EVERY_TABLE
def test_every_column_is_explained_in_every_language(table: Table, language: str) -> None:
    docs = [table.doc, *(column.doc for column in table.columns)]
    english = [str(doc) for doc in docs]

    with use_language(language):
        translated = [str(doc) for doc in docs]

    assert not [doc for doc, same in zip(translated, english, strict=True) if doc == same]


@EVERY_TABLE
def test_arrow_has_the_columns_in_order(table: Table) -> None:
    assert tuple(table.arrow_schema().names) == table.names


def test_an_unknown_table_is_answered_with_the_nearest() -> None:
    with pytest.raises(OkaeriError, match="Use 'orders'"):
        table_of("order")


def test_an_unknown_column_is_answered_with_the_nearest() -> None:
    with pytest.raises(OkaeriError, match="Use 'amount'"):
        table_of("orders").column("amont")
