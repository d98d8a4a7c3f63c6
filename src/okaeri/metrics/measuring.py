"""From a question ("monthly retention by plan") to measurements; the one way every door takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from okaeri.base.calendar import Calendar, Grain, Period
from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.measurement import Measurement
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.engines.engine import Engine
from okaeri.metrics.catalogue import find
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Metric
from okaeri.metrics.prepare import Inputs, Question
from okaeri.metrics.presence import Presence, PresenceRule
from okaeri.metrics.result import MetricResult
from okaeri.metrics.segments import says_latest_contract, segments_sql
from okaeri.metrics.timetable import EPOCH, Timetable, day_number

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What an engine holds for measuring: `until` is the first local day not observed, None without any fact."""

    calendar: Calendar
    presence: str
    grace_days: int = 0
    currencies: int = 1
    until: date | None = None
    has: tuple[str, ...] = ("orders",)
    name: str = ""


_LATEST_CONTRACT = _("Everybody counts under the {column} of their latest contract, in all periods.")
_WHOLE_PERIODS = _("Periods that the days asked for cut through are shown whole; `--by all` keeps to the very days.")
_WARM_UP = _("Silence is noticed after {days} days, so nobody can be lost in the first {days} days of the data.")


class Measurer:
    """Answers questions about the facts in one engine; inputs made for one metric serve the next."""

    def __init__(self, engine: Engine, facts: Facts) -> None:
        self.engine = engine
        self.facts = facts
        self.inputs = Inputs(engine, currencies=facts.currencies)
        self._presences: dict[tuple[str, date], Presence] = {}
        self._answers: dict[tuple[str, Question], pa.Table] = {}

    def measure(
        self,
        metric_id: str,
        *,
        by: str | None = None,
        start: date | None = None,
        end: date | None = None,
        segment: str | None = None,
        presence: str | None = None,
        cutoff: date | None = None,
        periods: tuple[Period, ...] | None = None,
    ) -> MetricResult:
        """Measure one metric over the periods in `[start, end)`; without them over all that was observed.

        `by` is a grain; None is the metric's own, mostly the month.

        `periods` names custom or rolling periods instead; they may overlap. Raises `OkaeriError` for a name that
        does not exist, or when there is no fact to measure.
        """
        metric = find(metric_id)
        known_until = self._cutoff(cutoff)
        chosen = self._presence(presence, known_until)
        labelled, labels = self._segments(segment, known_until)
        grain = _grain(by or metric.default_by)
        first = self._first_day(metric, chosen, known_until)
        groups: list[tuple[Period, ...]] = [(period,) for period in periods or ()] or [
            self._periods(grain, start or first, end or known_until)
        ]
        context = MetricContext(
            periods=groups[0],
            cutoff=known_until,
            presence=chosen,
            segments=labels,
            segment_column=segment,
            grain="custom" if periods else grain.value,
        )
        answers = [self._answer(metric, replace(context, periods=group), labelled) for group in groups]
        return MetricResult(
            metric=metric,
            measurements=tuple(measurement for answer in answers for measurement in answer),
            sql=metric.sql,
            presence=chosen,
            cutoff=known_until,
            grain=context.grain,
            zone=self.facts.calendar.zone,
            segment_column=segment,
            notes=(
                *self._notes(metric, chosen, segment),
                *_widened(grain, context.periods, start=start, end=end),
            ),
            workspace_name=self.facts.name,
        )

    def _answer(self, metric: Metric, context: MetricContext, labelled: str) -> list[Measurement]:
        observed = tuple(period for period in context.periods if period.start < context.cutoff)
        if not observed:
            raise OkaeriError(
                _("The data ends on {day}, before these periods begin.").format(day=context.cutoff - timedelta(days=1)),
                advice=_("Choose earlier periods, or import newer facts."),
            )
        if metric.contractual_only and not context.presence.rule.contractual:
            raise OkaeriError(
                _("{metric} needs contracts.").format(metric=metric.label),
                advice=_("Import subscriptions and measure with `--presence subscriptions`."),
            )
        first = self._first_day(metric, context.presence, context.cutoff)
        timetable = Timetable(periods=observed, cutoff=day_number(context.cutoff), first_day=day_number(first))
        question = Question(presence=context.presence, timetable=timetable, segments_sql=labelled)
        return metric.measure(metric, self._rows(metric, question), context)

    def _rows(self, metric: Metric, question: Question) -> pa.Table:
        """The query's rows; metrics that share a query share its rows."""
        key = (metric.query, question)
        if key not in self._answers:
            self.inputs.make(metric.needs, question)
            self._answers[key] = self.engine.query(metric.sql)
        return self._answers[key]

    def _first_day(self, metric: Metric, presence: Presence, cutoff: date) -> date:
        """The local day of the first presence, or of the first order for what is counted on orders."""
        days = [self.inputs.first_day(presence, cutoff=day_number(cutoff))]
        if "customer_days" in metric.needs:
            days.append(self.inputs.first_fact_day())
        known = [day for day in days if day is not None]
        return min(EPOCH + timedelta(days=min(known)) if known else cutoff, cutoff - timedelta(days=1))

    def _cutoff(self, asked: date | None) -> date:
        known = asked or self.facts.until
        if known is None:
            raise OkaeriError(
                _("There are no facts to measure yet."),
                advice=_("Import some: `okaeri import orders.csv --as orders`."),
            )
        return known

    def _presence(self, asked: str | None, cutoff: date) -> Presence:
        rule = asked or self.facts.presence
        if rule == "auto":
            rule = self._usual_rule()
        key = (rule, cutoff)
        if key not in self._presences:
            parsed = PresenceRule.parse(rule)
            if parsed.source not in self.facts.has:
                raise OkaeriError(
                    _("There are no {table} to tell who is a customer.").format(table=parsed.source),
                    advice=_("Import {table}, or choose another presence rule.").format(table=parsed.source),
                )
            self._presences[key] = self.inputs.resolve(
                parsed, cutoff=day_number(cutoff), grace_days=self.facts.grace_days
            )
        return self._presences[key]

    def _usual_rule(self) -> str:
        rules = {"subscriptions": "subscriptions", "orders": "orders:auto", "events": "events:auto"}
        return next((rule for table, rule in rules.items() if table in self.facts.has), "orders:auto")

    def _segments(self, column: str | None, cutoff: date) -> tuple[str, tuple[str, ...]]:
        sql = segments_sql(self.engine, column, cutoff=day_number(cutoff))
        if column is None:
            return sql, ("all",)
        rows = self.engine.query(f"select distinct segment from ({sql}) as s order by segment").to_pylist()
        return sql, tuple(row["segment"] for row in rows)

    def _periods(self, grain: Grain, start: date, end: date) -> tuple[Period, ...]:
        if end <= start:
            raise OkaeriError(
                _("From {start} to {end} there is no day.").format(start=start, end=end),
                advice=_("The end is not included; choose an end later than the start and than the first fact."),
            )
        return self.facts.calendar.periods(grain, first=start, last=end - timedelta(days=1))

    def _notes(self, metric: Metric, presence: Presence, segment: str | None) -> tuple[Text, ...]:
        notes = [presence.sentence]
        if metric.family == "retention" and not presence.rule.contractual:
            notes.append(_WARM_UP.format(days=presence.rule.window_days))
        if self.facts.currencies > 1 and metric.unit is Unit.MONEY:
            notes.append(_("There are several currencies; each is shown on its own and none are added."))
        if says_latest_contract(self.engine, segment):
            notes.append(_LATEST_CONTRACT.format(column=segment))
        return tuple(notes)


def _widened(grain: Grain, periods: tuple[Period, ...], *, start: date | None, end: date | None) -> tuple[Text, ...]:
    """A note when the days asked for cut through a period, which is then shown whole."""
    cut = (start and periods[0].start < start) or (end and end < periods[-1].end)
    return (_WHOLE_PERIODS,) if cut and grain is not Grain.ALL else ()


def _grain(by: str) -> Grain:
    known = [grain.value for grain in Grain]
    if by not in known:
        raise unknown(_("period"), by, known, listed_by="okaeri measure --help")
    return Grain(by)
