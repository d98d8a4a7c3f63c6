"""How customers are split: by what is known of them on the day asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

import okaeri as ok

DAYS = pa.timestamp("us", tz="UTC")
CONTRACTS = pa.table(
    {
        "subscription_id": ["1", "2", "3", "4"],
        "customer_id": ["aki", "chiyo", "chiyo", "d"],
        "plan": ["basic", "basic", "pro", "pro"],
        "mrr": [1.0, 1.0, 2.0, 2.0],
        "started_at": pa.array(
            [datetime(2024, 1, 1, tzinfo=UTC)] * 2
            + [datetime(2024, 2, 20, tzinfo=UTC)]
            + [datetime(2024, 1, 1, tzinfo=UTC)],
            DAYS,
        ),
        "ended_at": pa.array([None, datetime(2024, 2, 10, tzinfo=UTC), None, None], DAYS),
    }
)


def test_a_plan_that_began_after_the_cutoff_is_not_known_yet() -> None:
    result = ok.measure("crr", subscriptions=CONTRACTS, segment="plan", cutoff=date(2024, 2, 15))

    february = {m.segment: m.inputs["cs"] for m in result.measurements if m.period and m.period.start.month == 2}
    assert february == {"basic": 2, "pro": 1}


def test_a_split_by_plan_says_that_the_latest_contract_counts() -> None:
    result = ok.measure("crr", subscriptions=CONTRACTS, segment="plan")

    assert "Everybody counts under the plan of their latest contract, in all periods." in map(str, result.notes)


def test_an_unknown_column_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ok.OkaeriError, match=r"Use one of: plan, end_reason\."):
        ok.measure("crr", subscriptions=CONTRACTS, segment="plam")


def test_days_that_cut_through_a_month_are_said_to_show_it_whole() -> None:
    result = ok.measure("crr", subscriptions=CONTRACTS, start=date(2024, 1, 10), end=date(2024, 2, 15))

    assert any("are shown whole" in str(note) for note in result.notes)
