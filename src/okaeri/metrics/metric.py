"""What a metric is: a declaration beside one static query, and the registry that tests and docs walk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from okaeri.base.errors import unknown
from okaeri.base.measurement import Measurement
from okaeri.base.text import Text, _
from okaeri.base.units import Unit

if TYPE_CHECKING:
    import pyarrow as pa

    from okaeri.metrics.context import MetricContext


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A worked example a reader can redo by hand: counts in, `expect` out.

    >>> Example(inputs={"retained": 9, "cs": 40}, expect=0.225).expect
    0.225
    """

    inputs: Mapping[str, float]
    expect: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """One figure's meaning; changing it raises `version`.

    `facts` names the tables without which there is nothing to measure, `needs` the inputs the query reads; `measure`
    turns the query's rows into measurements. `extra["counted"]` names the row inputs a split may be a column of, where
    that is not all of them.
    """

    id: str
    version: int = 1
    label: Text
    unit: Unit
    better: str | None
    needs: tuple[str, ...]
    query: str
    definition: Text
    formula: Text
    interval: str
    source: str
    example: Example
    measure: Callable[[Metric, pa.Table, MetricContext], list[Measurement]]
    caveats: tuple[Text, ...] = ()
    family: str = ""
    facts: tuple[str, ...] = ()
    contractual_only: bool = False
    default_by: str = "month"
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def asks_presence(self) -> bool:
        """Whether the figure depends on who is a customer; orders alone are counted beside that rule."""
        return bool(
            {"presence", "lives", "stays", "customer_spans", "activity", "contracts", "customer_days"} & {*self.needs}
        )

    @property
    def sql(self) -> str:
        """The query as it stands in the package: DuckDB's dialect, no placeholders."""
        return files("okaeri.metrics").joinpath("sql", self.query).read_text("utf-8")


METRICS: dict[str, Metric] = {}


def register(metric: Metric) -> Metric:
    """Add a metric to the registry under its id."""
    METRICS[metric.id] = metric
    return metric


def find(metric_id: str, *, known: Collection[str] | None = None) -> Metric:
    """The metric called `metric_id`; raises `OkaeriError` with the nearest name.

    >>> find("no_such")
    Traceback (most recent call last):
    ...
    okaeri.base.errors.OkaeriError: There is no metric called 'no_such'. `okaeri metrics` lists them.
    """
    if metric_id not in METRICS:
        raise unknown(_("metric"), metric_id, known or METRICS, listed_by="okaeri metrics")
    return METRICS[metric_id]
