"""Naming a table's files in an engine so that each row has every column of the contract."""

from __future__ import annotations

from collections.abc import Sequence

from okaeri.engines.engine import Engine
from okaeri.facts.shapes import Shape
from okaeri.facts.table import Table


def scan_facts(engine: Engine, table: Table, shapes: Sequence[Shape]) -> None:
    """Name a table's rows; files of one shape that lacks nothing are read without a step between."""
    schema = table.arrow_schema()
    if not any(shape.lacks for shape in shapes):
        engine.scan(table.name, [path for shape in shapes for path in shape.paths], schema=schema)
        return
    parts = []
    for place, shape in enumerate(shapes):
        engine.scan(f"{table.name}_shape_{place}", shape.paths, schema=schema)
        parts.append(f"select {shape.columns(table)} from {table.name}_shape_{place}")
    engine.define(table.name, " union all ".join(parts), keep=False)
