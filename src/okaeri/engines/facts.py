"""Naming a table's files in an engine so that each row has every column of the contract, and one id per customer."""

from __future__ import annotations

from collections.abc import Sequence

from okaeri.engines.engine import Engine
from okaeri.engines.identities import is_united, told_name, unite
from okaeri.facts.shapes import Shape
from okaeri.facts.table import Table


def scan_facts(engine: Engine, table: Table, shapes: Sequence[Shape], *, merged: bool = False) -> None:
    """Name a table's rows; `merged` says that `kept_ids` is there, and that rows are to be read under these ids."""
    if merged and is_united(table):
        _scan(engine, told_name(table), table, shapes)
        unite(engine, table)
    else:
        _scan(engine, table.name, table, shapes)


def _scan(engine: Engine, name: str, table: Table, shapes: Sequence[Shape]) -> None:
    """Files of one shape that lacks nothing are read without a step between."""
    schema = table.arrow_schema()
    if not any(shape.lacks for shape in shapes):
        engine.scan(name, [path for shape in shapes for path in shape.paths], schema=schema)
        return
    parts = []
    for place, shape in enumerate(shapes):
        engine.scan(f"{name}_shape_{place}", shape.paths, schema=schema)
        parts.append(f"select {shape.columns(table)} from {name}_shape_{place}")
    engine.define(name, " union all ".join(parts), keep=False)
