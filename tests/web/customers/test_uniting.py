"""Merged customers are one in every figure, and two again after an undo."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

import okaeri
from okaeri.facts.lake import Lake
from okaeri.web.core.customers import erasing, merging
from okaeri.web.core.customers.models import Customer, Merge
from okaeri.web.core.customers.portraits import whole
from okaeri.web.core.customers.syncing import sync_customers
from okaeri.web.core.customers.uniting import unite
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.jobs.running import run
from okaeri.web.core.landing import facts_landed
from okaeri.web.core.people.models import User
from tests.web.customers.conftest import NOW

Pair = tuple[Customer, Customer]
ONE, TWO = "C00000001", "C00000002"


@pytest.fixture
def pair(directory: Path) -> Pair:
    return Customer.objects.get(customer_id=ONE), Customer.objects.get(customer_id=TWO)


def work() -> None:
    """Do what waits, as a worker would."""
    for waiting in Job.objects.filter(kind="unite_customers", state="queued"):
        run(str(waiting.pk))


def orders(folder: Path) -> dict[str, int]:
    """How many orders the figures count for each of the two."""
    sql = "select c.customer_id, t.orders from customer_totals t join customer_codes c using (customer)"
    found = okaeri.open(folder).measurer().engine.query(sql).to_pylist()
    return {row["customer_id"]: row["orders"] for row in found if row["customer_id"] in (ONE, TWO)}


def test_figures_count_one_customer_after_a_merge_and_two_after_its_undo(
    directory: Path, pair: Pair, haru: User
) -> None:
    apart = orders(directory)

    made = merging.merge(*pair, by=haru, now=NOW)
    work()
    together = orders(directory)
    merging.undo_merge(made, by=haru, now=NOW + timedelta(days=1))
    work()

    assert together == {ONE: apart[ONE] + apart[TWO]}
    assert orders(directory) == apart


def test_a_merge_that_did_not_come_about_tells_the_facts_nothing(pair: Pair, haru: User) -> None:
    def cut_off() -> None:
        with transaction.atomic():
            merging.merge(*pair, by=haru, now=NOW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut_off()

    assert not Job.objects.filter(kind="unite_customers").exists()
    assert not Merge.objects.exists()


def test_a_job_that_comes_late_or_twice_says_what_holds_by_then(directory: Path, pair: Pair, haru: User) -> None:
    apart, (_kept, gone) = orders(directory), pair
    made = merging.merge(*pair, by=haru, now=NOW)
    unite(gone.pk, now=NOW)
    version = Lake(directory / "lake").version("identities")
    unite(gone.pk, now=NOW)
    again = Lake(directory / "lake").version("identities")
    merging.undo_merge(made, by=haru, now=NOW + timedelta(days=1))

    unite(gone.pk, now=NOW + timedelta(days=2))

    assert again == version
    assert orders(directory) == apart


def test_whoever_shows_figures_hears_of_it(pair: Pair, haru: User) -> None:
    heard: list[list[str]] = []

    def listen(tables: list[str], **_news: Any) -> None:
        heard.append(tables)

    facts_landed.connect(listen)
    try:
        merging.merge(*pair, by=haru, now=NOW)
        work()
    finally:
        facts_landed.disconnect(listen)

    assert heard == [["identities"]]
    assert set(Job.objects.filter(state="queued").values_list("kind", flat=True)) >= {"measure_pages", "sync_customers"}


def test_three_who_became_one_come_apart_in_turn(directory: Path, pair: Pair, haru: User) -> None:
    first, second = pair
    third = Customer.objects.get(customer_id="C00000003")
    before = orders(directory)
    merging.merge(second, third, by=haru, now=NOW)
    work()
    middle = orders(directory)
    outer = merging.merge(first, second, by=haru, now=NOW)
    work()
    together = orders(directory)

    merging.undo_merge(outer, by=haru, now=NOW + timedelta(days=1))
    work()

    assert together == {ONE: before[ONE] + middle[TWO]}
    assert orders(directory) == middle


def test_the_directory_lists_one_and_then_two_again(directory: Path, pair: Pair, haru: User) -> None:
    there = Customer.objects.filter(merged_into=None, in_lake=True)
    count = there.count()
    made = merging.merge(*pair, by=haru, now=NOW)
    work()
    sync_customers(now=NOW)
    merged = there.count()
    merging.undo_merge(made, by=haru, now=NOW + timedelta(days=1))
    work()

    sync_customers(now=NOW)

    assert (merged, there.count()) == (count - 1, count)


@pytest.mark.slow
def test_a_page_tells_the_same_before_and_after_the_facts_heard_of_it(directory: Path, pair: Pair, haru: User) -> None:
    kept, _gone = pair
    merging.merge(*pair, by=haru, now=NOW)
    before = whole(merging.ids_of(kept))
    work()

    after = whole(merging.ids_of(kept))

    assert before and after
    assert (len(before.parts), len(after.parts)) == (2, 1)
    assert (after.orders, after.first_day, after.last_order_day) == (
        before.orders,
        before.first_day,
        before.last_order_day,
    )
    assert after.spent == pytest.approx(before.spent)


@pytest.mark.slow
def test_whoever_was_parted_is_not_erased_with_the_other_although_the_facts_had_not_heard_of_it(
    directory: Path, pair: Pair, aki: User
) -> None:
    kept, _gone = pair
    apart = orders(directory)
    made = merging.merge(*pair, by=aki, now=NOW)
    work()
    merging.undo_merge(made, by=aki, now=NOW + timedelta(days=1))
    erasing.ask_to_erase(kept, typed=ONE, by=aki, now=NOW + timedelta(days=1))

    erasing.erase(kept.public_id, by=aki.pk, now=NOW + timedelta(days=1))

    assert orders(directory) == {TWO: apart[TWO]}


def test_the_facts_are_told_nothing_of_somebody_who_is_being_erased(directory: Path, pair: Pair, aki: User) -> None:
    kept, gone = pair
    merging.merge(*pair, by=aki, now=NOW)
    erasing.ask_to_erase(kept, typed=ONE, by=aki, now=NOW)

    unite(gone.pk, now=NOW)

    assert "identities" not in Lake(directory / "lake").tables()
