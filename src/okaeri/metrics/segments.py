"""Which label each customer carries: an attribute, or what their latest contract says."""

from __future__ import annotations

import json
from collections.abc import Sequence

from okaeri.base.errors import NothingUsable, OkaeriError, unknown
from okaeri.base.text import _
from okaeri.engines.duckdb import quoted
from okaeri.engines.engine import Engine

_CONTRACT_COLUMNS = ("plan", "end_reason")
_EVERYBODY = "select customer, 'all' as segment from customer_codes"
_FROM_CONTRACTS = """
select c.customer, coalesce(f.label, '') as segment
from customer_codes c
left join (
    select customer_id, {column} as label,
           row_number() over (partition by customer_id order by started_at desc, subscription_id desc) as place
    from local_subscriptions
    where started_day < {cutoff}
) f on f.customer_id = c.customer_id and f.place = 1
"""
_FROM_ATTRIBUTES = """
select c.customer, coalesce(json_extract_string(f.attributes, {path}), '') as segment
from customer_codes c
left join customers f on f.customer_id = c.customer_id
"""


def known_columns(engine: Engine) -> tuple[str, ...]:
    """What customers can be split by: their attributes, then what contracts say."""
    attributes = _attributes(engine)
    contracts = _CONTRACT_COLUMNS if _any(engine, "subscriptions") else ()
    return (*attributes, *(column for column in contracts if column not in attributes))


def segments_sql(engine: Engine, column: str | None, *, cutoff: int, besides: Sequence[str] = ()) -> str:
    """SQL for `segments(customer, segment)`: every customer exactly once, '' where nothing is known.

    An attribute of the customers table wins over a contract's column of the same name; a contract counts when it
    began before the day `cutoff`. `besides` are other columns the figure can be split by. Raises `OkaeriError` when
    there is no such column.
    """
    if column is None:
        return _EVERYBODY
    attributes = _attributes(engine)
    if column in attributes:
        return _FROM_ATTRIBUTES.format(path=quoted(f"$.{json.dumps(column, ensure_ascii=False)}"))
    known = known_columns(engine)
    if column not in known:
        raise _no_such(column, (*known, *besides))
    return _FROM_CONTRACTS.format(column=column, cutoff=cutoff)


def says_latest_contract(engine: Engine, column: str | None) -> bool:
    """Whether a split goes by each customer's latest contract, for all of their past."""
    return column in _CONTRACT_COLUMNS and column not in _attributes(engine)


def _no_such(column: str, known: tuple[str, ...]) -> OkaeriError:
    if not known:
        return NothingUsable(
            _("Nothing is known about customers to split them by {column}.").format(column=column),
            advice=_("Import a file of customers: `okaeri import customers.csv --as customers`."),
        )
    found = unknown(_("customer attribute"), column, known, listed_by="")
    return OkaeriError(found.what, advice=_("Use one of: {known}.").format(known=", ".join(known)))


def _attributes(engine: Engine) -> list[str]:
    rows = engine.query("select distinct unnest(json_keys(attributes)) as name from customers").to_pylist()
    return sorted(row["name"] for row in rows)


def _any(engine: Engine, table: str) -> bool:
    return bool(engine.query(f"select 1 as one from {table} limit 1").num_rows)
