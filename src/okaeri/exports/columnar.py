"""Parquet with typed columns that knows which metric it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from okaeri.exports.columns import Column, Kind, columns_of
from okaeri.exports.files import whole
from okaeri.metrics.result import MetricResult

if TYPE_CHECKING:
    import pyarrow as pa


def write_parquet(result: MetricResult, path: Path) -> Path:
    """Write one row per measurement; the file's metadata says metric, version, cutoff and how it was counted."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = columns_of(result)
    schema = pa.schema([(column.name, _type(column)) for column in columns], metadata=metadata(result))
    with whole(path) as half:
        pq.write_table(pa.table([list(column.values) for column in columns], schema=schema), half)
    return path


def metadata(result: MetricResult) -> dict[str, str]:
    """What a file of this result says about itself."""
    said = {
        "metric": result.metric.id,
        "version": str(result.metric.version),
        "cutoff": result.cutoff.isoformat(),
        "by": result.grain,
        "zone": result.zone,
        "presence": result.presence.code,
        "segment_column": result.segment_column or "",
        "workspace": result.workspace_name,
        "unit": result.metric.unit.value,
        "notes": json.dumps([str(note) for note in result.notes], ensure_ascii=False),
    }
    return {f"okaeri.{name}": value for name, value in said.items()}


def _type(column: Column) -> pa.DataType:
    import pyarrow as pa

    return {
        Kind.TEXT: pa.string(),
        Kind.DAY: pa.date32(),
        Kind.WHOLE: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.FLAG: pa.bool_(),
    }[column.kind]
