"""Files as they really arrive: old encodings, local headers and dates, totals rows, duplicates, broken amounts.

They tell of market stalls before the shop opened, so that importing them changes none of the shop's own orders.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from okaeri.demo.columns import chance

_ROWS = 240
_BEGINS = date(2021, 11, 1)
Row = Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mess:
    """What one file holds: how it is written, how many rows are sound, and what is wrong with the others."""

    name: str
    encoding: str
    sound: int
    broken: int = 0
    again: int = 0
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sale:
    number: int
    customer: int
    day: date
    amount: int


def write_dirty(folder: Path, *, seed: int = 7) -> tuple[Mess, ...]:
    """Write the practice files, and `contents.json` that says what each of them holds."""
    folder.mkdir(parents=True, exist_ok=True)
    messes = tuple(write(folder, _sales(seed, place)) for place, write in enumerate(_WRITERS))
    told = {mess.name: {part: getattr(mess, part) for part in _TOLD} for mess in messes}
    (folder / "contents.json").write_text(json.dumps(told, indent=2, sort_keys=True) + "\n", "utf-8")
    return messes


_TOLD = ("encoding", "sound", "broken", "again", "why")


def _sales(seed: int, place: int) -> list[_Sale]:
    rng = chance(seed, place, "dirty")
    days = np.sort(rng.integers(0, 400, _ROWS))
    customers = rng.integers(1, 60, _ROWS)
    amounts = rng.integers(8, 99, _ROWS) * 120
    rows = zip(days.tolist(), customers.tolist(), amounts.tolist(), strict=True)
    return [
        _Sale(number=number, customer=customer, day=_BEGINS + timedelta(days=day), amount=amount)
        for number, (day, customer, amount) in enumerate(rows, 1)
    ]


def _japanese(folder: Path, sales: list[_Sale]) -> Mess:
    rows = (
        (
            f"青-{s.number:05}",
            f"顧{s.customer:04}",
            f"{s.day.year}年{s.day.month}月{s.day.day}日",
            f"{s.amount:,}円",
            "髙島屋前",
        )
        for s in sales
    )
    name = "orders_japanese_sjis.csv"
    _write(folder / name, [("注文番号", "顧客番号", "注文日", "金額", "店舗"), *rows], encoding="cp932", newline="\r\n")
    return Mess(name=name, encoding="cp932", sound=_ROWS, why="Shift_JIS, Japanese headers and dates, 円")


def _korean(folder: Path, sales: list[_Sale]) -> Mess:
    rows = (
        (f"서울-{s.number:05}", f"고객{s.customer:04}", s.day.isoformat(), f"{s.amount * 10:,}원", "KRW") for s in sales
    )
    name = "orders_korean_cp949.csv"
    _write(
        folder / name, [("주문번호", "고객번호", "주문일", "결제금액", "통화"), *rows], encoding="cp949", newline="\r\n"
    )
    return Mess(name=name, encoding="cp949", sound=_ROWS, why="CP949, Korean headers, won after the amount")


def _ambiguous(folder: Path, sales: list[_Sale]) -> Mess:
    rows = (
        (
            f"UK-{s.number:05}",
            f"B{s.customer:04}",
            f"{1 + s.day.day % 12:02}/{s.day.month:02}/{s.day.year}",
            f"{s.amount / 150:.2f}",
        )
        for s in sales
    )
    name = "orders_day_or_month_first.csv"
    _write(folder / name, [("Order ID", "Customer ID", "Order Date", "Total"), *rows])
    return Mess(name=name, encoding="utf-8", sound=_ROWS, why="every date reads day first or month first")


def _with_totals(folder: Path, sales: list[_Sale]) -> Mess:
    rows = [(f"T-{s.number:05}", f"T{s.customer:04}", s.day.isoformat(), f"{s.amount:,}.00") for s in sales]
    total = ("合計 / Total", "", "", f"{sum(s.amount for s in sales):,}.00")
    name = "orders_with_totals.tsv"
    lines = [("Order no", "Customer", "Date", "Amount"), *rows, total]
    _write(folder / name, lines, encoding="utf-8-sig", separator="\t", newline="\r\n")
    return Mess(
        name=name, encoding="utf-8-sig", sound=_ROWS, broken=1, why="a byte order mark, tabs, and a total at the end"
    )


def _messy(folder: Path, sales: list[_Sale]) -> Mess:
    rows = [[f"M-{s.number:05}", f"M{s.customer:04}", s.day.isoformat(), str(s.amount)] for s in sales]
    for place, amount in ((10, "n/a"), (30, "1.2.3"), (50, ""), (70, "要確認"), (90, "12O0")):
        rows[place][3] = amount
    for place in (15, 35, 55, 75):
        rows[place][1] = ""
    for place, day in ((20, "2022-02-30"), (40, "soon"), (60, "")):
        rows[place][2] = day
    rows[80][0] = ""
    same = [list(rows[place]) for place in (0, 1, 2, 3, 4)]
    changed = [[*rows[place][:3], str(int(rows[place][3]) + 120)] for place in (5, 6)]
    name = "orders_messy.csv"
    _write(folder / name, [("order_id", "customer_id", "ordered_at", "amount"), *rows, *same, *changed])
    why = (
        "5 amounts, 4 customers, 3 dates and 1 order id missing or wrong; 5 rows twice, 2 rows again with other amounts"
    )
    return Mess(name=name, encoding="utf-8", sound=_ROWS - 13, broken=13, again=7, why=why)


_WRITERS: tuple[Callable[[Path, list[_Sale]], Mess], ...] = (_japanese, _korean, _ambiguous, _with_totals, _messy)


def _write(
    path: Path, rows: Iterable[Row], *, encoding: str = "utf-8", separator: str = ",", newline: str = "\n"
) -> None:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=separator, lineterminator=newline).writerows(rows)
