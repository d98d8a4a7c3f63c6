"""The short answer to "who is this?": profile, what they bought, and in which months they were a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from okaeri.base.calendar import Grain
from okaeri.customers.tellers import attributes_of
from okaeri.metrics.timetable import EPOCH, day_number

if TYPE_CHECKING:
    from okaeri.metrics.measuring import Measurer

HERE, GONE = "here", "gone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Portrait:
    """One customer in short, from the facts before `cutoff`.

    `spent` has one amount per currency. `months` tells for each month from the first stay to the cutoff whether they
    were a customer at its end, or at the cutoff in the month that is still open.
    """

    customer_id: str
    cutoff: date
    attributes: dict[str, str]
    is_customer: bool
    first_day: date | None
    last_order_day: date | None
    orders: int
    spent: dict[str, float]
    months: tuple[tuple[str, str], ...]

    @property
    def days_since_last_order(self) -> int | None:
        """Whole days from the last order to the cutoff."""
        return (self.cutoff - self.last_order_day).days if self.last_order_day else None

    def as_row(self) -> dict[str, Any]:
        """All of it, JSON-ready."""
        return {
            "customer_id": self.customer_id,
            "cutoff": self.cutoff.isoformat(),
            "attributes": self.attributes,
            "is_customer": self.is_customer,
            "first_day": self.first_day.isoformat() if self.first_day else None,
            "last_order_day": self.last_order_day.isoformat() if self.last_order_day else None,
            "days_since_last_order": self.days_since_last_order,
            "orders": self.orders,
            "spent": self.spent,
            "months": dict(self.months),
        }


def portrait(measurer: Measurer, customer_id: str, *, cutoff: date | None = None) -> Portrait:
    """Who a customer is, in short, by the workspace's own rule of who is a customer."""
    until = measurer.until(cutoff)
    engine = measurer.engine
    engine.put("whose", {"customer_id": ("varchar", [customer_id]), "until_day": ("integer", [day_number(until)])})
    bought = engine.query(_sql("bought")).to_pylist()
    known = engine.query("select attributes from customers f join whose w on f.customer_id = w.customer_id").to_pylist()
    stays = _stays(measurer, until)
    days = [row["first_day"] for row in bought if row["first_day"] is not None]
    starts = [start for start, _end in stays]
    first = min((*days, *starts), default=None)
    last = max((row["last_day"] for row in bought if row["last_day"] is not None), default=None)
    return Portrait(
        customer_id=customer_id,
        cutoff=until,
        attributes=attributes_of(known[0]["attributes"]) if known else {},
        is_customer=_here(stays, day_number(until)),
        first_day=_day(first),
        last_order_day=_day(last),
        orders=sum(row["orders"] for row in bought),
        spent={row["currency"]: row["revenue"] for row in bought if row["orders"]},
        months=_months(measurer, stays, until),
    )


def _stays(measurer: Measurer, until: date) -> list[tuple[int, int]]:
    """The spans of days, start not included, on which the customer was one."""
    measurer.inputs.stays(measurer.presence(cutoff=until), cutoff=day_number(until))
    rows = measurer.engine.query(_sql("stays")).to_pylist()
    return [(row["start_day"], row["end_day"]) for row in rows]


def _months(measurer: Measurer, stays: list[tuple[int, int]], until: date) -> tuple[tuple[str, str], ...]:
    if not stays:
        return ()
    first = EPOCH + timedelta(days=stays[0][0])
    periods = measurer.facts.calendar.periods(Grain.MONTH, first=first, last=until - timedelta(days=1))
    ends = [(period.short, day_number(min(period.end, until))) for period in periods]
    return tuple((label, HERE if _here(stays, day) else GONE) for label, day in ends)


def _here(stays: list[tuple[int, int]], day: int) -> bool:
    return any(start < day <= end for start, end in stays)


def _day(number: int | None) -> date | None:
    return None if number is None else EPOCH + timedelta(days=number)


def _sql(name: str) -> str:
    return files("okaeri.customers").joinpath("sql", f"{name}.sql").read_text("utf-8")
