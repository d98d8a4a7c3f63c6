"""What becomes of work: done once, tried again when it broke, found again when its worker was killed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import transaction

from okaeri.base.errors import OkaeriError
from okaeri.base.text import use_language
from okaeri.web.core.jobs import queries, running
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.running import LOST_AFTER, begin, enqueue, gather_lost, next_due, run, seen, work

NOW = datetime(2025, 3, 1, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def at_noon() -> datetime:
    return NOW + timedelta(hours=3)


def state_of(made: Job) -> str:
    made.refresh_from_db()
    return made.state


def test_work_that_was_asked_for_is_done_once(roasting: list[str]) -> None:
    made = enqueue("roast", now=NOW, bean="geisha")

    run(str(made.pk), clock=at_noon)
    run(str(made.pk), clock=at_noon)

    assert roasting == ["geisha"]
    assert (state_of(made), made.result, made.progress, made.ended_at) == ("done", "geisha", 1.0, at_noon())


def test_the_same_work_waits_once_and_may_be_asked_for_anew_when_it_began(roasting: list[str]) -> None:
    first = enqueue("roast", now=NOW, bean="geisha")
    second = enqueue("roast", now=NOW, bean="geisha")
    begin(str(first.pk), now=NOW)
    third = enqueue("roast", now=NOW, bean="geisha")

    assert first.pk == second.pk
    assert third.pk != first.pk


def test_two_long_keys_that_begin_alike_are_two_pieces_of_work() -> None:
    first, second = (enqueue("roast", now=NOW, bean="geisha " * 40 + end) for end in ("a", "b"))

    assert first.pk != second.pk
    assert enqueue("roast", now=NOW, bean="geisha " * 40 + "b").pk == second.pk


def test_work_asked_for_in_a_transaction_that_fails_is_not_asked_for() -> None:
    def fail() -> None:
        with transaction.atomic():
            enqueue("roast", now=NOW, bean="geisha")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert not Job.objects.exists()


def test_nobody_asks_for_work_that_nobody_can_do() -> None:
    with pytest.raises(OkaeriError, match="roast"):
        enqueue("roost", now=NOW)


def test_work_that_breaks_is_tried_three_times_with_longer_and_longer_pauses() -> None:
    made, now, waits = enqueue("stumble", now=NOW), NOW, []
    while True:
        run(str(made.pk), clock=partial(datetime.replace, now))
        if state_of(made) != JobState.QUEUED:
            break
        waits.append(made.due_at - now)
        now = made.due_at

    assert (made.state, made.attempts) == ("failed", 3)
    assert waits == [timedelta(seconds=15), timedelta(minutes=2)]


def test_work_that_waits_for_its_next_attempt_has_no_turn_before() -> None:
    made = enqueue("stumble", now=NOW)
    run(str(made.pk), clock=lambda: NOW)

    assert next_due(now=NOW + timedelta(seconds=14)) is None
    assert next_due(now=NOW + timedelta(seconds=15)) == made


def test_work_that_says_why_it_cannot_be_done_is_not_tried_again_and_says_so_in_every_language() -> None:
    made = enqueue("refuse", now=NOW)
    run(str(made.pk), clock=at_noon)

    with use_language("ja"):
        told = queries.ended()[0]
    assert (state_of(made), made.attempts) == ("failed", 1)
    assert (str(told.what), str(told.advice)) == ("There are no beans.", "Order some.")


def test_work_whose_worker_was_killed_is_put_back_once_nobody_has_seen_it_for_long() -> None:
    made = enqueue("roast", now=NOW, bean="geisha")
    attempt = begin(str(made.pk), now=NOW)
    assert attempt
    still_there = seen(str(made.pk), attempt=attempt, now=NOW + LOST_AFTER)
    early = gather_lost(now=NOW + 2 * LOST_AFTER)
    late = gather_lost(now=NOW + 2 * LOST_AFTER + timedelta(seconds=1))

    assert (still_there, early, late) == (True, 0, 1)
    assert state_of(made) == "queued"


def test_a_worker_that_was_given_up_has_no_say_in_what_another_one_did(roasting: list[str]) -> None:
    made = enqueue("roast", now=NOW, bean="geisha")
    first = begin(str(made.pk), now=NOW)
    gather_lost(now=NOW + timedelta(minutes=1))
    second = begin(str(made.pk), now=NOW + timedelta(minutes=2))
    assert first and second

    work(str(made.pk), attempt=first, clock=at_noon)
    in_between = state_of(made)
    work(str(made.pk), attempt=second, clock=at_noon)

    assert (in_between, state_of(made)) == ("running", "done")
    assert not seen(str(made.pk), attempt=first, now=at_noon())


def test_work_that_kills_its_worker_each_time_ends_as_failed() -> None:
    made, now = enqueue("roast", now=NOW, bean="geisha"), NOW
    for _attempt in range(3):
        assert begin(str(made.pk), now=now)
        now += timedelta(hours=1)
        gather_lost(now=now)

    assert state_of(made) == "failed"
    assert str(queries.ended()[0].what) == "The worker was stopped in the middle of this."


def test_lost_work_that_was_asked_for_again_meanwhile_is_not_done_twice() -> None:
    lost = enqueue("roast", now=NOW, bean="geisha")
    begin(str(lost.pk), now=NOW)
    waiting = enqueue("roast", now=NOW, bean="geisha")

    gather_lost(now=NOW + timedelta(minutes=1))

    assert (state_of(lost), state_of(waiting)) == ("cancelled", "queued")


def test_what_somebody_waits_for_goes_before_what_is_patient() -> None:
    enqueue("stocktake", now=NOW)
    made = enqueue("roast", now=NOW + timedelta(minutes=5), bean="geisha")

    assert next_due(now=NOW + timedelta(hours=1)) == made


def test_work_of_a_kind_that_this_version_no_longer_knows_fails_and_says_so() -> None:
    made = Job.objects.create(kind="brew", key="brew", asked_at=NOW, due_at=NOW)
    run(str(made.pk), clock=at_noon)

    assert state_of(made) == "failed"
    assert "brew" in str(queries.ended()[0].what)
    assert running.next_due(now=at_noon()) is None
