"""The list and one customer's page, as people see them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from okaeri.base.text import Text
from okaeri.customers.story import Entry
from okaeri.web.core.customers.models import Customer
from okaeri.web.core.customers.stories import story_part
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.people.models import AuditEntry, User

Browsing = Callable[[User], Client]
Known = Callable[..., Customer]


def test_before_there_are_facts_the_list_says_how_to_begin(aki: User, browsing: Browsing) -> None:
    page = browsing(aki).get("/customers/").content.decode()

    assert "Nobody is here yet" in page
    assert "Export as CSV" not in page


def test_facts_that_nobody_copied_can_be_copied(coffee: Path, aki: User, browsing: Browsing) -> None:
    client = browsing(aki)
    before = client.get("/customers/").content.decode()
    after = client.post("/customers/fill/", follow=True).content.decode()

    assert "The directory has not been filled yet" in before
    assert "The directory is being filled" in after
    assert Job.objects.filter(kind="sync_customers").count() == 1


def test_who_may_only_see_figures_sees_nobody(known: Known, chiyo: User, browsing: Browsing) -> None:
    one, client = known("C-1"), browsing(chiyo)

    assert client.get("/customers/").status_code == 403
    assert client.get(f"/customers/{one.public_id}/").status_code == 403


def test_a_search_for_nobody_says_what_to_try(known: Known, haru: User, browsing: Browsing) -> None:
    known("C-1")

    assert "Nobody matches" in browsing(haru).get("/customers/", {"q": "zzz"}).content.decode()


def test_htmx_is_sent_the_lines_alone(known: Known, haru: User, browsing: Browsing) -> None:
    known("C-1", '{"name": "佐藤 花子"}')

    page = browsing(haru).get("/customers/", {"q": "佐藤"}, headers={"HX-Target": "found"}).content.decode()

    assert "佐藤 花子" in page
    assert "<html" not in page


def test_no_chance_is_shown_without_where_it_may_lie(known: Known, haru: User, browsing: Browsing) -> None:
    known("C-1", leaving=0.42, at_risk=100.0, currency="JPY", said_of=date(2025, 3, 1))

    assert "42%" not in browsing(haru).get("/customers/").content.decode()


def test_an_export_runs_no_formula_and_is_on_record(known: Known, min_jun: User, browsing: Browsing) -> None:
    known("=1+1", '{"name": "=cmd()", "email": "a@example.com"}')
    known("C-2", '{"name": "김민준"}')

    answer = browsing(min_jun).post("/customers/export/", {"order": "name"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # a streaming answer

    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["customer_id"], row["name"]) for row in rows] == [("'=1+1", "'=cmd()"), ("C-2", "김민준")]
    assert AuditEntry.objects.get().verb == "customers.exported"


def test_an_agent_exports_nothing(known: Known, haru: User, browsing: Browsing) -> None:
    known("C-1")

    assert browsing(haru).post("/customers/export/").status_code == 403


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_a_customers_page_tells_who_they_are_and_what_happened(
    directory: Path, haru: User, browsing: Browsing, language: str
) -> None:
    one = Customer.objects.exclude(leaving_high=None).order_by("-at_risk")[0]
    User.objects.update(language=language)

    page = browsing(haru).get(f"/customers/{one.public_id}/").content.decode()

    assert one.name in page and one.customer_id in page
    assert {"en": "95% interval", "ja": "95%区間", "ko": "95% 구간"}[language] in page
    assert {"en": "Ordered for", "ja": "注文", "ko": "주문"}[language] in page
    assert 'role="img"' in page


def test_the_reasons_are_worked_out_when_somebody_asks(directory: Path, haru: User, browsing: Browsing) -> None:
    one = Customer.objects.exclude(leaving_high=None).order_by("-at_risk")[0]

    page = browsing(haru).get(f"/customers/{one.public_id}/?why=yes", headers={"HX-Target": "why"}).content.decode()

    assert "Next step" in page
    assert "What speaks for" in page or "Nothing known about this customer" in page
    assert "<html" not in page


def test_somebody_the_facts_do_not_know_still_has_a_page(known: Known, haru: User, browsing: Browsing) -> None:
    one = known("C-1", '{"name": "佐藤 花子"}')

    page = browsing(haru).get(f"/customers/{one.public_id}/").content.decode()

    assert "The facts no longer know this customer" in page


def test_a_page_of_nobody_is_not_found(haru: User, browsing: Browsing) -> None:
    assert browsing(haru).get("/customers/nobody/").status_code == 404


def test_the_story_comes_in_whole_months_and_goes_on_where_it_stopped() -> None:
    entries = tuple(
        Entry(at=date(2024, month, day), table="orders", says=Text(f"{month}-{day}"))
        for month in range(1, 13)
        for day in range(1, 16)
    )

    parts = [story_part(entries)]
    while parts[-1].earlier:
        parts.append(story_part(entries, until=parts[-1].earlier))

    told = [each.says for part in parts for month in part.months for each in month.happenings]
    assert told == [str(entry.says) for entry in reversed(entries)]
    assert (parts[0].later, parts[-1].later) == (False, True)
