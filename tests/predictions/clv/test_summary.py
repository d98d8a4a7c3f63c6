"""The rows that models learn from, held against a plain loop over the same orders."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from okaeri.base.calendar import Calendar
from okaeri.frames import facts_of
from okaeri.metrics.measuring import Measurer
from okaeri.metrics.timetable import EPOCH
from okaeri.predictions.clv.bgnbd import BGNBD
from okaeri.predictions.clv.summary import Summary, summarise

START = date(2024, 1, 1)


def shop(rows: list[tuple[str, int, float, str]]) -> Measurer:
    """Orders as (customer, day after `START`, amount, currency); a negative amount is a return."""
    orders = pa.table(
        {
            "customer_id": [row[0] for row in rows],
            "ordered_at": [datetime(2024, 1, 1, 12) + timedelta(days=row[1]) for row in rows],
            "amount": [row[2] for row in rows],
            "currency": [row[3] for row in rows],
        }
    )
    return facts_of({"orders": orders}, calendar=Calendar(zone="UTC"), now=datetime(2100, 1, 1, tzinfo=UTC))


def drawn(seed: int) -> list[tuple[str, int, float, str]]:
    """Some months of orders with same-day ones, returns and a second currency."""
    rng = np.random.default_rng(seed)
    return [
        (
            f"c{rng.integers(12):02d}",
            int(rng.integers(120)),
            float(rng.choice([-5.0, 10.0, 20.0, 35.5], p=[0.15, 0.4, 0.3, 0.15])),
            str(rng.choice(["EUR", "USD"], p=[0.85, 0.15])),
        )
        for _row in range(150)
    ]


def by_hand(rows: list[tuple[str, int, float, str]], *, as_of: int, horizon: int) -> dict[str, dict[str, float]]:
    """What a summary says, one customer at a time."""
    found: dict[str, dict[str, float]] = {}
    for customer in sorted({row[0] for row in rows}):
        mine = [row for row in rows if row[0] == customer and row[3] == "EUR"]
        days = sorted({day for _name, day, amount, _money in mine if amount >= 0})
        past = [day for day in days if day < as_of]
        if not past:
            continue
        first = past[0]
        gaps = [after - before for before, after in pairwise(past)]
        found[customer] = {
            "frequency": len(past) - 1,
            "last_purchase": past[-1] - first,
            "age": as_of - 1 - first,
            "recent": sum(1 for day in past if day >= as_of - 30),
            "first_spend": sum(row[2] for row in mine if row[1] == first),
            "repeat_spend": sum(row[2] for row in mine if first < row[1] < as_of),
            "log_gaps": sum(math.log(gap) for gap in gaps),
            "purchases": sum(1 for day in days if as_of <= day < as_of + horizon),
            "spend": sum(row[2] for row in mine if as_of <= row[1] < as_of + horizon),
        }
    return found


def ask(measurer: Measurer, *, day: int, horizon_days: int = 0, recent_days: int = 365, one_in: int = 1) -> Summary:
    as_of = START + timedelta(days=day)
    return summarise(measurer, as_of=as_of, horizon_days=horizon_days, recent_days=recent_days, one_in=one_in)


@pytest.mark.parametrize("seed", range(5))
def test_a_summary_is_what_a_loop_over_the_orders_finds(seed: int) -> None:
    rows = drawn(seed)
    measurer = shop(rows)
    names = measurer.engine.query("select customer, customer_id from customer_codes").to_pylist()
    names_of = {row["customer"]: row["customer_id"] for row in names}

    summary = ask(measurer, day=80, horizon_days=25, recent_days=30)

    expected = by_hand(rows, as_of=80, horizon=25)
    assert [names_of[code] for code in summary.customer] == list(expected)
    for name in next(iter(expected.values())):
        found = getattr(summary, name)
        assert found == pytest.approx([each[name] for each in expected.values()]), name


def test_orders_of_one_day_are_one_purchase() -> None:
    summary = ask(shop([("Aki", 0, 10.0, "EUR"), ("Aki", 0, 5.0, "EUR"), ("Aki", 3, 7.0, "EUR")]), day=10)

    assert (summary.frequency.tolist(), summary.first_spend.tolist()) == ([1.0], [15.0])


def test_a_currency_does_not_multiply_the_purchases_of_a_day() -> None:
    rows = [("Aki", 0, 10.0, "EUR"), ("Aki", 3, 7.0, "EUR"), ("Aki", 3, 9.0, "USD"), ("Aki", 5, 7.0, "EUR")]

    summary = ask(shop(rows), day=10)

    assert (summary.frequency.tolist(), summary.repeat_spend.tolist()) == ([2.0], [14.0])


def test_what_happens_later_changes_nothing_but_the_outcome() -> None:
    rows = drawn(1)
    past = [row for row in rows if row[1] < 60]

    known, all_of_it = ask(shop(past), day=60), ask(shop(rows), day=60)

    names = ("frequency", "last_purchase", "age", "recent", "first_spend", "repeat_spend", "log_gaps")
    for name in names:
        assert sorted(getattr(known, name)) == pytest.approx(sorted(getattr(all_of_it, name))), name


def test_the_purchase_on_the_day_itself_belongs_to_the_future() -> None:
    summary = ask(shop([("Aki", 0, 10.0, "EUR"), ("Aki", 10, 7.0, "EUR")]), day=10, horizon_days=1)

    assert (summary.frequency[0], summary.purchases[0]) == (0, 1)


def test_purchases_in_another_currency_are_left_out_and_that_is_said() -> None:
    summary = ask(shop([("Aki", 0, 10.0, "EUR"), ("Aki", 2, 10.0, "EUR"), ("Chiyo", 2, 1.0, "USD")]), day=10)

    assert len(summary) == 1
    assert "USD are left out" in str(summary.notes[0])


def test_one_in_so_many_is_always_the_same_customers() -> None:
    measurer = shop([(f"c{n}", n % 9, 1.0, "EUR") for n in range(400)])

    some, everybody = ask(measurer, day=20, one_in=4), ask(measurer, day=20)

    assert 60 < len(some) < 140
    assert set(some.customer) <= set(everybody.customer)
    assert some.customer.tolist() == ask(measurer, day=20, one_in=4).customer.tolist()


def test_a_number_of_days_serves_as_a_date() -> None:
    measurer = shop(drawn(2))
    day = (START - EPOCH).days + 50

    assert summarise(measurer, as_of=day).frequency.tolist() == ask(measurer, day=50).frequency.tolist()


@pytest.mark.real_data
def test_cdnow_through_the_summary_gives_the_published_bgnbd(data_dir: Path) -> None:
    """Fader, Hardie & Lee (2005), Marketing Science 24(2), table 2."""
    table = np.loadtxt(data_dir / "cdnow" / "CDNOW_sample.txt")
    days = [datetime.strptime(str(int(day)), "%Y%m%d") for day in table[:, 2]]
    orders = pa.table({"customer_id": table[:, 0].astype(int).astype(str), "ordered_at": days, "amount": table[:, 4]})
    measurer = facts_of({"orders": orders}, calendar=Calendar(zone="UTC"), now=datetime(2000, 1, 1, tzinfo=UTC))
    summary = summarise(measurer, as_of=date(1997, 10, 1))

    weeks = {name: values / (1 if name == "frequency" else 7) for name, values in summary.histories.items()}
    fit = BGNBD().fit(**weeks)

    assert fit.log_likelihood == pytest.approx(-9582.429, abs=0.01)
    assert [fit.r, fit.alpha, fit.a, fit.b] == pytest.approx([0.242595, 4.413602, 0.792920, 2.425888], rel=1e-3)
