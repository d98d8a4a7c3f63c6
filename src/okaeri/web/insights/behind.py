"""Who is behind a figure, and a figure as a file: the click-throughs, which ask the facts themselves."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import Text, _
from okaeri.exports import ENDINGS, save
from okaeri.exports.delimited import harmless
from okaeri.metrics import METRICS
from okaeri.metrics.measuring import Measurer
from okaeri.metrics.members import cohort_members, members, named_period
from okaeri.metrics.result import MetricResult
from okaeri.web.core.shops import asking
from okaeri.web.insights.cards import behind
from okaeri.web.insights.periods import STATES
from okaeri.web.insights.questions import Question

COHORT_WORDS: dict[str, Text] = {"seen": _("Were there"), "not_seen": _("Were not there")}


@dataclass(frozen=True, kw_only=True, slots=True)
class Behind:
    """The customers counted as `state` in one period, or of a cohort `age` periods after they came."""

    ids: tuple[str, ...]
    period: str
    label: str
    state: str
    states: tuple[tuple[str, str], ...]
    periods: tuple[tuple[str, str], ...]
    age: int | None = None
    ages: int = 0
    segment: str = ""
    segments: tuple[str, ...] = ()


def customers_behind(question: Question, said: Mapping[str, str]) -> Behind:
    """List customers: `period` is a day or a name of one, `state`, `age` and `label` (a segment's) may be left out.

    Raises `OkaeriError` for a figure that counts no customers, and for a period or state that does not exist.
    """
    kind = behind(METRICS[question.metric])
    if not kind:
        raise OkaeriError(
            _("No customers can be listed behind this figure."), advice=_("Retention, churn and cohorts can name them.")
        )
    with asking() as shop:
        return shop.ask(lambda measurer: _listed(measurer, question, said, cohort=kind == "cohort"))


def _listed(measurer: Measurer, question: Question, said: Mapping[str, str], *, cohort: bool) -> Behind:
    result = measurer.measure(question.metric, **question.asked())
    chosen = named_period(result, said.get("period") or None)
    label = said.get("label") or None
    segments = tuple(sorted({m.segment or "" for m in result.measurements})) if question.segment else ()
    if label is not None and label not in segments:
        raise unknown(_("segment"), label, segments)
    words = COHORT_WORDS if cohort else STATES
    state = said.get("state") or ("seen" if cohort else "lost")
    age = _age(said.get("age")) if cohort else None
    if age is not None:
        ids = cohort_members(measurer, result, cohort=chosen, age=age, state=state, segment=label)
    else:
        ids = members(measurer, result, period=chosen, state=state, segment=label)
    observed = _periods(result)
    return Behind(
        ids=tuple(ids),
        period=chosen.start.isoformat(),
        label=chosen.label,
        state=state,
        states=tuple((code, str(word)) for code, word in words.items()),
        periods=observed,
        age=age,
        ages=sum(start >= chosen.start.isoformat() for start, _label in observed) if cohort else 0,
        segment=label or "",
        segments=segments,
    )


def _periods(result: MetricResult) -> tuple[tuple[str, str], ...]:
    found = {m.period for m in result.measurements if m.period and m.period.start < result.cutoff}
    return tuple((each.start.isoformat(), each.label) for each in sorted(found, key=lambda p: p.start, reverse=True))


def _age(said: str | None) -> int:
    if not said:
        return 0
    if not said.isascii() or not said.isdigit() or len(said) > 4:
        raise OkaeriError(
            _("{age} is no age of a cohort.").format(age=said[:20]), advice=_("Write a number, such as 3.")
        )
    return int(said)


def customers_csv(found: Behind, people: Mapping[str, Mapping[str, Any]]) -> bytes:
    """The customers as CSV that spreadsheets open right, with their names."""
    stream = StringIO()
    writer = csv.writer(stream)
    writer.writerow(["customer_id", "name", "state", "period_start"])
    for each in found.ids:
        writer.writerow([harmless(each), harmless(people[each]["name"]), found.state, found.period])
    return stream.getvalue().encode("utf-8-sig")


def figure_file(question: Question, *, ending: str) -> bytes:
    """A figure's results as a file; raises `OkaeriError` for another ending than .csv, .xlsx and .parquet."""
    if ending not in ENDINGS:
        raise unknown(_("kind of file"), ending, ENDINGS)
    with asking() as shop:
        result = shop.ask(lambda measurer: measurer.measure(question.metric, **question.asked()))
    with tempfile.TemporaryDirectory() as folder:
        return save(result, Path(folder) / f"figures{ending}").read_bytes()
