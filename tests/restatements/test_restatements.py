"""What is kept, what counts as a restatement, and why it happened; what was known at an earlier moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

import okaeri as ok
from okaeri.base.errors import OkaeriError
from okaeri.base.measurement import State
from okaeri.base.text import use_language
from okaeri.facts.lake import Lake
from okaeri.restatements import Restatement, keep, reasons
from okaeri.restatements.log import folders
from tests.facts.lakes import NOON, order
from tests.restatements.conftest import DAY, Clock, land, one, values, written


def test_a_measurement_is_kept_with_the_versions_it_was_taken_from(shop: ok.Shop) -> None:
    shop.measure("apv")

    (folder,) = folders(shop.workspace.path, metric="apv")
    (kept,) = folder.batches()
    january = next(figure for place, figure in kept.figures.items() if place.start == "2026-01-01")
    assert (january.value, january.n, january.state) == (15.0, 2, "complete")
    assert kept.versions == {"orders": 1}
    assert kept.taken_at == NOON


def test_measuring_again_writes_nothing(shop: ok.Shop, clock: Clock) -> None:
    shop.measure("apv")
    clock.now += DAY
    shop.measure("apv")

    assert written(shop) == ["000001.json"]
    assert shop.restatements() == ()


def test_another_question_is_another_matter(shop: ok.Shop) -> None:
    shop.measure("crr")
    shop.measure("crr", presence="orders:60d")
    shop.measure("crr", by="week")

    assert len(folders(shop.workspace.path, metric="crr")) == 3
    assert shop.restatements() == ()


def test_a_late_row_restates_its_period_and_is_named(shop: ok.Shop, clock: Clock) -> None:
    shop.measure("apv")
    clock.now += DAY
    land(shop, [order("5", "chiyo", amount=60, day=5), order("6", "chiyo", amount=1, day=40)], at=clock.now)
    said = shop.measure("apv")

    assert str(said.notes[-1]).startswith("2 past figures are not what they were")
    january, february = sorted(shop.restatements(), key=lambda each: each.place)
    (change,) = january.changes
    assert (january.period.label, january.old.value, january.new.value) == ("2026-01", 15.0, 30.0)
    assert (january.said_at, january.restated_at) == (NOON, NOON + DAY)
    assert (change.table, change.new, change.replaced, change.gone, change.examples) == ("orders", 1, 0, 0, ("5",))
    assert (february.old.value, february.new.value) == (30.0, 15.5)


def test_a_replaced_row_restates_both_the_period_it_left_and_the_one_it_came_to(shop: ok.Shop, clock: Clock) -> None:
    shop.measure("apv")
    clock.now += DAY
    land(shop, [order("2", "min-jun", amount=20, day=40)], at=clock.now)
    shop.measure("apv")

    found = {each.period.label: each for each in shop.restatements()}
    assert set(found) == {"2026-01", "2026-02"}
    assert all(each.changes[0].replaced == 1 and each.changes[0].examples == ("2",) for each in found.values())


def test_a_period_that_is_not_over_is_not_restated(shop: ok.Shop, clock: Clock) -> None:
    """Chiyo's order on 1 March begins a period; what comes after it is news."""
    before = shop.measure("apv")
    clock.now += DAY
    land(shop, [order("5", "aki", amount=99, day=60)], at=clock.now)
    after = shop.measure("apv")

    assert [before.measurements[-1].state, after.measurements[-1].state] == ["partial", "partial"]
    assert values(before)[-1] != values(after)[-1]
    assert shop.restatements() == ()
    assert written(shop) == ["000001.json", "000002.json"]


def test_a_row_of_earlier_days_that_moves_a_later_period_is_told_as_such(shop: ok.Shop, clock: Clock) -> None:
    """A purchase on 30 January makes Min-jun a customer at February's start: retention of February changes."""
    shop.measure("crr")
    clock.now += DAY
    land(shop, [order("5", "min-jun", day=29)], at=clock.now)
    shop.measure("crr")

    february = one(tuple(each for each in shop.restatements() if each.period.label == "2026-02"))
    (change,) = february.changes
    assert (change.new, change.earlier) == (0, 1)
    assert "1 rows of earlier days changed" in str(reasons(february)[0])


def test_the_file_that_brought_the_rows_is_named(shop: ok.Shop, clock: Clock, tmp_path: Path) -> None:
    shop.measure("apv")
    clock.now += DAY
    file = tmp_path / "late.csv"
    file.write_text("order_id,customer_id,ordered_at,amount,currency\n9,nao,2026-01-09,90,JPY\n", "utf-8")
    shop.import_file(file, table="orders")
    shop.measure("apv")

    (landed,) = one(shop.restatements()).changes[0].files
    assert (landed.file, landed.new, landed.replaced) == ("late.csv", 1, 0)


