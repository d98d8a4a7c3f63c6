"""Who answers, each in a process of its own: monthly retention, the cohort triangle, repeat purchase and value.

Each returns the same few numbers, so that a fast wrong answer is found out.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.data import WINDOW_DAYS, ZONE, Size, open_measurer
from okaeri.metrics.measuring import Measurer

Answer = dict[str, float]
HAND = Path(__file__).parent / "hand"


def okaeri(size: Size, memory_limit: str) -> Answer:
    """Okaeri from its customer-days, as every question after the first."""
    return _four(size, memory_limit)


def okaeri_from_raw(size: Size, memory_limit: str) -> Answer:
    """Okaeri from raw orders: building the customer-days first."""
    import shutil

    shutil.rmtree(size.derived, ignore_errors=True)
    return _four(size, memory_limit)


def _four(size: Size, memory_limit: str) -> Answer:
    return four_answers(open_measurer(size, memory_limit=memory_limit))


def four_answers(measurer: Measurer) -> Answer:
    """Monthly retention, the cohort triangle, repeat purchase and value, as a few numbers."""
    retention = [m.inputs for m in measurer.measure("crr").measurements if m.state.value == "complete"]
    cells = [m for m in measurer.measure("cohort").measurements if m.period and m.inputs["age"] == 1]
    repeat = measurer.measure("repeat_rate", by="all").measurements[0]
    value = measurer.measure("customer_value", by="all").measurements[0]
    return {
        "retained": sum(counts["retained"] for counts in retention),
        "at_start": sum(counts["cs"] for counts in retention),
        "second_month": sum(int(m.inputs["active"] or 0) for m in cells if m.state.value == "complete"),
        "repeat": repeat.inputs["repeat"],
        "revenue": value.inputs["revenue"],
    }


def duckdb_by_hand(size: Size, memory_limit: str) -> Answer:
    """The best DuckDB SQL we could write by hand for the same answers, from raw orders."""
    return _by_hand(f"read_parquet('{size.parquet}')", "orders.sql", memory_limit)


def duckdb_by_hand_from_days(size: Size, memory_limit: str) -> Answer:
    """The same by hand from the customer-days."""
    days = next(size.derived.glob("*/customer_days.parquet"))
    return _by_hand(f"read_parquet('{days}')", "days.sql", memory_limit)


def _by_hand(source: str, query: str, memory_limit: str) -> Answer:
    import duckdb

    connection = duckdb.connect(config={"threads": 2, "memory_limit": memory_limit, "preserve_insertion_order": False})
    connection.execute(f"set variable zone = '{ZONE}'; set variable w = {WINDOW_DAYS}")
    connection.execute(f"create view source as from {source}")
    for statement in (HAND / query).read_text().split(";"):
        if statement.strip():
            last = connection.execute(statement)
    row = last.fetchone()
    assert row is not None
    return {column[0]: float(value) for column, value in zip(last.description, row, strict=True)}


def pandas(size: Size, memory_limit: str) -> Answer:
    """pandas, vectorised, from raw orders."""
    import numpy as np
    import pandas as pd

    del memory_limit
    frame = pd.read_parquet(size.parquet, columns=["customer_id", "ordered_at", "amount", "kind"])
    local = frame["ordered_at"].dt.tz_convert(ZONE)
    frame["day"] = local.dt.tz_localize(None).to_numpy().astype("datetime64[D]").astype(np.int64)
    frame["customer"] = pd.factorize(frame["customer_id"])[0]
    bought = frame[frame["kind"] == "purchase"]
    days = bought.groupby(["customer", "day"]).size().rename("orders").reset_index()
    first, until = int(days["day"].min()), int(days["day"].max()) + 1
    bounds = _month_starts(first, until)
    customers = int(frame["customer"].max()) + 1
    low = np.searchsorted(bounds, days["day"].to_numpy(), side="right")
    high = np.searchsorted(bounds, days["day"].to_numpy() + WINDOW_DAYS, side="right") - 1
    at = np.zeros((customers, len(bounds) + 1), np.int32)
    who = days["customer"].to_numpy()
    inside = low <= high
    np.add.at(at, (who[inside], low[inside]), 1)
    np.add.at(at, (who[inside], high[inside] + 1), -1)
    here = np.cumsum(at, axis=1)[:, : len(bounds)] > 0
    months = np.searchsorted(bounds, days["day"].to_numpy(), side="right") - 1
    active = np.zeros((customers, len(bounds)), bool)
    active[who, months] = True
    return _sums(here, active, bounds, until, days.groupby("customer")["orders"].sum(), float(frame["amount"].sum()))


def _sums(here: Any, active: Any, bounds: Any, until: int, orders: Any, revenue: float) -> Answer:
    import numpy as np

    whole = [i for i in range(len(bounds) - 1) if bounds[i + 1] <= until]
    first = active.argmax(axis=1)
    next_one = [i for i in whole if i > 0]
    return {
        "retained": int(sum((here[:, i] & here[:, i + 1]).sum() for i in whole if here[:, i].any())),
        "at_start": int(sum(here[:, i].sum() for i in whole)),
        "second_month": int(sum(active[first == i - 1, i].sum() for i in next_one)),
        "repeat": int((np.asarray(orders) >= 2).sum()),
        "revenue": revenue,
    }


def _month_starts(first: int, until: int) -> Any:
    import numpy as np

    start = np.datetime64(first, "D").astype("datetime64[M]")
    stop = np.datetime64(until, "D").astype("datetime64[M]") + 1
    return np.arange(start, stop).astype("datetime64[D]").astype(np.int64)


def polars(size: Size, memory_limit: str) -> Answer:
    """Polars, lazy and streaming, from raw orders."""
    import polars as pl

    del memory_limit
    orders = pl.scan_parquet(size.parquet).with_columns(
        pl.col("ordered_at").dt.convert_time_zone(ZONE).dt.date().cast(pl.Int32).alias("day")
    )
    bought = orders.filter(pl.col("kind") == "purchase")
    days = bought.group_by("customer_id", "day").agg(pl.len().alias("orders")).collect(engine="streaming")
    first, until = int(days["day"].min()), int(days["day"].max()) + 1  # type: ignore[arg-type]
    bounds = _month_starts(first, until)
    masks = _polars_masks(days, bounds)
    per_customer = (
        days.lazy()
        .join(masks.lazy(), on="day")
        .group_by("customer_id")
        .agg(pl.col("present").bitwise_or(), pl.col("active").bitwise_or(), pl.col("orders").sum())
        .collect(engine="streaming")
    )
    revenue = float(orders.select(pl.col("amount").sum()).collect(engine="streaming").item())
    return _from_masks(per_customer, bounds, until, revenue)


def _polars_masks(days: Any, bounds: Any) -> Any:
    import numpy as np
    import polars as pl

    every = np.arange(int(days["day"].min()), int(days["day"].max()) + 1)
    low = np.searchsorted(bounds, every, side="right")
    high = np.searchsorted(bounds, every + WINDOW_DAYS, side="right")
    month = np.searchsorted(bounds, every, side="right") - 1
    return pl.DataFrame(
        {
            "day": every.astype(np.int32),
            "present": [sum(1 << bit for bit in range(a, b)) for a, b in zip(low, high, strict=True)],
            "active": [1 << int(m) for m in month],
        }
    )


def _from_masks(customers: Any, bounds: Any, until: int, revenue: float) -> Answer:
    import polars as pl

    whole = [i for i in range(len(bounds) - 1) if bounds[i + 1] <= until]
    present, active = pl.col("present"), pl.col("active")
    row = customers.select(
        *[(present & (3 << i) == (3 << i)).sum().alias(f"kept {i}") for i in whole],
        *[(present & (1 << i) != 0).sum().alias(f"start {i}") for i in whole],
        *[_second(active, i).sum().alias(f"second {i}") for i in whole if i],
        (pl.col("orders") >= 2).sum().alias("repeat"),
    ).row(0, named=True)
    counts = {"retained": _total(row, "kept"), "at_start": _total(row, "start"), "second_month": _total(row, "second")}
    return counts | {"repeat": row["repeat"], "revenue": revenue}


def _second(active: Any, month: int) -> Any:
    """Began in the month before, and active in this one."""
    return (active & ((1 << month) - 1) == (1 << (month - 1))) & (active & (1 << month) != 0)


def _total(row: dict[str, Any], word: str) -> float:
    return float(sum(value for name, value in row.items() if name.startswith(f"{word} ")))


def lifetimes_summary(size: Size, memory_limit: str) -> Answer:
    """lifetimes' customer summary alone: one of the four answers."""
    import warnings

    import pandas as pd

    warnings.simplefilter("ignore")
    from lifetimes.utils import summary_data_from_transaction_data

    del memory_limit
    frame = pd.read_parquet(size.parquet, columns=["customer_id", "ordered_at", "amount"])
    frame["ordered_at"] = frame["ordered_at"].dt.tz_convert(ZONE).dt.tz_localize(None)
    summary = summary_data_from_transaction_data(frame, "customer_id", "ordered_at", "amount", freq="D")
    return {"customers": float(len(summary))}


CONTESTANTS: dict[str, Callable[[Size, str], Answer]] = {
    "okaeri": okaeri,
    "duckdb by hand from customer-days": duckdb_by_hand_from_days,
    "okaeri from raw orders": okaeri_from_raw,
    "duckdb by hand from raw orders": duckdb_by_hand,
    "polars": polars,
    "pandas": pandas,
    "lifetimes summary": lifetimes_summary,
}
MOST_ORDERS = {"pandas": 10_000_000, "lifetimes summary": 10_000_000}
