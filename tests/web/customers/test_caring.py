"""Notes, tasks and consent: who may write them, and what stays on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from okaeri.base.errors import OkaeriError
from okaeri.web.core.customers import services
from okaeri.web.core.customers.models import Consent, Customer, Identity, Note, Task
from okaeri.web.core.customers.queries import consent_now, may_reach
from okaeri.web.core.people.models import AuditEntry, User
from tests.web.customers.conftest import NOW

Known = Callable[..., Customer]
Browsing = Callable[[User], Client]


@pytest.fixture
def hana(known: Known) -> Customer:
    return known("C-1", '{"name": "佐藤 花子", "email": "hana@example.com"}')


def say(customer: Customer, state: str, *, days: int, channel: str = "email") -> None:
    at = NOW + timedelta(days=days)
    services.record_consent(
        customer, channel=channel, state=state, source="phone call", wording="v2", at=at, by=None, now=at
    )


def test_nothing_said_is_no_consent(hana: Customer) -> None:
    assert {each.state for each in consent_now(hana.pk)} == {"unknown"}
    assert may_reach(["C-1"], "email") == frozenset()


def test_the_latest_word_holds_and_the_earlier_ones_stay(hana: Customer) -> None:
    for days, state in enumerate(("given", "withdrawn", "given")):
        say(hana, state, days=days)

    assert may_reach(["C-1", "nobody"], "email") == {"C-1"}
    assert may_reach(["C-1"], "sms") == frozenset()
    assert Consent.objects.filter(customer=hana).count() == 3


def test_what_was_said_earlier_and_written_down_later_does_not_hold(hana: Customer) -> None:
    say(hana, "withdrawn", days=0)
    services.record_consent(
        hana, channel="email", state="given", source="letter", at=NOW - timedelta(days=9), by=None, now=NOW
    )

    assert may_reach(["C-1"], "email") == frozenset()


def test_consent_of_the_future_is_refused(hana: Customer) -> None:
    with pytest.raises(OkaeriError, match="in the future"):
        services.record_consent(
            hana, channel="email", state="given", source="letter", at=NOW + timedelta(days=1), by=None, now=NOW
        )


def test_an_agent_records_consent_with_where_it_is_from(hana: Customer, haru: User, browsing: Browsing) -> None:
    given = {"channel": "line", "state": "given", "source": "in person", "wording": "LINE v1"}

    answer = browsing(haru).post(f"/customers/{hana.public_id}/consent/", given)

    said = next(each for each in consent_now(hana.pk) if each.channel == "line")
    assert answer.status_code == 302
    assert (said.state, said.source, said.wording, said.who) == ("given", "in person", "LINE v1", "Haru")
    assert AuditEntry.objects.get(verb="customer.consent_recorded").detail["channel"] == "line"


@pytest.mark.parametrize("wrong", [{"channel": "pigeon"}, {"state": "maybe"}, {"source": ""}])
def test_consent_that_makes_no_sense_is_not_kept(
    hana: Customer, haru: User, browsing: Browsing, wrong: dict[str, str]
) -> None:
    given = {"channel": "line", "state": "given", "source": "in person"} | wrong

    answer = browsing(haru).post(f"/customers/{hana.public_id}/consent/", given)

    assert answer.status_code == 400
    assert not Consent.objects.exists()


def test_a_note_names_who_wrote_it_and_can_be_taken_away(hana: Customer, haru: User, browsing: Browsing) -> None:
    client, page = browsing(haru), f"/customers/{hana.public_id}/"
    client.post(f"{page}notes/", {"text": "Likes light roasts <b>"})
    shown = client.get(page).content.decode()
    client.post(f"{page}notes/{Note.objects.get().pk}/remove/")

    assert "Likes light roasts &lt;b&gt;" in shown
    assert not Note.objects.exists()
    assert list(AuditEntry.objects.order_by("id").values_list("verb", "about")) == [
        ("customer.note_added", hana.public_id),
        ("customer.note_removed", hana.public_id),
    ]


def test_a_note_of_another_customer_is_out_of_reach(
    hana: Customer, known: Known, haru: User, browsing: Browsing
) -> None:
    other = known("C-2")
    note = services.add_note(other, "theirs", by=haru, now=NOW)

    answer = browsing(haru).post(f"/customers/{hana.public_id}/notes/{note}/remove/")

    assert answer.status_code == 404
    assert Note.objects.filter(pk=note).exists()


def test_a_task_is_done_once_and_can_be_opened_again(hana: Customer, haru: User, browsing: Browsing) -> None:
    client, page = browsing(haru), f"/customers/{hana.public_id}/tasks/"
    client.post(page, {"task": "Call back", "due": "2025-03-05", "assignee": haru.pk})
    task = Task.objects.get()
    for _time in range(2):
        client.post(f"{page}{task.pk}/", {"done": "yes"})
    task.refresh_from_db()
    done_by = task.done_by
    client.post(f"{page}{task.pk}/", {"done": "no"})
    task.refresh_from_db()

    assert (task.assignee, done_by, task.done_at) == (haru, haru, None)
    assert AuditEntry.objects.filter(verb="customer.task_done").count() == 1


def test_a_task_is_not_given_to_somebody_who_sees_no_customers(
    hana: Customer, haru: User, chiyo: User, browsing: Browsing
) -> None:
    answer = browsing(haru).post(
        f"/customers/{hana.public_id}/tasks/", {"task": "Call back", "due": "", "assignee": chiyo.pk}
    )

    assert answer.status_code == 400
    assert not Task.objects.exists()


@pytest.mark.parametrize("part", ["notes", "tasks", "consent", "identities"])
def test_who_only_analyses_changes_nothing(hana: Customer, min_jun: User, browsing: Browsing, part: str) -> None:
    assert browsing(min_jun).post(f"/customers/{hana.public_id}/{part}/", {"text": "x"}).status_code == 403


def test_a_mark_of_somebody_else_is_refused_with_a_way_out(
    hana: Customer, known: Known, haru: User, browsing: Browsing
) -> None:
    other = known("C-2")
    services.add_identity(other, kind="email", value="Shared@Example.com", by=haru, now=NOW)

    answer = browsing(haru).post(
        f"/customers/{hana.public_id}/identities/", {"kind": "email", "value": "shared@example.com"}
    )

    assert answer.status_code == 409
    assert "merge them on this page" in answer.content.decode()


def test_a_mark_from_the_facts_cannot_be_taken_away(hana: Customer, haru: User) -> None:
    mark = Identity.objects.create(
        kind="email", value="hana@example.com", customer=hana, origin=hana, source="facts", since=NOW
    )

    assert not services.remove_identity(hana, mark.pk, by=haru, now=NOW)
    assert Identity.objects.filter(pk=mark.pk).exists()
