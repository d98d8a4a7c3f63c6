"""One row per key: identical rows without an id get a made one, lines of an order are summed, repeats settled."""

from __future__ import annotations

from dataclasses import dataclass

from okaeri.base.text import Text, _
from okaeri.facts.contracts import Table
from okaeri.facts.reading.names import plain, words_for
from okaeri.facts.reading.source import Connection
from okaeri.facts.reading.staging import count
from okaeri.facts.reading.typed import Check, Reading

_SAME_ORDER = (
    Check(code="other_customer", column="customer_id", test="", shown=""),
    Check(code="other_currency", column="currency", test="", shown=""),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """What became of the rows: `staged` has each key once; `shares` says how the rows of a repeated key count."""

    key_made: bool = False
    merged_lines: int = 0
    lines: bool = False
    repeats: bool = False
    checks: tuple[Check, ...] = ()
    notes: tuple[Text, ...] = ()


def settle(connection: Connection, reading: Reading, *, checks: int) -> Settled:
    """Make `staged` from the good rows of `typed`, each key once; `checks` is how many reasons exist so far."""
    table = reading.table
    if len(table.key) == 1 and table.key[0] not in reading.mapped.formulas:
        _make_keys(connection, table)
        return Settled(key_made=True, notes=(_made_note(table),))
    key = "hash(" + ", ".join(f'"{name}"' for name in table.key) + ")"
    connection.execute(
        f"create or replace temp table repeated as select {key} as h from typed where wrong is null "
        "group by 1 having count(*) > 1"
    )
    if not count(connection, "repeated"):
        below = ", below" if table.name == "orders" else ""
        _stage(connection, table, f"select {_listed(table)}{below} from typed where wrong is null")
        return Settled()
    if table.name == "orders" and _are_lines(connection, reading, key):
        return _sum_lines(connection, reading, checks=checks)
    return _last_wins(connection, table, key)


def _listed(table: Table) -> str:
    return ", ".join(f'"{name}"' for name in table.names)


def _stage(connection: Connection, table: Table, rows: str) -> None:
    connection.execute(f"create or replace temp view staged as {rows}")


def _make_keys(connection: Connection, table: Table) -> None:
    """The key is a digest of the row and of how many identical rows came before it: the same file, the same keys."""
    key, others = table.key[0], [name for name in table.names if name != table.key[0]]
    row = ", ".join(f"coalesce(\"{name}\"::varchar, '')" for name in others)
    kept = ", ".join([*(f'"{name}"' for name in others), *(["below"] if table.name == "orders" else [])])
    connection.execute(
        f"create or replace temp table digested as select {kept}, concat_ws(chr(31), {row}) as row_text, "
        "hash(row_text) as h from typed where wrong is null"
    )
    connection.execute("create or replace temp table repeated as select h from digested group by 1 having count(*) > 1")
    below = ", below" if table.name == "orders" else ""
    made = "substr(md5(concat(row_text, '#', nth)), 1, 24)"
    _stage(
        connection,
        table,
        f"""
        select {", ".join(f'{made} as "{key}"' if name == key else f'"{name}"' for name in table.names)}{below}
        from (select *, 1 as nth from digested anti join repeated using (h)
              union all by name
              select *, row_number() over (partition by row_text) as nth from digested semi join repeated using (h))""",
    )


def _made_note(table: Table) -> Text:
    return _("There is no {column} in the file: each row got a stable one made from its contents.").format(
        column=table.key[0]
    )


def _are_lines(connection: Connection, reading: Reading, key: str) -> bool:
    """Several rows with one order id are its lines when the file tells products apart, something goes back on one of
    them, or most orders look like that; otherwise they are one order written again.
    """
    if reading.mapped.line is not None:
        return True
    found = connection.execute(f"""
        with rows as (select {key} as h, below, amount from typed where wrong is null),
             orders as (
                 select bool_or(below) as back, count(*) > 1 and min(amount) <> max(amount) as several
                 from rows group by h)
        select count(*) filter (several), count(*), coalesce(bool_or(back and several), false)
        from orders""").fetchone()
    several, orders, back = found or (0, 0, False)
    return bool(back) or (several >= 20 and several * 2 > orders)


def _sum_lines(connection: Connection, reading: Reading, *, checks: int) -> Settled:
    split = _leave_out_strangers(connection, checks=checks)
    amount = "arg_min(amount, ord)" if _repeats_total(connection, reading) else "sum(amount::decimal(38, 6))::double"
    connection.execute(f"""
        create or replace temp table summed as
        select order_id, arg_min(customer_id, ord) as customer_id, min(ordered_at) as ordered_at, {amount} as amount,
               arg_min(currency, ord) as currency, sum(margin::decimal(38, 6))::double as margin,
               case when bool_and(kind = 'return') then 'return' else 'purchase' end as kind,
               bool_or(below) as below, count(*) as lines
        from typed where wrong is null group by order_id""")
    connection.execute(
        "create or replace temp table shares as "
        "select order_id, lines as n, 0 as replaced, 0 as unchanged from summed where lines > 1"
    )
    _stage(connection, reading.table, f"select {_listed(reading.table)}, below from summed")
    rows, orders = count(connection, "typed", "wrong is null"), count(connection, "summed")
    notes = [_("{lines} lines were summed to {orders} orders.").format(lines=rows, orders=orders)]
    if amount.startswith("arg_min"):
        notes.append(_("The lines of an order repeat its total, so it was taken once."))
    if split:
        notes.append(
            _(
                "{n} lines name another customer or currency than their order's first line; only these were left out."
            ).format(n=split)
        )
    return Settled(lines=True, merged_lines=rows - orders, checks=_SAME_ORDER, notes=tuple(notes))


def _leave_out_strangers(connection: Connection, *, checks: int) -> int:
    """Lines that do not belong with the first line of their order; gives how many."""
    connection.execute("""
        create or replace temp table mixed as
        select order_id, arg_min(customer_id, ord) as customer, arg_min(currency, ord) as coin
        from typed where wrong is null group by order_id
        having min(customer_id) <> max(customer_id) or min(currency) <> max(currency)""")
    if not count(connection, "mixed"):
        return 0
    connection.execute(f"""
        update typed set wrong = case when customer_id <> customer then {checks} else {checks + 1} end
        from mixed
        where typed.order_id = mixed.order_id and wrong is null and (customer_id <> customer or currency <> coin)""")
    return count(connection, "typed", f"wrong >= {checks}")


def _repeats_total(connection: Connection, reading: Reading) -> bool:
    """Whether the amount is an order's total that each of its lines repeats, by its name and by every order."""
    amount = reading.mapped.formulas["amount"]
    if not amount.is_header or plain(reading.source.headers[amount.places[0]]) not in words_for(
        "orders", "order_total"
    ):
        return False
    return not count(
        connection, "(select 1 from typed where wrong is null group by order_id having min(amount) <> max(amount))"
    )


def _last_wins(connection: Connection, table: Table, key: str) -> Settled:
    names = ", ".join(f'"{name}"' for name in table.key)
    others = ", ".join(f'"{name}"' for name in table.names if name not in table.key) or "1"
    connection.execute(f"""
        create or replace temp table again as
        select *, row_number() over (partition by {names} order by ord desc) = 1 as is_last,
               coalesce(hash({others}) <> lag(hash({others})) over (partition by {names} order by ord), false)
                   as changed
        from typed where wrong is null and {key} in (select h from repeated)""")
    connection.execute(f"""
        create or replace temp table shares as
        select {names}, count(*) as n, count(*) filter (changed) as replaced,
               count(*) - 1 - count(*) filter (changed) as unchanged
        from again group by {names}""")
    below = ", below" if table.name == "orders" else ""
    _stage(
        connection,
        table,
        f"""
        select {_listed(table)}{below} from typed where wrong is null and {key} not in (select h from repeated)
        union all select {_listed(table)}{below} from again where is_last""",
    )
    return Settled(repeats=True, notes=_repeats_notes(connection, table))


def _repeats_notes(connection: Connection, table: Table) -> tuple[Text, ...]:
    """How many rows do not count because their key comes again, and why; for orders always, as they may be lines."""
    if table.name == "orders":
        words = _(
            "{n} rows do not count: their order id comes again further down, and no column tells the lines of an order "
            "apart, so the last row is taken for the order. If they are lines, name that column: --map line=HEADER."
        )
        return (words.format(n=count(connection, "again", "not is_last")),)
    changed = count(connection, "again", "changed")
    words = _("{n} rows say something else about a key that came before in the file; the last one counts.")
    return (words.format(n=changed),) if changed else ()
