"""Inputs that are the rows of one table: which columns of their own they can be split by."""

from __future__ import annotations

ROW_SPLITS: dict[str, tuple[str, ...]] = {
    "answer_rows": ("survey", "question", "instrument", "about", "agent", "channel", "topic"),
    "ticket_rows": ("agent", "channel", "topic"),
    "event_rows": ("name",),
    "spend_rows": ("channel",),
    "membership_rows": ("programme", "tier"),
    "point_rows": (),
    "reward_rows": ("name",),
}
"""Named input → its own columns; each row also carries the segment of its customer when that is asked for."""

WHOLE_ROWS = {"event_rows": "event_days"}
"""Named input → a cheaper text for when it is not split by a column of its own."""

_WITHOUT_CUSTOMER = frozenset({"spend_rows"})


def rows_sql(name: str, sql: str, *, split: str | None) -> str:
    """The rows of an input, each with its `segment`: by a column of their own, or by what is known of the customer.

    >>> rows_sql("spend_rows", "select * from spend", split="channel")
    "select r.*, coalesce(r.channel, '') as segment\\nfrom (select * from spend) as r"
    """
    inner = sql.strip()
    if split is not None:
        return f"select r.*, coalesce(r.{split}, '') as segment\nfrom ({inner}) as r"
    if name in _WITHOUT_CUSTOMER:
        return f"select r.*, 'all' as segment\nfrom ({inner}) as r"
    return f"select r.*, g.segment\nfrom ({inner}) as r\njoin segments g on g.customer = r.customer"
