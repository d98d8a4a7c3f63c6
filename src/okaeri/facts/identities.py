"""Which ids are one customer: `identities` says of an id whose it is, and this follows what it says to the end.

Where facts are read under the id that is kept is in `engines.identities`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from okaeri.facts.contracts import TABLES
from okaeri.facts.shapes import rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

COLUMNS = "customer_id, same_as"
ORDER = "decided_at nulls first, customer_id, same_as"


def kept_ids(rows: pa.Table) -> pa.Table:
    """`customer_id` and `kept_id` of everybody with several ids; of two rows about one id the later one holds.

    A chain leads to its end. Of ids that lead round in a ring, the first in order of letters is kept.

    >>> import pyarrow as pa
    >>> found = kept_ids(pa.table({"customer_id": ["a", "b", "d"], "same_as": ["b", "c", "d"]}))
    >>> dict(zip(*found.to_pydict().values(), strict=True))
    {'a': 'c', 'b': 'c', 'c': 'c'}
    """
    import numpy as np  # heavy: only where somebody was merged
    import pyarrow as pa
    import pyarrow.compute as pc

    told = [rows[name].combine_chunks().cast(pa.string()) for name in ("customer_id", "same_as")]
    ids = pc.unique(pa.chunked_array(told))
    ids = ids.take(pc.sort_indices(ids))
    whose, same_as = (pc.index_in(each, ids).to_numpy() for each in told)
    lowest = np.arange(len(ids))
    step = lowest.copy()
    step[whose] = same_as
    # each round sees twice as far: in the end everybody is at the end of their chain, or somewhere in a ring
    for _round in range(len(ids).bit_length()):
        lowest, step = np.minimum(lowest, lowest[step]), step[step]
    kept = lowest[step]
    several = np.flatnonzero(np.isin(kept, kept[kept != np.arange(len(ids))]))
    return pa.table({"customer_id": ids.take(several), "kept_id": ids.take(kept[several])})


def ids_of(customer_id: str, files: Sequence[str]) -> tuple[str, ...]:
    """Every id of the customer with an id, as some files of `identities` say; their own first."""
    if not files:
        return (customer_id,)
    import duckdb  # heavy: only where somebody was merged

    with duckdb.connect() as connection:
        sql = f"select {COLUMNS} from {rows_of(TABLES['identities'], files)} order by {ORDER}"
        found = kept_ids(connection.sql(sql).to_arrow_table()).to_pydict()
    kept = dict(zip(found["customer_id"], found["kept_id"], strict=True))
    mine = kept.get(customer_id)
    return (customer_id, *(each for each, one in kept.items() if one == mine and each != customer_id))
