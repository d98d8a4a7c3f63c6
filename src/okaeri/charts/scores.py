"""How often each score was given: one panel per question and scale, scores in their own order, never by size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from okaeri.base.measurement import Measurement, State
from okaeri.base.text import Text, _
from okaeri.base.units import Unit, show
from okaeri.charts.canvas import Canvas, Drawn, lines_at, paint, place, rows, words_at
from okaeri.charts.colours import mix
from okaeri.charts.figure import Figure
from okaeri.charts.frame import Frame
from okaeri.charts.series import name_of
from okaeri.charts.tables import over_time_table
from okaeri.charts.theme import Palette, Spec
from okaeri.charts.words import Named, Shown, Word, sentences, shorten
from okaeri.metrics.result import MetricResult

_MOST = 6
_HEAD, _BARS, _FOOT, _GAP = 48.0, 130.0, 24.0, 28.0  # the heights of a panel, in pixels
_NAMES = {"nps": "NPS", "csat": "CSAT", "ces": "CES", "cli": "CLI"}
_DETRACTORS_TO = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """The scores of one question on one scale, lowest first; `cut` is the lowest good score, None without one."""

    name: Word
    instrument: str
    cut: float | None
    points: tuple[Measurement, ...]

    def part(self, score: float) -> str:
        """Whether a score is good, poor or between; plain where no score is either.

        >>> Panel(name="NPS", instrument="nps", cut=9.0, points=()).part(7)
        'between'
        """
        if self.cut is None:
            return "plain"
        if score >= self.cut:
            return "good"
        return "between" if self.instrument == "nps" and score > _DETRACTORS_TO else "poor"

    def share(self, part: str) -> float:
        """The share of the answers in one part."""
        return sum(m.value or 0.0 for m in self.points if self.part(_score(m)) == part)


def scores(result: MetricResult) -> Figure:
    """One panel of upright bars per question and scale, of the latest complete period."""
    shown = _latest(result)
    panels = _panels(shown)
    drawn = panels[:_MOST]
    several = _("The {drawn} largest of {all} groups are drawn; the table has them all.")
    notes = (several.format(drawn=len(drawn), all=len(panels)),) if len(panels) > len(drawn) else ()
    return Figure(
        kind="scores",
        title=_title(result, drawn),
        subtitle=result.metric.definition,
        insight=sentences(*(_insight(panel) for panel in drawn)) if drawn else _NOTHING,
        alt=_in_words(result, drawn),
        table=over_time_table(result),
        notes=notes,
        draw=Scores(panels=drawn).draw,
    )


@dataclass(frozen=True, kw_only=True)
class Scores:
    """Panels one under the other, or two in a row where there is room. Every panel has the same height for 1%."""

    panels: Sequence[Panel]

    def draw(self, canvas: Canvas) -> Drawn:
        """The layers, from the back to the front; x and y are pixels of the plot."""
        across = 2 if canvas.width >= 640 and len(self.panels) > 1 else 1
        width = (canvas.inner - _GAP * (across - 1)) / across
        down = -(-len(self.panels) // across) or 1
        tall = _HEAD + _BARS + _FOOT
        height = down * tall + (down - 1) * 8
        frame = Frame(width=canvas.inner, height=height, left=0, right=canvas.inner, low=height, high=0)
        marks = _Marks(look=canvas.look, top=self._top(), bars=[], whiskers=[], words=[], small=[])
        for at, panel in enumerate(self.panels):
            marks.add(panel, x=(at % across) * (width + _GAP), y=(at // across) * (tall + 8), width=width)
        off = {"labels": False, "grid": False}
        return Drawn(layers=[frame.axes(off, off), *marks.layers()], width=frame.width, height=height, left=0)

    def _top(self) -> float:
        reach = [m.interval.high if m.interval else m.value for panel in self.panels for m in panel.points]
        return max((value for value in reach if value), default=1.0)


@dataclass(frozen=True, kw_only=True)
class _Marks:
    """What is drawn, gathered over all panels, so that each kind is one layer."""

    look: Palette
    top: float
    bars: list[dict[str, Any]]
    whiskers: list[dict[str, Any]]
    words: list[dict[str, Any]]
    small: list[dict[str, Any]]

    def add(self, panel: Panel, *, x: float, y: float, width: float) -> None:
        """One panel with its upper left corner at (x, y)."""
        look, step = self.look, width / max(len(panel.points), 1)
        head = shorten(str(_heading(panel)), size=12.5, width=width)
        self.words.append({"x": x, "y": y + 9, "words": head, "ink": look.ink, "ground": look.ground})
        self._legend(panel, x=x, y=y + 29, width=width)
        floor = y + _HEAD + _BARS
        for at, point in enumerate(panel.points):
            self._bar(panel, point, middle=x + step * (at + 0.5), half=min(0.4 * step, 26), floor=floor)

    def _legend(self, panel: Panel, *, x: float, y: float, width: float) -> None:
        parts = [(name, part) for name, part in _parts(panel)]
        step = width / 3 if len(parts) == 3 else width / 2
        for at, (name, part) in enumerate(parts):
            words = shorten(f"{name} {Shown(panel.share(part), Unit.RATE, short=True)}", size=11.5, width=step - 6)
            ink = self.look.quiet if part == "between" else _ink(self.look, part)
            self.small.append(
                {"x": x + at * step, "y": y, "words": words, "ink": ink, "ground": self.look.ground, "at": "left"}
            )

    def _bar(self, panel: Panel, point: Measurement, *, middle: float, half: float, floor: float) -> None:
        look, value = self.look, point.value or 0.0
        tall = _BARS - 16  # the share stands above the whisker
        top = floor - tall * value / self.top
        ink = _ink(look, panel.part(_score(point)))
        told = f"{show(_score(point), Unit.COUNT)}: {point}"
        self.bars.append({"x": middle - half, "x2": middle + half, "y": floor, "y2": top, "ink": ink, "told": told})
        above = top
        if point.interval and point.interval.low is not None and point.interval.high is not None:
            ends = [floor - tall * end / self.top for end in (point.interval.low, point.interval.high)]
            self.whiskers.append({"x": middle, "x2": middle, "y": ends[0], "y2": ends[1]})
            above = min(top, ends[1])
        share = str(Shown(value, Unit.RATE, short=True))
        known = {"ground": look.ground, "x": middle, "at": "center"}
        self.small.append({**known, "y": above - 8, "words": share, "ink": look.ink})
        self.small.append({**known, "y": floor + 12, "words": f"{_score(point):g}", "ink": look.quiet})

    def layers(self) -> Iterator[Spec]:
        """Bars, whiskers with a halo of the ground, words."""
        corners = {"x": place("x"), "x2": {"field": "x2"}, "y": place("y"), "y2": {"field": "y2"}}
        encoding = {**corners, "color": paint("ink"), "tooltip": {"field": "told", "type": "nominal"}}
        yield {"data": rows(self.bars), "mark": {"type": "rect", "cornerRadius": 2}, "encoding": encoding}
        if self.whiskers:
            yield lines_at(self.whiskers, ink=self.look.ground, width=4)
            yield lines_at(self.whiskers, ink=mix(self.look.ink, self.look.ground, 0.15), width=1.5)
        yield words_at(self.words, x=place("x"), y=place("y"), size=12.5, weight=600)
        for align in ("left", "center"):
            values = [value for value in self.small if value["at"] == align]
            yield words_at(values, x=place("x"), y=place("y"), size=11, align=align)


def _latest(result: MetricResult) -> list[Measurement]:
    known = [m for m in result.measurements if m.value is not None]
    whole = [m for m in known if m.state is State.COMPLETE] or known
    last = max((m.period.end for m in whole if m.period), default=None)
    return [m for m in whole if last is None or (m.period and m.period.end == last)]


def _panels(shown: Sequence[Measurement]) -> list[Panel]:
    """One panel per question, scale and segment: those with most answers first, promoters before the rest."""
    groups: dict[tuple[str, str, float], list[Measurement]] = {}
    for m in shown:
        key = (_segment(m), str(m.inputs["instrument"]), float(m.inputs["scale"]))
        groups.setdefault(key, []).append(m)
    order = list(_NAMES)
    ranked = sorted(groups.items(), key=lambda item: (-(item[1][0].n or 0) if item[0][0] else 0, _rank(item[0], order)))
    return [_panel(key, points) for key, points in ranked]


def _rank(key: tuple[str, str, float], order: Sequence[str]) -> tuple[int, float]:
    return (order.index(key[1]) if key[1] in order else len(order), key[2])


def _panel(key: tuple[str, str, float], points: Sequence[Measurement]) -> Panel:
    segment, instrument, scale = key
    lowest = min(map(_score, points))
    question = f"{_NAMES.get(instrument, instrument)} {lowest:g}–{scale:g}"
    cut = points[0].inputs.get("cut")
    return Panel(
        name=f"{name_of(segment)} · {question}" if segment else question,
        instrument=instrument,
        cut=float(cut) if cut is not None else None,
        points=tuple(sorted(points, key=_score)),
    )


def _segment(point: Measurement) -> str:
    """Of a score by segment, such as "Kenji · nps 9/10", the segment; "" of all together."""
    return (point.segment or "").rpartition(" · ")[0]


def _score(point: Measurement) -> float:
    return float(point.inputs["score"])


def _parts(panel: Panel) -> tuple[tuple[Text, str], ...]:
    if panel.cut is None:
        return ()
    if panel.instrument == "nps":
        return (_("Detractors"), "poor"), (_("Passives"), "between"), (_("Promoters"), "good")
    above = _("Low effort") if panel.instrument == "ces" else _("Satisfied")
    return (_("Below the cut"), "poor"), (above, "good")


def _ink(look: Palette, part: str) -> str:
    return {"good": look.series[0], "poor": look.series[1], "between": look.hatch_edge}.get(part, look.series[5])


def _heading(panel: Panel) -> Text:
    n = show(panel.points[0].n or 0, Unit.COUNT)
    return _("{question} · {n} answers").format(question=panel.name, n=n)


def _title(result: MetricResult, panels: Sequence[Panel]) -> Text:
    """The finding of the first question: its most frequent score, or the two that cannot be told apart."""
    if not panels:
        return _("{label}: no complete period yet").format(label=result.metric.label)
    first = panels[0]
    if first.instrument == "nps":
        told = [Shown(first.share(part), Unit.RATE) for part in ("good", "poor")]
        return _("{promoters} are promoters and {detractors} detractors").format(promoters=told[0], detractors=told[1])
    if first.cut is not None:
        return _("{share} of the answers to {question} are {cut} or higher").format(
            share=Shown(first.share("good"), Unit.RATE), question=first.name, cut=f"{first.cut:g}"
        )
    return _insight(first)


def _insight(panel: Panel) -> Text:
    """Which score is given most often, or that the two most frequent ones cannot be told apart."""
    ranked = sorted(panel.points, key=lambda m: -(m.value or 0.0))
    most = {"question": panel.name, "score": f"{_score(ranked[0]):g}", "share": ranked[0]}
    if len(ranked) > 1 and _overlap(ranked[0], ranked[1]):
        words = _("{question}: {score} ({share}) and {other} ({also}) are given about equally often.")
        return words.format(**most, other=f"{_score(ranked[1]):g}", also=ranked[1])
    return _("{question}: {score} is given most often ({share}).").format(**most)


def _overlap(one: Measurement, other: Measurement) -> bool:
    low, high = (one.interval.low if one.interval else None, other.interval.high if other.interval else None)
    return low is None or high is None or low <= high


def _in_words(result: MetricResult, panels: Sequence[Panel]) -> Text:
    if not panels:
        return _("{kind}: {label}. Nothing is known yet.").format(kind=_("Bar chart"), label=result.metric.label)
    period = panels[0].points[0].period
    head = _("{kind}: {label}, {period}.").format(kind=_("Bar chart"), label=result.metric.label, period=Named(period))
    return sentences(head, *(_listed(panel) for panel in panels))


def _listed(panel: Panel) -> Text:
    shares = "; ".join(f"{_score(m):g}: {m}" for m in panel.points)
    return Text("{name}: {shares}.").format(name=panel.name, shares=shares)


_NOTHING = _("No period is complete yet, so there is nothing to compare.")
