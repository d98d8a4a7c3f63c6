"""Spending in four weeks far outside the customer's own past."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit
from okaeri.signals.kind import Example, Kind, Row
from okaeri.signals.signal import Evidence, Severity

if TYPE_CHECKING:
    import pyarrow as pa

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

BLOCK_DAYS = 28
FACTORS = {6: 11.96, 7: 11.47, 8: 8.77, 9: 8.57, 10: 7.35, 11: 7.22, 12: 6.56}
"""How many median deviations 99% of bell-shaped values stay within the median of so many others, by simulation."""
_LEAST_SPREAD = 0.05  # of the median: the steadiest would be alarmed by anything
_AT_ONCE = 200_000

_QUERY = """
-- spending by customer, currency and block of 28 days; a block without an order is nothing spent, and that of the first
-- order is left out, for it began before the customer did; eight empty blocks later nothing is usual any more
with spent as (
    select customer, currency, cast(floor(day / 28.0) as integer) as block, sum(revenue) as revenue
    from customer_days
    where orders > 0 or revenue <> 0
    group by customer, currency, cast(floor(day / 28.0) as integer)
),
grid as (
    select customer, currency, min(block) as first_block,
           cast(unnest(range(min(block) + 1, max(block) + 8)) as integer) as block
    from spent
    group by customer, currency
)
select g.customer, g.currency, g.block, g.block - g.first_block - 1 as blocks, coalesce(s.revenue, 0.0) as revenue
from grid g
left join spent s on s.customer = g.customer and s.currency = g.currency and s.block = g.block
order by g.customer, g.currency, g.block
"""


def judge(rows: pa.Table) -> pa.Table:
    """The blocks outside the band around the median of the 6 to 12 before; a look is the day after a block."""
    import pyarrow as pa

    revenue = np.asarray(rows["revenue"], dtype=np.float64)
    blocks = np.minimum(np.asarray(rows["blocks"], dtype=np.int64), max(FACTORS))
    found = [
        _outside(revenue, part, earlier) for earlier in FACTORS for part in _parts(np.flatnonzero(blocks == earlier))
    ] or [np.empty((3, 0))]
    place, usual, threshold = np.concatenate(found, axis=1)
    kept = rows.take(pa.array(place.astype(np.int64)))
    columns = {
        "customer": kept["customer"],
        "day": pa.array(BLOCK_DAYS * (np.asarray(kept["block"], dtype=np.int64) + 1)),
        "currency": kept["currency"],
        "revenue": kept["revenue"],
        "usual": pa.array(usual),
        "threshold": pa.array(threshold),
        "blocks": pa.array(blocks[place.astype(np.int64)]),
    }
    return pa.table(columns)


def _parts(place: Ints) -> list[Ints]:
    """Some places at a time: their windows would not all fit into memory."""
    return np.array_split(place, len(place) // _AT_ONCE + 1)


def _outside(revenue: Floats, place: Ints, earlier: int) -> Floats:
    """Of the blocks at these places those outside: place, usual spending and the end of the band; shape (3, found)."""
    # purchases come by chance, so money varies the more the more there is; its root varies alike
    root = np.sign(revenue) * np.sqrt(np.abs(revenue))
    window = root[place[:, None] - np.arange(earlier, 0, -1)]
    usual = _median(window)
    spread = np.maximum(_median(np.abs(window - usual[:, None])), _LEAST_SPREAD * usual)
    off, reach = root[place] - usual, FACTORS[earlier] * spread
    out = np.flatnonzero((spread > 0) & (np.abs(off) > reach))
    ends = usual[out] + np.sign(off[out]) * reach[out]
    return np.stack([place[out].astype(np.float64), _squared(usual[out]), _squared(ends)])


def _squared(root: Floats) -> Floats:
    """Money from its root, which is negative where more came back than was paid."""
    return root * np.abs(root)


def _median(values: Floats) -> Floats:
    """The median of each row; NumPy's own is several times slower on short rows."""
    values = np.sort(values, axis=1)
    middle = values.shape[1] // 2
    return values[:, middle] if values.shape[1] % 2 else (values[:, middle - 1] + values[:, middle]) / 2


def says(row: Row) -> Text:
    """The sentence on a screen."""
    less, more = (
        _("Spent {spent} in 4 weeks, unusually little; {usual} would be usual."),
        _("Spent {spent} in 4 weeks, unusually much; {usual} would be usual."),
    )
    return (less if row["revenue"] < row["usual"] else more).format(
        spent=_money(row["revenue"], row), usual=_money(row["usual"], row)
    )


def because(row: Row) -> tuple[Evidence, ...]:
    """The money spent and the end of the band."""
    words = _(
        "In {n} earlier blocks of 4 weeks the band ended at {limit}; by chance about 1 block in 100 lies outside."
    )
    return (
        Evidence(
            metric="spent_in_28_days",
            value=row["revenue"],
            threshold=row["threshold"],
            unit=Unit.MONEY,
            rows=row["blocks"] + 1,
            says=words.format(n=row["blocks"], limit=_money(row["threshold"], row)),
            currency=row["currency"] or None,
        ),
    )


def _money(value: float, row: Row) -> Shown:
    return Shown(value, Unit.MONEY, currency=row["currency"] or None)


def _orders(customer: str, amounts: tuple[int, ...]) -> list[tuple[str, str, int]]:
    """One order in each block of 28 days from 2023-01-05 on."""
    first = datetime(2023, 1, 5)
    return [(customer, (first + timedelta(days=28 * n)).date().isoformat(), each) for n, each in enumerate(amounts)]


# seven blocks around 100, whose roots have a median of 10 and a median deviation of .5132: the band ends at 252.37
_ORDERS = [
    *_orders("aki", (100, 80, 90, 90, 100, 110, 110, 120, 253)),
    *_orders("chiyo", (100, 80, 90, 90, 100, 110, 110, 120, 252)),
]

KIND = Kind(
    id="unusual_spend",
    label=_("Unusual spending"),
    definition=_(
        "The money spent in 28 days lies outside the band of the customer's own 6 to 12 blocks of 28 days before: the "
        "median of its roots and their median deviation, left by chance in about 1 of 100 blocks."
    ),
    query=_QUERY,
    says=says,
    because=because,
    advice=_("Look at what they bought last and what they stopped buying, then ask or thank."),
    severity=Severity.NOTE,
    cooldown_days=56,
    facts=("orders",),
    judge=judge,
    is_part_of_leaving=True,
    example=Example(
        tables={
            "orders": {
                "customer_id": [customer for customer, _day, _amount in _ORDERS],
                "ordered_at": [day for _customer, day, _amount in _ORDERS],
                "amount": [amount for _customer, _day, amount in _ORDERS],
            },
        },
        seen={"aki": ("2023-08-31",)},
        cutoff=date(2023, 9, 20),
        presence="orders:90d",
    ),
    caveats=(
        _("Where purchases come in bursts, more than 1 block in 100 lies outside by chance."),
        _("For the steadiest customers the deviation counts as at least 5% of the usual, or anything would alarm."),
    ),
)
