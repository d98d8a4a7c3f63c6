"""Measuring with a memory: what is measured now goes into the log, what was known then comes from facts or log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from okaeri.base.errors import NothingUsable
from okaeri.base.text import _
from okaeri.facts.delta import NoLongerKept
from okaeri.metrics import find
from okaeri.metrics.result import MetricResult
from okaeri.restatements import erasure_notes, follow_erasures, keep, recalled

if TYPE_CHECKING:
    from okaeri.shop import Shop

TOLD_ANEW = _("{n} past figures are not what they were when last measured; `okaeri restatements` shows why.")


def remembered(shop: Shop, metric: str, question: Mapping[str, Any]) -> MetricResult:
    """Measure, and keep what was said."""
    result, versions = shop.ask(lambda measurer: (measurer.measure(metric, **question), shop.versions))
    return written_down(shop, result, asked=question, versions=versions)


def written_down(
    shop: Shop, result: MetricResult, *, asked: Mapping[str, Any], versions: Mapping[str, int]
) -> MetricResult:
    """Keep a result in the log, and say so when it tells past figures anew; nothing is kept as of an earlier moment.

    A log that cannot be written is a note beside the figures, not a failure.
    """
    if shop.as_of:
        return result
    try:
        follow_erasures(shop.workspace)
        told = keep(result, shop.workspace, asked=asked, versions=versions, now=shop.now())
    except OSError as error:
        why = _("These figures could not be kept in the restatement log: {why}.").format(why=error)
        return replace(result, notes=(*result.notes, why))
    return replace(result, notes=(*result.notes, TOLD_ANEW.format(n=len(told)))) if told else result


def measured_then(shop: Shop, metric: str, question: Mapping[str, Any]) -> MetricResult:
    """Measure on the facts of an earlier moment; where they are no longer kept, what was recorded by then.

    Raises `OkaeriError` when the facts are gone and the question had not been put by then.
    """
    assert shop.as_of is not None
    try:
        if not shop.ask(lambda measurer: measurer.facts.has):
            raise NothingUsable(
                _("Nothing had been imported by {moment}.").format(moment=f"{shop.as_of:%Y-%m-%d %H:%M} UTC"),
                advice=_("Choose a later moment; `okaeri tables` shows what is there now."),
            )
        result = shop.ask(lambda measurer: measurer.measure(metric, **question))
    except NoLongerKept:
        found = recalled(find(metric), shop.workspace, asked=question, as_of=shop.as_of)
        if found is None:
            raise
        result = found
    notes = erasure_notes(shop.workspace, as_of=shop.as_of, now=shop.now())
    return replace(result, notes=(*result.notes, *notes))
