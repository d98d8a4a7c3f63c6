"""What measuring gives back: measurements, the SQL that ran, and who was counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from okaeri.base.errors import OkaeriError
from okaeri.base.measurement import Measurement
from okaeri.base.text import Text, _
from okaeri.metrics.metric import Metric
from okaeri.metrics.presence import Presence

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True, kw_only=True)
class MetricResult:
    """The measurements of one metric, in period order; `cutoff` is the first local day not observed."""

    metric: Metric
    measurements: tuple[Measurement, ...]
    sql: str
    presence: Presence
    cutoff: date
    grain: str
    zone: str = "UTC"
    segment_column: str | None = None
    notes: tuple[Text, ...] = ()
    workspace_name: str = ""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One JSON-ready row per measurement, in order."""
        return [measurement.as_row() for measurement in self.measurements]

    def as_json(self) -> dict[str, Any]:
        """The result as the command line prints it; `cutoff` is the ISO 8601 day from which nothing is known."""
        return {
            "metric": self.metric.id,
            "version": self.metric.version,
            "cutoff": self.cutoff.isoformat(),
            "rows": self.rows,
            "unit": self.metric.unit.value,
            "by": self.grain,
            "zone": self.zone,
            "presence": self.presence.code,
            "presence_sentence": str(self.presence),
            "segment_column": self.segment_column,
            "notes": [str(note) for note in self.notes],
        }

    def to_arrow(self) -> pa.Table:
        """The rows as an Arrow table, one column per input."""
        import pyarrow as pa

        return pa.Table.from_pylist([_flat(row) for row in self.rows])

    def to_pandas(self) -> pd.DataFrame:
        """The rows as a pandas frame, one column per input; raises `OkaeriError` without pandas."""
        try:
            import pandas as pd
        except ModuleNotFoundError:
            raise OkaeriError(
                _("Pandas is not installed."), advice=_("Install it with `pip install pandas`, or use `.to_arrow()`.")
            ) from None
        return pd.DataFrame([_flat(row) for row in self.rows])


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    inputs = row["inputs"]
    return {**{k: v for k, v in row.items() if k != "inputs"}, **{k: v for k, v in inputs.items() if k not in row}}
