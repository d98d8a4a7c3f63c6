"""What messages become in the lake: events, orders, and what customers tell of themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from okaeri.facts.contracts import table_of
from okaeri.facts.lake import Lake
from okaeri.facts.landing import Landing
from okaeri.facts.shapes import rows_of
from okaeri.web.core.events.contracts import Received
from okaeri.web.core.events.messages import as_json

if TYPE_CHECKING:
    import pyarrow as pa

HAPPENED = frozenset({"track", "page", "screen"})
Row = dict[str, Any]


def event_of(message: Received, *, customer_id: str) -> Row:
    """A message as a row of `events`."""
    return {
        "event_id": message.message_id,
        "customer_id": customer_id,
        "name": message.name,
        "occurred_at": message.occurred_at,
        "received_at": message.received_at,
        "properties": as_json(message.body),
    }


def land(lake: Lake, table: str, rows: Sequence[Row], *, now: datetime) -> Landing | None:
    """Bring rows in by key, each key once; None when there are none."""
    return _land(lake, table, lambda: rows, now=now) if rows else None


def land_changed(
    lake: Lake,
    table: str,
    column: str,
    values: Sequence[str],
    change: Callable[[Iterable[Row]], Iterable[Row]],
    *,
    now: datetime,
) -> Landing | None:
    """Read the rows in which `column` has one of the values, and bring in what `change` makes of them.

    The rows are read when the lake asks for the batch, which is while it holds the table's lock: nobody else's change
    comes between the reading and the writing.
    """
    return _land(lake, table, lambda: change(_rows_with(lake, table, column, values)), now=now) if values else None


def rows_with(lake: Lake, table: str, column: str, values: Sequence[str]) -> list[Row]:
    """The rows of a table in which a column has one of the values."""
    with lake.reading():
        return _rows_with(lake, table, column, values)


def _land(lake: Lake, table: str, rows: Callable[[], Iterable[Row]], *, now: datetime) -> Landing:
    import pyarrow as pa  # heavy: only when events are brought in

    schema = table_of(table).arrow_schema()

    def batches() -> Iterator[pa.RecordBatch]:
        found = list(rows())
        columns = {name: [row[name] for row in found] for name in schema.names}
        yield pa.RecordBatch.from_pydict(columns, schema=schema)

    # No batch id: the key of each row is what keeps it from coming twice, and ids would pile up in the table's log.
    return lake.land(table, pa.RecordBatchReader.from_batches(schema, batches()), batch_id=None, now=now)


def _rows_with(lake: Lake, table: str, column: str, values: Sequence[str]) -> list[Row]:
    import duckdb  # heavy: only when events are brought in
    import pyarrow as pa

    files = lake.files(table)
    if not files:
        return []
    contract = table_of(table)
    names = ", ".join(f'"{name}"' for name in contract.names)
    connection = duckdb.connect(config={"threads": 2})
    try:
        connection.execute("set TimeZone = 'UTC'")
        connection.register("wanted", pa.table({"value": pa.array(values, pa.string())}))
        found = connection.sql(
            f'select {names} from {rows_of(contract, files)} where "{column}" in (select value from wanted)'
        )
        rows: list[Row] = found.to_arrow_table().to_pylist()
        return rows
    finally:
        connection.close()


def merged(known: Mapping[str, Any], told: Mapping[str, str | None]) -> dict[str, Any]:
    """Attributes after something was told; what was told to be nothing goes.

    >>> merged({"plan": "monthly", "city": "Kyoto"}, {"plan": "annual", "city": None})
    {'plan': 'annual'}
    """
    return {name: value for name, value in {**known, **told}.items() if value is not None}
