"""The shop's files as its systems would export them, for people to import; the truth lies in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from okaeri.demo.columns import JAPAN_AHEAD_SECONDS
from okaeri.demo.company import Company
from okaeri.demo.dirty import write_dirty

FILES = {
    "customers.csv": "customers",
    "orders.csv": "orders",
    "orders_late.csv": "orders",
    "subscriptions.csv": "subscriptions",
    "events.parquet": "events",
    "tickets.csv": "tickets",
    "answers.csv": "answers",
    "mentions.csv": "mentions",
    "spend.csv": "spend",
    "memberships.csv": "memberships",
    "points.csv": "points",
    "rewards.csv": "rewards",
    "touches.csv": "touches",
    "assignments.csv": "assignments",
    "steps.csv": "steps",
}


def write_files(company: Company, folder: Path) -> dict[Path, str]:
    """Write every file of the shop into `folder`, and say which table each clean one is.

    `orders_late.csv` holds orders that a market stall sent in weeks afterwards; `dirty/` holds files to practise on
    and `truth/` what no import should ever see. The same company gives the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in FILES.items():
        rows = _rows_of(company, name, table)
        if name.endswith(".parquet"):
            pa.parquet.write_table(rows, folder / name, compression="zstd")
        else:
            pa.csv.write_csv(_as_exported(rows), folder / name)
    write_truth(company, folder / "truth")
    write_dirty(folder / "dirty", seed=company.seed)
    return {folder / name: table for name, table in FILES.items()}


def write_truth(company: Company, folder: Path) -> None:
    """Write why customers left, what drives leaving, and what campaigns really do, as CSV files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in company.truths.items():
        pa.csv.write_csv(_as_exported(table), folder / f"{name}.csv")


def _rows_of(company: Company, name: str, table: str) -> pa.Table:
    if table == "customers":
        return company.profiles
    if table != "orders":
        return company.facts[table]
    late = company.late_orders
    return company.facts["orders"].filter(late if name == "orders_late.csv" else pc.invert(late))


def _as_exported(table: pa.Table) -> pa.Table:
    """Instants as the shop's own clock shows them, without a zone."""
    for place, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            local = pc.add(table[field.name].cast(pa.int64()), JAPAN_AHEAD_SECONDS * 1_000_000)
            shown = pc.strftime(local.cast(pa.timestamp("us")).cast(pa.timestamp("s")), format="%Y-%m-%d %H:%M:%S")
            table = table.set_column(place, field.name, shown)
    return table
