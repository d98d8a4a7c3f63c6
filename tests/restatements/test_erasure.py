"""What an erasure leaves of the log: figures and counts, no rows and no names."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

import okaeri as ok
from okaeri.base.errors import OkaeriError
from okaeri.facts.lake import Lake
from okaeri.restatements import reasons
from tests.facts.lakes import NOON, order
from tests.restatements.conftest import DAY, Clock, everything_kept, land, one, values


def test_where_the_facts_of_a_moment_are_gone_the_recorded_figures_stand_in(shop: ok.Shop, clock: Clock) -> None:
    first = shop.measure("apv")
    clock.now += DAY
    shop.forget("min-jun")
    clock.now += DAY
    then = ok.open(shop.workspace.path, clock=clock, as_of=NOON + timedelta(hours=1)).measure("apv")

    assert values(then) == values(first)
    assert [m.n for m in then.measurements] == [m.n for m in first.measurements]
    assert any("no longer kept" in str(note) for note in then.notes)
    assert any("1 customers were erased since then" in str(note) for note in then.notes)


def test_where_facts_are_gone_and_nothing_was_recorded_the_error_says_so(shop: ok.Shop, clock: Clock) -> None:
    clock.now += DAY
    shop.forget("min-jun")

    with pytest.raises(OkaeriError, match="no longer kept"):
        ok.open(shop.workspace.path, clock=clock, as_of=NOON).measure("apv")


def test_an_erasure_restates_with_a_count_and_no_name(shop: ok.Shop, clock: Clock) -> None:
    shop.measure("apv")
    clock.now += DAY
    shop.forget("min-jun")
    shop.measure("apv")

    january = one(shop.restatements())
    assert (january.old.value, january.new.value, january.erased_customers) == (15.0, 10.0, 1)
    assert "1 customers were erased at their wish." in [str(reason) for reason in reasons(january)]
    assert "min-jun" not in everything_kept(shop)


def test_rows_of_an_erased_customer_are_named_no_more(shop: ok.Shop, clock: Clock) -> None:
    shop.measure("apv")
    land(shop, [order("order-of-chiyo", "chiyo", amount=60, day=5), order("order-of-nao", "nao", amount=5, day=6)])
    shop.measure("apv")
    named = one(shop.restatements()).changes[0].examples
    shop.forget("chiyo")

    assert named == ("order-of-chiyo", "order-of-nao")
    assert one(shop.restatements()).changes[0].examples == ("order-of-nao",)
    assert "order-of-chiyo" not in everything_kept(shop)


def test_a_segment_nobody_is_in_after_an_erasure_is_forgotten_too(shop: ok.Shop) -> None:
    people = {"aki": "Osaka", "min-jun": "Min-jun's own island", "chiyo": "Osaka"}
    rows = [{"customer_id": name, "attributes": json.dumps({"home": home})} for name, home in people.items()]
    land(shop, rows, table="customers")
    shop.measure("apv", segment="home")
    before = everything_kept(shop)
    shop.forget("min-jun")

    assert "own island" in before and "Osaka" in before
    assert "own island" not in everything_kept(shop) and "Osaka" in everything_kept(shop)


def test_an_erasure_whose_log_was_not_seen_to_is_seen_to_at_the_next_measuring(shop: ok.Shop) -> None:
    shop.measure("apv")
    land(shop, [order("order-of-chiyo", "chiyo", amount=60, day=5)])
    shop.measure("apv")
    Lake(shop.workspace.lake_path).forget("chiyo", now=NOON)
    still = "order-of-chiyo" in everything_kept(shop)
    shop.measure("crr")

    assert still
    assert "order-of-chiyo" not in everything_kept(shop)


def test_what_changed_is_said_to_be_unknown_when_the_older_rows_are_gone(shop: ok.Shop, clock: Clock) -> None:
    shop.measure("apv")
    clock.now += DAY
    land(shop, [order("5", "chiyo", amount=60, day=5)], at=clock.now)
    shop.forget("min-jun")
    shop.measure("apv")

    (change,) = one(shop.restatements()).changes
    assert (change.counted, change.new, change.examples) == (False, 0, ())
