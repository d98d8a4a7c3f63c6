"""Which product wrote a file, by its headers alone."""

from __future__ import annotations

from collections.abc import Sequence

from okaeri.facts.reading.exports.export import Export, exports


def recognise(headers: Sequence[str], *, table: str | None = None) -> Export | None:
    """The export whose headers these are, for this table if one is named; None for anything else.

    >>> recognise(["order_id", "customer_id", "amount"]) is None
    True
    """
    fitting = (each for each in exports().values() if each.fits(headers))
    return next((each for each in fitting if table is None or each.table == table), None)
