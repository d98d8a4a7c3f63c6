"""A result's measurements sorted into lines: one per segment, the largest first, broken where nothing is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from okaeri.base.measurement import Measurement, State
from okaeri.base.text import Text, _
from okaeri.charts.words import Listed, Word, plainly
from okaeri.metrics.result import MetricResult

MOST = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """The figures of one segment in time order; `name` is None when there is only one line."""

    name: Word | None
    points: tuple[Measurement, ...]

    @property
    def size(self) -> float:
        """How much stands behind it: the largest n of its figures."""
        return max((point.n or 0 for point in self.points), default=0)

    @property
    def complete(self) -> list[Measurement]:
        """The figures that may be compared."""
        return [point for point in self.points if point.state is State.COMPLETE and point.value is not None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """The lines that are drawn, and why others are not."""

    series: tuple[Series, ...]
    notes: tuple[Text, ...]


def name_of(segment: str | None) -> Word:
    """A segment's name as it is read; customers without a value have a name too.

    >>> str(name_of(""))
    '(no value)'
    """
    return plainly(segment or "") or _("(no value)")


def chosen(result: MetricResult, *, most: int = MOST) -> Chosen:
    """At most `most` lines of one currency, the largest segments first."""
    money = _currencies(result.measurements)
    kept = [m for m in result.measurements if not money or m.currency in (money[0], None)]
    notes = [_other_currencies(money)] if len(money) > 1 else []
    segments = list(dict.fromkeys(m.segment for m in kept))
    named = len(segments) > 1 or result.segment_column is not None
    every = [Series(name=name_of(s) if named else None, points=_of(kept, s)) for s in segments]
    every.sort(key=lambda series: -series.size)
    if len(every) > most:
        words = _("The {drawn} largest of {all} segments are drawn; the table has them all.")
        notes.append(words.format(drawn=most, all=len(every)))
    return Chosen(series=tuple(every[:most]), notes=tuple(notes))


def runs(points: Sequence[tuple[int, Measurement]]) -> Iterator[list[tuple[int, Measurement]]]:
    """Neighbouring complete figures; a partial or undefined one, or a missing period, ends a run."""
    run: list[tuple[int, Measurement]] = []
    for place, point in points:
        if point.state is not State.COMPLETE or point.value is None:
            continue
        if run and place != run[-1][0] + 1:
            yield run
            run = []
        run.append((place, point))
    if run:
        yield run


def state_notes(measurements: Sequence[Measurement]) -> list[Text]:
    """What hatching and gaps mean, when there are any."""
    notes = []
    partial = [m for m in measurements if m.state is State.PARTIAL]
    if partial:
        words = _("Hatched: not complete yet; the records end with {day}. Not compared with the others.")
        notes.append(words.format(day=partial[-1].cutoff - timedelta(days=1)))
    undefined = [m for m in measurements if m.state is State.UNDEFINED and m.reason]
    if undefined:
        notes.append(_("A gap has no figure: {reason}").format(reason=undefined[0].reason))
    return notes


def _of(measurements: Sequence[Measurement], segment: str | None) -> tuple[Measurement, ...]:
    return tuple(m for m in measurements if m.segment == segment)


def _currencies(measurements: Sequence[Measurement]) -> list[str]:
    size: dict[str, int] = {}
    for m in measurements:
        if m.currency:
            size[m.currency] = size.get(m.currency, 0) + (m.n or 0)
    return sorted(size, key=lambda currency: (-size[currency], currency))


def _other_currencies(money: Sequence[str]) -> Text:
    words = _("Drawn in {drawn}. Currencies are never added up; the table also has {others}.")
    return words.format(drawn=money[0], others=Listed(tuple(money[1:])))
