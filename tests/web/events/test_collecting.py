"""What a program that sends events is answered, and what is kept of them."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError
from django.test import Client

from okaeri.web.core.events import services
from okaeri.web.core.events.flushing import flush
from okaeri.web.core.events.models import Delivery, Refused, Source
from okaeri.web.core.events.problems import MOST_BYTES, MOST_MESSAGE_BYTES
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.people.models import User
from tests.web.events.conftest import NOON, Rows, Send, basic, track


def test_a_batch_is_kept_before_it_is_answered_and_lands_with_both_its_times(send: Send, in_lake: Rows) -> None:
    answer = send("batch", {"batch": [track("m1"), track("m2", "Logged In", properties={"plan": "年間"})]})

    assert json.loads(answer.content) == {"success": True, "accepted": 2}
    assert Delivery.objects.get().messages == 2
    flush(now=datetime.now(UTC))
    found = in_lake("events", "event_id, customer_id, name, occurred_at = received_at, properties")
    assert found == [
        ("m1", "mika", "Signed Up", True, "{}"),
        ("m2", "mika", "Logged In", True, '{"plan":"年間"}'),
    ]


@pytest.mark.parametrize(
    ("call", "said", "name"),
    [
        ("track", {"event": "Signed Up"}, "Signed Up"),
        ("t", {"event": "Signed Up"}, "Signed Up"),
        ("page", {"name": "Home"}, "Viewed Home Page"),
        ("p", {"category": "Docs", "name": "Index"}, "Viewed Docs Index Page"),
        ("page/", {}, "Viewed a Page"),
        ("screen", {"name": "Basket"}, "Viewed Basket Screen"),
        ("s", {}, "Viewed a Screen"),
    ],
)
def test_each_call_of_the_spec_becomes_an_event_with_a_telling_name(
    send: Send, in_lake: Rows, call: str, said: dict[str, str], name: str
) -> None:
    answer = send(call, {"userId": "mika", "messageId": "m", **said})

    assert answer.status_code == 200
    flush(now=datetime.now(UTC))
    assert in_lake("events", "event_id, name") == [("m", name)]


def test_one_bad_message_does_not_cost_the_batch_its_good_ones(send: Send) -> None:
    answer = send("batch", {"batch": [track("m1"), {"type": "track", "event": "No one"}, track("m3")]})

    told = json.loads(answer.content)
    assert (answer.status_code, told["success"], told["accepted"]) == (200, True, 2)
    assert [(each["index"], each["code"]) for each in told["quarantined"]] == [(1, "nobody")]
    assert told["quarantined"][0]["message"] == "The message has neither a userId nor an anonymousId."
    assert Refused.objects.get().code == "nobody"
    assert Delivery.objects.get().messages == 2


def test_a_call_of_which_nothing_is_usable_is_a_400_in_the_callers_language(send: Send) -> None:
    answer = send("track", {"userId": "mika"}, **{"Accept-Language": "ja"})

    told = json.loads(answer.content)
    assert (answer.status_code, told["success"], told["code"]) == (400, False, "bad_text")
    assert "255" in told["message"]
    assert "event" in told["message"]
    assert told["message"] != "event is no text of 1 to 255 letters."


def test_without_a_message_id_one_is_made(send: Send) -> None:
    send("track", {"userId": "mika", "event": "Signed Up"})

    assert json.loads(Delivery.objects.get().body)[0][1].startswith("okaeri-")


def test_numbers_are_ids_too(send: Send, in_lake: Rows) -> None:
    send("track", {"userId": 42, "event": "Signed Up", "messageId": 7})

    flush(now=datetime.now(UTC))
    assert in_lake("events", "event_id, customer_id") == [("7", "42")]


def test_the_key_may_stand_in_the_body(key: str, db: None) -> None:
    body = {"writeKey": key, "batch": [track("m1")]}

    answer = Client().post("/v1/b", json.dumps(body), content_type="text/plain")

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("", "no_key"),
        ("Bearer abc", "no_key"),
        ("Basic !!!", "no_key"),
        (basic("okw_" + "x" * 32), "wrong_key"),
        (basic("sesame"), "wrong_key"),
    ],
)
def test_without_a_key_that_works_nothing_is_taken(send: Send, authorization: str, code: str) -> None:
    answer = send("batch", {"batch": [track("m1")]}, Authorization=authorization)

    told = json.loads(answer.content)
    assert (answer.status_code, told["code"]) == (401, code)
    assert told["advice"]
    assert not Delivery.objects.exists()


def test_a_wrong_key_is_turned_away_before_the_body_is_read(db: None) -> None:
    answer = Client().post(
        "/v1/batch", b"{", content_type="application/json", headers={"Authorization": basic("okw_" + "x" * 32)}
    )

    assert answer.status_code == 401


def test_a_key_that_cannot_be_one_does_not_reach_the_database(django_assert_num_queries: object, db: None) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]  # a fixture that is a context manager
        Client().post("/v1/track", b"{}", content_type="application/json", headers={"Authorization": basic("sesame")})


def test_a_revoked_key_stops_at_once_and_a_replaced_one_after_a_day(key: str, aki: User) -> None:
    source = Source.objects.get()

    _, fresh = services.rotate(source.pk, by=aki, now=NOON)

    assert services.source_of(key, now=NOON + timedelta(hours=23)) == source
    assert services.source_of(key, now=NOON + timedelta(hours=25)) is None
    assert services.source_of(fresh, now=NOON + timedelta(hours=25)) == source
    services.revoke(source.pk, by=aki, now=NOON)
    assert services.source_of(fresh, now=NOON) is None


def test_only_a_fingerprint_of_the_key_is_kept(key: str) -> None:
    kept = Source.objects.get().keys.get()

    assert key not in (kept.digest, kept.prefix)
    assert len(kept.prefix) < len(key) // 3


def test_gzip_is_read_and_a_bomb_is_not(send: Send) -> None:
    good = gzip.compress(json.dumps({"batch": [track("m1")]}).encode())
    bomb = gzip.compress(b'{"batch": [' + b" " * 50_000_000 + b"]}", mtime=0)

    accepted = send("batch", good, **{"Content-Encoding": "gzip"})
    refused = send("batch", bomb, **{"Content-Encoding": "gzip"})

    assert len(bomb) < MOST_BYTES
    assert (accepted.status_code, refused.status_code) == (200, 413)


@pytest.mark.parametrize(
    ("body", "encoding", "status", "code"),
    [
        (b"x" * (MOST_BYTES + 1), "", 413, "too_many_bytes"),
        (gzip.compress(b"{}", mtime=0)[:-4], "gzip", 400, "broken_gzip"),
        (gzip.compress(b"{}", mtime=0) * 2, "gzip", 400, "broken_gzip"),
        (b"not gzip", "gzip", 400, "broken_gzip"),
        (b"{}", "br", 415, "encoding"),
        (b"", "", 400, "empty"),
        (b'{"batch": "none"}', "", 400, "no_batch"),
        (json.dumps({"batch": [{}] * 2501}).encode(), "", 413, "too_many"),
    ],
)
def test_a_request_that_cannot_be_read_says_why(send: Send, body: bytes, encoding: str, status: int, code: str) -> None:
    answer = send("batch", body, **({"Content-Encoding": encoding} if encoding else {}))

    told = json.loads(answer.content)
    assert (answer.status_code, told["code"]) == (status, code)
    assert told["message"]
    assert told["advice"]


def test_a_message_of_more_than_32_kb_is_refused_and_the_next_one_is_not(send: Send) -> None:
    large = track("large", properties={"text": "あ" * (MOST_MESSAGE_BYTES // 3)})

    answer = send("batch", {"batch": [large, track("small")]})

    told = json.loads(answer.content)
    assert (told["accepted"], told["quarantined"][0]["code"]) == (1, "too_large")


def test_browsers_of_any_site_may_send_but_not_with_cookies(send: Send) -> None:
    preflight = Client().options("/v1/t", headers={"Origin": "https://shop.example"})

    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "authorization" in preflight.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in preflight.headers
    assert send("track", track("m")).headers["Access-Control-Allow-Origin"] == "*"


def test_other_addresses_and_methods_are_answered_in_json(send: Send) -> None:
    unknown, got = send("trakc", track("m")), Client().get("/v1/track")

    assert (unknown.status_code, json.loads(unknown.content)["code"]) == (404, "unknown_call")
    assert (got.status_code, json.loads(got.content)["code"]) == (405, "only_post")


def test_when_nothing_can_be_kept_the_sender_is_asked_to_come_again(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**fields: object) -> None:
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr(Delivery.objects, "create", full)

    answer = send("track", track("m"))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert json.loads(answer.content)["success"] is False


def test_however_much_arrives_one_flush_waits(send: Send) -> None:
    for n in range(5):
        send("track", track(f"m{n}"))

    assert Job.objects.filter(kind="flush_events").count() == 1
