"""The same signal again within its cooldown is one signal."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from okaeri.signals.catalogue import KINDS
from okaeri.signals.history import History, spaced
from okaeri.signals.kinds import contract_ending, payment_failed
from tests.signals.seen import measurer_over, seen_in
from tests.signals.worlds import company

DAYS = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 120)), max_size=60)


@given(DAYS, st.integers(1, 40))
def test_what_counts_is_what_a_person_counting_by_hand_would_count(rows: list[tuple[int, int]], days: int) -> None:
    rows = sorted(rows)
    counted, last = [], dict[int, int]()
    for place, (customer, day) in enumerate(rows):
        if customer not in last or day >= last[customer] + days:
            counted.append(place)
            last[customer] = day

    customers, at = (np.array([row[column] for row in rows], dtype=np.int64) for column in (0, 1))

    assert spaced(customers, at, days=days).tolist() == counted


def test_a_payment_that_fails_again_after_the_cooldown_is_another_signal() -> None:
    days = ["2024-03-01", "2024-03-14", "2024-03-15", "2024-03-28"]
    history = History(
        measurer_over(
            {
                "subscriptions": {"customer_id": ["aki"], "started_at": ["2024-01-01"]},
                "events": {"customer_id": ["aki"] * 4, "name": ["charge.failed"] * 4, "occurred_at": days},
            }
        )
    )

    assert seen_in(history, payment_failed.KIND) == {"aki": ["2024-03-02", "2024-03-16"]}


def test_a_kind_whose_facts_are_missing_says_which() -> None:
    history = History(measurer_over({"subscriptions": {"customer_id": ["aki"], "started_at": ["2024-01-01"]}}))

    assert str(history.why_not(KINDS["late_reply"])) == "There are no tickets."
    assert str(history.why_not(KINDS["low_rating"])) == "There are no answers, mentions."
    assert history.why_not(KINDS["contract_ending"]) is None


def test_no_kind_tells_a_customer_and_a_day_twice_in_a_whole_company() -> None:
    """Several tickets, contracts, answers and steps of one customer meet in one query."""
    tables = company(np.random.default_rng(15))
    contracts = tables["subscriptions"]
    twice = {name: [*values, *values] for name, values in contracts.items()}
    twice["renews_at"] = [datetime(2024, 3, 20), None] * len(contracts["customer_id"])
    history = History(measurer_over({**tables, "subscriptions": twice}), presence="subscriptions")

    for kind in KINDS.values():
        history.of(kind)
        rows = history.measurer.engine.query(kind.query)
        rows = kind.judge(rows) if kind.judge else rows
        told = list(zip(rows["customer"].to_pylist(), rows["day"].to_pylist(), strict=True))
        assert len(told) == len({*told}), kind.id


def test_a_customer_with_two_contracts_is_told_of_the_first_to_end() -> None:
    history = History(
        measurer_over(
            {
                "subscriptions": {
                    "customer_id": ["aki", "aki"],
                    "plan": ["annual", "extra"],
                    "started_at": ["2023-04-20", "2023-05-01"],
                    "renews_at": ["2024-04-20", None],
                    "ended_at": [None, "2024-04-15"],
                }
            }
        ),
        cutoff=date(2024, 4, 1),
    )

    assert seen_in(history, contract_ending.KIND) == {"aki": ["2024-03-16"]}
