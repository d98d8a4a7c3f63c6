"""Which metrics go into one workbook, measured on one state of the facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.base.text import Text, _, use_language
from okaeri.exports import check_ending
from okaeri.metrics import METRICS, find
from okaeri.metrics.result import MetricResult
from okaeri.remembering import written_down

if TYPE_CHECKING:
    from okaeri.metrics.measuring import Measurer
    from okaeri.shop import Asked, Shop


def write_export(
    shop: Shop, out: Path, *, metrics: Sequence[str] | None, question: Asked, lang: str, now: datetime
) -> tuple[str, ...]:
    """Write one workbook with a sheet per metric; without `metrics`, of all that can be measured.

    Returns the metrics that are in it. Raises `OkaeriError` for another ending than .xlsx, for a metric that does not
    exist or cannot be measured, and when nothing can be.
    """
    from okaeri.exports.workbook import Book, write_book

    check_ending(out, endings=(".xlsx",))
    names = list(dict.fromkeys(find(metric).id for metric in metrics)) if metrics is not None else None
    with use_language(lang):
        results, left_out, versions = shop.ask(lambda measurer: (*_measured(measurer, names, question), shop.versions))
        results = [written_down(shop, result, asked=question, versions=versions) for result in results]
        write_book(Book(results=results, left_out=left_out, made_on=shop.workspace.calendar.day_of(now)), out)
    return tuple(result.metric.id for result in results)


def _measured(
    measurer: Measurer, names: list[str] | None, question: Asked
) -> tuple[list[MetricResult], list[tuple[Text, Text | str]]]:
    results: list[MetricResult] = []
    left_out: list[tuple[Text, Text | str]] = []
    for name in names if names is not None else list(METRICS):
        try:
            results.append(measurer.measure(name, **question))
        except OkaeriError as error:
            if names is not None:
                raise
            left_out.append((METRICS[name].label, error.what))
    if not results:
        raise NothingUsable(
            _("No metric can be measured yet."),
            advice=_("Import some: `okaeri import orders.csv --as orders`."),
        )
    return results, left_out
