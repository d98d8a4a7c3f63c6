"""A result as typed columns, the same for every kind of file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import isfinite
from numbers import Integral, Real
from typing import Any

from okaeri.base.measurement import Measurement
from okaeri.metrics.result import MetricResult


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    DAY = "day"
    WHOLE = "whole"
    NUMBER = "number"
    FLAG = "flag"


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column; `name` stays the same in every language, and `of_input` is the metric's input it shows."""

    name: str
    kind: Kind
    values: tuple[Any, ...]
    of_input: str | None = None


def columns_of(result: MetricResult) -> tuple[Column, ...]:
    """The columns of a result in the order of a file; each input of the figure is a column of its own."""
    rows = result.measurements
    own = (
        Column(name="metric", kind=Kind.TEXT, values=tuple(m.metric for m in rows)),
        Column(name="version", kind=Kind.WHOLE, values=tuple(m.version for m in rows)),
        Column(name="period", kind=Kind.TEXT, values=tuple(m.period.short if m.period else None for m in rows)),
        Column(name="period_start", kind=Kind.DAY, values=tuple(m.period.start if m.period else None for m in rows)),
        Column(name="period_end", kind=Kind.DAY, values=tuple(m.period.end if m.period else None for m in rows)),
        Column(name="segment", kind=Kind.TEXT, values=tuple(m.segment for m in rows)),
        Column(name="currency", kind=Kind.TEXT, values=tuple(m.currency for m in rows)),
        Column(name="value", kind=Kind.NUMBER, values=_numbers(m.value for m in rows)),
        Column(name="low", kind=Kind.NUMBER, values=_numbers(m.interval.low if m.interval else None for m in rows)),
        Column(name="high", kind=Kind.NUMBER, values=_numbers(m.interval.high if m.interval else None for m in rows)),
        Column(name="n", kind=Kind.WHOLE, values=tuple(m.n for m in rows)),
        Column(name="state", kind=Kind.TEXT, values=tuple(m.state.value for m in rows)),
        Column(name="reason", kind=Kind.TEXT, values=tuple(str(m.reason) if m.reason else None for m in rows)),
        Column(name="unit", kind=Kind.TEXT, values=tuple(m.unit.value for m in rows)),
        Column(name="interval", kind=Kind.TEXT, values=tuple(m.interval.method if m.interval else None for m in rows)),
        Column(name="cutoff", kind=Kind.DAY, values=tuple(m.cutoff for m in rows)),
    )
    return (*own, *_inputs(rows, taken={column.name for column in own}))


def _inputs(rows: Sequence[Measurement], *, taken: set[str]) -> tuple[Column, ...]:
    names = dict.fromkeys(name for m in rows for name in m.inputs)
    return tuple(_input(name, [m.inputs.get(name) for m in rows], taken=taken) for name in names)


def _input(name: str, found: list[Any], *, taken: set[str]) -> Column:
    kind = _kind([value for value in found if value is not None])
    return Column(
        name=f"{name}_input" if name in taken else name,
        kind=kind,
        values=tuple(None if value is None else _as(kind, value) for value in found),
        of_input=name,
    )


def _kind(values: list[Any]) -> Kind:
    """The narrowest kind that holds all of them; text holds whatever there is."""
    if not values:
        return Kind.NUMBER
    if all(isinstance(value, bool) for value in values):
        return Kind.FLAG
    if any(isinstance(value, bool) for value in values):
        return Kind.TEXT
    if all(isinstance(value, Integral) for value in values):
        return Kind.WHOLE
    if all(isinstance(value, Real) for value in values):
        return Kind.NUMBER
    return Kind.DAY if all(type(value) is date for value in values) else Kind.TEXT


def _as(kind: Kind, value: Any) -> Any:
    if kind is Kind.WHOLE:
        return int(value)
    if kind is Kind.NUMBER:
        return _number(value)
    if kind is Kind.TEXT and not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value


def _numbers(values: Iterable[Any]) -> tuple[float | None, ...]:
    return tuple(_number(value) for value in values)


def _number(value: Any) -> float | None:
    """A number a file can hold: what is not finite is left empty."""
    number = None if value is None else float(value)
    return number if number is not None and isfinite(number) else None
