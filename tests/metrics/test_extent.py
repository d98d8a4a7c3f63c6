"""From when to when there are facts: local days, with and without those dated in the future."""

from __future__ import annotations

from datetime import UTC, date, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest

from okaeri.base.calendar import Calendar
from okaeri.frames import facts_of
from okaeri.metrics.extent import Extent

ZONES = ("Asia/Tokyo", "America/New_York", "Pacific/Kiritimati", "UTC")
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


def tickets(opened: list[datetime], resolved: list[datetime | None]) -> dict[str, list[object]]:
    return {
        "ticket_id": [str(number) for number in range(len(opened))],
        "customer_id": ["aki"] * len(opened),
        "opened_at": [*opened],
        "resolved_at": [*resolved],
    }


@pytest.mark.parametrize("zone", ZONES)
def test_the_ends_are_the_local_days_a_calendar_gives(zone: str) -> None:
    random = Random(zone)
    opened = [datetime(2024, 5, random.randrange(1, 29), random.randrange(24), tzinfo=UTC) for _ in range(9)]
    calendar = Calendar(zone=zone)

    extent = Extent(facts_of({"tickets": tickets(opened, [None] * 9)}, calendar=calendar, now=NOW).engine, calendar)

    days = sorted(moment.astimezone(ZoneInfo(zone)).date() for moment in opened)
    assert (extent.first("tickets"), extent.last("tickets")) == (days[0], days[-1])
    assert extent.first("answers") is None


def test_what_lies_ahead_does_not_move_the_cutoff_and_an_end_does() -> None:
    """A ticket opened tomorrow waits for its day; one resolved today says that today is observed."""
    opened = [datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 6, 2, 9, tzinfo=UTC)]
    facts = {"tickets": tickets(opened, [datetime(2024, 5, 20, tzinfo=UTC), None])}

    measurer = facts_of(facts, calendar=Calendar(), now=NOW)

    assert measurer.facts.until == date(2024, 5, 21)
    assert Extent(measurer.engine, Calendar()).last("tickets") == date(2024, 6, 2)


@pytest.mark.parametrize(("zone", "until"), [("Asia/Tokyo", date(2024, 6, 2)), ("UTC", date(2024, 5, 2))])
def test_the_future_begins_at_local_midnight(zone: str, until: date) -> None:
    """At noon in London it is 21:00 in Tokyo: 14:00 UTC is 23:00 there today, and in London it is still to come."""
    calendar = Calendar(zone=zone)
    opened = [datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 6, 1, 14, tzinfo=UTC)]
    now = NOW if zone == "Asia/Tokyo" else datetime(2024, 5, 31, 12, tzinfo=UTC)

    assert facts_of({"tickets": tickets(opened, [None, None])}, calendar=calendar, now=now).facts.until == until


def test_days_without_a_time_are_days_as_they_stand() -> None:
    spend = {"spent_on": [date(2024, 5, 3), date(2024, 7, 1)], "amount": [5.0, 6.0]}
    calendar = Calendar(zone="Pacific/Kiritimati")

    measurer = facts_of({"spend": spend}, calendar=calendar, now=NOW)

    extent = Extent(measurer.engine, calendar)
    assert (extent.first("spend"), extent.last("spend")) == (date(2024, 5, 3), date(2024, 7, 1))
    assert measurer.facts.until == date(2024, 5, 4)


def test_what_was_said_about_customers_is_no_observation() -> None:
    """A label given today, on facts that end in May, leaves the cutoff where the facts end."""
    labels = {"customer_id": ["aki"], "scheme": ["rfm"], "label": ["loyal"], "assigned_at": [NOW]}
    facts = {"tickets": tickets([datetime(2024, 5, 1, tzinfo=UTC)], [None]), "labels": labels}

    assert facts_of(facts, calendar=Calendar(), now=NOW).facts.until == date(2024, 5, 2)
