"""What erasing a customer promises."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from okaeri.base.errors import OkaeriError
from okaeri.facts import erasure
from okaeri.facts.lake import Lake
from tests.facts.lakes import NOON, batch, order, query

GONE = "Kim-Seo-yeon-0417"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake where a customer has orders, a record, an order that went to somebody else, and derived figures."""
    lake = Lake(tmp_path / "lake")
    lake.land("orders", batch([order("1", GONE), order("2", GONE), order("3", "Hana")]), batch_id="a", now=NOON)
    lake.land("orders", batch([order("4", "Jun"), order("2", "Jun")]), batch_id="b", now=NOON)
    who = [{"customer_id": name, "joined_at": None, "attributes": "{}"} for name in (GONE, "Hana", "Jun")]
    lake.land("customers", batch(who, table="customers"), batch_id="a", now=NOON)
    (lake.path / "derived").mkdir()
    (lake.path / "derived" / "customer_codes.parquet").write_text(GONE)
    return lake


def everything(lake: Lake) -> list[Path]:
    return [path for path in lake.path.rglob("*") if path.is_file()]


def still_has(lake: Lake, customer_id: str) -> list[Path]:
    """The files that have the customer, in the open or inside compressed pages."""
    plain = [path for path in everything(lake) if customer_id.encode() in path.read_bytes()]
    packed = [path for path in everything(lake) if path.suffix == ".parquet" and path.parent.name != "derived"]
    rows = [path for path in packed if "checkpoint" not in path.name and _has(path, customer_id)]
    return plain + rows


def _has(path: Path, customer_id: str) -> bool:
    return bool(query(f"select 1 from lake where customer_id = '{customer_id}'", [path]))


def test_the_customer_was_there(lake: Lake) -> None:
    assert still_has(lake, GONE)


def test_an_erased_customer_is_in_no_file_any_more(lake: Lake) -> None:
    lake.forget(GONE, now=NOON)

    assert still_has(lake, GONE) == []


def test_other_customers_keep_every_row(lake: Lake) -> None:
    lake.forget(GONE, now=NOON)

    assert sorted(query("select order_id, customer_id from lake", lake.files("orders"))) == [
        ("2", "Jun"),
        ("3", "Hana"),
        ("4", "Jun"),
    ]


def test_the_receipt_counts_rows_and_is_kept_without_the_id(lake: Lake) -> None:
    receipt = lake.forget(GONE, now=NOON)

    assert receipt.rows == {"customers": 1, "orders": 1}
    assert receipt.files == {"customers": 1, "orders": 1}
    assert lake.receipts() == (receipt,)
    assert receipt.matches(GONE)
    assert not receipt.matches("Hana")


def test_derived_files_go_too(lake: Lake) -> None:
    lake.forget(GONE, now=NOON)

    assert not (lake.path / "derived").exists()


def test_somebody_who_was_never_here_gets_an_empty_receipt_and_changes_no_table(lake: Lake) -> None:
    before = lake.files("orders"), lake.version("orders")

    receipt = lake.forget("O'Nobody", now=NOON)

    assert receipt.rows == {}
    assert (lake.files("orders"), lake.version("orders")) == before


def test_the_last_customer_of_a_table_can_be_erased(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("orders", batch([order("1", GONE)]), batch_id="a", now=NOON)

    lake.forget(GONE, now=NOON)

    assert lake.rows("orders") == 0
    assert lake.land("orders", batch([order("9", "Hana")]), batch_id="b", now=NOON).new == 1


def test_a_version_that_had_the_customer_is_refused_with_a_reason(lake: Lake) -> None:
    lake.forget(GONE, now=NOON)

    with pytest.raises(OkaeriError, match="is no longer kept"):
        lake.files("orders", as_of=1)


def test_an_erasure_that_was_cut_off_is_finished_when_the_lake_is_opened(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(erasure, "_remove_files", cut_off)
        lake.forget(GONE, now=NOON)
    assert still_has(lake, GONE)

    reopened = Lake(lake.path)

    assert still_has(reopened, GONE) == []
    assert [receipt.rows for receipt in reopened.receipts()] == [{"customers": 1, "orders": 1}]


def test_half_a_file_of_a_killed_process_does_not_outlive_an_erasure(lake: Lake) -> None:
    (lake.path / "orders" / "half.parquet").write_bytes(b"PAR1" + GONE.encode())
    scratch = lake.path / ".scratch" / "orders"
    scratch.mkdir(parents=True)
    (scratch / "spilled").write_text(GONE)

    lake.forget(GONE, now=NOON)

    assert still_has(lake, GONE) == []


def test_receipts_are_listed_oldest_first(lake: Lake) -> None:
    later = lake.forget("Hana", now=NOON + timedelta(days=1))
    earlier = lake.forget("Jun", now=NOON)

    assert lake.receipts() == (earlier, later)


def same(lake: Lake, customer_id: str, same_as: str) -> None:
    row = {"customer_id": customer_id, "same_as": same_as, "decided_at": NOON}
    lake.land("identities", batch([row], table="identities"), batch_id=None, now=NOON)


@pytest.mark.parametrize("asked", [GONE, "Hana"])
def test_every_id_of_a_merged_customer_is_erased_whichever_is_named(lake: Lake, asked: str) -> None:
    same(lake, GONE, "Hana")

    receipt = lake.forget(asked, now=NOON)

    assert still_has(lake, GONE) == still_has(lake, "Hana") == []
    assert receipt.rows == {"customers": 2, "orders": 2, "identities": 1}
    assert receipt.matches(GONE) and receipt.matches("Hana") and not receipt.matches("Jun")
    assert lake.receipts() == (receipt,)


def test_whoever_was_parted_again_is_not_erased_with_the_other(lake: Lake) -> None:
    same(lake, GONE, "Hana")
    same(lake, GONE, GONE)

    lake.forget(GONE, now=NOON)

    assert still_has(lake, GONE) == []
    assert lake.ids_of("Hana") == ("Hana",)
    assert query("select customer_id from lake where order_id = '3'", lake.files("orders")) == [("Hana",)]


def test_an_erasure_that_was_cut_off_remembers_every_id(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    same(lake, GONE, "Hana")

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(erasure, "_remove_files", cut_off)
        lake.forget("Hana", now=NOON)
    reopened = Lake(lake.path)

    assert still_has(reopened, GONE) == still_has(reopened, "Hana") == []
