"""The demo shop's campaigns: what was planted comes out, and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from okaeri.base.calendar import Calendar
from okaeri.demo.company import ZONE, simulate_customers
from okaeri.frames import facts_of
from okaeri.metrics.measuring import Measurer
from okaeri.predictions.uplift import Uplift, from_facts, trial_of

pytestmark = pytest.mark.slow
GIFT_MONTHS = (date(2024, 12, 1), date(2025, 2, 1))
GIFT_DAY = date(2024, 11, 18)


@pytest.fixture(scope="module")
def shop() -> Measurer:
    company = simulate_customers(24_000, seed=5, end=date(2025, 10, 1))
    return facts_of(
        dict(company.facts), calendar=Calendar(zone=ZONE), now=datetime(2025, 10, 1, 9, tzinfo=UTC)
    )  # fmt: skip


@pytest.mark.parametrize("outcome", ["bought", "revenue"])
def test_a_sheet_of_stickers_does_nothing(shop: Measurer, outcome: str) -> None:
    """Its planted effect is none; so the interval holds 0, and targeting it pays nobody."""
    assert outcome in ("bought", "revenue")
    result = from_facts(
        shop,
        campaign="sticker_sheet_2025",
        outcome="bought" if outcome == "bought" else "revenue",
        horizon_days=60,
        uplift=Uplift(splits=4),
    )

    assert result.fit.average is not None and result.fit.average.low < 0 < result.fit.average.high
    assert result.fit.verdict.kind == "no_evidence"
    assert result.fit.doubts == ()


def test_the_gift_guide_moves_customers_without_a_plan_as_much_as_was_planted(shop: Measurer) -> None:
    """In December and January their orders are multiplied by 1.6; the controls say what they would have spent."""
    before, until = ((day - GIFT_DAY).days for day in GIFT_MONTHS)
    free = _without_plan(shop)
    late = trial_of(shop, campaign="gift_guide_2024", outcome="revenue", horizon_days=until)
    early = trial_of(shop, campaign="gift_guide_2024", outcome="revenue", horizon_days=before)
    mine = np.isin(late.customer, free)
    features = {"nothing": np.zeros(int(mine.sum()))}

    found = Uplift(splits=2).fit(
        features, treated=late.treated[mine], outcome=late.outcome[mine], customer=late.customer[mine]
    )

    control = mine & ~late.treated
    planted = 0.6 * float((late.outcome - early.outcome)[control].mean())
    assert found.average is not None
    assert found.average.low < planted < found.average.high
    assert found.average.low > 0


def _without_plan(shop: Measurer) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Whoever had no subscription in the time of the guide: only orders of their own free will were moved."""
    sql = """select c.customer from customer_codes c left join local_subscriptions s
             on s.customer_id = c.customer_id and s.started_at < timestamp '2025-02-01'
             and coalesce(s.ended_at, timestamp '2100-01-01') > timestamp '2024-11-18'
             group by c.customer having count(s.customer_id) = 0"""
    return np.asarray(shop.engine.query(sql)["customer"].to_numpy(), np.int64)
