"""How good kept predictions were: only what is over is judged, and it is judged by what happened."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from okaeri.base.calendar import Calendar
from okaeri.frames import facts_of
from okaeri.metrics.measuring import Measurer
from okaeri.predictions.risk.record import record

NOW = datetime(2024, 12, 1, tzinfo=UTC)
START = date(2024, 1, 1)
H = 30


def _world(*, leave: int, stay: int, chance: Any, as_of: date = date(2024, 6, 1), **more: Any) -> Measurer:
    """Contracts of people who end 10 days after `as_of` and of people who do not, with a score for each."""
    people = [f"c{number:04}" for number in range(leave + stay)]
    ended = [datetime.combine(as_of, datetime.min.time(), UTC) + timedelta(days=10)] * leave + [None] * stay
    started = [datetime(2024, 1, 1, tzinfo=UTC)] * len(people)
    scores: dict[str, list[Any]] = {
        "score_id": [f"s{number}" for number in range(len(people))],
        "customer_id": people,
        "as_of": [as_of] * len(people),
        "made_at": [datetime.combine(as_of, datetime.min.time(), UTC)] * len(people),
        "horizon_days": [H] * len(people),
        "leaving": list(np.broadcast_to(chance, len(people))),
    }
    tables = {
        "subscriptions": {"customer_id": people, "started_at": started, "ended_at": ended},
        "events": {"customer_id": ["c0000"], "name": ["x"], "occurred_at": [datetime(2024, 11, 30, tzinfo=UTC)]},
        "scores": {**scores, **more},
    }
    return facts_of(tables, calendar=Calendar(), now=NOW)


def test_without_a_kept_prediction_there_is_nothing_to_judge() -> None:
    measurer = facts_of({"subscriptions": {"customer_id": ["a"], "started_at": [NOW]}}, calendar=Calendar(), now=NOW)

    assert "No prediction has been kept" in str(record(measurer, horizon_days=H).reason)


def test_what_is_not_over_waits() -> None:
    found = record(_world(leave=1, stay=3, chance=0.2, as_of=date(2024, 11, 20)), horizon_days=H)

    assert (found.n, found.waiting, found.judgement) == (0, 4, None)
    assert "2024-12-20" in str(found.reason)


def test_a_few_outcomes_are_counted_and_not_judged() -> None:
    found = record(_world(leave=3, stay=40, chance=0.2), horizon_days=H)

    assert found.judgement is None and "3 left and 40 stayed" in str(found.reason)
    assert [(month.period.label, month.n, month.left) for month in found.months] == [("2024-06", 43, 3)]


def test_a_month_adds_up_what_was_foretold_and_what_came() -> None:
    chance = np.r_[np.full(30, 0.8), np.full(70, 0.1)]
    found = record(_world(leave=30, stay=70, chance=chance), horizon_days=H)

    month = found.months[0]
    assert month.foretold == pytest.approx(31.0) and month.left == 30
    assert month.lift == pytest.approx(1 / 0.3)
    assert found.judgement is not None and found.judgement.auc.value == 1.0


def test_another_horizon_has_a_record_of_its_own() -> None:
    assert record(_world(leave=30, stay=70, chance=0.3), horizon_days=90).n == 0


def test_who_was_no_customer_on_the_day_is_not_judged() -> None:
    measurer = _world(leave=30, stay=30, chance=0.5, as_of=date(2023, 12, 1))

    assert record(measurer, horizon_days=H).n == 0


def test_somebody_foretold_twice_in_a_month_counts_once_in_it() -> None:
    """Said on the first and on the eleventh, the last day before they left."""
    measurer = _world(leave=25, stay=25, chance=0.5)
    twice = measurer.engine.query("select * from scores").to_pylist()
    again = [{**row, "score_id": row["score_id"] + "b", "as_of": date(2024, 6, 11)} for row in twice]
    merged = {name: [row[name] for row in (*twice, *again)] for name in twice[0] if name not in ("leaving",)}
    world = _world(leave=25, stay=25, chance=0.5)
    tables = {table: world.engine.query(f"select * from {table}") for table in ("subscriptions", "events")}
    both = facts_of({**tables, "scores": {**merged, "leaving": [0.5] * 100}}, calendar=Calendar(), now=NOW)

    found = record(both, horizon_days=H)

    assert found.n == 100 and [month.n for month in found.months] == [50]


def test_what_was_said_at_the_time_is_preferred_to_a_replay_of_the_same_day() -> None:
    measurer = _world(leave=25, stay=25, chance=0.5)
    rows = measurer.engine.query("select * from scores").to_pylist()
    replays = [{**row, "score_id": "r" + row["score_id"], "leaving": 0.9, "replayed": True} for row in rows]
    every = {name: [row[name] for row in (*rows, *replays)] for name in rows[0]}
    tables = {table: measurer.engine.query(f"select * from {table}") for table in ("subscriptions", "events")}

    found = record(facts_of({**tables, "scores": every}, calendar=Calendar(), now=NOW), horizon_days=H)

    assert (found.n, found.replayed) == (50, 0)
    assert found.months[0].foretold == pytest.approx(25.0)
