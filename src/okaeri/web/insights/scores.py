"""The scorecard of the targets as words, by whoever answers for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from okaeri.base.text import Text, _
from okaeri.base.units import Unit, show
from okaeri.metrics import find
from okaeri.targets import METHOD, Judged, Line, Scorecard, Target, Verdict

TONES = {Verdict.MET: "good", Verdict.MISSED: "bad", Verdict.UNCLEAR: ""}


def scorecard_data(card: Scorecard) -> dict[str, Any]:
    """The scorecard, JSON-ready, in the current language; `groups` are by owner and department."""
    names = sorted({(line.target.owner, line.target.department) for line in card.lines})
    groups = [
        {
            "title": " · ".join(part for part in name if part) or str(_("Nobody's")),
            "lines": [_line(line) for line in card.lines if (line.target.owner, line.target.department) == name],
        }
        for name in names
    ]
    counts = {verdict.name.lower(): len(card.having(verdict)) for verdict in Verdict}
    words = _("{met} met, {missed} missed, {unclear} that cannot be told").format(**counts)
    forecast = any(line.forecast and line.forecast.interval for line in card.lines)
    return {"groups": groups, "words": str(words), "method": str(METHOD) if forecast else "", **counts}


def key_of(target: Target) -> dict[str, str]:
    """What a form says to name a target."""
    return dict(zip(("metric", "by", "segment", "currency", "department"), target.key, strict=True))


def _line(line: Line) -> dict[str, Any]:
    metric = find(line.target.metric)
    return {
        "key": key_of(line.target),
        "label": str(metric.label),
        "sentence": str(line.target.sentence),
        "segment": line.target.segment,
        "by": line.target.by,
        "verdict": str(line.verdict.word),
        "tone": TONES[line.verdict],
        "latest": _judged(line.latest, line) if line.latest else None,
        "current": _judged(line.current, line) if line.current else None,
        "forecast": _forecast(line),
        "notes": [str(note) for note in _notes(line)],
    }


def _judged(judged: Judged, line: Line) -> dict[str, str]:
    m = judged.measurement
    return {
        "period": m.period.label if m.period else "",
        "value": str(m),
        "range": line.around(judged.interval) if judged.interval else "",
        "n": "" if m.n is None else show(m.n, Unit.COUNT),
        "verdict": str(judged.verdict.word),
        "tone": TONES[judged.verdict],
    }


def _forecast(line: Line) -> dict[str, str] | None:
    found = line.forecast
    if found is None or found.interval is None:
        return None
    return {
        "value": line.shown(found.value),
        "range": line.around(found.interval),
        "verdict": str(line.course.word),
        "tone": TONES[line.course],
    }


def _notes(line: Line) -> Iterator[Text | str]:
    if line.reason:
        yield line.reason
    elif line.latest and line.verdict is Verdict.UNCLEAR:
        yield line.latest.reason
    found = line.forecast
    if found and found.reason:
        yield _("There is no forecast: {reason}").format(reason=found.reason)
    elif found and found.interval:
        words = _(
            "The forecast is a {level} interval from {n} earlier periods; {held} of {tested} such forecasts held."
        )
        level = show(found.interval.level, Unit.RATE, digits=0)
        yield words.format(level=level, n=found.periods, held=found.held, tested=found.tested)
