"""How well lifetime forecasts hold: error against the best of two published models, totals, and how often ranges do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from rich.table import Table

from okaeri.predictions.clv.candidates import CANDIDATES
from okaeri.predictions.clv.predict import predict_value
from okaeri.predictions.clv.summary import Summary, summarise
from tests.predictions.clv.worlds import WORLDS, World, measurer

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
PEERS = ("bgnbd", "paretonbd")
_FORECASTS = ((365, 365), (730, 365), (550, 180), (300, 90))


@dataclass(frozen=True, kw_only=True)
class Case:
    """A shop, the day on which it is forecast, counted from the log's first, and for how many days."""

    shop: str
    world: World
    start: date
    cutoff: int
    horizon_days: int


def accuracy() -> Table:
    """Every case as one row, and how many ranges of totals held at the end."""
    table = Table(
        *("shop", "days → days", "chosen", "RMSE ÷ best peer", "total error", "model alone"),
        *("total within", "customers within", "spend within"),
        title="lifetime forecasts against what followed, ranges of 90%",
    )
    held, customers = [], []
    for case in cases():
        row, inside, covered = _judged(case)
        held.append(inside)
        customers.append(covered)
        table.add_row(*row)
    table.add_section()
    table.add_row("all", "", "", "", "", "", f"{np.mean(held):.0%}", f"{np.mean(customers):.1%}", "")
    return table


def cases() -> Iterator[Case]:
    """The real logs where they can be found, and drawn worlds of every kind."""
    for name in ("sample", "master"):
        if (DATA / "cdnow").is_dir():
            world = cdnow(name)
            for cutoff, horizon in ((273, 273), (210, 90), (300, 180), (400, 90)):
                yield Case(
                    shop=f"CDNOW {name}", world=world, start=date(1997, 1, 1), cutoff=cutoff, horizon_days=horizon
                )
    if (DATA / "clv").is_dir():
        world = uci()
        for cutoff, horizon in ((150, 60), (180, 90), (200, 90), (243, 130), (260, 60), (280, 90)):
            yield Case(shop="UCI retail", world=world, start=date(2010, 12, 1), cutoff=cutoff, horizon_days=horizon)
    for place, (name, made) in enumerate(WORLDS.items()):
        for cutoff, horizon in _FORECASTS:
            world = made(2000, days=cutoff + horizon, seed=1000 + place)
            yield Case(shop=name, world=world, start=date(2020, 1, 1), cutoff=cutoff, horizon_days=horizon)


def cdnow(name: str) -> World:
    """The CDNOW log, its sample or all of it."""
    columns = (0, 2, 4) if name == "sample" else (0, 1, 3)
    path = DATA / "cdnow" / f"CDNOW_{name}.txt"
    table = np.loadtxt(path, skiprows=int(name == "master"), usecols=columns)
    written = table[:, 1].astype(int)
    days = np.array([f"{d // 10000}-{d // 100 % 100:02d}-{d % 100:02d}" for d in written], dtype="datetime64[D]")
    since = (days - np.datetime64("1997-01-01")).astype(int)
    return World(customer=table[:, 0].astype(int), day=since, spend=table[:, 2])


def uci() -> World:
    """UCI Online Retail without cancellations and rows that name nobody."""
    rows = pq.read_table(
        DATA / "clv" / "uci_online_retail.parquet",
        columns=["InvoiceNo", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"],
        filters=[("Quantity", ">", 0), ("UnitPrice", ">", 0)],
    ).to_pydict()
    named = np.array([code is not None and code == code for code in rows["CustomerID"]])
    kept = named & ~np.char.startswith(np.array(rows["InvoiceNo"], str), "C")
    days = np.array(rows["InvoiceDate"], "datetime64[D]")[kept]
    return World(
        customer=np.array(rows["CustomerID"], float)[kept].astype(int),
        day=(days - np.datetime64("2010-12-01")).astype(int),
        spend=(np.array(rows["Quantity"]) * np.array(rows["UnitPrice"]))[kept],
    )


def _judged(case: Case) -> tuple[tuple[str, ...], bool, float]:
    shop, day = measurer(case.world, start=case.start), case.start + timedelta(days=case.cutoff)
    forecast = predict_value(shop, horizon_days=case.horizon_days, cutoff=day)
    later = summarise(shop, as_of=day, horizon_days=case.horizon_days)
    peers = [CANDIDATES[name].learn(later).expected(later, horizon_days=case.horizon_days) for name in PEERS]
    total = forecast.total_purchases
    fact = float(later.purchases.sum())
    inside = (total.interval.low or 0) <= fact <= (total.interval.high or np.inf)
    covered = _share(forecast.purchases_low, later.purchases, forecast.purchases_high)
    spend = _share(forecast.spend_low, later.spend, forecast.spend_high)
    best = min(_rmse(each, later) for each in peers)
    row = (
        case.shop,
        f"{case.cutoff} → {case.horizon_days}",
        " + ".join(forecast.choice.chosen),
        f"{_rmse(forecast.expected_purchases, later) / best:.3f}",
        f"{total.value / fact - 1:+.1%}",
        " ".join(f"{each.sum() / fact - 1:+.1%}" for each in peers),
        f"{'yes' if inside else 'NO'} {total.interval.low or 0:,.0f}–{total.interval.high or 0:,.0f} ({fact:,.0f})",
        f"{covered:.1%}",
        f"{spend:.1%}",
    )
    return row, inside, covered


def _rmse(expected: np.ndarray[tuple[int], np.dtype[np.float64]], later: Summary) -> float:
    return float(np.sqrt(np.mean((expected - later.purchases) ** 2)))


def _share(
    low: np.ndarray[tuple[int], np.dtype[np.float64]],
    fact: np.ndarray[tuple[int], np.dtype[np.float64]],
    high: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> float:
    return float(np.mean((low <= fact + 1e-6) & (fact <= high + 1e-6)))
