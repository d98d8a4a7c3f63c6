"""How many of the customers ask for help, and how often; a ticket of somebody who is no customer is counted apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from okaeri.base.intervals import wilson
from okaeri.base.measurement import Measurement
from okaeri.base.ratios import summed_hazard_interval
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.cells import Cell, Row, measure_rows
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Example, Metric, register
from okaeri.metrics.rows import ROW_SPLITS

if TYPE_CHECKING:
    import pyarrow as pa

_NOBODY: Text = _("Nobody was a customer in the period.")
_COUNTS = ("tickets", "squares", "most", "wrote", "outsiders")


def measure_contacts(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """One measurement per period and segment; with a split by agent, channel or topic all customers stand under each.

    A customer has no agent before writing, so those who did not write belong under every one.
    """
    split = context.segment_column in ROW_SPLITS["ticket_rows"]
    found = rows.to_pylist()
    asked, here = ([row for row in found if bool(row["customers_here"]) is wanted] for wanted in (False, True))
    labels = tuple(sorted({row["segment"] for row in asked})) if split else context.segments
    merged = _merged(asked, _customers(here, labels, split=split))
    return measure_rows(metric, merged, replace(context, segments=labels))


def _customers(here: list[Row], labels: tuple[str, ...], *, split: bool) -> dict[tuple[str, int], int]:
    found: dict[tuple[str, int], int] = {}
    for row in here:
        for label in labels if split else (row["segment"],):
            place = label, row["period"]
            found[place] = found.get(place, 0) + row["customers_here"]
    return found


def _merged(asked: list[Row], customers: dict[tuple[str, int], int]) -> Iterator[dict[str, Any]]:
    tickets = {(row["segment"], row["period"]): row for row in asked}
    for segment, period in sorted({*customers, *tickets}):
        counts = tickets.get((segment, period), {})
        yield {
            "segment": segment,
            "period": period,
            "customers_here": customers.get((segment, period), 0),
            **{name: counts.get(name, 0) for name in _COUNTS},
        }


def contact_rate_cell(metric: Metric, row: Row) -> Cell:
    """Customers who wrote of the customers there were."""
    inputs = {name: row.get(name, 0) for name in ("wrote", "customers_here", "outsiders")}
    n = inputs["customers_here"]
    if not n:
        return Cell(value=None, n=0, inputs=inputs, reason=_NOBODY)
    return Cell(value=inputs["wrote"] / n, n=n, inputs=inputs, interval=wilson(inputs["wrote"], n))


def tickets_per_customer_cell(metric: Metric, row: Row) -> Cell:
    """Tickets of customers for each customer there was; one person's tickets come together, so a person is a unit."""
    inputs = {name: row.get(name, 0) for name in ("tickets", "customers_here", "outsiders")}
    n = inputs["customers_here"]
    if not n:
        return Cell(value=None, n=0, inputs=inputs, reason=_NOBODY)
    around = summed_hazard_interval(
        inputs["tickets"] / n, squares=row["squares"] / n**2, largest=max(row["most"], 1) / n
    )
    return Cell(value=inputs["tickets"] / n, n=n, inputs=inputs, interval=around)


_NEEDS = ("ticket_rows", "days", "presence", "lives", "periods")
_HERE = _("A customer counts who was one at the start of the period or came in it, by the presence rule.")
_OUTSIDERS = _("Tickets of people who were no customers then are left out; how many wrote is counted apart.")
_BY_ROW = _("Split by agent, channel or topic, all customers stand under each of them.")

CONTACT_RATE = register(
    Metric(
        id="contact_rate",
        family="support",
        facts=("tickets",),
        label=_("Contact rate"),
        unit=Unit.RATE,
        better="lower",
        needs=_NEEDS,
        query="support/contacts.sql",
        definition=_("The share of the customers of a period who opened a ticket in it."),
        formula=_("Contact rate = customers who wrote / customers at the start or since"),
        interval="wilson",
        source="Interval: Wilson (1927), JASA 22(158)",
        example=Example(inputs={"wrote": 30, "customers_here": 400}, expect=0.075),
        measure=measure_contacts,
        caveats=(_HERE, _OUTSIDERS, _BY_ROW),
        extra={"cell": contact_rate_cell},
    )
)

TICKETS_PER_CUSTOMER = register(
    Metric(
        id="tickets_per_customer",
        family="support",
        facts=("tickets",),
        label=_("Tickets per customer"),
        unit=Unit.RATIO,
        better="lower",
        needs=_NEEDS,
        query="support/contacts.sql",
        definition=_("Tickets opened in a period by customers, for each customer of the period."),
        formula=_("Tickets per customer = tickets of customers / customers at the start or since"),
        interval="gamma (Fay–Feuer)",
        source="Interval: Fay & Feuer (1997), Statistics in Medicine 16(7), each writer's tickets as one weight",
        example=Example(inputs={"tickets": 48, "customers_here": 400}, expect=0.12),
        measure=measure_contacts,
        caveats=(_HERE, _OUTSIDERS, _BY_ROW),
        extra={"cell": tickets_per_customer_cell},
    )
)
