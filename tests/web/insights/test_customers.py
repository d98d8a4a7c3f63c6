"""From a figure to the customers it counts."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.test import Client

import okaeri
from okaeri.web.core.people.models import AuditEntry, User

Browsing = Callable[[User], Client]


def listed(browser: Client, address: str, **said: str) -> list[str]:
    """The customers of a page's file, which has them all."""
    sent = browser.post(address, said)
    return [row["customer_id"] for row in csv.DictReader(StringIO(sent.content.decode("utf-8-sig")))]


@pytest.mark.parametrize("state", ["lost", "retained", "acquired", "at_start"])
def test_the_customers_of_a_period_are_those_the_library_names(
    state: str, coffee: Path, aki: User, browsing: Browsing
) -> None:
    result = okaeri.open(coffee).measure("crr", by="quarter")
    period = max(result.measurements, key=lambda m: m.n or 0).period
    assert period is not None

    found = listed(
        browsing(aki), "/figures/crr/customers/file/", by="quarter", period=period.start.isoformat(), state=state
    )

    assert found == result.customers(period=period, state=state)
    assert found


def test_a_cell_of_a_triangle_leads_to_as_many_customers_as_it_counts(
    coffee: Path, aki: User, browsing: Browsing
) -> None:
    result = okaeri.open(coffee).measure("cohort", by="quarter")
    cell = next(m for m in result.measurements if m.period and m.inputs["age"] == 1 and m.inputs["active"])
    assert cell.period is not None
    said = {"by": "quarter", "period": cell.period.start.isoformat(), "age": "1"}

    seen, missed = (
        listed(browsing(aki), "/figures/cohort/customers/file/", **said, state=state) for state in ("seen", "not_seen")
    )

    assert len(seen) == cell.inputs["active"]
    assert len(seen) + len(missed) == cell.inputs["cohort_size"]


def test_the_page_lists_the_customers_in_leaves(coffee: Path, aki: User, browsing: Browsing) -> None:
    result = okaeri.open(coffee).measure("crr", by="year")
    ids = result.customers(state="at_start")
    address = "/figures/crr/customers/?by=year&state=at_start"

    pages = [browsing(aki).get(f"{address}&page={number}").content.decode() for number in (1, 2)]

    assert len(ids) > 50
    assert all(each in pages[0] for each in ids[:50])
    assert ids[50] not in pages[0]
    assert ids[50] in pages[1]


def test_customers_taken_away_are_written_down_with_their_number(
    coffee: Path, min_jun: User, browsing: Browsing
) -> None:
    found = listed(browsing(min_jun), "/figures/churn/customers/file/", by="quarter", state="lost")

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.about, entry.by) == ("export.customers", "churn", min_jun.email)
    assert entry.detail["customers"] == len(found)


def test_a_viewer_is_not_led_to_customers(coffee: Path, chiyo: User, browsing: Browsing) -> None:
    assert browsing(chiyo).get("/figures/crr/customers/").status_code == 403


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/figures/csat/customers/", "No customers can be listed"),
        ("/figures/crr/customers/?state=asleep", "asleep"),
        ("/figures/crr/customers/?period=1999-01", "1999-01"),
        ("/figures/cohort/customers/?age=many", "many"),
        ("/figures/cohort/customers/?by=year&age=40", "Choose an age up to"),
    ],
)
def test_customers_that_cannot_be_listed_say_why(
    address: str, words: str, coffee: Path, aki: User, browsing: Browsing
) -> None:
    answer = browsing(aki).get(address)

    assert answer.status_code == 422
    assert words in answer.content.decode()
