"""What customers say in surveys: NPS, CSAT, CES, CLI, and who answers at all.

Estimates for small groups are in `voice_groups`; weighting and the scores themselves in `voice_answers`.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from okaeri.base.intervals import intervals, nps_adjusted_wald, t_bounds, wilson
from okaeri.base.measurement import Interval, Measurement
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.cells import Cell, Row, measure_cells
from okaeri.metrics.changes import with_changes
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Example, Metric, register

if TYPE_CHECKING:
    import pyarrow as pa

ANSWERS = ("answer_rows", "days")
NOBODY: Text = _("Nobody answered in the period.")
NOT_ON_SCALE: Text = _("No answer of the period is on a scale that it is read on.")
WHICH_PERIOD: Text = _("An answer counts in the period it was given in, and by its instant of asking without another.")
OFF_SCALE: Text = _("Scores outside the scale, or on a scale the figure is not defined for, are counted apart.")
CHANGE: Text = _("A change between periods is said to be distinguishable only if its interval leaves 0 out.")


def measure_voice(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """One measurement per period and segment, each with its change to the period before among its inputs."""
    return with_changes(measure_cells(metric, rows, context))


def nps_cell(metric: Metric, row: Row) -> Cell:
    """Promoters less detractors, in points of a hundred."""
    n, promoters, passives, detractors = (_count(row, c) for c in ("answers", "promoters", "passives", "detractors"))
    inputs = {
        "promoters": promoters,
        "passives": passives,
        "detractors": detractors,
        "answers": n,
        "off_scale": _count(row, "off_scale"),
    }
    if not n:
        return Cell(value=None, n=0, inputs=inputs, reason=_why(row))
    around = nps_adjusted_wald(promoters, detractors, n)
    return Cell(value=100 * (promoters - detractors) / n, n=n, inputs=inputs, interval=around)


def share_cell(metric: Metric, row: Row) -> Cell:
    """The share of the answers that `metric.extra["part"]` counts."""
    part: str = metric.extra["part"]
    n, counted = _count(row, "answers"), _count(row, part)
    inputs = {part: counted, "answers": n, "off_scale": _count(row, "off_scale")}
    if not n:
        return Cell(value=None, n=0, inputs=inputs, reason=_why(row))
    return Cell(value=counted / n, n=n, inputs=inputs, interval=wilson(counted, n))


def mean_cell(metric: Metric, row: Row) -> Cell:
    """The mean of the answers, between the ends `metric.extra["ends"]`; `metric.extra["apart"]` is counted beside."""
    n, total, apart = _count(row, "answers"), float(row.get("total") or 0.0), metric.extra["apart"]
    inputs = {"total": total, "answers": n, apart: _count(row, apart)}
    if not n:
        return Cell(value=None, n=0, inputs=inputs, reason=metric.extra["reason"] if row else NOBODY)
    mean = total / n
    around = _mean_interval(mean, float(row["squares"]), n, ends=metric.extra["ends"])
    return Cell(value=mean, n=n, inputs=inputs, interval=around)


def response_cell(metric: Metric, row: Row) -> Cell:
    """Surveys answered among those put to somebody; without an instant of asking nothing is known."""
    asked, answered = _count(row, "asked"), _count(row, "answered")
    inputs = {"asked": asked, "answered": answered, "unasked": _count(row, "unasked")}
    if not asked:
        reason = _ASKING_UNKNOWN if row else _("Nobody was asked in the period.")
        return Cell(value=None, n=0, inputs=inputs, reason=reason)
    return Cell(value=answered / asked, n=asked, inputs=inputs, interval=wilson(answered, asked))


def _mean_interval(mean: float, squares: float, n: int, *, ends: tuple[float, float]) -> Interval | None:
    """Student's t, cut at the ends of the scale; none while all answers are the same: how they spread is unknown."""
    left = squares - n * mean * mean  # rounding leaves a trace of equal answers
    if n < 2 or left <= 1e-9 * squares:
        return None
    low, high = t_bounds([mean], [sqrt(left / (n - 1) / n)], [n])
    return intervals((low.clip(*ends), high.clip(*ends)), "t")[0]


def _count(row: Row, name: str) -> int:
    return int(row.get(name) or 0)


def _why(row: Row) -> Text:
    return NOT_ON_SCALE if row else NOBODY


_ASKING_UNKNOWN = _("The answers do not say when somebody was asked, so who stayed silent is not known.")
_INCOMPLETE = _("Nobody answered all three questions on one occasion.")

NPS = register(
    Metric(
        id="nps",
        family="voice",
        facts=("answers",),
        label=_("Net Promoter Score"),
        unit=Unit.POINTS,
        better="higher",
        needs=ANSWERS,
        query="voice/nps.sql",
        definition=_("The share of promoters (9–10 of 10) less the share of detractors (0–6), in points."),
        formula=_("NPS = 100 × (promoters − detractors) / answers"),
        interval="adjusted wald",
        source="Reichheld (2003), Harvard Business Review 81(12); interval: Rocks (2016), American Statistician 70(4)",
        example=Example(inputs={"promoters": 90, "passives": 70, "detractors": 40, "answers": 200}, expect=25.0),
        measure=measure_voice,
        caveats=(WHICH_PERIOD, CHANGE, OFF_SCALE),
        extra={"cell": nps_cell},
    )
)

