"""Labels as facts: the table by which any figure can be split, as of the day the labels were given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from okaeri.facts.contracts import TABLES
from okaeri.metrics.segments import NO_LABEL, labels_sql
from okaeri.metrics.timetable import day_number
from okaeri.predictions.segments.segmentation import Labels, Segmentation

if TYPE_CHECKING:
    import pyarrow as pa

    from okaeri.metrics.measuring import Measurer


def labels_table(segmentation: Segmentation, *, measurer: Measurer) -> pa.Table:
    """Rows for the table `labels`: one per customer whose label is new or another than before.

    Whoever had a label of the scheme and is in no group any more gets `NO_LABEL`, which ends it.
    `assigned_at` is the local start of the day the segmentation is as of, so that a figure with that cutoff, or a
    later one, is split by it. The same segmentation twice gives the same rows, so that landing them again changes
    nothing.
    """
    import pyarrow as pa  # heavy

    names = measurer.engine.query("select customer, customer_id from customer_codes order by customer")
    codes = np.asarray(names["customer"].to_numpy(), np.int64)
    now = np.full(len(codes), "", segmentation.label.dtype)
    now[np.searchsorted(codes, segmentation.customer)] = segmentation.label
    day = day_number(segmentation.as_of)
    # a label that was landed for this very day by older facts is put right as well
    earlier, landed = (_known(segmentation.scheme, measurer, until=until) for until in (day - 1, day))
    changed = (now != earlier) | (now != landed)
    whose = names["customer_id"].filter(pa.array(changed))
    label = pa.array([each or NO_LABEL for each in now[changed].tolist()], pa.string())
    start = measurer.facts.calendar.start_of(segmentation.as_of)
    columns = {
        "label_id": pa.array(
            [f"{segmentation.scheme}:{segmentation.as_of}:{each}" for each in whose.to_pylist()], pa.string()
        ),
        "customer_id": whose,
        "scheme": pa.array([segmentation.scheme] * len(whose), pa.string()),
        "label": label,
        "assigned_at": pa.array([start] * len(whose), pa.timestamp("us", tz="UTC")),
    }
    contract = TABLES["labels"]
    return pa.table({name: columns[name] for name in contract.names}).cast(contract.arrow_schema())


def _known(scheme: str, measurer: Measurer, *, until: int) -> Labels:
    """The label each customer has by a day, in the order of their codes, '' without one."""
    sql = labels_sql(scheme, cutoff=until)
    found = measurer.engine.query(f"select segment from ({sql}) as s order by customer")
    return np.array(found["segment"].to_pylist(), np.str_)
