"""Labels as facts: any figure can be split by them, as of the day they were given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from okaeri.base.text import Text
from okaeri.facts.contracts import TABLES
from okaeri.metrics.measuring import Measurer
from okaeri.metrics.segments import NO_LABEL, labels_sql
from okaeri.metrics.timetable import day_number
from okaeri.predictions.segments import labels_table, lifecycle, profiles_of, rfm
from okaeri.predictions.segments.segmentation import nobody
from tests.predictions.segments.shops import TOKYO, orders, random_orders, shop

ROWS = random_orders(seed=1)
THEN = date(2024, 1, 1)


def labelled(*days: date | None) -> tuple[Measurer, pa.Table]:
    """The shop after its customers were labelled on some days, one after another."""
    labels = TABLES["labels"].arrow_schema().empty_table()
    measurer = shop(orders=orders(ROWS))
    for day in days:
        new = labels_table(rfm(profiles_of(measurer, cutoff=day)), measurer=measurer)
        labels = pa.concat_tables([labels, new])
        measurer = shop(orders=orders(ROWS), labels=labels)
    return measurer, labels


def split(measurer: Measurer, **asked: Any) -> dict[str, int]:
    result = measurer.measure("repeat_rate", by="all", segment="rfm", **asked)
    return {m.segment: m.n for m in result.measurements if m.segment is not None and m.n}


def test_the_rows_fit_the_contract_and_hold_from_the_cutoff_on() -> None:
    _measurer, labels = labelled(THEN)

    assert labels.schema.equals(TABLES["labels"].arrow_schema())
    assert set(labels["assigned_at"].to_pylist()) == {TOKYO.start_of(THEN)}
    assert set(labels["scheme"].to_pylist()) == {"rfm"}


def test_a_figure_is_split_by_the_labels() -> None:
    measurer, labels = labelled(None)

    found = split(measurer)

    counts = {row["values"]: row["counts"] for row in labels["label"].value_counts().to_pylist()}
    assert found == counts


def test_only_changes_are_kept() -> None:
    measurer, first = labelled(THEN)

    later = rfm(profiles_of(measurer))
    second = labels_table(later, measurer=measurer)

    then = dict(zip(first["customer_id"].to_pylist(), first["label"].to_pylist(), strict=True))
    now = dict(zip(second["customer_id"].to_pylist(), second["label"].to_pylist(), strict=True))
    assert 0 < second.num_rows < len(later)
    assert all(then.get(customer) != label for customer, label in now.items())


def test_a_past_cutoff_sees_the_labels_of_its_time() -> None:
    measurer, _both = labelled(THEN, None)
    _then, first = labelled(THEN)

    looking_back = split(measurer, cutoff=THEN)

    counts = {row["values"]: row["counts"] for row in first["label"].value_counts().to_pylist()}
    assert {name: n for name, n in looking_back.items() if name} == counts
    assert split(measurer) != looking_back


def test_labelling_again_lands_the_same_rows() -> None:
    measurer, labels = labelled(None)

    again = labels_table(rfm(profiles_of(measurer)), measurer=measurer)

    assert sorted(again["label_id"].to_pylist()) == sorted(labels["label_id"].to_pylist())


def test_a_label_of_the_day_that_older_facts_gave_is_put_right() -> None:
    """Back to the label before: no change any more, yet the row of the day says otherwise until it is replaced."""
    measurer, first = labelled(THEN)
    today = rfm(profiles_of(measurer))
    wrong = labels_table(today, measurer=measurer)
    landed = shop(orders=orders(ROWS), labels=pa.concat_tables([first, wrong]))
    as_before = {row["customer_id"]: row["label"] for row in first.to_pylist()}

    names = landed.engine.query("select customer, customer_id from customer_codes").to_pylist()
    ids = {row["customer"]: row["customer_id"] for row in names}
    kept = np.array([as_before.get(ids[code], "loyal") for code in today.customer.tolist()])
    right = labels_table(_relabelled(today, kept), measurer=landed)

    changed = {row["customer_id"] for row in wrong.to_pylist() if row["customer_id"] in as_before}
    assert changed <= set(right["customer_id"].to_pylist())


def test_the_stages_of_life_are_labels_like_any_other() -> None:
    measurer = shop(orders=orders(ROWS))
    stages = lifecycle(measurer, presence="orders:90d")
    with_labels = shop(orders=orders(ROWS), labels=labels_table(stages, measurer=measurer))

    result = with_labels.measure("crr", segment="lifecycle", presence="orders:90d")

    last = max(m.period.start for m in result.measurements if m.period is not None)
    ends = {m.segment: m.inputs["ce"] for m in result.measurements if m.period and m.period.start == last}
    assert ends["lapsed"] == 0
    assert sum(ends.values()) == int((stages.label != "lapsed").sum())


def test_a_customer_labelled_twice_on_a_day_counts_once() -> None:
    """The join from customers to labels could fan out."""
    moment = datetime(2024, 3, 1)
    twice = {
        "label_id": ["1", "2", "3"],
        "customer_id": ["c00", "c00", "c00"],
        "scheme": ["rfm", "rfm", "lifecycle"],
        "label": ["loyal", "champions", "active"],
        "assigned_at": [moment, moment, moment],
    }
    measurer = shop(orders=orders(ROWS), labels=twice)

    found = split(measurer)

    everybody = measurer.measure("repeat_rate", by="all").measurements[0].n
    assert found["champions"] == 1
    assert sum(found.values()) == everybody


def _relabelled(segmentation: Any, label: Any) -> Any:
    return replace(segmentation, label=label)


def test_who_is_in_no_group_any_more_loses_the_label_and_keeps_it_for_the_days_before() -> None:
    """Labelled in January, absent from July's segmentation: the label ends in July, and not sooner."""
    measurer, first = labelled(THEN)
    today = rfm(profiles_of(measurer))
    gone = first["customer_id"].to_pylist()[:7]
    names = measurer.engine.query("select customer, customer_id from customer_codes").to_pylist()
    codes = [row["customer"] for row in names if row["customer_id"] in gone]
    stay = ~np.isin(today.customer, codes)
    smaller = replace(today, customer=today.customer[stay], label=today.label[stay])

    second = labels_table(smaller, measurer=measurer)
    landed = shop(orders=orders(ROWS), labels=pa.concat_tables([first, second]))

    before = {row["customer_id"]: row["label"] for row in first.to_pylist()}
    assert {each: label_of(landed, each, THEN) for each in gone} == {each: before[each] for each in gone}
    assert {label_of(landed, each, today.as_of) for each in gone} == {""}
    assert {row["label"] for row in second.to_pylist() if row["customer_id"] in gone} == {NO_LABEL}
    everybody = landed.measure("repeat_rate", by="all").measurements[0].n
    assert sum(split(landed).values()) == everybody
    assert NO_LABEL not in split(landed)


def test_a_label_that_ended_is_not_ended_again() -> None:
    measurer, first = labelled(THEN)
    nobody_left = nobody("rfm", as_of=date(2024, 3, 1), reason=Text("nobody"))
    landed = shop(orders=orders(ROWS), labels=pa.concat_tables([first, labels_table(nobody_left, measurer=measurer)]))

    again = labels_table(replace(nobody_left, as_of=date(2024, 5, 1)), measurer=landed)

    assert again.num_rows == 0


def test_whoever_never_had_a_label_gets_none_that_ends_one() -> None:
    _measurer, labels = labelled(THEN)

    assert NO_LABEL not in labels["label"].to_pylist()


def label_of(measurer: Measurer, customer: str, day: date) -> str:
    sql = f"""select s.segment from ({labels_sql("rfm", cutoff=day_number(day))}) s
              join customer_codes c using (customer) where c.customer_id = '{customer}'"""
    return str(measurer.engine.query(sql).to_pylist()[0]["segment"])
