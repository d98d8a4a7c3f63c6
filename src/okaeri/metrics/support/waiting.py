"""How long customers wait for a reply and for an end: medians and high percentiles, open tickets counted as open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from okaeri.base.measurement import Interval, Measurement
from okaeri.base.quantiles import duration_quantiles
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.cells import Cell, Row, measure_rows
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Example, Metric, register

if TYPE_CHECKING:
    import pyarrow as pa

INVERTED = "kaplan-meier log-log, inverted"
NOBODY: Text = _("No ticket was opened in the period.")
_NOT_REACHED: Text = _("Too few tickets have come so far yet; it is more than the lower bound.")
_TOO_FEW: Text = _("Too few tickets have come so far yet to say how long it is.")
_MINUTES = 60

Columns = Mapping[str, np.ndarray[Any, Any]]


def measure_waits(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """One measurement per period and segment: the first of `metric.extra["shares"]`, the others among its inputs.

    Rows count tickets by `minutes` waited and whether that wait has `ended`.
    """
    shares: Sequence[float] = metric.extra["shares"]
    found = (
        {"segment": segment, "period": period, **_counted(columns), **waits_of(columns, shares)}
        for segment, period, columns in groups_of(rows)
    )
    return measure_rows(metric, found, context)


def wait_cell(metric: Metric, row: Row) -> Cell:
    """A percentile of the waits in hours; one that is not reached is more than its lower bound."""
    shares: Sequence[float] = metric.extra["shares"]
    inputs = {"tickets": row.get("tickets", 0), "waiting": row.get("waiting", 0)}
    for share in shares[1:]:
        inputs |= {name: row.get(name) for name in _names(share)}
    if not row:
        return Cell(value=None, n=0, inputs=inputs, reason=NOBODY)
    value, low, high = (row[name] for name in _names(shares[0]))
    if value is None and not low:
        return Cell(value=None, n=row["tickets"], inputs=inputs, reason=_TOO_FEW)
    around = Interval(low=low, high=high, method=INVERTED)
    reason = _NOT_REACHED if value is None else None
    return Cell(value=value, n=row["tickets"], inputs=inputs, interval=around, reason=reason)


def groups_of(rows: pa.Table, *, also: Sequence[str] = ()) -> Iterator[tuple[str, int, Columns]]:
    """The segments and periods of counted waits, each with its columns; `also` names columns besides the usual."""
    labels = rows["segment"].combine_chunks().dictionary_encode()
    names = labels.dictionary.to_pylist()
    columns = {name: rows[name].to_numpy() for name in ("period", "minutes", "ended", "tickets", *also)}
    label = labels.indices.to_numpy()
    cell = label.astype(np.int64) * (columns["period"].max(initial=0) + 1) + columns["period"]
    order = np.argsort(cell, kind="stable")
    starts = np.flatnonzero(np.diff(cell[order], prepend=-1))
    for places in np.split(order, starts[1:]) if order.size else []:
        mine = {name: column[places] for name, column in columns.items()}
        yield names[label[places[0]]], int(mine["period"][0]), mine


def waits_of(columns: Columns, shares: Sequence[float]) -> dict[str, float | None]:
    """Percentiles of counted waits in hours with their bounds, by name: `p50`, `p50_low`, `p50_high` and so on."""
    hours = columns["minutes"] / _MINUTES
    found = duration_quantiles(hours, columns["ended"], shares=shares, weights=columns["tickets"])
    ends = [(each.value, each.low, each.high) for each in found]
    return {
        n: end for share, three in zip(shares, ends, strict=True) for n, end in zip(_names(share), three, strict=True)
    }


def _counted(columns: Columns) -> dict[str, int]:
    tickets, ended = columns["tickets"], columns["ended"]
    return {"tickets": int(tickets.sum()), "waiting": int(tickets[ended == 0].sum())}


def _names(share: float) -> tuple[str, str, str]:
    name = f"p{round(100 * share)}"
    return name, f"{name}_low", f"{name}_high"


_TICKETS = ("ticket_rows", "days")
_BUSINESS = (*_TICKETS, "business_days")
_SOURCE = (
    "Kaplan & Meier (1958), JASA 53(282); bounds: Brookmeyer & Crowley (1982), Biometrics 38(1), "
    "and Dorey & Korn (1987), Statistics in Medicine 6(6)"
)
OPENED = _("A ticket belongs to the period it was opened in.")
_CENSORED = _("Tickets that still wait leave the count at the end of the data; they are open, neither lost nor 0.")
_UNANSWERED = _("A ticket that was closed without a reply leaves the count when it was closed.")
UNDATED = _("When a ticket was opened again is not recorded: an earlier end of the data shows what is known today.")
WALL = _("Nights, weekends and holidays count; a change of the clocks does not.")
_HOURS = _("Only the hours of `business_hours` in `okaeri.toml` count, without its `holidays`.")
_CLOCKS = _("Business hours are read off the local clock, so a day on which the clocks change has its written hours.")
_WHOLE = _("Counted in whole minutes.")
_HALF = {"shares": (0.5, 0.9), "cell": wait_cell}

FIRST_REPLY_TIME = register(
    Metric(
        id="first_reply_time",
        family="support",
        facts=("tickets",),
        label=_("First reply time"),
        unit=Unit.HOURS,
        better="lower",
        needs=_TICKETS,
        query="support/first_reply_time.sql",
        definition=_("How long it took until half of the tickets had a first reply, by the wall clock."),
        formula=_("First reply time = the first moment by which half of the tickets were answered (Kaplan–Meier)"),
        interval=INVERTED,
        source=_SOURCE,
        example=Example(inputs={"wait_1": 1, "wait_2": 2, "wait_3": 6, "open_wait": 4}, expect=2.0),
        measure=measure_waits,
        caveats=(OPENED, _CENSORED, _UNANSWERED, WALL, _WHOLE),
        extra=_HALF,
    )
)

FIRST_REPLY_TIME_BUSINESS = register(
    Metric(
        id="first_reply_time_business",
        family="support",
        facts=("tickets",),
        label=_("First reply time (business hours)"),
        unit=Unit.HOURS,
        better="lower",
        needs=_BUSINESS,
        query="support/first_reply_time_business.sql",
        definition=_("How many business hours it took until half of the tickets had a first reply."),
        formula=_("First reply time (business hours) = the same, counting business hours only"),
        interval=INVERTED,
        source=_SOURCE,
        example=Example(inputs={"asked_friday": 17, "done_monday": 11}, expect=3.0),
        measure=measure_waits,
        caveats=(_HOURS, _CLOCKS, OPENED, _CENSORED, _UNANSWERED, _WHOLE),
        extra=_HALF,
    )
)

RESOLUTION_TIME = register(
    Metric(
        id="resolution_time",
        family="support",
        facts=("tickets",),
        label=_("Resolution time"),
        unit=Unit.HOURS,
        better="lower",
        needs=_TICKETS,
        query="support/resolution_time.sql",
        definition=_("How long it took until half of the tickets were resolved, by the wall clock."),
        formula=_("Resolution time = the first moment by which half of the tickets were resolved (Kaplan–Meier)"),
        interval=INVERTED,
        source=_SOURCE,
        example=Example(inputs={"wait_1": 5, "wait_2": 30, "wait_3": 50, "open_wait": 40}, expect=30.0),
        measure=measure_waits,
        caveats=(OPENED, _CENSORED, _("A ticket that was opened again counts to its latest end."), WALL, _WHOLE),
        extra=_HALF,
    )
)

RESOLUTION_TIME_BUSINESS = register(
    Metric(
        id="resolution_time_business",
        family="support",
        facts=("tickets",),
        label=_("Resolution time (business hours)"),
        unit=Unit.HOURS,
        better="lower",
        needs=_BUSINESS,
        query="support/resolution_time_business.sql",
        definition=_("How many business hours it took until half of the tickets were resolved."),
        formula=_("Resolution time (business hours) = the same, counting business hours only"),
        interval=INVERTED,
        source=_SOURCE,
        example=Example(inputs={"asked_friday": 17, "done_tuesday": 10}, expect=11.0),
        measure=measure_waits,
        caveats=(_HOURS, _CLOCKS, OPENED, _CENSORED, _WHOLE),
        extra=_HALF,
    )
)

REPLY_P80 = register(
    Metric(
        id="reply_p80",
        family="support",
        facts=("tickets",),
        label=_("Reply time one can promise (P80)"),
        unit=Unit.HOURS,
        better="lower",
        needs=_TICKETS,
        query="support/first_reply_time.sql",
        definition=_("How long it took until four of five tickets had a first reply: what one can promise."),
        formula=_("P80 = the first moment by which 80% of the tickets were answered (Kaplan–Meier)"),
        interval=INVERTED,
        source=_SOURCE,
        example=Example(inputs={"wait_1": 1, "wait_2": 2, "wait_3": 3, "wait_4": 7, "wait_5": 30}, expect=7.0),
        measure=measure_waits,
        caveats=(
            _("To be safe, promise the upper bound: the P80 itself is an estimate."),
            OPENED,
            _CENSORED,
            _UNANSWERED,
            WALL,
            _WHOLE,
        ),
        extra={"shares": (0.8, 0.5), "cell": wait_cell},
    )
)
