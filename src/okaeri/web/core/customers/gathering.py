"""What the lake says about every customer, a range of them at a time, as Arrow columns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING

from okaeri.base.errors import NothingUsable
from okaeri.keeping import kept_churn
from okaeri.predictions.risk.leaving import HORIZON_DAYS
from okaeri.web.core.shops import asking

if TYPE_CHECKING:
    import pyarrow as pa

    from okaeri.metrics.measuring import Measurer
    from okaeri.predictions.churn.model import ChurnModel
    from okaeri.shop import Shop

AT_A_TIME = 50_000


def count_customers() -> int:
    """How many customers the lake knows."""
    with asking() as shop:
        return shop.ask(_highest)[1]


def lake_columns() -> Iterator[pa.Table]:
    """Every customer of the lake, in tables of at most 50,000 rows; the lake is free in between."""
    with asking() as shop:
        highest = shop.ask(_highest)[0]
        model = shop.ask(partial(_model, shop))
    for first in range(0, highest + 1, AT_A_TIME):
        with asking() as shop:
            rows = shop.ask(partial(_range, first=first, last=first + AT_A_TIME - 1, model=model))
        if rows.num_rows:
            yield rows


def _highest(measurer: Measurer) -> tuple[int, int]:
    sql = "select coalesce(max(customer), -1) as highest, count(*) as n from customer_codes"
    row = measurer.engine.query(sql).to_pylist()[0]
    return int(row["highest"]), int(row["n"])


def _model(shop: Shop, measurer: Measurer) -> ChurnModel | None:
    """The kept model of who leaves; None too where nothing yet tells who is a customer."""
    try:
        kept = kept_churn(shop.workspace, measurer, horizon_days=HORIZON_DAYS)
    except NothingUsable:
        return None
    return kept.model if kept else None


def _range(measurer: Measurer, *, first: int, last: int, model: ChurnModel | None) -> pa.Table:
    measurer.engine.put(
        "code_range",
        {
            "first_code": ("bigint", [first]),
            "last_code": ("bigint", [last]),
            "horizon_days": ("integer", [HORIZON_DAYS]),
        },
    )
    rows = measurer.engine.query(files(__package__).joinpath("sql", "directory.sql").read_text("utf-8"))
    return _with_ranges(rows, model)


def _with_ranges(rows: pa.Table, model: ChurnModel | None) -> pa.Table:
    """The rows with where each chance may lie, by what became of customers with similar ones."""
    import pyarrow as pa  # heavy

    chances = rows["leaving"].to_pylist()
    # many customers share a chance to the thousandth, and nobody reads a range more finely
    rounded = [None if each is None else round(each, 3) for each in chances]
    ranges = {
        each: model.range_of(min(max(each, 0.0005), 0.9995)) for each in set(rounded) if each is not None and model
    }
    for end in ("low", "high"):
        ends = [None if each not in ranges else getattr(ranges[each], end) for each in rounded]
        rows = rows.append_column(f"leaving_{end}", pa.array(ends, pa.float64()))
    return rows
