"""The key figures at the top: which measurement is shown large, and what may honestly be said of its change."""

from __future__ import annotations

from okaeri.base.measurement import Measurement, State
from okaeri.metrics.result import MetricResult
from okaeri.reports.contents import Headline

RECENT = 18


def headline(result: MetricResult, *, segment: str | None = None) -> Headline | None:
    """The last complete measurement of `segment` with its past; None when no period is complete yet.

    A partial or undefined period is never the headline and never compared. `segment` None means the first one; the
    change is told only against the period just before.
    """
    whole = [m for m in result.measurements if m.state is State.COMPLETE and m.value is not None]
    if not whole:
        return None
    chosen = whole[0] if segment is None else next((m for m in whole if m.segment == segment), None)
    series = [m for m in whole if chosen and (m.segment, m.currency) == (chosen.segment, chosen.currency)]
    if not series:
        return None
    values = tuple(m.value for m in series[-RECENT:] if m.value is not None and m.period)
    earlier = series[-2] if len(series) > 1 and _adjoining(series[-2], series[-1]) else None
    return Headline(result=result, measurement=series[-1], recent=values, earlier=earlier)


def _adjoining(before: Measurement, after: Measurement) -> bool:
    return before.period is not None and after.period is not None and before.period.end == after.period.start
