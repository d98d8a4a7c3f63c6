"""A DuckDB session that knows how values are written."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

import duckdb
import pytest


@pytest.fixture(scope="session")
def words() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(files("okaeri.facts.reading").joinpath("values.sql").read_text("utf-8"))
        yield connection
