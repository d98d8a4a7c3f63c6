"""How customers are split: by what is known of them on the day asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

import okaeri as ok
from okaeri.base.calendar import Calendar
from okaeri.frames import facts_of
from okaeri.metrics.segments import columns_to_offer, known_columns

DAYS = pa.timestamp("us", tz="UTC")
NOW = datetime(2024, 4, 1, tzinfo=UTC)
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


LABELS = pa.table(
    {
        "customer_id": ["aki", "aki", "chiyo"],
        "scheme": ["tier"] * 3,
        "label": ["silver", "gold", "silver"],
        "assigned_at": pa.array(
            [datetime(2024, 1, 10, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 2, 15, tzinfo=UTC)],
            DAYS,
        ),
    }
)


def labelled(segment: str, cutoff: date) -> tuple[set[str | None], list[str]]:
    measurer = facts_of({"subscriptions": CONTRACTS, "labels": LABELS}, calendar=Calendar(), now=NOW)
    result = measurer.measure("crr", segment=segment, cutoff=cutoff)
    return {m.segment for m in result.measurements}, [str(note) for note in result.notes]


@pytest.mark.parametrize(
    ("cutoff", "segments"),
    [
        (date(2024, 2, 14), {"", "silver"}),  # of the three only aki has a label
        (date(2024, 2, 15), {"", "silver"}),
        (date(2024, 3, 1), {"", "gold", "silver"}),  # the label of the cutoff's own morning holds
        (date(2024, 2, 29), {"", "silver"}),
    ],
)
def test_the_latest_label_by_the_cutoff_counts(cutoff: date, segments: set[str]) -> None:
    found, _notes = labelled("tier", cutoff)

    assert found == segments


def test_a_split_by_labels_says_of_which_day_they_are_and_warns_of_hindsight() -> None:
    _found, notes = labelled("tier", date(2024, 2, 20))

    assert "Everybody counts under their latest tier label up to 2024-02-15, in all periods." in notes
    assert any("says little about the periods before it" in note for note in notes)


def test_a_cutoff_before_the_first_label_is_said() -> None:
    found, notes = labelled("tier", date(2024, 1, 5))

    assert found == {""}
    assert "Nobody had a tier label by 2024-01-05." in notes


def test_a_contract_wins_over_labels_of_the_same_name() -> None:
    twin = LABELS.set_column(1, "scheme", pa.array(["plan"] * 3))

    measurer = facts_of({"subscriptions": CONTRACTS, "labels": twin}, calendar=Calendar(), now=NOW)
    result = measurer.measure("crr", segment="plan")

    assert {m.segment for m in result.measurements} == {"basic", "pro"}
    assert not any("label" in str(note) for note in result.notes)


def test_names_and_addresses_are_not_offered_as_groups_but_can_be_asked_for() -> None:
    customers = pa.table(
        {
            "customer_id": [f"c{n}" for n in range(100)],
            "channel": [("store", "app")[n % 2] for n in range(100)],
            "email": [f"c{n}@example.com" for n in range(100)],
        }
    )

    engine = facts_of({"customers": customers}, calendar=Calendar(), now=NOW).engine

    assert columns_to_offer(engine) == ("channel",)
    assert known_columns(engine) == ("channel", "email")
