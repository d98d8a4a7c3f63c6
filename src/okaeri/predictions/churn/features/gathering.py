"""From days to examples: who was a customer then, what was known of them strictly before, and what became of them.

Nothing here knows a single feature by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.engines.engine import Columns
from okaeri.metrics.timetable import EPOCH, day_number
from okaeri.predictions.churn.examples import Examples, Feature, Floats, Ints, Labels
from okaeri.predictions.churn.features.family import SLOTS, Family, Found, every_family, sql_of
from okaeri.predictions.outcomes import outcomes, snapshot_days

if TYPE_CHECKING:
    import pyarrow as pa

    from okaeri.metrics.measuring import Measurer
    from okaeri.metrics.presence import Presence

_DIGITS = 13
_MIXER = np.uint64(0x9E3779B97F4A7C15)


def examples_of(
    measurer: Measurer,
    days: Sequence[date],
    *,
    horizon_days: int,
    presence: Presence,
    cutoff: date,
    at_most: int | None = None,
) -> Examples:
    """Everybody who was a customer on each day, as they were known strictly before it, by day and customer code.

    Days whose horizon ends after `cutoff` are left out, unless it does for all of them: then these are customers to
    score and `left` is None. `at_most` keeps that many rows: all days of some customers, the same ones each time.
    Which topics, steps and attributes become features depends on the facts before `cutoff` alone.

    Raises `OkaeriError` when a day lies after the cutoff.
    """
    _check(days, cutoff)
    over = [day for day in days if day + timedelta(days=horizon_days) <= cutoff]
    asked = _present(measurer, over or days, presence=presence, cutoff=cutoff)
    if at_most is not None:
        asked = asked.take(_some(np.asarray(asked["customer"]), at_most))
    customer, day = (np.asarray(asked[name]).astype(np.int64) for name in ("customer", "day"))
    left = None
    if over:
        left = outcomes(
            measurer, customer=customer, day=day, horizon_days=horizon_days, presence=presence, cutoff=cutoff
        ).left
    features, numbers, labels = _known(measurer, asked)
    return Examples(features=features, customer=customer, day=day, numbers=numbers, labels=labels, left=left)


def training_days(
    measurer: Measurer,
    *,
    horizon_days: int,
    presence: Presence,
    cutoff: date,
    every_days: int = 30,
    at_most: int = 12,
) -> tuple[date, ...]:
    """The days to learn from, oldest first: `every_days` apart, the last one as late as its horizon allows.

    None lies before somebody could have left for the first time: by orders or use that takes the whole window. So
    there may be none at all.
    """
    first = measurer.inputs.first_day(presence, cutoff=day_number(cutoff))
    if first is None:
        return ()
    warm = EPOCH + timedelta(days=first + 1 + (presence.rule.window_days or 0))
    last = cutoff - timedelta(days=horizon_days)
    return snapshot_days(first=warm, last=last, every_days=every_days, at_most=at_most)


def _check(days: Sequence[date], cutoff: date) -> None:
    late = [day for day in days if day > cutoff]
    if late:
        raise OkaeriError(
            _("Nothing is known yet about {day}.").format(day=late[0]),
            advice=_("Choose days up to {cutoff}, the end of the data.").format(cutoff=cutoff),
        )


def _present(measurer: Measurer, days: Iterable[date], *, presence: Presence, cutoff: date) -> pa.Table:
    """Customers and days as `customer`, `day` and the instant the day begins, `second`."""
    measurer.inputs.stays(presence, cutoff=day_number(cutoff))
    every = sorted(set(days))
    starts = [int(measurer.facts.calendar.start_of(day).timestamp()) for day in every]
    numbers = [day_number(day) for day in every]
    measurer.engine.put("asked_days", {"day": ("bigint", numbers), "second": ("bigint", starts)})
    return measurer.engine.query(sql_of("present"))


def _some(customer: Ints, at_most: int) -> Ints:
    """The places of the customers with the smallest mixed codes, as many as fit."""
    codes, kind, rows = np.unique(customer, return_inverse=True, return_counts=True)
    mixed = codes.astype(np.uint64) * _MIXER
    order = np.argsort(mixed ^ (mixed >> np.uint64(29)))
    chosen = np.zeros(len(codes), np.bool_)
    chosen[order[np.cumsum(rows[order]) <= at_most]] = True
    return np.flatnonzero(chosen[kind])


def _known(
    measurer: Measurer, asked: pa.Table
) -> tuple[tuple[Feature, ...], Mapping[str, Floats], Mapping[str, Labels]]:
    import pyarrow as pa

    measurer.engine.take("asked", asked.append_column("place", pa.array(np.arange(len(asked)))))
    currency = _usual_currency(measurer)
    hours = measurer.facts.rules.reply_promise_hours
    rule: Columns = {
        "currency": ("varchar", [currency]),
        "reply_promise_hours": ("double", [hours]),
        "slots": ("bigint", [SLOTS]),
    }
    measurer.engine.put("feature_rule", rule)
    features: list[Feature] = []
    numbers: dict[str, Floats] = {}
    labels: dict[str, Labels] = {}
    for family in every_family():
        if all(table in measurer.facts.has for table in family.tables):
            columns = family.columns(Found(currency=currency, kinds=_kinds(measurer, family)))
            rows = _rows(measurer, family, columns, expected=len(asked))
            features += columns.values()
            numbers |= {f.id: _numbers(rows[column]) for column, f in columns.items() if not f.labelled}
            labels |= {f.id: _labels(rows[column]) for column, f in columns.items() if f.labelled}
    return tuple(features), numbers, labels


def _usual_currency(measurer: Measurer) -> str:
    rows = measurer.engine.query(sql_of("usual_currency")).to_pylist()
    return str(rows[0]["currency"]) if rows else measurer.facts.currency


def _kinds(measurer: Measurer, family: Family) -> tuple[Mapping[str, object], ...]:
    if not family.kinds:
        return ()
    name = f"{family.name}_kinds"
    measurer.engine.define(name, sql_of(name))
    return tuple(measurer.engine.query(f"select * from {name} where slot > 0 order by slot").to_pylist())


def _rows(measurer: Measurer, family: Family, columns: Mapping[str, Feature], *, expected: int) -> pa.Table:
    """The columns asked for in the order of the places; a query that loses or doubles a place is no family's query."""
    wanted = [
        f"coalesce({column}, '') as {column}" if feature.labelled else f"cast({column} as double) as {column}"
        for column, feature in columns.items()
    ]
    rows = measurer.engine.query(f"select {', '.join(['place', *wanted])} from ({family.sql}) as family order by place")
    assert np.array_equal(np.asarray(rows["place"]), np.arange(expected)), f"{family.name}.sql: not one row per place"
    return rows


def _numbers(column: pa.ChunkedArray) -> Floats:
    return _rounded(np.asarray(column.fill_null(np.nan), np.float64))


def _rounded(values: Floats) -> Floats:
    """To thirteen digits: sums differ in their last bits with the order of rows, and folds are dealt by row contents.

    >>> _rounded(np.array([0.1 + 0.2, 0.0])).tolist()
    [0.3, 0.0]
    """
    size = np.abs(values)
    known = np.isfinite(size) & (size > 0)
    unit = np.ones_like(values)
    unit[known] = 10.0 ** (_DIGITS - 1 - np.floor(np.log10(size[known])))
    return np.asarray(np.round(values * unit) / unit, np.float64)


def _labels(column: pa.ChunkedArray) -> Labels:
    # each different text is made once, not once per row
    coded = column.combine_chunks().dictionary_encode()
    words: Labels = np.array([*coded.dictionary.to_pylist(), ""], dtype=object)
    labels: Labels = words[np.asarray(coded.indices)]
    return labels
