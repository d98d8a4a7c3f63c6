"""What a report is made of: frozen contents that the library fills in and every form of the report reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from okaeri.base.calendar import Period
from okaeri.base.measurement import Measurement
from okaeri.base.text import Text
from okaeri.charts.figure import Figure
from okaeri.metrics.result import MetricResult
from okaeri.reports.summary import Finding
from okaeri.reports.tables import TableView


@dataclass(frozen=True, kw_only=True, slots=True)
class TableFacts:
    """How much one table of the lake holds; `first` and `last` are local days, both included.

    >>> TableFacts(table="orders", rows=412, first=date(2024, 1, 1), last=date(2024, 6, 30)).rows
    412
    """

    table: str
    rows: int
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """Rows of one file that did not become facts, and why.

    >>> LeftOut(reason="No amount.", rows=3).rows
    3
    """

    reason: Text | str
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportFacts:
    """What became of one imported file; `read` is the sum of the four counts after it.

    >>> ImportFacts(file="june.csv", table="orders", read=2, new=2, replaced=0, unchanged=0, quarantined=0).read
    2
    """

    file: str
    table: str
    read: int
    new: int
    replaced: int
    unchanged: int
    quarantined: int
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[Text | str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RestatedFigure:
    """A past figure that a later measuring told differently; `told_at` is an aware instant."""

    name: Text | str
    period: Period
    was: str
    now: str
    told_at: datetime
    why: Text
    segment: str = ""


@dataclass(frozen=True, kw_only=True)
class Headline:
    """One key figure: the measurement shown large, its recent past and the period it is compared with, if any."""

    result: MetricResult
    measurement: Measurement
    recent: tuple[float, ...] = ()
    earlier: Measurement | None = None


@dataclass(frozen=True, kw_only=True)
class FigureBlock:
    """One result and its picture; `figure` is None for a result that is a number, not a shape."""

    result: MetricResult
    figure: Figure | None = None
    customers: int | None = None


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the report: its tables with the remarks under them, then blocks, then pictures that have no metric."""

    id: str
    title: Text
    introduction: Text
    blocks: tuple[FigureBlock, ...] = ()
    tables: tuple[TableView, ...] = ()
    remarks: tuple[str, ...] = ()
    pictures: tuple[Figure, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """All a report says; `cutoff` is the first local day that was not observed, `made_at` an aware instant."""

    workspace_name: str
    made_at: datetime
    cutoff: date
    zone: str
    lang: str
    presence: Text
    headline: tuple[Headline, ...]
    sections: tuple[Section, ...]
    findings: tuple[Finding, ...] = ()
    facts: tuple[TableFacts, ...] = ()
    imports: tuple[ImportFacts, ...] = ()
    restated: tuple[RestatedFigure, ...] = ()
