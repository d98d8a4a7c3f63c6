"""What was said at an earlier moment: figures from the log where the facts of that moment are no longer kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from okaeri.base.calendar import Grain, Period
from okaeri.base.measurement import Interval, Measurement, State
from okaeri.base.text import Text, _
from okaeri.facts.workspace import Workspace
from okaeri.metrics.metric import Metric
from okaeri.metrics.presence import ROWS, Presence, PresenceRule
from okaeri.metrics.result import MetricResult
from okaeri.restatements.causes import erased_between
from okaeri.restatements.figures import Figure, Place
from okaeri.restatements.log import Batch, figures_in, folder_of
from okaeri.restatements.question import question_of


def erasure_notes(workspace: Workspace, *, as_of: datetime, now: datetime) -> tuple[Text, ...]:
    """What to say beside figures of an earlier moment when customers were erased since."""
    erased = erased_between(workspace, after=as_of, until=max(now, as_of))
    if not erased:
        return ()
    words = _("{n} customers were erased since then; their rows are gone for ever and count in no figure of any day.")
    return (words.format(n=erased),)


def recalled(metric: Metric, workspace: Workspace, *, asked: Mapping[str, Any], as_of: datetime) -> MetricResult | None:
    """What the log had for a question at a moment; None when the question had not been put by then."""
    batches = folder_of(workspace.path, question_of(metric, workspace, asked=asked)).batches(until=as_of)
    if not batches:
        return None
    last = batches[-1]
    rows = [
        _measurement(metric, place, figure, last)
        for place, figure in sorted(figures_in(batches).items())
        if _is_asked(place, asked)
    ]
    recorded = _("The facts of that moment are no longer kept; these are the figures recorded up to {moment}.")
    return MetricResult(
        metric=metric,
        measurements=tuple(rows),
        sql="",
        presence=_presence(last.presence),
        cutoff=last.cutoff,
        grain=last.question.by,
        zone=workspace.settings.zone,
        segment_column=last.question.segment or None,
        notes=(recorded.format(moment=last.taken_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")),),
        workspace_name=workspace.settings.name,
    )


def _is_asked(place: Place, asked: Mapping[str, Any]) -> bool:
    start, end = asked.get("start"), asked.get("end")
    return (start is None or place.end > start.isoformat()) and (end is None or place.start < end.isoformat())


def _measurement(metric: Metric, place: Place, figure: Figure, batch: Batch) -> Measurement:
    bounds = figure.low is not None or figure.high is not None
    return Measurement(
        metric=metric.id,
        version=metric.version,
        value=figure.value,
        unit=metric.unit,
        n=figure.n,
        currency=place.currency or None,
        interval=Interval(low=figure.low, high=figure.high, method=metric.interval) if bounds else None,
        period=_period(place, batch.question.by),
        segment=place.segment,
        cutoff=batch.cutoff,
        state=State(figure.state),
        reason=_("The reason was not recorded.") if figure.state != State.COMPLETE else None,
        inputs={name: _plain(value) for name, _is, value in (word.partition("=") for word in place.at.split())},
    )


def _period(place: Place, by: str) -> Period | None:
    if not place.start:
        return None
    grain = Grain(by) if by in {each.value for each in Grain} else Grain.ALL
    return Period(date.fromisoformat(place.start), date.fromisoformat(place.end), grain)


def _plain(value: str) -> int | str:
    return int(value) if value.lstrip("-").isdigit() else value


def _presence(code: str) -> Presence:
    return ROWS if code == "rows" else Presence(rule=PresenceRule.parse(code))