def test_a_contract_touches_every_period_it_runs_in(shop: ok.Shop, clock: Clock) -> None:
    contract = {"subscription_id": "s1", "customer_id": "aki", "plan": "pro", "mrr": 10.0, "currency": "JPY"}
    begun = {**contract, "started_at": NOON - 50 * DAY}
    land(shop, [begun], table="subscriptions")
    shop.measure("crr", presence="subscriptions")
    clock.now += DAY
    land(shop, [{**begun, "ended_at": NOON - 15 * DAY}], table="subscriptions", at=clock.now)
    shop.measure("crr", presence="subscriptions")

    february = one(shop.restatements())
    assert (february.period.label, february.old.value, february.new.value) == ("2026-02", 1.0, 0.0)
    assert [(change.table, change.replaced) for change in february.changes] == [("subscriptions", 1)]


def test_facts_that_are_only_put_in_other_files_restate_nothing(shop: ok.Shop, clock: Clock) -> None:
    shop.measure("apv")
    for number in range(3):
        land(shop, [order(f"new{number}", "nao", day=59)], at=clock.now)
    Lake(shop.workspace.lake_path).compact("orders")
    shop.measure("apv")

    assert shop.restatements() == ()


def test_older_facts_measured_later_do_not_undo_newer_ones(shop: ok.Shop, clock: Clock) -> None:
    """Another process had opened the facts before the late row and comes to writing after it."""
    old = shop.measure("apv")
    versions = shop.versions
    land(shop, [order("5", "chiyo", amount=60, day=5)])
    shop.measure("apv")
    told = keep(old, shop.workspace, asked={}, versions=versions, now=clock.now)

    assert told == ()
    assert len(shop.restatements()) == 1


def test_a_figure_that_only_needed_more_days_is_no_restatement(shop: ok.Shop, clock: Clock) -> None:
    result = shop.measure("crr")
    ripe, last = result.measurements[1], result.measurements[-1]
    unripe = replace(ripe, value=None, interval=None, state=State.UNDEFINED)
    told: list[Restatement] = []
    for measurement, cutoff in ((unripe, result.cutoff), (ripe, result.cutoff + DAY)):
        later = replace(result, measurements=(measurement, last), cutoff=cutoff)
        told += keep(later, shop.workspace, asked={"by": "week"}, versions=shop.versions, now=clock.now)

    assert ripe.value is not None
    assert told == []


def test_cells_of_a_triangle_are_told_apart_and_its_means_are_not_restated(shop: ok.Shop) -> None:
    """Chiyo's order in January moves her into that cohort: three there, two of them bought again."""
    before = shop.measure("cohort")
    land(shop, [order("5", "chiyo", day=5), order("6", "chiyo", day=40)])
    shop.measure("cohort")

    assert None in {m.period for m in before.measurements}
    found = {(each.period.label, each.place.at): (each.old.value, each.new.value) for each in shop.restatements()}
    assert found == {("2026-01", "age=0"): (1.0, 1.0), ("2026-01", "age=1"): (0.5, 2 / 3)}


def test_as_of_a_moment_gives_the_figure_that_was_recorded_then_and_keeps_nothing(shop: ok.Shop, clock: Clock) -> None:
    first = values(shop.measure("apv"))
    clock.now += DAY
    land(shop, [order("5", "chiyo", amount=60, day=5), order("2", "min-jun", amount=500, day=3)], at=clock.now)
    second = values(shop.measure("apv"))
    kept = written(shop)
    then = ok.open(shop.workspace.path, clock=clock, as_of=NOON + timedelta(hours=1)).measure("apv")

    assert values(then) == first != second
    assert written(shop) == kept


def test_before_the_first_import_nothing_was_known(shop: ok.Shop, clock: Clock) -> None:
    with pytest.raises(OkaeriError, match=r"Nothing had been imported by 2026-02-28 12:00 UTC"):
        ok.open(shop.workspace.path, clock=clock, as_of=NOON - DAY).measure("apv")


def test_a_whole_batch_now_and_then_says_the_same_as_all_before_it(
    shop: ok.Shop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("okaeri.restatements.log._WHOLE_EVERY", 10)

    for number in range(13):
        clock.now += DAY
        land(shop, [order(f"late{number}", "nao", amount=number, day=5)], at=clock.now)
        shop.measure("apv", start=date(2026, 1, 1), end=date(2026, 2, 1))

    (folder,) = folders(shop.workspace.path)
    assert len(folder.paths()) == 13
    assert [batch.whole for batch in folder.batches()] == [True, False, False]
    assert len(shop.restatements()) == 12


def test_a_log_that_cannot_be_written_is_a_note_and_no_failure(shop: ok.Shop) -> None:
    (shop.workspace.path / "measurements").write_text("a file where a folder should be")

    result = shop.measure("apv")

    assert values(result)[0] == 15.0
    assert "could not be kept" in str(result.notes[-1])


@pytest.mark.parametrize(("language", "words"), [("ja", "orders"), ("ko", "orders")])
def test_the_reasons_are_told_in_every_language(shop: ok.Shop, language: str, words: str) -> None:
    shop.measure("apv")
    land(shop, [order("5", "chiyo", amount=60, day=5)])
    shop.measure("apv")
    english = [str(reason) for reason in reasons(one(shop.restatements()))]

    with use_language(language):
        told = [str(reason) for reason in reasons(one(shop.restatements()))]
    assert len(told) == len(english) and words in told[0]
    assert not {*told} & {*english}
