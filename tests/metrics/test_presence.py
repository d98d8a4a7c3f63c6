"""Who counts as a customer: how the rule is written, and which window is chosen when nobody chose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import okaeri as ok
from okaeri.base.errors import OkaeriError
from okaeri.base.text import LANGUAGES, use_language
from okaeri.metrics.presence import WINDOWS, Presence, PresenceRule, choose_window

START = datetime(2020, 1, 1, 12, tzinfo=UTC)
VISITS = st.dictionaries(st.sampled_from("abcd"), st.sets(st.integers(0, 900), min_size=1, max_size=8), min_size=1)


def orders(visits: dict[str, set[int]]) -> pa.Table:
    rows = [(who, START + timedelta(days=day)) for who, days in visits.items() for day in days]
    at = pa.array([when for _, when in rows], pa.timestamp("us", tz="UTC"))
    return pa.table({"customer_id": [who for who, _ in rows], "ordered_at": at})


@pytest.mark.parametrize(
    ("text", "source", "days"),
    [
        ("subscriptions", "subscriptions", None),
        ("orders:90d", "orders", 90),
        ("orders:auto", "orders", None),
        ("events:1d", "events", 1),
        ("events:9999d", "events", 9999),
    ],
)
def test_a_rule_is_read_as_it_is_written(text: str, source: str, days: int | None) -> None:
    assert PresenceRule.parse(text) == PresenceRule(source=source, window_days=days)


@pytest.mark.parametrize(
    "text",
    ["", "orders", "orders:0d", "orders:000d", "orders:-5d", "orders:90", "visits:30d", "Orders:30d", "orders:90d "],
)
def test_what_is_no_rule_is_refused_with_examples(text: str) -> None:
    with pytest.raises(OkaeriError, match="Use subscriptions, orders:90d, orders:auto or events:30d"):
        PresenceRule.parse(text)


@given(st.lists(st.integers(1, 500), max_size=60))
def test_the_window_is_the_smallest_that_covers_nine_gaps_in_ten(gaps: list[int]) -> None:
    within = {days: sum(gap <= days for gap in gaps) for days in WINDOWS}

    chosen = choose_window(within, gaps=len(gaps))

    enough = [days for days in WINDOWS if gaps and 10 * within[days] >= 9 * len(gaps)]
    assert chosen == (min(enough) if enough else 365)


@settings(max_examples=25)
@given(VISITS)
def test_auto_covers_nine_in_ten_of_the_gaps_a_person_would_count(visits: dict[str, set[int]]) -> None:
    gaps = [b - a for days in visits.values() for a, b in pairwise(sorted(days))]

    presence = ok.measure("crr", orders=orders(visits), by="year", presence="orders:auto").presence

    enough = [days for days in WINDOWS if gaps and 10 * sum(gap <= days for gap in gaps) >= 9 * len(gaps)]
    chosen = min(enough) if enough else 365
    assert (presence.rule.window_days, presence.gaps, presence.auto) == (chosen, len(gaps), True)
    assert presence.covered == (sum(gap <= chosen for gap in gaps) / len(gaps) if gaps else None)


def test_exactly_nine_in_ten_is_enough() -> None:
    assert choose_window({30: 90, 60: 95, 90: 99, 180: 100, 365: 100}, gaps=100) == 30
    assert choose_window({30: 89, 60: 95, 90: 99, 180: 100, 365: 100}, gaps=100) == 60


def test_a_window_somebody_wrote_is_not_reconsidered() -> None:
    presence = ok.measure("crr", orders=orders({"aki": {0, 200}}), by="year", presence="orders:7d").presence

    assert (presence.code, presence.auto) == ("orders:7d", False)


@pytest.mark.parametrize(
    ("presence", "says"),
    [
        (Presence(rule=PresenceRule.parse("subscriptions")), "running contract."),
        (Presence(rule=PresenceRule.parse("subscriptions"), grace_days=7), "gaps of up to 7 days"),
        (Presence(rule=PresenceRule.parse("orders:90d")), "bought in the last 90 days."),
        (Presence(rule=PresenceRule.parse("events:30d")), "used the product in the last 30 days."),
        (Presence(rule=PresenceRule.parse("orders:90d"), auto=True, covered=0.93, gaps=1200), "93% of the 1,200 gaps"),
        (
            Presence(rule=PresenceRule.parse("orders:365d"), auto=True, covered=0.5, gaps=4),
            "No shorter window covers 90%",
        ),
        (Presence(rule=PresenceRule.parse("orders:365d"), auto=True), "Nobody has come back yet"),
    ],
)
def test_the_rule_is_one_sentence_in_every_language(presence: Presence, says: str) -> None:
    shown = []
    for language in LANGUAGES:
        with use_language(language):
            shown.append(str(presence))

    assert says in shown[0]
    assert len(set(shown)) == len(LANGUAGES)
    assert not any("{" in words for words in shown)