CSAT = register(
    Metric(
        id="csat",
        family="voice",
        facts=("answers",),
        label=_("Customer satisfaction (CSAT)"),
        unit=Unit.RATE,
        better="higher",
        needs=(*ANSWERS, "rules"),
        query="voice/csat.sql",
        definition=_("The share of satisfied answers: 4–5 of 5, 6–7 of 7, 8–10 of 10, unless the rules cut elsewhere."),
        formula=_("CSAT = satisfied answers / answers"),
        interval="wilson",
        source="Top-box convention; interval: Wilson (1927), JASA 22(158)",
        example=Example(inputs={"satisfied": 45, "answers": 60}, expect=0.75),
        measure=measure_voice,
        caveats=(
            WHICH_PERIOD,
            _("Who did not answer is not in it: read it beside the response rate and the weighted CSAT."),
            CHANGE,
            OFF_SCALE,
        ),
        extra={"cell": share_cell, "part": "satisfied"},
    )
)

CES = register(
    Metric(
        id="ces",
        family="voice",
        facts=("answers",),
        label=_("Customer effort score (CES)"),
        unit=Unit.RATIO,
        better="higher",
        needs=ANSWERS,
        query="voice/ces.sql",
        definition=_("The mean agreement, 1 to 7, with “they made it easy”: higher is easier."),
        formula=_("CES = sum of scores / answers"),
        interval="t",
        source="Dixon, Freeman & Toman (2010), Harvard Business Review 88(7/8), in its later form of 1–7; Student's t",
        example=Example(inputs={"total": 224, "answers": 40}, expect=5.6),
        measure=measure_voice,
        caveats=(WHICH_PERIOD, CHANGE, OFF_SCALE),
        extra={"cell": mean_cell, "ends": (1.0, 7.0), "apart": "off_scale", "reason": NOT_ON_SCALE},
    )
)

CES_LOW_EFFORT = register(
    Metric(
        id="ces_low_effort",
        family="voice",
        facts=("answers",),
        label=_("Low-effort share"),
        unit=Unit.RATE,
        better="higher",
        needs=ANSWERS,
        query="voice/ces.sql",
        definition=_("The share of answers from 5 to 7 of 7 to “they made it easy”."),
        formula=_("Low-effort share = answers of 5–7 / answers"),
        interval="wilson",
        source="Top-three-box convention; interval: Wilson (1927), JASA 22(158)",
        example=Example(inputs={"low_effort": 32, "answers": 40}, expect=0.8),
        measure=measure_voice,
        caveats=(WHICH_PERIOD, CHANGE, OFF_SCALE),
        extra={"cell": share_cell, "part": "low_effort"},
    )
)

CLI = register(
    Metric(
        id="cli",
        family="voice",
        facts=("answers",),
        label=_("Customer loyalty index (CLI)"),
        unit=Unit.POINTS,
        better="higher",
        needs=ANSWERS,
        query="voice/cli.sql",
        definition=_(
            "The mean of three questions (recommend, buy again, try other products), each recoded: 1 is 100 … 6 is 0."
        ),
        formula=_("CLI = sum over people of the mean of their three recoded answers / people"),
        interval="t",
        source="Three-question loyalty index; Student's t",
        example=Example(inputs={"total": 240, "answers": 3}, expect=80.0),
        measure=measure_voice,
        caveats=(
            _("One person on one occasion counts once; with a question missing, the occasion is left out and counted."),
            _("An occasion is one survey, asked at one instant or, without it, answered on one day."),
            _("An occasion counts in the period of its last answer; a question answered again, with the later one."),
            CHANGE,
        ),
        extra={"cell": mean_cell, "ends": (0.0, 100.0), "apart": "incomplete", "reason": _INCOMPLETE},
    )
)

RESPONSE_RATE = register(
    Metric(
        id="response_rate",
        family="voice",
        facts=("answers",),
        label=_("Response rate"),
        unit=Unit.RATE,
        better="higher",
        needs=ANSWERS,
        query="voice/response_rate.sql",
        definition=_("The share of surveys put to customers in a period that were answered before the data ends."),
        formula=_("Response rate = surveys answered / surveys put to somebody"),
        interval="wilson",
        source="AAPOR Standard Definitions, response rate 2 over all asked; interval: Wilson (1927), JASA 22(158)",
        example=Example(inputs={"asked": 200, "answered": 70}, expect=0.35),
        measure=measure_voice,
        caveats=(
            _("A survey counts in the period of asking; its questions count together, as answered if one of them was."),
            _("It needs the rows of those who did not answer: a file of answers alone shows 100%."),
            _("Of the latest surveys some will still be answered, so the last period reads low."),
            CHANGE,
        ),
        extra={"cell": response_cell},
    )
)
