"""How the rows of a file fared, counted in rows of the file although the lake counts in rows of the table."""

from __future__ import annotations

from collections.abc import Sequence

from okaeri.facts.contracts import Table
from okaeri.facts.lake import Landing
from okaeri.facts.reading.keys import Settled
from okaeri.facts.reading.source import Connection, sql_path

Fates = tuple[int, int, int]


def fates(
    connection: Connection, table: Table, landing: Landing, settled: Settled, *, before: Sequence[str], staged: str
) -> Fates:
    """New, replaced and unchanged rows of the file; `before` are the table's files as the landing found them.

    A line shares the fate of its order. Of rows with one key the last one shares the key's fate; each earlier one was
    replaced or, when it said the same, unchanged. A key that the table already knew as it is leaves all unchanged.
    """
    totals = (landing.new, landing.replaced, landing.unchanged)
    if not (settled.lines or settled.repeats):
        return totals
    keys = ", ".join(f'"{name}"' for name in table.key)
    same = (
        " and ".join(f'old."{n}" is not distinct from fresh."{n}"' for n in table.names if n not in table.key) or "true"
    )
    old = f"read_parquet([{', '.join(map(sql_path, before))}])" if before else "(from staged_file limit 0)"
    connection.execute(f"create or replace temp view staged_file as from read_parquet({sql_path(staged)})")
    found = connection.execute(f"""
        with fates as (
            select {keys}, coalesce(n, 1) as n, coalesce(shares.replaced, 0) as replaced,
                   case when old."{table.key[0]}" is null then 'new'
                        when {same} then 'unchanged' else 'replaced' end as fate
            from staged_file as fresh left join {old} as old using ({keys}) left join shares using ({keys}))
        select {_sum("new", lines=settled.lines)}, {_sum("replaced", lines=settled.lines)}, sum(n)
        from fates""").fetchone()
    new, replaced, rows = (int(part or 0) for part in found or (0, 0, 0))
    return new, replaced, rows - new - replaced


def _sum(fate: str, *, lines: bool) -> str:
    if lines:
        return f"sum(case when fate = '{fate}' then n else 0 end)"
    earlier = " + case when fate <> 'unchanged' then replaced else 0 end" if fate == "replaced" else ""
    return f"sum(case when fate = '{fate}' then 1 else 0 end{earlier})"
