"""The truth, too slow to ship: presence by plain sets of customers, one instant at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

Visit = tuple[str, datetime]
Contract = tuple[str, datetime, datetime | None]


@dataclass(frozen=True)
class Stay:
    """A customer present at every day t with `start < t <= end`."""

    customer: str
    start: date
    end: date


def local_day(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()


def stays_of_visits(visits: Iterable[Visit], *, zone: str, window_days: int) -> list[Stay]:
    days = {(customer, local_day(instant, zone)) for customer, instant in visits}
    return [Stay(customer, day, day + timedelta(days=window_days)) for customer, day in days]


def stays_of_contracts(contracts: Iterable[Contract], *, zone: str, grace_days: int) -> list[Stay]:
    by_customer: dict[str, list[tuple[date, date]]] = {}
    for customer, start, end in contracts:
        first, last = local_day(start, zone), local_day(end, zone) if end else date.max
        if last > first:
            by_customer.setdefault(customer, []).append((first, last))
    stays = []
    for customer, spells in by_customer.items():
        joined: list[tuple[date, date]] = []
        for first, last in sorted(spells):
            if joined and (first - min(joined[-1][1], date(9000, 1, 1))).days <= grace_days:
                joined[-1] = (joined[-1][0], max(joined[-1][1], last))
            else:
                joined.append((first, last))
        stays += [Stay(customer, first, last) for first, last in joined]
    return stays


def present(stays: Iterable[Stay], day: date) -> set[str]:
    return {stay.customer for stay in stays if stay.start < day <= stay.end}


def ever_present_by(stays: Iterable[Stay], day: date) -> set[str]:
    return {stay.customer for stay in stays if stay.start < day}


def counts(stays: list[Stay], *, start: date, end: date) -> dict[str, int]:
    """The eight counts of one period `[start, end)`, from sets of people."""
    opening, closing = present(stays, start), present(stays, end)
    known, met = ever_present_by(stays, start), ever_present_by(stays, end)
    new = closing - opening
    return {
        "cs": len(opening),
        "ce": len(closing),
        "cn": len(new),
        "acquired": len(new - known),
        "returned": len(new & known),
        "retained": len(opening & closing),
        "lost": len(opening - closing),
        "came_and_went": len(met - known - closing),
    }
