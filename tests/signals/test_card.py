"""Cards against counting by hand, against truths that were planted, and against signals that mean nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text
from okaeri.metrics.timetable import EPOCH, day_number
from okaeri.signals.card import Card, Verdict, cards, judged
from okaeri.signals.history import History
from okaeri.signals.kind import Kind
from okaeri.signals.kinds import contract_ending, low_rating, payment_failed, silence
from okaeri.signals.lift import Rows, lift_of
from tests.signals.seen import measurer_over
from tests.signals.worlds import company

BEGIN = datetime(2023, 1, 1)
H = 90


def card_of(tables: dict[str, Any], kind: Kind, *, presence: str = "subscriptions", horizon_days: int = H) -> Card:
    history = History(measurer_over(tables), presence=presence)
    return cards(history, kinds=[kind], horizon_days=horizon_days)[kind.id]


def failing(
    rng: np.random.Generator, *, customers: int, lift: float, ordinary: float = 0.0015, days: int = 500
) -> dict[str, Any]:
    """Contracts that end by chance; a failed payment multiplies the hazard of the next 90 days."""
    began = rng.integers(0, 60, customers)
    failed = np.where(rng.random(customers) < 0.4, began + rng.integers(30, 300, customers), 10**6)
    # a unit-exponential life, spent at the ordinary pace and faster while the signal is fresh
    life = rng.exponential(1, customers) / ordinary
    before = failed - began
    during = life - before
    stretched = np.where(during < H * lift, during / lift, during - H * (lift - 1))
    length = np.where(life <= before, life, before + stretched)
    end = began + np.maximum(np.ceil(length), 1)
    names = [f"c{n}" for n in range(customers)]
    alive = failed < np.minimum(end, days)
    return {
        "subscriptions": {
            "customer_id": names,
            "started_at": [BEGIN + timedelta(days=int(day)) for day in began],
            "ended_at": [BEGIN + timedelta(days=int(day)) if day < days else None for day in end],
        },
        "events": {
            "customer_id": [names[n] for n in np.flatnonzero(alive)] + ["outsider"],
            "name": ["payment_failed"] * int(alive.sum()) + ["login"],
            "occurred_at": [BEGIN + timedelta(days=int(failed[n])) for n in np.flatnonzero(alive)]
            + [BEGIN + timedelta(days=days)],
        },
    }


def by_hand(
    history: History, kind: Kind, *, present: Callable[..., bool], silence_on: Callable[[int, int], int]
) -> dict[str, float]:
    """Precision, base rate and coverage, customer by customer and day by day."""
    cutoff = day_number(history.cutoff)
    rows = history.of(kind).to_pylist()
    stays = history.measurer.engine.query("select customer, start_day, end_day from stays").to_pylist()
    first_day = min(stay["start_day"] for stay in stays) + 1
    looks = [day for day in range(cutoff - H, first_day - 1, -30)][::-1]
    judged = [(row["customer"], row["day"]) for row in rows]
    judged = [(c, d) for c, d in judged if present(stays, c, d) and d + H <= cutoff and d >= looks[0] - 15]
    customers = {stay["customer"] for stay in stays}

    rates: Counter[tuple[int, int]] = Counter()
    sizes: Counter[tuple[int, int]] = Counter()
    for place, look in enumerate(looks):
        for customer in customers:
            if present(stays, customer, look):
                group = place, silence_on(customer, look)
                sizes[group] += 1
                rates[group] += not present(stays, customer, look + H)
    groups = [
        (min(range(len(looks)), key=lambda place: (abs(looks[place] - d), -place)), silence_on(c, d)) for c, d in judged
    ]
    hits = [not present(stays, c, d + H) for c, d in judged]
    known = [group for group in groups if sizes[group]]
    expected = sum(rates[group] / sizes[group] for group in known)
    hits_known = sum(hit for hit, group in zip(hits, groups, strict=True) if sizes[group])
    first = min(d for _c, d in judged)
    gone = [(s["customer"], s["end_day"] + 1) for s in stays if first <= s["end_day"] + 1 <= cutoff]
    covered = [any(r["customer"] == c and g - H <= r["day"] < g for r in rows) for c, g in gone]
    return {
        "precision": sum(hits) / len(hits),
        "lift": hits_known / expected,
        "coverage": sum(covered) / len(covered),
        "signals": len(judged),
    }


def is_present(stays: list[dict[str, int]], customer: int, day: int) -> bool:
    return any(s["customer"] == customer and s["start_day"] < day <= s["end_day"] for s in stays)


@pytest.mark.parametrize("presence", ["subscriptions", "orders:60d"])
def test_a_card_is_what_counting_by_hand_gives(presence: str) -> None:
    history = History(measurer_over(company(np.random.default_rng(3), customers=90)), presence=presence)
    card = cards(history, kinds=[low_rating.KIND])["low_rating"]
    visits = history.measurer.engine.query("select customer, day from customer_days where orders > 0").to_pylist()
    window = history.presence.rule.window_days

    def silence_of(customer: int, day: int) -> int:
        if not window:
            return 0
        last: int = max(row["day"] for row in visits if row["customer"] == customer and row["day"] < day)
        return (day - 1 - last) * 6 // window

    expected = by_hand(history, low_rating.KIND, present=is_present, silence_on=silence_of)

    assert card.precision and card.lift and card.coverage
    assert card.signals == expected["signals"]
    assert card.precision.value == pytest.approx(expected["precision"])
    assert card.lift.value == pytest.approx(expected["lift"])
    assert card.coverage.value == pytest.approx(expected["coverage"])


@pytest.mark.parametrize("pace", [2.0, 4.0])
def test_a_planted_lift_is_found_again(pace: float) -> None:
    """The hazard is `pace` times as high; within 90 days that many more of an ordinary share leave."""
    ordinary = 0.0015
    card = card_of(failing(np.random.default_rng(11), customers=4000, lift=pace), payment_failed.KIND)

    signalled = 1 - np.exp(-ordinary * pace * H)
    assert card.verdict is Verdict.FORETELLS
    assert card.precision and card.precision.interval.low and card.precision.interval.high
    assert card.precision.interval.low < signalled < card.precision.interval.high
    assert card.lift and card.lift.value and card.lift.interval.high
    # some of those compared with are signalled themselves, so the lift is a little below that of the hazard
    assert 0.75 * signalled < card.lift.value * (1 - np.exp(-ordinary * H)) < 1.1 * signalled
    assert card.lead and card.lead.low < card.lead.median < card.lead.high <= H


def test_a_signal_that_means_nothing_is_said_to_mean_nothing() -> None:
    verdicts = Counter(
        card_of(failing(np.random.default_rng(seed), customers=500, lift=1.0), payment_failed.KIND).verdict
        for seed in range(60)
    )

    assert verdicts[Verdict.NOT_ENOUGH] == 0
    assert verdicts[Verdict.NO_EVIDENCE] >= 0.9 * 60


def test_few_outcomes_give_counts_and_no_figure() -> None:
    card = card_of(failing(np.random.default_rng(1), customers=20, lift=3.0), payment_failed.KIND)

    assert card.verdict is Verdict.NOT_ENOUGH
    assert (card.precision, card.lift, card.lead, card.weight) == (None, None, None, 1.0)
    assert f"{card.signals} of 30 signals" in str(card.sentence)


def test_a_kind_without_a_past_is_not_judged() -> None:
    card = cards(
        History(measurer_over(contract_ending.KIND.example.tables), cutoff=contract_ending.KIND.example.cutoff),
        kinds=[contract_ending.KIND],
    )["contract_ending"]

    assert card.verdict is Verdict.NO_PAST
    assert card.lift is None


def test_signals_of_people_who_are_no_customers_are_counted_apart() -> None:
    tables = failing(np.random.default_rng(2), customers=300, lift=1.0)
    tables["events"]["customer_id"] += ["outsider"] * 2
    tables["events"]["name"] += ["payment_failed"] * 2
    tables["events"]["occurred_at"] += [datetime(2023, 3, 1), datetime(2023, 6, 1)]

    with_outsider = card_of(tables, payment_failed.KIND)

    assert with_outsider.absent == 2
    assert with_outsider.signals + with_outsider.pending == len(tables["events"]["name"]) - 3


def test_silence_where_silence_is_leaving_says_so() -> None:
    tables = company(np.random.default_rng(4))

    by_orders = card_of(tables, silence.KIND, presence="orders:60d")
    by_contract = card_of(tables, silence.KIND)

    assert any("the definition's own" in str(caveat) for caveat in by_orders.caveats)
    assert not any("the definition's own" in str(caveat) for caveat in by_contract.caveats)


def test_a_horizon_of_no_days_is_refused() -> None:
    history = History(measurer_over(failing(np.random.default_rng(1), customers=5, lift=1.0)))

    with pytest.raises(OkaeriError, match="such as 90"):
        cards(history, horizon_days=0)


def test_without_a_horizon_that_is_over_nothing_is_concluded() -> None:
    tables = {
        "subscriptions": {"customer_id": ["aki"], "started_at": ["2024-01-01"]},
        "events": {"customer_id": ["aki"], "name": ["payment_failed"], "occurred_at": ["2024-01-20"]},
    }

    card = card_of(tables, payment_failed.KIND)

    assert (card.verdict, card.signals, card.pending, card.since) == (Verdict.NOT_ENOUGH, 0, 1, None)
    assert card.cutoff == date(2024, 1, 21) == EPOCH + timedelta(days=day_number(card.cutoff))


def random_card(rng: np.random.Generator, *, pace: float = 1.0) -> Card:
    """A card of signals on customers drawn by chance, who leave `pace` times as often as all."""
    everybody = Rows(customer=np.arange(600), group=np.zeros(600, np.int64), left=rng.random(600) < 0.2)
    who = rng.choice(600, 150, replace=False)
    left = everybody.left[who] | (rng.random(150) < 0.2 * (pace - 1))
    signalled = Rows(customer=who, group=np.zeros(150, np.int64), left=left)
    return Card(
        kind="random",
        horizon_days=H,
        cutoff=date(2024, 6, 1),
        since=date(2023, 1, 1),
        verdict=Verdict.NO_EVIDENCE,
        sentence=Text(""),
        signals=150,
        customers=150,
        pending=0,
        absent=0,
        leavers=100,
        lift=lift_of(signalled, everybody),
    )


def stands_alone(card: Card) -> bool:
    """Whether the lift's own interval leaves 1 out."""
    return judged({"alone": card})["alone"].verdict is not Verdict.NO_EVIDENCE


