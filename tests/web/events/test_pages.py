"""The pages of events: each shows what its reader may see, and changes what its reader may change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from okaeri.web.core.events import queries
from okaeri.web.core.events.contracts import Received
from okaeri.web.core.events.flushing import flush
from okaeri.web.core.events.messages import unwritten
from okaeri.web.core.events.models import Refused, Source
from okaeri.web.core.events.services import source_of
from okaeri.web.core.people.models import AuditEntry, User
from tests.web.events.conftest import NOON, Send, track

Browsing = Callable[[User], Client]


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_arrives_is_shown_while_it_waits_and_once_it_is_a_fact(send: Send, haru: User, browsing: Browsing) -> None:
    send("track", track("m1", "Basket Seen"))

    waiting = page(browsing(haru), "/events/")
    flush(now=NOON)
    landed = page(browsing(haru), "/events/latest/")

    assert "Basket Seen" in waiting
    assert "Waiting" in waiting
    assert "Basket Seen" in landed
    assert "In the facts" in landed
    assert "<html" not in landed


def test_who_may_not_see_customers_sees_that_something_happened_but_not_who_did_it(
    send: Send, chiyo: User, haru: User, browsing: Browsing
) -> None:
    send("track", track("m1", "Basket Seen", user="mika-77"))

    assert "Basket Seen" in page(browsing(chiyo), "/events/")
    assert "mika-77" not in page(browsing(chiyo), "/events/")
    assert "mika-77" in page(browsing(haru), "/events/")


def test_what_customers_send_is_text_on_the_page_and_nothing_else(send: Send, aki: User, browsing: Browsing) -> None:
    send("track", track("m1", "<script>alert(1)</script>"))
    send("track", {"event": "<img src=x>", "messageId": "<b>"})

    assert "<script>alert" not in page(browsing(aki), "/events/")
    assert "<img src=x>" not in page(browsing(aki), "/events/refused/")


def test_a_new_source_shows_its_key_once(aki: User, browsing: Browsing) -> None:
    client = browsing(aki)

    made = client.post("/events/sources/", {"name": "Till"})

    key = re.search(r"okw_[\w-]{32}", made.content.decode())
    assert key
    assert source_of(key[0], now=NOON) == Source.objects.get(name="Till")
    assert "no-store" in made.headers["Cache-Control"]
    again = page(client, "/events/sources/")
    assert key[0] not in again
    assert key[0][:10] in again
    assert AuditEntry.objects.filter(verb="source.added", about="Till").exists()
    assert key[0] not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "Web shop"])
def test_a_name_that_cannot_be_is_refused_beside_its_field(key: str, aki: User, browsing: Browsing, name: str) -> None:
    answer = browsing(aki).post("/events/sources/", {"name": name})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert Source.objects.count() == 1


def test_a_source_is_revoked_and_may_be_given_a_new_key(key: str, aki: User, browsing: Browsing) -> None:
    client, source = browsing(aki), Source.objects.get()

    client.post(f"/events/sources/{source.pk}/revoke/")
    revoked = page(client, "/events/sources/")
    renewed = client.post(f"/events/sources/{source.pk}/key/").content.decode()

    assert "Revoked" in revoked
    assert re.search(r"okw_[\w-]{32}", renewed)
    assert [each.verb for each in AuditEntry.objects.order_by("id")] == [
        "source.added",
        "source.revoked",
        "source.rotated",
    ]


def test_what_was_refused_is_listed_with_its_reason_and_downloaded(
    send: Send, min_jun: User, browsing: Browsing
) -> None:
    send("batch", {"batch": [{"type": "track", "event": "=HYPERLINK(1)", "messageId": "=1+1"}]})
    client = browsing(min_jun)

    listed = page(client, "/events/refused/")
    file = client.get("/events/refused/download/")

    assert "The message has neither a userId nor an anonymousId." in listed
    text = file.getvalue().decode("utf-8-sig")
    assert "The message has neither a userId nor an anonymousId." in text
    assert "'=1+1" in text
    assert AuditEntry.objects.filter(verb="export.refused_events", who=min_jun).exists()


def test_the_list_is_emptied_on_demand(send: Send, aki: User, browsing: Browsing) -> None:
    send("track", {"event": "x"})

    browsing(aki).post("/events/refused/clear/")

    assert not Refused.objects.exists()
    assert AuditEntry.objects.get(verb="refused_events.cleared").detail == {"count": 1}


@pytest.mark.parametrize(
    ("address", "method"),
    [
        ("/events/sources/", "get"),
        ("/events/sources/", "post"),
        ("/events/sources/1/key/", "post"),
        ("/events/sources/1/revoke/", "post"),
        ("/events/refused/", "get"),
        ("/events/refused/download/", "get"),
        ("/events/refused/clear/", "post"),
    ],
)
def test_keys_and_refused_messages_open_only_to_those_who_look_after_them(
    key: str, haru: User, browsing: Browsing, address: str, method: str
) -> None:
    assert getattr(browsing(haru), method)(address).status_code == 403
    assert getattr(Client(), method)(address).status_code == 302


@pytest.mark.parametrize("path", ["key", "revoke"])
def test_a_source_that_is_not_there_is_not_found(aki: User, browsing: Browsing, path: str) -> None:
    assert browsing(aki).post(f"/events/sources/99/{path}/").status_code == 404


def test_nothing_changes_without_the_forms_token(key: str, aki: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(aki, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.post("/events/sources/", {"name": "Till"}).status_code == 403


def test_before_anything_arrives_the_page_says_how_to_begin(aki: User, browsing: Browsing) -> None:
    assert "No source yet" in page(browsing(aki), "/events/")


def test_no_more_of_a_full_outbox_is_read_than_is_shown(
    send: Send, aki: User, browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in range(4):
        send("batch", {"batch": [track(f"m{place}-{n}", f"Step {place}-{n}") for n in range(queries.SHOWN)]})
    opened: list[str] = []

    def counted(body: str, **more: Any) -> Iterator[Received]:
        opened.append(body)
        return unwritten(body, **more)

    monkeypatch.setattr(queries, "unwritten", counted)

    shown = page(browsing(aki), "/events/")

    assert "Step 3-0" in shown
    assert "Step 2-" not in shown
    assert len(opened) == 1


def test_a_new_key_comes_with_a_line_that_sends_an_event(aki: User, browsing: Browsing) -> None:
    made = browsing(aki).post("/events/sources/", {"name": "Till"}).content.decode()

    assert re.search(r"curl -u okw_[\w-]{32}: .+ http\S+/v1/track</pre>", made, re.DOTALL)
