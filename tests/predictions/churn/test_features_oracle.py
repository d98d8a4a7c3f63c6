"""Features counted again by a person with a calendar: one customer, one fact at a time, in plain Python."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from math import nan
from random import Random
from statistics import mean, median
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.predictions.churn.worlds import PEOPLE, START, Row, World, local, random_day, random_world, read

ZONES = ("UTC", "America/Santiago", "Pacific/Kiritimati")
WINDOW_DAYS = 60
WORLDS = [(seed, zone) for seed in range(3) for zone in ZONES]


@pytest.mark.parametrize(("seed", "zone"), WORLDS)
def test_buying_agrees_with_counting_by_hand(seed: int, zone: str) -> None:
    for eye, known in eyes(seed, zone):
        days = sorted({eye.day_of(row["ordered_at"]) for row in eye.of("orders") if row["kind"] == "purchase"})
        bought = [row for row in eye.of("orders", "ordered_at") if row["kind"] == "purchase"]
        past = [day for day in days if day < eye.today]
        gaps = [(later - sooner).days for sooner, later in pairwise(past)]
        silence = (eye.today - past[-1]).days

        assert known["days_since_order"] == silence
        assert known["orders_ever"] == len(bought)
        for window in (30, 90, 365):
            assert known[f"orders_{window}d"] == len(eye.of("orders", "ordered_at", within=window, kind="purchase"))
        assert_same(known["order_gap_days"], median(gaps[-10:]) if gaps else nan)
        assert_same(known["silence_in_gaps"], silence / median(gaps[-10:]) if gaps else nan)
        assert_same(known["silence_in_longest_gap"], silence / max(gaps) if gaps else nan)
        euros = [row for row in eye.of("orders", "ordered_at", within=90) if row["currency"] == "EUR"]
        ever = any(row["currency"] == "EUR" for row in eye.of("orders", "ordered_at"))
        assert_same(known["spend_90d"], sum(row["amount"] for row in euros) if ever else nan)
        assert known["returns_365d"] == len(eye.of("orders", "ordered_at", within=365, kind="return"))


@pytest.mark.parametrize(("seed", "zone"), WORLDS)
def test_paces_agree_with_counting_by_hand(seed: int, zone: str) -> None:
    for eye, known in eyes(seed, zone):
        bought = eye.of("orders", "ordered_at", kind="purchase")
        ages = [(eye.today - eye.day_of(row["ordered_at"])).days for row in bought]

        assert_same(known["order_pace"], pace(ages, recent=90, window=365))


@pytest.mark.parametrize(("seed", "zone"), WORLDS)
def test_use_agrees_with_counting_by_hand(seed: int, zone: str) -> None:
    for eye, known in eyes(seed, zone):
        reached = [
            row
            for row in eye.of("events", "occurred_at")
            if eye.day_of(row["received_at"] or row["occurred_at"]) < eye.today
        ]
        ages = [(eye.today - eye.day_of(row["occurred_at"])).days for row in reached]
        month = [row for row, age in zip(reached, ages, strict=True) if age <= 30]

        assert_same(known["days_since_event"], min(ages, default=nan))
        for window in (7, 30, 90):
            assert known[f"events_{window}d"] == sum(age <= window for age in ages)
        assert known["active_days_30d"] == len({eye.day_of(row["occurred_at"]) for row in month})
        assert known["event_30d:visit"] == sum(row["name"] == "visit" for row in month)
        assert_same(known["event_pace"], pace(ages, recent=30, window=180))
        failed = [age for row, age in zip(reached, ages, strict=True) if row["name"] == "payment_failed"]
        assert known["payment_failures_90d"] == sum(age <= 90 for age in failed)


@pytest.mark.parametrize(("seed", "zone"), WORLDS)
def test_support_agrees_with_counting_by_hand(seed: int, zone: str) -> None:
    for eye, known in eyes(seed, zone):
        tickets = eye.of("tickets", "opened_at")
        lately = eye.of("tickets", "opened_at", within=90)
        waits = [eye.waited(ticket) for ticket in lately]

        assert known["tickets_open"] == sum(not eye.knows(ticket["resolved_at"]) for ticket in tickets)
        assert known["tickets_90d"] == len(lately)
        assert_same(known["wait_worst_90d"], max(waits, default=nan))
        assert_same(known["wait_mean_90d"], mean(waits) if waits else nan)
        assert known["slow_replies_90d"] == sum(wait > 24 for wait in waits)
        assert known["tickets_90d:late"] == sum(ticket["topic"].strip().lower() == "late" for ticket in lately)
        settled = [
            ticket["reopened"]
            for ticket in eye.of("tickets", "opened_at", within=365)
            if ticket["resolved_at"] and (eye.today - eye.day_of(ticket["resolved_at"])).days > 28
        ]
        assert known["reopened_365d"] == sum(settled)


@pytest.mark.parametrize(("seed", "zone"), WORLDS)
def test_voice_agrees_with_counting_by_hand(seed: int, zone: str) -> None:
    for eye, known in eyes(seed, zone):
        given = sorted(eye.of("answers", "answered_at"), key=lambda row: (row["answered_at"], row["answer_id"]))
        nps = [row["score"] for row in given if row["instrument"].lower() == "nps"]
        csat = [(row["score"] - 1) / 4 for row in given if row["instrument"] == "csat" and row["score"] <= 5]
        cli = [(6 - row["score"]) / 5 for row in given if row["instrument"] == "cli"]
        asked = eye.of("answers", "asked_at", within=365)

        assert_same(known["nps_last"], nps[-1] if nps else nan)
        assert_same(known["nps_change"], nps[-1] - mean(nps[:-1]) if len(nps) > 1 else nan)
        assert_same(known["csat_last"], csat[-1] if csat else nan)
        assert_same(known["cli_last"], cli[-1] if cli else nan)
        share = sum(eye.knows(row["answered_at"]) for row in asked) / len(asked) if asked else nan
        assert_same(known["answered_share_365d"], share)


@pytest.mark.parametrize(("seed", "zone"), WORLDS)
def test_contracts_agree_with_counting_by_hand(seed: int, zone: str) -> None:
    for eye, known in eyes(seed, zone):
        spans = sorted(
            (eye.day_of(row["started_at"]), row["started_at"], row["subscription_id"], row)
            for row in eye.of("subscriptions", "started_at")
            if not row["ended_at"] or eye.day_of(row["ended_at"]) > eye.day_of(row["started_at"])
        )
        rows = [row for *_order, row in spans]
        running = [row for row in rows if not eye.knows(row["ended_at"])]
        reached, begins = date.min, []
        for start, _at, _id, row in spans:
            if start > reached:
                begins.append(start)
            reached = max(reached, eye.day_of(row["ended_at"]) if row["ended_at"] else date.max)

        assert known["contracts_running"] == len(running)
        assert known["contracts_ever"] == len(rows)
        assert known["contract_gaps"] == max(len(begins) - 1, 0)
        assert known["plan"] == (running[-1]["plan"] if running else "")
        assert_same(known["contract_days"], (eye.today - begins[-1]).days if running else nan)
        prices = [row["mrr"] for row in running if row["mrr"]]
        assert_same(known["mrr"], sum(prices) if prices else nan if running else 0)
        ends = [eye.day_of(row["ended_at"]) for row in rows if eye.knows(row["ended_at"])]
        assert_same(known["days_without_contract"], (eye.today - max(ends)).days if ends and not running else nan)


@pytest.mark.parametrize(("seed", "zone"), WORLDS)
def test_the_programme_agrees_with_counting_by_hand(seed: int, zone: str) -> None:
    for eye, known in eyes(seed, zone):
        membership = eye.of("memberships", "joined_at")
        rewards = eye.of("rewards", "issued_at")

        assert known["member"] == sum(not eye.knows(row["left_at"]) for row in membership)
        assert known["rewards_unused"] == sum(
            not eye.knows(row["redeemed_at"]) and not eye.knows(row["expires_at"]) for row in rewards
        )
        balance, lapsed = eye.points()
        assert_same(known["points_balance"], balance)
        assert_same(known["points_lapsed"], lapsed)


@pytest.mark.parametrize(("seed", "zone"), WORLDS)
def test_steps_touches_and_mentions_agree_with_counting_by_hand(seed: int, zone: str) -> None:
    for eye, known in eyes(seed, zone):
        sent = [row for row in eye.of("touches", "sent_at") if not row["held_out"]]
        settled = [
            row["outcome"]
            for row in sent
            if row["outcome"] and 14 < (eye.today - eye.day_of(row["sent_at"])).days <= 365
        ]
        opened = sum(outcome in ("opened", "clicked") for outcome in settled)
        rated = sorted((row["posted_at"], row["mention_id"], row["rating"]) for row in eye.of("mentions", "posted_at")
                       if row["rating"])  # fmt: skip

        assert known["steps_done"] == len(eye.of("steps", "done_at"))
        assert known["touches_90d"] == sum((eye.today - eye.day_of(row["sent_at"])).days <= 90 for row in sent)
        assert_same(known["opened_share_365d"], opened / len(settled) if settled else nan)
        held = [row for row in eye.of("touches", "planned_at", within=90) if row["held_out"]]
        assert known["held_out_90d"] == len(held)
        assert_same(known["mention_rating"], rated[-1][2] if rated else nan)
        ages = [(eye.today - eye.day_of(row["posted_at"])).days for row in eye.of("mentions", "posted_at")]
        assert_same(known["days_since_mention"], min(ages, default=nan))
        assert known["mentions_365d"] == len(eye.of("mentions", "posted_at", within=365))


@pytest.mark.parametrize(("seed", "zone"), WORLDS)
def test_tenure_agrees_with_counting_by_hand(seed: int, zone: str) -> None:
    for eye, known in eyes(seed, zone):
        days = sorted({eye.day_of(row["ordered_at"]) for row in eye.of("orders", "ordered_at", kind="purchase")})
        arrivals = [days[0], *(later for sooner, later in pairwise(days) if (later - sooner).days > WINDOW_DAYS)]

        assert known["tenure_days"] == (eye.today - days[0]).days
        assert known["stay_days"] == (eye.today - arrivals[-1]).days
        assert known["comebacks"] == len(arrivals) - 1


class Eye:
    """One customer as somebody saw them who knew all that had happened before a day, and nothing else."""

    def __init__(self, world: World, who: str, today: date, zone: str) -> None:
        self.world, self.who, self.today, self.zone = world, who, today, zone

    def of(self, table: str, column: str | None = None, *, within: int | None = None, **like: str) -> list[Row]:
        """Their rows, with `column` those dated before today, and of the last days `within`."""
        rows = [row for row in self.world[table] if row["customer_id"] == self.who]
        if column:
            rows = [row for row in rows if self.knows(row[column])]
        if column and within:
            rows = [row for row in rows if (self.today - self.day_of(row[column])).days <= within]
        return [row for row in rows if all(row[name] == value for name, value in like.items())]

    def day_of(self, instant: datetime) -> date:
        return local(instant, self.zone)

    def knows(self, instant: datetime | None) -> bool:
        return instant is not None and self.day_of(instant) < self.today

    def waited(self, ticket: Row) -> float:
        ends = [at for at in (ticket["first_reply_at"], ticket["resolved_at"]) if self.knows(at)]
        now = datetime.combine(self.today, time(), ZoneInfo(self.zone))
        until: datetime = ends[0] if ends else now
        waited: timedelta = until - ticket["opened_at"]
        return waited.total_seconds() / 3600

    def points(self) -> tuple[float, float]:
        """The balance and what lapsed: at each end of points, those that no use so far accounts for are gone."""
        entries = self.of("points", "booked_at")
        ends = [
            (max(row["expires_at"], row["booked_at"]), row["points"])
            for row in entries
            if row["points"] > 0 and self.knows(row["expires_at"])
        ]
        lapsed = 0.0
        for end, _points in ends:
            ended = sum(points for at, points in ends if at <= end)
            used = -sum(row["points"] for row in entries if row["points"] < 0 and row["booked_at"] <= end)
            lapsed = max(lapsed, ended - used)
        booked: float = sum(row["points"] for row in entries)
        return booked - lapsed, lapsed


@cache
def eyes(seed: int, zone: str) -> tuple[tuple[Eye, dict[str, Any]], ...]:
    """Each customer of a random world on a random day, as a person sees them and as the features say."""
    random = Random(seed * 100 + ZONES.index(zone))
    world = random_world(random, zone)
    today = random_day(random, after=START + timedelta(days=250))
    seen = read(world, today, zone=zone, rule=f"orders:{WINDOW_DAYS}d")
    assert set(seen) <= set(PEOPLE) and len(seen) > 1
    return tuple((Eye(world, who, today, zone), known) for who, known in seen.items())


def pace(ages: list[int], *, recent: int, window: int) -> float:
    """How often per day lately against how often in the window before, or as much of it as there was."""
    lately = sum(age <= recent for age in ages)
    before = sum(recent < age <= recent + window for age in ages)
    span = min(window, max(ages, default=0) - recent)
    return (lately / recent) / (before / span) if span >= 30 and before else nan


def assert_same(found: float, expected: float) -> None:
    assert found == pytest.approx(expected, nan_ok=True, rel=1e-12, abs=1e-9)