def test_a_shop_of_sixteen_signals_that_mean_nothing_hardly_ever_has_one_that_foretells() -> None:
    rng = np.random.default_rng(21)
    shops = [{str(n): random_card(rng) for n in range(16)} for _shop in range(200)]

    alarmed = [any(each.verdict is not Verdict.NO_EVIDENCE for each in judged(shop).values()) for shop in shops]

    one_by_one = [any(map(stands_alone, shop.values())) for shop in shops]
    assert sum(alarmed) <= 0.08 * 200
    assert sum(one_by_one) > 0.2 * 200


def test_a_signal_that_foretells_is_found_among_fifteen_that_mean_nothing() -> None:
    rng = np.random.default_rng(22)

    found = judged({"real": random_card(rng, pace=2.5)} | {str(n): random_card(rng) for n in range(15)})

    assert found["real"].verdict is Verdict.FORETELLS
    assert found["real"].weight > 1.5


def test_a_lift_that_only_stands_out_alone_is_told_as_what_it_is() -> None:
    rng = np.random.default_rng(23)
    alone = next(
        card
        for card in (random_card(rng, pace=1.3) for _try in range(200))
        if card.lift and 0.02 < card.lift.chance < 0.05
    )

    found = judged({"alone": alone} | {str(n): random_card(rng) for n in range(15)})["alone"]

    assert stands_alone(alone)
    assert (found.verdict, found.weight) == (Verdict.NO_EVIDENCE, 1.0)
    assert "where 16 kinds of signals are judged" in str(found.sentence)
    assert "covers 1" not in str(found.sentence)
