"""How good were we: what was foretold and kept, against what has happened since.

Nothing is foretold here; only scores whose horizon is over are judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from okaeri.base.calendar import Grain, Period
from okaeri.base.intervals import wilson
from okaeri.base.measurement import Interval
from okaeri.base.text import Text, _
from okaeri.metrics.timetable import EPOCH, day_number
from okaeri.predictions.churn.examples import Flags, Floats, Ints
from okaeri.predictions.churn.judging import Judgement, judged
from okaeri.predictions.outcomes import outcomes

if TYPE_CHECKING:
    import pyarrow as pa

    from okaeri.metrics.measuring import Measurer

LEAST = 20
_TOP_SHARE = 0.1
NOTHING_KEPT = _("No prediction has been kept yet; `okaeri predict churn` keeps what it foretells.")
_NOT_OVER = _("The horizon of no kept prediction is over yet; the first ends on {day}.")
_TOO_FEW = _("Not enough outcomes yet: {left} left and {stayed} stayed, and both need {least}.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Foretold:
    """One month of predictions: how many leavers they added up to, and how many there were.

    `lift` is the share of leavers among the tenth most at risk over that among all, None without leavers.
    """

    period: Period
    n: int
    foretold: float
    left: int
    interval: Interval
    lift: float | None
    replayed: int

    @property
    def share(self) -> float:
        """The share of customers who left."""
        return self.left / self.n

    def as_row(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "period": self.period.label,
            "n": self.n,
            "foretold_leavers": round(self.foretold, 2),
            "left": self.left,
            "foretold_share": self.foretold / self.n,
            "left_share": self.share,
            "low": self.interval.low,
            "high": self.interval.high,
            "lift_top_tenth": self.lift,
            "replayed": self.replayed,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What came of the predictions kept for one horizon; `waiting` are those whose horizon is not over.

    `reason` says why there is no judgement. `replayed` of the `n` judged were worked out later as if on their day;
    `absent` are of people who were no customers on the day and are not judged. `rules` are those of presence that
    they were made under.
    """

    horizon_days: int
    cutoff: date
    n: int
    waiting: int
    replayed: int
    absent: int = 0
    rules: tuple[str, ...] = ()
    months: tuple[Foretold, ...] = ()
    judgement: Judgement | None = None
    reason: Text | None = None

    def as_row(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "horizon_days": self.horizon_days,
            "cutoff": self.cutoff.isoformat(),
            "n": self.n,
            "waiting": self.waiting,
            "replayed": self.replayed,
            "absent": self.absent,
            "presence": list(self.rules),
            "reason": str(self.reason) if self.reason else None,
            "months": [month.as_row() for month in self.months],
            "judgement": self.judgement.as_data() if self.judgement else None,
        }


def record(measurer: Measurer, *, horizon_days: int) -> Record:
    """How the kept predictions for a horizon have fared, by month of the day they were made for.

    Each is judged by the rule of who is a customer that it was made under, whatever the rule is now.
    """
    cutoff = measurer.until()
    rows = _rows(measurer, horizon_days)
    days = np.asarray(rows["day"], np.int64)
    over = days + horizon_days <= day_number(cutoff)
    empty = Record(horizon_days=horizon_days, cutoff=cutoff, n=0, waiting=int((~over).sum()), replayed=0)
    if not len(days):
        return replace(empty, reason=NOTHING_KEPT)
    if not over.any():
        first = EPOCH + timedelta(days=int(days.min()) + horizon_days)
        return replace(empty, reason=_NOT_OVER.format(day=first))
    customer, day, chance = (np.asarray(rows[name])[over] for name in ("customer", "day", "leaving"))
    said = np.asarray(rows["said"])[over].astype(bool)
    rules = np.asarray(rows["presence"].to_pylist(), np.str_)[over]
    counted, left = np.zeros(len(day), np.bool_), np.zeros(len(day), np.bool_)
    for code in np.unique(rules).tolist():
        mine = np.flatnonzero(rules == code)
        asked: dict[str, Any] = {"horizon_days": horizon_days, "cutoff": cutoff}
        rule = measurer.presence(code or None)
        came = outcomes(measurer, customer=customer[mine], day=day[mine], presence=rule, **asked)
        counted[mine], left[mine] = came.present, came.left
    empty = replace(empty, absent=int((~counted).sum()), rules=tuple(sorted({code for code in rules.tolist() if code})))
    kept = _Kept(customer[counted], day[counted], chance[counted], left[counted], said[counted])
    return _judge(kept, measurer, empty)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Predictions with their outcomes; every array has shape (predictions,)."""

    customer: Ints
    day: Ints
    chance: Floats
    left: Flags
    said: Flags


def _judge(kept: _Kept, measurer: Measurer, empty: Record) -> Record:
    months = tuple(_months(kept, measurer))
    found = replace(empty, n=len(kept.left), replayed=int((~kept.said).sum()), months=months)
    left, stayed = int(kept.left.sum()), int((~kept.left).sum())
    if min(left, stayed) < LEAST:
        return replace(found, reason=_TOO_FEW.format(left=left, stayed=stayed, least=LEAST))
    return replace(found, judgement=judged(kept.left, kept.chance, customer=kept.customer, strata=kept.day))


def _months(kept: _Kept, measurer: Measurer) -> Iterator[Foretold]:
    if not len(kept.day):
        return
    first, last = (EPOCH + timedelta(days=int(day)) for day in (kept.day.min(), kept.day.max()))
    for period in measurer.facts.calendar.periods(Grain.MONTH, first=first, last=last):
        inside = np.flatnonzero((kept.day >= day_number(period.start)) & (kept.day < day_number(period.end)))
        if not len(inside):
            continue
        # rows are sorted by day: of a customer foretold several times in a month the first counts, so that n is people
        inside = inside[np.unique(kept.customer[inside], return_index=True)[1]]
        left, chance = kept.left[inside], kept.chance[inside]
        yield Foretold(
            period=period,
            n=len(left),
            foretold=float(chance.sum()),
            left=int(left.sum()),
            interval=wilson(int(left.sum()), len(left)),
            lift=_lift(left, chance, kept.day[inside]),
            replayed=int((~kept.said[inside]).sum()),
        )


def _lift(left: Flags, chance: Floats, day: Ints) -> float | None:
    """The share of leavers among the tenth most at risk of each day, over the share among all."""
    if not left.any():
        return None
    order = np.lexsort((-chance, day))
    _days, begins, counts = np.unique(day[order], return_index=True, return_counts=True)
    place = np.arange(len(day)) - np.repeat(begins, counts)
    top = order[place < np.repeat(np.ceil(counts * _TOP_SHARE), counts)]
    return float(left[top].mean() / left.mean())


def _rows(measurer: Measurer, horizon_days: int) -> pa.Table:
    import pyarrow.compute as pc

    rows = measurer.engine.query(_sql("record"))
    return rows.filter(pc.equal(rows["horizon_days"], horizon_days))


def _sql(name: str) -> str:
    return files("okaeri.predictions.risk").joinpath("sql", f"{name}.sql").read_text("utf-8")
