"""The files people import: the shop's own, byte for byte the same, and the dirty ones."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import date
from pathlib import Path

import pyarrow.csv
import pytest

from okaeri.demo import Company, simulate, write_files
from okaeri.demo.write import FILES


@pytest.fixture(scope="module")
def folder(small: Company, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("shop")
    write_files(small, target)
    return target


def rows_of(path: Path, *, encoding: str, separator: str = ",") -> list[list[str]]:
    with path.open(encoding=encoding, newline="") as stream:
        return list(csv.reader(stream, delimiter=separator))


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_shop_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_files(simulate("small", seed=5, end=date(2023, 9, 1)), tmp_path / name)

    written = digests(tmp_path / "one")

    assert len(written) == len(FILES) + 3 + 6  # three truths; five dirty files and what they hold
    assert written == digests(tmp_path / "two")


def test_every_order_is_in_one_of_the_two_order_files(small: Company, folder: Path) -> None:
    on_time, late = (pyarrow.csv.read_csv(folder / name).num_rows for name in ("orders.csv", "orders_late.csv"))

    assert late > 0
    assert on_time + late == small.facts["orders"].num_rows


def test_instants_are_written_as_the_shops_clock_shows_them(small: Company, folder: Path) -> None:
    first = rows_of(folder / "customers.csv", encoding="utf-8")[1]
    joined = small.profiles["joined_at"][0].as_py()

    assert (date.fromisoformat(first[1][:10]) - date(2023, 1, 1)).days < 14
    assert (int(first[1][11:13]) - joined.hour) % 24 == 9


def test_the_truth_lies_apart_and_no_fact_tells_it(folder: Path) -> None:
    truths = {path.name for path in (folder / "truth").iterdir()}
    columns = {name for file in FILES if file.endswith(".csv") for name in rows_of(folder / file, encoding="utf-8")[0]}

    assert truths == {"leaving.csv", "causes.csv", "campaigns.csv"}
    assert not columns & {"reason", "engaged", "mood"}


@pytest.mark.parametrize(
    ("name", "encoding", "header", "cell"),
    [
        ("orders_japanese_sjis.csv", "cp932", "注文番号", "年"),
        ("orders_korean_cp949.csv", "cp949", "주문번호", "원"),
    ],
)
def test_old_encodings_hold_local_headers_and_values(
    folder: Path, name: str, encoding: str, header: str, cell: str
) -> None:
    rows = rows_of(folder / "dirty" / name, encoding=encoding)

    assert rows[0][0] == header
    assert all(any(cell in value for value in row) for row in rows[1:])
    with pytest.raises(UnicodeDecodeError, match="utf-8"):
        (folder / "dirty" / name).read_text("utf-8")


def test_ambiguous_dates_can_all_be_read_both_ways(folder: Path) -> None:
    rows = rows_of(folder / "dirty" / "orders_day_or_month_first.csv", encoding="utf-8")[1:]

    assert all(1 <= int(row[2][:2]) <= 12 and 1 <= int(row[2][3:5]) <= 12 for row in rows)
    assert any(row[2][:2] != row[2][3:5] for row in rows)


def test_the_table_with_totals_ends_with_the_sum_of_its_rows(folder: Path) -> None:
    rows = rows_of(folder / "dirty" / "orders_with_totals.tsv", encoding="utf-8-sig", separator="\t")
    amounts = [float(row[3].replace(",", "")) for row in rows[1:]]

    assert sum(amounts[:-1]) == amounts[-1]


def test_what_is_said_of_the_messy_file_is_so(folder: Path) -> None:
    told = json.loads((folder / "dirty" / "contents.json").read_text("utf-8"))["orders_messy.csv"]
    rows = rows_of(folder / "dirty" / "orders_messy.csv", encoding="utf-8")[1:]
    sound = {row[0] for row in rows if all(row) and row[3].isdigit() and is_a_day(row[2])}

    assert len(sound) == told["sound"]
    assert len(rows) == told["sound"] + told["broken"] + told["again"]


def is_a_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
