"""What was foretold beside what came: by how likely it was said to be, and month by month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from okaeri.base.measurement import Interval
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.charts.canvas import EDGE, Canvas, Drawn, lines_at, place, rows, words_at
from okaeri.charts.figure import Figure, Table
from okaeri.charts.frame import Frame, labelled_axis, ticks
from okaeri.charts.theme import Spec
from okaeri.charts.words import Between, Shown, Word, scale, sentences, tick, width_of

if TYPE_CHECKING:
    from okaeri.predictions.churn.judging import Bin, Judgement
    from okaeri.predictions.risk.record import Foretold

_REPLAYED = _("↺ Worked out later, from the facts before the day alone.")
_KEPT = _(
    "Customers in groups of like probability of leaving within {days} days: the share that left against what was said "
    "of them before."
)
_CAME, _SAID = _("Came, with its 95% interval"), _("Said")


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """One place of the drawing: what was said there, what came, and the interval of that."""

    x: float
    said: float
    came: float
    interval: Interval
    name: str = ""

    @property
    def agrees(self) -> bool:
        """Whether what was said lies inside the interval of what came."""
        low, high = self.interval.low, self.interval.high
        return (low is None or low <= self.said) and (high is None or self.said <= high)


def calibration(judgement: Judgement, *, horizon_days: int, kept: bool = False) -> Figure:
    """Whether of those said to leave with 20 % about 20 % left: one point per tenth of the customers.

    `kept` predictions were made before anybody could know; others are judged on customers not learned from.
    """
    pairs = [Pair(x=each.said, said=each.said, came=each.share, interval=each.interval) for each in judgement.bins]
    fitting = sum(pair.agrees for pair in pairs)
    finding = _("In {fitting} of {all} groups as many left as was said")
    definition = _(
        "Customers in groups of like probability of leaving within {days} days: the share that left against what was "
        "said, for customers the model had not learned from."
    )
    words = _(
        "Said and come lie {ece} apart on average ({range}); true probabilities would lie {chance} apart by chance. "
        "Of two customers, one who left and one who stayed, the one who left had the higher probability in {auc}."
    )
    return Figure(
        kind="calibration",
        title=finding.format(fitting=Shown(fitting, Unit.COUNT), all=Shown(len(pairs), Unit.COUNT)),
        subtitle=(_KEPT if kept else definition).format(days=horizon_days),
        insight=words.format(
            ece=Shown(judgement.ece.value, Unit.RATE),
            range=Between(judgement.ece.interval, Unit.RATE),
            chance=Shown(judgement.ece_by_chance, Unit.RATE),
            auc=Shown(judgement.auc.value, Unit.RATE),
        ),
        alt=_in_words(pairs),
        table=_bins_table(judgement.bins),
        notes=(_("The dashed line is where said and come are the same."),),
        draw=Agreement(pairs=pairs).draw,
    )


def foretold_by_month(months: Sequence[Foretold], *, horizon_days: int) -> Figure:
    """What was foretold for each month's customers beside how many of them left."""
    pairs = [
        Pair(x=at, said=each.foretold / each.n, came=each.share, interval=each.interval, name=tick(each.period))
        for at, each in enumerate(months)
    ]
    fitting = sum(pair.agrees for pair in pairs)
    said, came = sum(each.foretold for each in months), sum(each.left for each in months)
    return Figure(
        kind="foretold",
        title=_("{said} were foretold to leave, {came} did").format(
            said=Shown(said, Unit.COUNT), came=Shown(came, Unit.COUNT)
        ),
        subtitle=_(
            "The customers of each month's prediction: the share foretold to leave within {days} days, and the share "
            "that did."
        ).format(days=horizon_days),
        insight=_("In {fitting} of {all} months what was foretold lies inside the interval of what came.").format(
            fitting=Shown(fitting, Unit.COUNT), all=Shown(len(pairs), Unit.COUNT)
        ),
        alt=_in_words(pairs),
        table=months_table(months),
        notes=(_REPLAYED,) if any(each.replayed for each in months) else (),
        draw=Agreement(pairs=pairs, named=True).draw,
    )


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Points with whiskers for what came and rings for what was said; `named` places stand side by side."""

    pairs: Sequence[Pair]
    named: bool = False

    def draw(self, canvas: Canvas) -> Drawn:
        """The layers, from the back to the front."""
        steps = ticks(0.0, max([0.01, *(max(p.said, p.came, p.interval.high or 0.0) for p in self.pairs)]), count=4)
        labels = scale(steps, Unit.RATE)
        left = max(width_of(label, 12) for label in labels) + 10
        frame = Frame(
            width=canvas.inner - left - EDGE,
            height=260 if canvas.width >= 480 else 220,
            left=-0.5 if self.named else 0.0,
            right=len(self.pairs) - 0.5 if self.named else steps[-1],
            low=0.0,
            high=steps[-1],
        )
        layers = [self._axes(frame, steps, labels), *self._marks(canvas, frame), *self._legend(canvas, frame)]
        return Drawn(layers=layers, width=frame.width, height=frame.height, left=left, right=EDGE, top=6, bottom=52)

    def _axes(self, frame: Frame, steps: Sequence[float], labels: Sequence[str]) -> Spec:
        y = labelled_axis(steps, labels)
        if not self.named:
            return frame.axes(labelled_axis(steps, labels, grid=False), y)
        names = [pair.name for pair in self.pairs]
        shown = frame.readable(names, spare=EDGE)
        return frame.axes(labelled_axis(shown, [names[at] for at in shown], grid=False), y)

    def _marks(self, canvas: Canvas, frame: Frame) -> Iterator[Spec]:
        look = canvas.look
        if not self.named:
            yield lines_at([{"x": 0, "y": 0, "x2": frame.right, "y2": frame.right}], ink=look.quiet, dash=(4, 4))
        whiskers = [{"x": p.x, "x2": p.x, "y": p.interval.low, "y2": p.interval.high} for p in self.pairs]
        yield lines_at(whiskers, ink=look.series[0], width=2)
        yield self._dots([{"x": p.x, "y": p.came, "told": _told(p)} for p in self.pairs], fill=look.series[0])
        if self.named:
            said = [{"x": p.x, "y": p.said, "told": _told(p)} for p in self.pairs]
            yield self._dots(said, fill=look.ground, edge=look.series[1])

    def _dots(self, values: Sequence[dict[str, Any]], *, fill: str, edge: str | None = None) -> Spec:
        mark = {"type": "point", "shape": "circle", "size": 70, "filled": True, "opacity": 1, "fill": fill}
        mark |= {"stroke": edge or fill, "strokeWidth": 2.5 if edge else 0}
        tooltip = {"field": "told", "type": "nominal"}
        return {"data": rows(values), "mark": mark, "encoding": {"x": place("x"), "y": place("y"), "tooltip": tooltip}}

    def _legend(self, canvas: Canvas, frame: Frame) -> Iterator[Spec]:
        """Which mark is which, under the axis; without rings the axis itself is what was said."""
        look, y = canvas.look, frame.height + 42
        marks: list[tuple[Text, str, str | None]] = [(_CAME, look.series[0], None)]
        if self.named:
            marks.append((_SAID, look.ground, look.series[1]))
        at = 6.0
        for words, fill, edge in marks:
            yield self._dots([{"x": frame.x_of(at), "y": frame.y_of(y), "told": str(words)}], fill=fill, edge=edge)
            value = {"words": str(words), "ink": look.quiet, "ground": look.ground}
            yield words_at([value], x={"value": at + 10}, y={"value": y})
            at += width_of(str(words), 12) + 34
        if not self.named:
            value = {"words": str(_SAID), "ink": look.quiet, "ground": look.ground}
            yield words_at([value], x={"value": frame.width}, y={"value": y}, align="right")


def _told(pair: Pair) -> str:
    words = _("said {said}, came {came} ({range})")
    return str(
        words.format(
            said=Shown(pair.said, Unit.RATE), came=Shown(pair.came, Unit.RATE), range=Between(pair.interval, Unit.RATE)
        )
    )


def _in_words(pairs: Sequence[Pair]) -> Text:
    head = _("Points with 95% intervals: what was said against what came, in {n} places.")
    parts = [head.format(n=Shown(len(pairs), Unit.COUNT))]
    for pair in (pairs[0], pairs[-1]) if len(pairs) > 1 else pairs:
        parts.append(
            _("Said {said}, came {came}.").format(said=Shown(pair.said, Unit.RATE), came=Shown(pair.came, Unit.RATE))
        )
    return sentences(*parts)


def _bins_table(bins: Sequence[Bin]) -> Table:
    columns = (_SAID, _("Left"), _("95% interval"), _("Customers"))
    body: list[tuple[Word, ...]] = [
        (
            Shown(each.said, Unit.RATE),
            Shown(each.share, Unit.RATE),
            Between(each.interval, Unit.RATE),
            Shown(each.customers, Unit.COUNT),
        )
        for each in bins
    ]
    return Table(columns=columns, rows=tuple(body))


def months_table(months: Sequence[Foretold]) -> Table:
    """What was foretold and what came, month by month; ↺ marks a month with replayed predictions."""
    columns = (
        _("Month"),
        _("Customers"),
        _("Foretold to leave"),
        _("Left"),
        _("95% interval"),
        _("Lift of the top tenth"),
    )
    body: list[tuple[Word, ...]] = [
        (
            each.period.label + (" ↺" if each.replayed else ""),
            Shown(each.n, Unit.COUNT),
            Shown(each.foretold / each.n, Unit.RATE),
            Shown(each.share, Unit.RATE),
            Between(each.interval, Unit.RATE),
            Shown(each.lift, Unit.RATIO),
        )
        for each in months
    ]
    return Table(columns=columns, rows=tuple(body))
