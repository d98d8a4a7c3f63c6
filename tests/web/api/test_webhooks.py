"""Webhooks: signed, sent outside the transaction that tells of them, tried again, and never into our own network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction  # noqa: F401  # the connection is named by a condition
from django.utils import timezone
from pytest_django.fixtures import Settings

from okaeri.base.errors import OkaeriError
from okaeri.web.core.api import delivering, sending, tasks
from okaeri.web.core.api.delivering import PAUSES, deliver_due, forget_settled, next_due
from okaeri.web.core.api.models import Delivery, DeliveryState, Webhook
from okaeri.web.core.api.sending import is_public, may_be_reached, resolve, send
from okaeri.web.core.api.webhooks import KIND, change_webhook, emit, make_webhook, replay, turn_secret
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.landing import facts_landed
from okaeri.web.core.news import tell
from okaeri.web.core.people.models import AuditEntry, User
from tests.web.api.conftest import NOW, Program
from tests.web.api.receiver import Receiver, receiving
from tests.web.people.test_races import at_once


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    """A receiver on this machine, which the settings allow."""
    settings.OKAERI = replace(settings.OKAERI, private_webhooks=True)
    with receiving() as found:
        yield found


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def test_a_message_is_signed_as_the_specification_says(aki: User, receiver: Receiver) -> None:
    _card, secret = make_webhook(maker=aki, url=receiver.url, events=["facts.landed"], now=NOW)
    emit("facts.landed", {"tables": ["orders"]}, now=NOW)

    assert deliver_due(clock=at(NOW)) == 1

    _path, headers, body = receiver.got[0]
    signed = f"{headers['webhook-id']}.{int(NOW.timestamp())}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert json.loads(body) == {"type": "facts.landed", "timestamp": NOW.isoformat(), "data": {"tables": ["orders"]}}


def test_only_those_who_listen_are_told(aki: User, receiver: Receiver) -> None:
    make_webhook(maker=aki, url=receiver.url, events=["customer.merged"], now=NOW)
    asleep, _secret = make_webhook(maker=aki, url=receiver.url, events=["facts.landed"], now=NOW)
    change_webhook(asleep.id, by=aki, now=NOW, active=False)

    assert emit("facts.landed", {"tables": ["orders"]}, now=NOW) == 0
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_told_to_nobody(aki: User, receiver: Receiver) -> None:
    make_webhook(maker=aki, url=receiver.url, events=["facts.landed"], now=NOW)

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        emit("facts.landed", {"tables": ["orders"]}, now=NOW)
        _ = 1 / 0

    assert not Delivery.objects.exists()
    assert not Job.objects.filter(kind=KIND).exists()


def test_news_of_other_rooms_and_landed_facts_are_passed_on(aki: User, receiver: Receiver) -> None:
    make_webhook(maker=aki, url=receiver.url, events=["facts.landed", "customer.merged"], now=NOW)

    facts_landed.send(sender=None, tables=["orders"], now=NOW)
    tell("customer.merged", {"kept": "aki", "merged": "aki-2"}, now=NOW)

    assert sorted(Delivery.objects.values_list("event", flat=True)) == ["customer.merged", "facts.landed"]
    assert Job.objects.filter(kind=KIND).count() == 1


def test_a_message_that_failed_comes_again_later_under_the_same_id(aki: User, receiver: Receiver) -> None:
    receiver.statuses = [500, 200]
    make_webhook(maker=aki, url=receiver.url, events=["facts.landed"], now=NOW)
    emit("facts.landed", {"tables": ["orders"]}, now=NOW)

    assert deliver_due(clock=at(NOW)) == 0
    assert next_due() == NOW + PAUSES[0]
    assert deliver_due(clock=at(NOW + timedelta(seconds=4))) == 0
    assert deliver_due(clock=at(NOW + PAUSES[0])) == 1

    assert len(receiver.got) == 2
    assert receiver.got[0][1]["webhook-id"] == receiver.got[1][1]["webhook-id"]
    found = Delivery.objects.get()
    assert (found.state, found.status, found.answer, found.attempts) == (DeliveryState.DELIVERED, 200, "read", 2)
    assert Webhook.objects.get().failures == 0


def test_a_message_is_given_up_after_its_last_try(aki: User, receiver: Receiver) -> None:
    receiver.statuses = [503]
    make_webhook(maker=aki, url=receiver.url, events=["facts.landed"], now=NOW)
    emit("facts.landed", {"tables": ["orders"]}, now=NOW)

    moment: datetime | None = NOW
    while moment:
        deliver_due(clock=at(moment))
        moment = next_due()

    found = Delivery.objects.get()
    assert (found.state, found.attempts) == (DeliveryState.FAILED, delivering.TRIES)
    assert len(receiver.got) == delivering.TRIES


def test_a_webhook_that_fails_too_often_is_switched_off_with_a_note(
    aki: User, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "MOST_FAILURES", 3)
    receiver.statuses = [500]
    make_webhook(maker=aki, url=receiver.url, events=["facts.landed"], now=NOW)
    for _count in range(4):
        emit("facts.landed", {"tables": ["orders"]}, now=NOW)

    for _turn in range(4):
        deliver_due(clock=at(NOW))

    found = Webhook.objects.get()
    assert not found.active
    assert found.note.startswith("Switched off: 3 tries")
    assert len(receiver.got) == 3
    assert AuditEntry.objects.filter(verb="webhook.switched_off").count() == 1


def test_a_receiver_that_is_gone_is_left_alone_at_once(aki: User, receiver: Receiver) -> None:
    receiver.statuses = [410]
    make_webhook(maker=aki, url=receiver.url, events=["facts.landed"], now=NOW)
    emit("facts.landed", {"tables": ["orders"]}, now=NOW)

    deliver_due(clock=at(NOW))

    assert not Webhook.objects.get().active
    assert Delivery.objects.get().state == DeliveryState.FAILED


def test_a_redirect_is_not_followed(aki: User, receiver: Receiver) -> None:
    receiver.statuses = [302]
    make_webhook(maker=aki, url=receiver.url, events=["facts.landed"], now=NOW)
    emit("facts.landed", {"tables": ["orders"]}, now=NOW)

    assert deliver_due(clock=at(NOW)) == 0
    assert [path for path, _headers, _body in receiver.got] == ["/hooks"]


def test_a_message_whose_worker_died_is_sent_after_its_lease(aki: User, receiver: Receiver) -> None:
    make_webhook(maker=aki, url=receiver.url, events=["facts.landed"], now=NOW)
    emit("facts.landed", {"tables": ["orders"]}, now=NOW)
    Delivery.objects.update(state=DeliveryState.SENDING, attempts=1, next_at=NOW + timedelta(minutes=5))

    assert deliver_due(clock=at(NOW + timedelta(minutes=4))) == 0
    assert deliver_due(clock=at(NOW + timedelta(minutes=5))) == 1


def test_a_replayed_message_keeps_its_id(aki: User, receiver: Receiver, program: Callable[..., Program]) -> None:
    made, _secret = make_webhook(maker=aki, url=receiver.url, events=["facts.landed"], now=NOW)
    emit("facts.landed", {"tables": ["orders"]}, now=NOW)
    deliver_due(clock=at(NOW))
    sent = Delivery.objects.get()

    answer = program(aki).ask("POST", f"/webhooks/{made.id}/deliveries/{sent.pk}/replay")
    replay(made.id, sent.pk, by=aki, now=NOW)
    deliver_due(clock=at(NOW))

    assert answer.status_code == 202
    assert [headers["webhook-id"] for _path, headers, _body in receiver.got] == [sent.message, sent.message]


def test_the_job_waits_for_the_next_try(aki: User, receiver: Receiver) -> None:
    receiver.statuses = [500]
    make_webhook(maker=aki, url=receiver.url, events=["facts.landed"], now=NOW)
    emit("facts.landed", {"tables": ["orders"]}, now=NOW)

    tasks.deliver({}, lambda share: None)

    later = Job.objects.get(key=f"{KIND}:later")
    assert later.due_at == Delivery.objects.get().next_at


def test_a_receiver_that_does_not_answer_is_asked_once_a_turn_and_holds_up_no_other(
    aki: User, receiver: Receiver
) -> None:
    receiver.statuses = [500]
    make_webhook(maker=aki, url=f"{receiver.url}/silent", events=["facts.landed"], now=NOW)
    for _count in range(3):
        emit("facts.landed", {"tables": ["orders"]}, now=NOW)
    make_webhook(maker=aki, url=f"{receiver.url}/other", events=["customer.merged"], now=NOW)
    emit("customer.merged", {}, now=NOW + timedelta(seconds=1))

    deliver_due(clock=at(NOW + timedelta(seconds=1)))

    assert [path for path, _headers, _body in receiver.got] == ["/hooks/silent", "/hooks/other"]


def test_messages_that_are_late_let_other_work_go_first(aki: User, receiver: Receiver) -> None:
    receiver.statuses = [500]
    make_webhook(maker=aki, url=receiver.url, events=["facts.landed"], now=NOW)
    for _count in range(2):
        emit("facts.landed", {"tables": ["orders"]}, now=NOW)
    before = timezone.now()

    tasks.deliver({}, lambda share: None)

    assert Job.objects.get(key=f"{KIND}:later").due_at >= before


def test_what_was_settled_long_ago_is_forgotten(aki: User, receiver: Receiver) -> None:
    make_webhook(maker=aki, url=receiver.url, events=["facts.landed"], now=NOW)
    for day in (0, 20):
        moment = NOW + timedelta(days=day)
        emit("facts.landed", {"day": day}, now=moment)
        deliver_due(clock=at(moment))
    emit("facts.landed", {"day": "still waiting"}, now=NOW)

    assert forget_settled(now=NOW + timedelta(days=31)) == 1
    assert Delivery.objects.count() == 2


def test_an_answer_that_comes_drop_by_drop_is_not_waited_for(settings: Settings) -> None:
    settings.OKAERI = replace(settings.OKAERI, private_webhooks=True)
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def drip() -> None:
            line, _sender = server.accept()
            with line, suppress(OSError):
                while not over.wait(0.1):
                    line.sendall(b"H")

        thread = threading.Thread(target=drip)
        thread.start()
        began = time.monotonic()
        sent = send(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {}, timeout=0.5)
        took = time.monotonic() - began
        over.set()
        thread.join()

    assert not sent.arrived
    assert took < 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one writer in at a time")
@pytest.mark.parametrize("_round", range(5))
def test_a_new_secret_is_not_undone_by_another_change_at_the_same_moment(aki: User, _round: int) -> None:
    made, _secret = make_webhook(maker=aki, url="https://example.com/", events=["facts.landed"], now=NOW)

    at_once(
        lambda: turn_secret(made.id, by=aki, now=NOW),
        lambda: change_webhook(made.id, by=aki, now=NOW, events=["measured"]),
        lambda: turn_secret(made.id, by=aki, now=NOW),
    )

    found = Webhook.objects.get()
    assert (found.turn, found.events) == (3, ["measured"])


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://10.0.0.8/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
    ],
)
def test_an_address_in_a_private_network_is_refused_when_it_is_written(aki: User, url: str) -> None:
    with pytest.raises(OkaeriError, match="public internet"):
        make_webhook(maker=aki, url=url, events=["facts.landed"], now=NOW)


@pytest.mark.parametrize("url", ["http://example.com/", "ftp://example.com", "https://", "https://a b", "javascript:1"])
def test_an_address_of_another_kind_is_refused(aki: User, url: str) -> None:
    with pytest.raises(OkaeriError, match="Write it like https://"):
        make_webhook(maker=aki, url=url, events=["facts.landed"], now=NOW)


def test_a_name_that_leads_inside_is_refused_when_it_is_looked_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OKAERI = replace(settings.OKAERI, private_webhooks=False)
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("93.184.216.34", "192.168.1.1")]
    monkeypatch.setattr(sending, "_look_up", lambda *args, **named: answers)

    with pytest.raises(OkaeriError, match="private network"):
        resolve("rebind.example", 443)


def test_what_a_machine_keeps_for_itself_stays_closed_where_private_addresses_are_open(settings: Settings) -> None:
    settings.OKAERI = replace(settings.OKAERI, private_webhooks=True)

    assert may_be_reached("10.0.0.8")
    assert not any(may_be_reached(each) for each in ("169.254.169.254", "fd00:ec2::254", "::ffff:169.254.169.254"))


def test_a_message_goes_to_the_address_that_was_judged(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def once(host: str, port: int, **named: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(sending, "_look_up", once)

    sent = send(f"http://hooks.example:{receiver.port}/", b"{}", {})

    assert sent.status == 200
    assert asked == ["hooks.example"]
    assert receiver.got[0][1]["host"] == f"hooks.example:{receiver.port}"


def test_nobody_listening_is_told_and_not_raised(settings: Settings) -> None:
    settings.OKAERI = replace(settings.OKAERI, private_webhooks=True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        sent = send(f"http://127.0.0.1:{taken.getsockname()[1]}/", b"{}", {}, timeout=2)

    assert not sent.arrived
    assert "refused" in sent.answer


def test_carriers_of_private_addresses_are_private() -> None:
    assert not any(is_public(each) for each in ("100.64.0.1", "0.0.0.0", "fe80::1%eth0", "fd00::1", "2002:a00:1::"))
    assert is_public("2606:4700:4700::1111")
