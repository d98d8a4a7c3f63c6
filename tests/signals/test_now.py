"""What is shown now: present customers, the weightiest first, and nothing dropped without a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text
from okaeri.base.units import Unit
from okaeri.metrics.measuring import Measurer
from okaeri.signals.card import Card, Verdict, cards
from okaeri.signals.catalogue import KINDS
from okaeri.signals.history import History
from okaeri.signals.lift import Lift
from okaeri.signals.now import signals_now
from okaeri.signals.signal import Evidence
from okaeri.signals.silences import Silence
from tests.signals.seen import measurer_over
from tests.signals.worlds import company

CUTOFF = date(2024, 4, 1)
SINCE = date(2024, 3, 1)


@pytest.fixture
def facts() -> Measurer:
    """Aki's payment failed and was rated low, Min-jun's failed, Chiyo has left."""
    return measurer_over(
        {
            "subscriptions": {
                "customer_id": ["aki", "min-jun", "chiyo"],
                "started_at": ["2024-01-01"] * 3,
                "ended_at": [None, None, "2024-03-20"],
            },
            "events": {
                "customer_id": ["aki", "min-jun", "chiyo", "min-jun"],
                "name": ["payment_failed"] * 4,
                "occurred_at": ["2024-03-10", "2024-03-12", "2024-03-15", "2024-01-12"],
            },
            "answers": {
                "customer_id": ["aki"],
                "instrument": ["nps"],
                "score": [3],
                "answered_at": ["2024-03-30"],
            },
        },
        now=datetime(2024, 4, 1, tzinfo=UTC),
    )


def shown(measurer: Measurer, **asked: Any) -> list[tuple[str, str]]:
    return [(each.customer, each.kind) for each in signals_now(measurer, cutoff=CUTOFF, **asked).signals]


def test_the_urgent_come_first_and_then_the_newest(facts: Measurer) -> None:
    assert shown(facts) == [("min-jun", "payment_failed"), ("aki", "payment_failed"), ("aki", "low_rating")]


def test_who_has_left_is_not_shown_but_counted(facts: Measurer) -> None:
    found = signals_now(facts, cutoff=CUTOFF)

    assert found.absent == {"payment_failed": 1}
    assert "Of people who are no customers any more, and left out: 1." in map(str, found.notes)


def test_what_is_older_than_the_days_asked_for_is_not_shown(facts: Measurer) -> None:
    assert shown(facts, within_days=3) == [("aki", "low_rating")]
    assert shown(facts, within_days=20) == [("min-jun", "payment_failed"), ("aki", "low_rating")]


def test_the_counts_do_not_depend_on_how_many_are_shown(facts: Measurer) -> None:
    found = signals_now(facts, cutoff=CUTOFF, limit=1)

    assert [each.customer for each in found.signals] == ["min-jun"]
    assert {kind: count for kind, count in found.counts.items() if count} == {"payment_failed": 2, "low_rating": 1}
    assert "Shown are 1 of 3 signals." in map(str, found.notes)


@pytest.mark.parametrize(
    ("kind", "customer", "left"),
    [
        ("payment_failed", None, [("aki", "low_rating")]),
        (None, "aki", [("min-jun", "payment_failed")]),
        ("payment_failed", "min-jun", [("aki", "payment_failed"), ("aki", "low_rating")]),
        ("payment_failed", "nobody", [("min-jun", "payment_failed"), ("aki", "payment_failed"), ("aki", "low_rating")]),
    ],
)
def test_a_silence_holds_back_what_it_names_and_is_counted(
    facts: Measurer, kind: str | None, customer: str | None, left: list[tuple[str, str]]
) -> None:
    quiet = Silence(kind=kind, customer=customer, until=None, since=SINCE)

    found = signals_now(facts, cutoff=CUTOFF, silences=[quiet])

    assert [(each.customer, each.kind) for each in found.signals] == left
    assert sum(found.silenced.values()) == 3 - len(left)
    assert any("Silenced on request" in str(note) for note in found.notes) == (len(left) < 3)


def test_a_silence_that_is_over_holds_nothing_back(facts: Measurer) -> None:
    over = Silence(kind="payment_failed", customer=None, until=CUTOFF, since=SINCE)

    assert len(shown(facts, silences=[over])) == 3


def test_a_silence_does_not_change_what_a_kind_is_judged_by(facts: Measurer) -> None:
    quiet = Silence(kind="payment_failed", customer=None, until=None, since=SINCE)

    assert (
        signals_now(facts, cutoff=CUTOFF, silences=[quiet]).cards["payment_failed"]
        == cards(History(facts, cutoff=CUTOFF), kinds=[KINDS["payment_failed"]])["payment_failed"]
    )


def test_a_kind_without_its_facts_is_named_with_the_reason(facts: Measurer) -> None:
    found = signals_now(facts, cutoff=CUTOFF)

    assert str(found.unasked["late_reply"]) == "There are no tickets."
    assert not {*found.unasked} & {*found.counts}
    assert {*found.unasked} | {*found.counts} == {*KINDS}


def test_a_kind_that_is_known_to_foretell_much_comes_before_a_graver_one(facts: Measurer) -> None:
    known = cards(History(facts, cutoff=CUTOFF))
    lift = Lift(value=3.0, base_rate=0.1, expected=10, n=100, compared=900, interval=known_interval())
    proven: dict[str, Card] = {
        **known,
        "low_rating": replace(known["low_rating"], lift=lift, verdict=Verdict.FORETELLS),
    }

    first = signals_now(facts, cutoff=CUTOFF, known_cards=proven).signals[0]

    assert (first.kind, first.rank) == ("low_rating", 6.0)


def known_interval() -> Any:
    from okaeri.base.measurement import Interval

    return Interval(low=2.0, high=4.0, method="log ratio")


def test_other_parts_may_add_their_evidence(facts: Measurer) -> None:
    def chance(customers: Sequence[str]) -> list[Evidence | None]:
        return [
            Evidence(metric="p_alive", value=0.4, threshold=None, unit=Unit.RATE, rows=1, says=Text(f"40% for {name}"))
            if name == "aki"
            else None
            for name in customers
        ]

    found = signals_now(facts, cutoff=CUTOFF, evidence={"payment_failed": chance})

    because = {each.customer: [str(e.says) for e in each.because] for each in found.signals[:2]}
    assert because["aki"][1:] == ["40% for aki"]
    assert because["min-jun"][1:] == []


def test_to_look_back_no_day_is_refused(facts: Measurer) -> None:
    with pytest.raises(OkaeriError, match="at least 1 day"):
        signals_now(facts, within_days=0)


def test_the_order_does_not_depend_on_the_order_of_the_rows() -> None:
    tables = company(np.random.default_rng(6))
    mixed = {name: shuffled(columns) for name, columns in tables.items()}

    first, second = (signals_now(measurer_over(each), presence="subscriptions") for each in (tables, mixed))

    assert first.total > 20
    assert first.signals == second.signals
    assert first.cards == second.cards


def shuffled(columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    order = np.random.default_rng(1).permutation(len(next(iter(columns.values()))))
    return {name: [values[place] for place in order] for name, values in columns.items()}
