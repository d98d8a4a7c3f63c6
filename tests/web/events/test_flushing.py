"""Every accepted message is in the lake exactly once, however often it is sent and whatever breaks in between."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.dispatch import Signal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okaeri.facts.lake import Lake
from okaeri.facts.locks import held
from okaeri.web.core.events import flushing
from okaeri.web.core.events.flushing import flush, flush_all
from okaeri.web.core.events.models import Delivery, Recent, Source
from okaeri.web.core.events.services import take
from okaeri.web.core.events.tasks import flush_events
from okaeri.web.core.events.waking import BETWEEN_TELLING, TELL, tell_soon
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.running import run
from okaeri.web.core.landing import facts_landed
from tests.web.events.conftest import NOON, Rows, Send, track

SAID = "event_id, customer_id, name, epoch_us(occurred_at), epoch_us(received_at), properties"


def accept(*raws: object, at: datetime = NOON) -> None:
    taken = take(raws, source=Source.objects.get(), kind=None, sent=None, size=0, received=at)
    assert taken.accepted == len(raws)


def test_what_was_sent_twice_lands_once(send: Send, in_lake: Rows) -> None:
    for _ in range(2):
        send("batch", {"batch": [track("m1"), track("m1"), track("m2")]})

    flush(now=NOON)

    assert in_lake("events", "event_id") == [("m1",), ("m2",)]
    assert not Delivery.objects.exists()


def test_a_message_that_landed_years_ago_is_not_doubled_when_it_is_sent_again(key: str, in_lake: Rows) -> None:
    accept(track("m1", timestamp="2020-01-01T00:00:00Z"), at=NOON - timedelta(days=2000))
    flush(now=NOON)

    accept(track("m1", timestamp="2020-01-01T00:00:00Z"), track("m2"))
    flush(now=NOON)

    assert in_lake("events", "event_id") == [("m1",), ("m2",)]


def test_a_crash_between_the_lake_and_the_outbox_doubles_nothing(
    key: str, in_lake: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = track("o1", "Order Completed", properties={"order_id": "A1", "total": 30, "currency": "JPY"})
    accept(track("m1"), order, {"type": "identify", "userId": "mika", "traits": {"plan": "annual"}})
    with monkeypatch.context() as broken:
        broken.setattr(flushing, "_settle", _crash)
        with pytest.raises(SystemExit):
            flush(now=NOON)
    before = in_lake("events", SAID)

    flush(now=NOON)

    assert in_lake("events", SAID) == before
    assert in_lake("orders", "order_id, amount") == [("A1", 30.0)]
    assert in_lake("customers", "customer_id, attributes") == [("mika", '{"plan":"annual"}')]
    assert not Delivery.objects.exists()


def _crash(*args: object, **named: object) -> None:
    raise SystemExit("killed")


BATCHES = st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=6), max_size=6)
STEPS = st.lists(st.sampled_from(["flush", "crash", "send"]), max_size=10)


@given(batches=BATCHES, steps=STEPS)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_whatever_order_things_are_sent_flushed_and_broken_each_lands_once(
    key: str, in_lake: Rows, batches: list[list[int]], steps: list[str]
) -> None:
    before = {name for (name,) in in_lake("events", "event_id")}
    waiting = list(batches)
    settle = flushing._settle
    for step in [*steps, *["send"] * len(batches)]:
        if step == "send" and waiting:
            accept(*(track(f"m{n}") for n in waiting.pop()))
        elif step == "crash":
            flushing._settle = _crash  # as if it were killed there
            try:
                flush(now=NOON)
            except SystemExit:
                pass
            finally:
                flushing._settle = settle
        elif step == "flush":
            flush(now=NOON, at_once=1)
    flush_all(now=NOON)

    found = [name for (name,) in in_lake("events", "event_id")]
    assert sorted(before | {f"m{n}" for batch in batches for n in batch}) == found


def test_a_flush_takes_so_much_at_once_and_says_that_there_is_more(key: str, in_lake: Rows) -> None:
    for n in range(4):
        accept(track(f"a{n}"), track(f"b{n}"))

    first = flush(now=NOON, at_once=3)

    assert first is not None
    assert (first.deliveries, first.messages, first.more) == (2, 4, True)
    assert [each.messages for each in flush_all(now=NOON)] == [4]
    assert len(in_lake("events", "event_id")) == 8


def test_long_messages_are_taken_in_smaller_parts(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flushing, "LETTERS_AT_ONCE", 5_000)
    for n in range(3):
        accept(track(f"m{n}", properties={"text": "x" * 4_000}))

    assert [each.messages for each in flush_all(now=NOON)] == [2, 1]


def test_two_never_flush_at_once(key: str, workspace: Path) -> None:
    accept(track("m1"))

    with held(workspace / "lake" / ".locks" / ".flushing"):
        assert flush(now=NOON) is None

    assert Delivery.objects.count() == 1


def test_with_nothing_waiting_a_flush_writes_nothing(key: str, workspace: Path) -> None:
    assert flush(now=NOON) is None

    assert Lake(workspace / "lake").tables() == ()


def test_only_the_latest_hundred_are_kept_for_the_page(key: str) -> None:
    for n in range(3):
        accept(*(track(f"m{n}-{place}") for place in range(60)))
        flush(now=NOON)

    assert Recent.objects.count() == 100


def test_the_job_brings_events_in_and_has_it_said(send: Send, in_lake: Rows) -> None:
    heard: list[list[str]] = []

    def listen(tables: list[str], **news: object) -> None:
        heard.append(tables)

    send("track", track("m1"))
    facts_landed.connect(listen)
    try:
        run(str(Job.objects.get(kind="flush_events").pk))
        run(str(Job.objects.get(kind=TELL).pk))
    finally:
        Signal.disconnect(facts_landed, listen)

    assert in_lake("events", "event_id") == [("m1",)]
    assert heard == [["events"]]


def test_where_events_never_cease_it_is_said_each_five_minutes_only(key: str) -> None:
    told = NOON - timedelta(minutes=1)
    Job.objects.create(kind=TELL, key=TELL, state=JobState.DONE, asked_at=told, due_at=told, ended_at=told)

    tell_soon(now=NOON)
    tell_soon(now=NOON)

    assert Job.objects.get(state=JobState.QUEUED).due_at == told + BETWEEN_TELLING


def test_after_a_quiet_time_it_is_said_at_once(key: str) -> None:
    tell_soon(now=NOON)

    assert Job.objects.get(kind=TELL).due_at == NOON


def test_flushes_long_done_do_not_fill_the_list_of_jobs(key: str) -> None:
    old = datetime.now(UTC) - timedelta(hours=2)
    Job.objects.create(kind="flush_events", key="x", state=JobState.DONE, asked_at=old, due_at=old, ended_at=old)

    flush_events({}, lambda share: None)

    assert not Job.objects.filter(kind="flush_events").exists()


def test_events_are_kept_as_they_were_said(key: str, in_lake: Rows) -> None:
    said = {"text": 'お帰りなさい "🏠"', "nested": {"list": [1, 2.5, None, True]}, "big": 10**30}
    accept(track("m1", properties=said))

    flush(now=NOON)

    assert json.loads(in_lake("events", "properties")[0][0]) == said
