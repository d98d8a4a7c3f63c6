"""The one place where ids become customers: each fact is read under the id that is kept for whoever it is about.

Facts stay as they were told. Where nobody was merged, a table is its files and nothing comes between.
"""

from __future__ import annotations

from okaeri.engines.engine import Engine
from okaeri.facts.identities import COLUMNS, ORDER, kept_ids
from okaeri.facts.table import Table


def name_kept_ids(engine: Engine) -> bool:
    """Name `kept_ids(customer_id, kept_id)`, from the table `identities`; returns whether anybody has several ids."""
    told = engine.query(f"select {COLUMNS} from identities order by {ORDER}")
    found = kept_ids(told) if told.num_rows else told
    if not found.num_rows:
        engine.put("kept_ids", {"customer_id": ("varchar", []), "kept_id": ("varchar", [])})
        return False
    engine.take("kept_ids", found)
    return True


def is_united(table: Table) -> bool:
    """Whether the rows of a table are about customers, so that who was merged changes what they say."""
    return table.has_customer and table.name != "identities"


def told_name(table: Table) -> str:
    """What the rows of a table are called as they were told, under the ids of their files."""
    return f"{table.name}_as_told"


def unite(engine: Engine, table: Table) -> None:
    """Name a table's rows under the ids that are kept, from the rows as they were told and `kept_ids`."""
    engine.define(table.name, _one_each(table) if "customer_id" in table.key else _under_kept_ids(table), keep=False)


def _under_kept_ids(table: Table) -> str:
    """Rows with ids of their own: none is lost, none comes twice, since an id has one row in `kept_ids`."""
    columns = _columns(table, customer_id="coalesce(k.kept_id, t.customer_id)")
    return f"select {columns} from {told_name(table)} t left join kept_ids k on k.customer_id = t.customer_id"


def _one_each(table: Table) -> str:
    """Rows of which a customer has one each: the kept id's own profile, else the earliest, with the earliest time."""
    key = ", ".join("k.kept_id" if name == "customer_id" else f't."{name}"' for name in table.key)
    own = "case when t.customer_id = k.kept_id then 0 else 1 end"
    order = f"{own}, t.{table.time} nulls last" if table.key == ("customer_id",) else f"t.{table.time}, {own}"
    times = {str(table.time): f"min(t.{table.time}) over (partition by {key})"}
    return f"""select {_columns(table)}
        from {told_name(table)} t
        left join kept_ids k on k.customer_id = t.customer_id
        where k.customer_id is null
        union all
        select {_columns(table)}
        from (
            select {_columns(table, customer_id="k.kept_id", **times)},
                   row_number() over (partition by {key} order by {order}, t.customer_id) as place
            from {told_name(table)} t
            join kept_ids k on k.customer_id = t.customer_id
        ) as t
        where t.place = 1"""


def _columns(table: Table, **others: str) -> str:
    """The contract's columns in order, some of them from another expression."""
    return ", ".join(f'{others[name]} as "{name}"' if name in others else f't."{name}"' for name in table.names)
