"""Contracts that renew: by the year, all on one date or not, and by the month."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import pytest

from okaeri.signals.history import History
from okaeri.signals.kinds import contract_ending
from tests.signals.seen import measurer_over, seen_in

BEGIN = datetime(2023, 1, 1)
TODAY = date(2026, 3, 10)
FISCAL = date(2026, 4, 1)


def contracts(plan: str, *, started: list[date], renews: list[date]) -> dict[str, list[Any]]:
    return {
        "customer_id": [f"{plan}{n}" for n in range(len(started))],
        "plan": [plan] * len(started),
        "started_at": [datetime.combine(day, time()) for day in started],
        "renews_at": [datetime.combine(day, time()) for day in renews],
        "ended_at": [None] * len(started),
    }


def due_on(day: date, *tables: dict[str, list[Any]]) -> set[str]:
    """Who has a renewal or an end ahead, seen on a day."""
    rows = {column: [value for table in tables for value in table[column]] for column in tables[0]}
    facts = {"subscriptions": rows, "events": {"customer_id": ["x"], "name": ["login"], "occurred_at": [BEGIN]}}
    measurer = measurer_over(facts, now=datetime(2026, 5, 1, tzinfo=UTC))
    return set(seen_in(History(measurer, cutoff=day), contract_ending.KIND))


@pytest.mark.parametrize("began_on_the_day", [True, False])
def test_yearly_contracts_that_all_renew_on_one_date_are_announced(began_on_the_day: bool) -> None:
    """The fiscal year ends for everybody at once, whether or not the first term was a whole year."""
    rng = np.random.default_rng(14)
    started = [
        date(2025 - n % 3, 4, 1) if began_on_the_day else FISCAL - timedelta(days=int(rng.integers(40, 1400)))
        for n in range(240)
    ]

    seen = due_on(TODAY, contracts("annual", started=started, renews=[FISCAL] * 240))

    assert len(seen) == 240


def test_renewals_of_a_monthly_plan_are_no_news_beside_those_of_a_yearly_one() -> None:
    rng = np.random.default_rng(15)
    ahead = rng.integers(0, 30, 60)
    renews = [TODAY + timedelta(days=int(days)) for days in ahead]
    monthly = contracts(
        "monthly",
        started=[
            day - timedelta(days=30 * int(months)) for day, months in zip(renews, rng.integers(1, 30, 60), strict=True)
        ],
        renews=renews,
    )
    yearly = contracts("annual", started=[date(2025, 4, 1)] * 5, renews=[FISCAL] * 5)

    seen = due_on(TODAY, monthly, yearly)

    assert seen == {f"annual{n}" for n in range(5)}


def test_a_plan_billed_on_the_first_of_every_month_is_known_by_contracts_that_ended_in_other_months() -> None:
    started = [date(2025, 1 + n % 9, 5) for n in range(30)]
    running = contracts("monthly", started=started, renews=[FISCAL] * 30)
    over = contracts("monthly", started=started[:6], renews=[FISCAL] * 6)
    over["customer_id"] = [f"gone{n}" for n in range(6)]
    over["renews_at"] = [None] * 6
    over["ended_at"] = [datetime(2025, 10 + n % 3, 1) for n in range(6)]

    seen = due_on(TODAY, running, over)

    assert seen == set()
