"""What landing, reading back and compacting promise, one claim at a time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from okaeri.base.errors import OkaeriError
from okaeri.facts.lake import Lake, Landing
from tests.facts.lakes import NOON, amounts, batch, order, query


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "おかえり shop [2]" / "lake")


def counts(landing: Landing) -> tuple[int, int, int]:
    return landing.new, landing.replaced, landing.unchanged


def test_a_lake_that_was_never_written_is_empty(lake: Lake) -> None:
    assert (lake.tables(), lake.files("orders"), lake.version("orders"), lake.rows("orders")) == ((), (), None, 0)


def test_first_rows_are_new(lake: Lake) -> None:
    landing = lake.land("orders", batch([order("1"), order("2")]), batch_id="a", now=NOON)

    assert counts(landing) == (2, 0, 0)
    assert lake.tables() == ("orders",)
    assert amounts(lake.files("orders")) == {"1": 10.0, "2": 10.0}


def test_rows_that_come_again_are_unchanged_replaced_or_new(lake: Lake) -> None:
    lake.land("orders", batch(order(str(n)) for n in range(5)), batch_id="a", now=NOON)

    again = batch([order("1"), order("2", amount=99.0), order("7")])
    landing = lake.land("orders", again, batch_id="b", now=NOON)

    assert counts(landing) == (1, 1, 1)
    assert amounts(lake.files("orders")) == {"0": 10.0, "1": 10.0, "2": 99.0, "3": 10.0, "4": 10.0, "7": 10.0}


def test_an_empty_value_equals_an_empty_value_and_nothing_else(lake: Lake) -> None:
    lake.land("orders", batch([order("1"), order("2")]), batch_id="a", now=NOON)

    filled = {**order("2"), "margin": 0.0}
    landing = lake.land("orders", batch([order("1"), filled]), batch_id="b", now=NOON)

    assert counts(landing) == (0, 1, 1)


def test_equal_rows_leave_the_files_as_they_are(lake: Lake) -> None:
    rows = batch([order("1"), order("2")])
    lake.land("orders", rows, batch_id="a", now=NOON)
    before = lake.files("orders")

    lake.land("orders", rows, batch_id="b", now=NOON)

    assert lake.files("orders") == before


def test_a_batch_lands_once_even_when_its_rows_changed_since(lake: Lake) -> None:
    lake.land("orders", batch([order("1", amount=1.0)]), batch_id="a", now=NOON)
    lake.land("orders", batch([order("1", amount=2.0)]), batch_id="b", now=NOON)

    landing = lake.land("orders", batch([order("1", amount=1.0)]), batch_id="a", now=NOON)

    assert landing.repeated
    assert counts(landing) == (0, 0, 1)
    assert amounts(lake.files("orders")) == {"1": 2.0}


def test_the_same_batch_id_lands_in_each_table(lake: Lake) -> None:
    customers = batch([{"customer_id": "Hana", "joined_at": None, "attributes": "{}"}], table="customers")
    lake.land("customers", customers, batch_id="a", now=NOON)

    landing = lake.land("orders", batch([order("1")]), batch_id="a", now=NOON)

    assert counts(landing) == (1, 0, 0)
    assert lake.tables() == ("customers", "orders")


def test_a_key_of_two_columns_needs_both_to_be_equal(lake: Lake) -> None:
    def put(experiment: str, customer: str, arm: str) -> dict[str, object]:
        return {"experiment": experiment, "customer_id": customer, "arm": arm, "assigned_at": NOON}

    lake.land("assignments", batch([put("mail", "Hana", "a"), put("mail", "Jun", "a")], table="assignments"),
              batch_id="a", now=NOON)  # fmt: skip

    landing = lake.land("assignments", batch([put("mail", "Hana", "b"), put("call", "Jun", "a")], table="assignments"),
                        batch_id="b", now=NOON)  # fmt: skip

    assert counts(landing) == (1, 1, 0)
    assert lake.rows("assignments") == 3


def test_a_parquet_file_lands_with_the_contracts_types(lake: Lake, tmp_path: Path) -> None:
    whole = batch([order("1")]).set_column(3, "amount", pa.array([10], pa.int32()))
    pq.write_table(whole.select(reversed(whole.column_names)), tmp_path / "staged.parquet")

    lake.land("orders", tmp_path / "staged.parquet", batch_id="a", now=NOON)

    assert query("select amount, typeof(amount), order_id from lake", lake.files("orders")) == [(10.0, "DOUBLE", "1")]


def test_a_stream_of_record_batches_lands(lake: Lake) -> None:
    rows = batch(order(str(n)) for n in range(10))

    landing = lake.land("orders", rows.to_reader(max_chunksize=3), batch_id="a", now=NOON)

    assert counts(landing) == (10, 0, 0)


def test_an_empty_batch_changes_nothing(lake: Lake) -> None:
    assert counts(lake.land("orders", batch([]), batch_id="a", now=NOON)) == (0, 0, 0)
    assert lake.rows("orders") == 0


def test_a_missing_column_is_named(lake: Lake) -> None:
    with pytest.raises(OkaeriError, match="lacks the columns margin"):
        lake.land("orders", batch([order("1")]).drop_columns(["margin"]), batch_id="a", now=NOON)


def test_an_empty_required_value_is_refused(lake: Lake) -> None:
    with pytest.raises(OkaeriError, match="1 rows of the batch for orders lack a required value"):
        lake.land("orders", batch([{**order("1"), "customer_id": None}]), batch_id="a", now=NOON)


def test_a_key_that_comes_twice_is_refused(lake: Lake) -> None:
    with pytest.raises(OkaeriError, match="Give each order_id once"):
        lake.land("orders", batch([order("1"), order("1", amount=2.0)]), batch_id="a", now=NOON)


def test_a_folder_with_a_percent_sign_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(OkaeriError, match="Rename the folder"):
        Lake(tmp_path / "100%20")


def test_a_version_shows_the_table_as_it_was(lake: Lake) -> None:
    first = lake.land("orders", batch([order("1", amount=1.0)]), batch_id="a", now=NOON)
    lake.land("orders", batch([order("1", amount=2.0), order("2")]), batch_id="b", now=NOON)

    assert amounts(lake.files("orders", as_of=first.version)) == {"1": 1.0}


def test_a_moment_shows_the_table_as_it_was(lake: Lake) -> None:
    hour = timedelta(hours=1)
    lake.land("orders", batch([order("1", amount=1.0)]), batch_id="a", now=NOON)
    lake.land("orders", batch([order("1", amount=2.0)]), batch_id="b", now=NOON + 2 * hour)

    assert lake.files("orders", as_of=NOON - hour) == ()
    assert amounts(lake.files("orders", as_of=NOON + hour)) == {"1": 1.0}
    assert amounts(lake.files("orders", as_of=NOON + 2 * hour)) == {"1": 2.0}


def test_a_version_that_never_was_is_answered_with_the_latest(lake: Lake) -> None:
    latest = lake.land("orders", batch([order("1")]), batch_id="a", now=NOON).version

    with pytest.raises(OkaeriError, match=f"Its latest version is {latest}"):
        lake.files("orders", as_of=latest + 1)


def test_compacting_makes_one_sorted_file_of_the_same_rows(lake: Lake) -> None:
    for n in range(6):
        lake.land("orders", batch([order(f"{n}", f"c{-n % 5}"), order(f"{n}x", f"c{n}")]), batch_id=str(n), now=NOON)
    before = sorted(query("select order_id, customer_id, amount from lake", lake.files("orders")))

    done = lake.compact("orders")

    (file,) = lake.files("orders")
    assert (done.files, done.into) == (6, 1)
    assert sorted(query("select order_id, customer_id, amount from lake", [file])) == before
    customers = pq.read_table(file)["customer_id"].to_pylist()
    assert customers == sorted(customers)


def test_compacting_leaves_readers_their_files_and_earlier_versions_readable(lake: Lake) -> None:
    for n in range(3):
        lake.land("orders", batch([order(str(n))]), batch_id=str(n), now=NOON)
    version, files = lake.version("orders"), lake.files("orders")

    lake.compact("orders")

    assert len(amounts(files)) == 3
    assert lake.files("orders", as_of=version) == files


def test_a_batch_that_landed_before_compaction_still_lands_only_once(lake: Lake) -> None:
    for n in range(3):
        lake.land("orders", batch([order(str(n))]), batch_id=str(n), now=NOON)
    lake.compact("orders")

    assert lake.land("orders", batch([order("1")]), batch_id="1", now=NOON).repeated


def test_many_small_batches_are_compacted_on_the_way(lake: Lake) -> None:
    for n in range(40):
        lake.land("orders", batch([order(str(n))]), batch_id=str(n), now=NOON)

    assert lake.rows("orders") == 40
    assert len(lake.files("orders")) < 32
