"""JSON that somebody made to break things breaks nothing: it is refused with a reason, and its neighbours land."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okaeri.web.core.events import services
from okaeri.web.core.events.flushing import flush
from okaeri.web.core.events.models import Refused, Source
from okaeri.web.core.events.services import take
from tests.web.events.conftest import NOON, Rows, Send

GOOD = '{"type":"track","messageId":"good","userId":"mika","event":"Signed Up"}'


def bad(fields: str) -> str:
    return '{"type":"track","messageId":"bad","userId":"mika","event":"Odd",%s}' % fields  # noqa: UP031 - braces


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (bad('"properties":{"x":NaN}'), "unreadable"),
        (bad('"properties":{"x":-Infinity}'), "unreadable"),
        (bad('"properties":{"x":1e999}'), "unreadable"),
        (bad('"properties":{"x":%s}' % ("9" * 5000)), "unreadable"),
        (bad('"properties":{"x":"\\u0000"}'), "unreadable"),
        (bad('"properties":{"\\u0000":1}'), "unreadable"),
        (bad('"properties":{"x":"\\ud83d"}'), "unreadable"),
        (bad('"properties":' + '{"x":' * 40 + "1" + "}" * 40), "too_deep"),
        (bad('"properties":[1]'), "not_map"),
        (bad('"event":"a\\u0000b"'), "bad_text"),
        (bad('"event":"\\ud83d"'), "bad_text"),
        (bad('"event":"%s"' % ("x" * 256)), "bad_text"),
        (bad('"event":{"$ne":null}'), "bad_text"),
        (bad('"userId":["mika"]'), "bad_text"),
        (bad('"userId":true'), "bad_text"),
        (bad('"userId":"anon:v1"'), "reserved"),
        (bad('"type":{}'), "unknown_type"),
        (bad('"timestamp":"yesterday"'), "bad_time"),
        (bad('"timestamp":1700000000'), "bad_time"),
        (bad('"timestamp":"0001-01-01T00:00:00+14:00"'), "bad_time"),
        (bad('"timestamp":"1900-01-01T00:00:00Z"'), "ancient"),
        (bad('"timestamp":"9999-12-31T23:59:59Z"'), "future"),
        ("null", "not_object"),
        ("[]", "not_object"),
    ],
)
def test_a_hostile_message_is_quarantined_and_its_neighbour_lands(
    send: Send, in_lake: Rows, message: str, code: str
) -> None:
    answer = send("batch", f'{{"batch":[{message},{GOOD}]}}'.encode())

    told = json.loads(answer.content)
    assert answer.status_code == 200
    assert [each["code"] for each in told["quarantined"]] == [code]
    assert Refused.objects.get().code == code
    flush(now=datetime.now(UTC))
    assert in_lake("events", "event_id") == [("good",)]


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"batch":' + b'{"x":' * 50_000,
        b"\xff\xfe{}",
        b'{"batch": ["\xed\xa0\x80"]}',
        b"{'batch': []}",
        b"[]",
        b'"text"',
        b"1e5",
        b"9" * 10_000 + b"x",
        b"null",
    ],
)
def test_a_body_that_is_no_json_object_is_a_400(send: Send, body: bytes) -> None:
    assert send("batch", body).status_code == 400


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
FIELDS = ("type", "messageId", "userId", "anonymousId", "event", "name", "traits", "properties", "timestamp", "sentAt",
          "groupId", "previousId")  # fmt: skip


@given(raws=st.lists(st.dictionaries(st.sampled_from(FIELDS), ANYTHING) | ANYTHING, max_size=6), sent=ANYTHING)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_each_message_is_accepted_or_refused(key: str, raws: list[object], sent: object) -> None:
    taken = take(raws, source=Source.objects.get(), kind=None, sent=sent, size=40_000, received=NOON)

    assert taken.accepted + len(taken.refused) == len(raws)


def test_nobody_fills_the_disk_with_messages_that_are_refused(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_REFUSED", 5)

    for n in range(4):
        send("batch", {"batch": [{"type": "track", "messageId": f"m{n}-{place}"} for place in range(3)]})

    assert Refused.objects.count() == 5
    assert Refused.objects.filter(message_id__startswith="m3-").count() == 3
