"""From a question ("monthly retention by plan") to measurements; the one way every door takes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from okaeri.base.calendar import Calendar, Grain, Period
from okaeri.base.errors import NothingUsable, OkaeriError, unknown
from okaeri.base.measurement import Measurement
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.engines.engine import Engine
from okaeri.facts.contracts import TABLES
from okaeri.facts.rules import Rules
from okaeri.metrics.catalogue import find
from okaeri.metrics.context import MetricContext
from okaeri.metrics.extent import Extent
from okaeri.metrics.metric import Metric
from okaeri.metrics.prepare import Inputs, Question
from okaeri.metrics.presence import ROWS, Presence, PresenceRule
from okaeri.metrics.result import MetricResult
from okaeri.metrics.rows import ROW_SPLITS
from okaeri.metrics.segments import known_columns, notes_on_labels, says_latest_contract, segments_sql
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
    currency: str = ""
    until: date | None = None
    has: tuple[str, ...] = ("orders",)
    name: str = ""
    rules: Rules = field(default_factory=Rules)


_LATEST_CONTRACT = _("Everybody counts under the {column} of their latest contract, in all periods.")
_WHOLE_PERIODS = _("Periods that the days asked for cut through are shown whole; `--by all` keeps to the very days.")
_AHEAD = _("Some {table} are dated after today; they count from their day on.")
_WARM_UP = _("Silence is noticed after {days} days, so nobody can be lost in the first {days} days of the data.")


class Measurer:
    """Answers questions about the facts in one engine; inputs made for one metric serve the next."""

    def __init__(self, engine: Engine, facts: Facts) -> None:
        self.engine = engine
        self.facts = facts
        self.inputs = Inputs(
            engine,
            currencies=facts.currencies,
            currency=facts.currency,
            rules=facts.rules,
            calendar=facts.calendar,
        )
        self._extent = Extent(engine, facts.calendar)
        self._presences: dict[tuple[str, date], Presence] = {}
        self._answers: dict[tuple[str, Question], tuple[pa.Table, str]] = {}

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
        self._require(metric)
        chosen = self._presence(presence or self._only_rule(metric), known_until) if metric.asks_presence else ROWS
        labelled, labels, split = self._segments(metric, segment, known_until)
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
            rules=self.facts.rules,
            grain="custom" if periods else grain.value,
        )
        answers = [self._answer(metric, replace(context, periods=group), labelled, split) for group in groups]
        return MetricResult(
            metric=metric,
            measurements=tuple(measurement for answer, _sql in answers for measurement in answer),
            sql=answers[0][1],
            presence=chosen,
            cutoff=known_until,
            grain=context.grain,
            zone=self.facts.calendar.zone,
            segment_column=segment,
            notes=(
                *self._notes(metric, chosen, segment),
                *(() if split else notes_on_labels(self.engine, segment, cutoff=day_number(known_until))),
                *_widened(grain, context.periods, start=start, end=end),
            ),
            workspace_name=self.facts.name,
        )

    def _answer(
        self, metric: Metric, context: MetricContext, labelled: str, split: str | None
    ) -> tuple[list[Measurement], str]:
        """The measurements, and the SQL they come from."""
        observed = tuple(period for period in context.periods if period.start < context.cutoff)
        if not observed:
            raise NothingUsable(
                _("The data ends on {day}, before these periods begin.").format(day=context.cutoff - timedelta(days=1)),
                advice=_("Choose earlier periods, or import newer facts."),
            )
        if metric.contractual_only and not context.presence.rule.contractual:
            raise NothingUsable(
                _("{metric} needs contracts.").format(metric=metric.label),
                advice=_("Import subscriptions and measure with `--presence subscriptions`."),
            )
        first = self._first_day(metric, context.presence, context.cutoff)
        timetable = Timetable(periods=observed, cutoff=day_number(context.cutoff), first_day=day_number(first))
        question = Question(presence=context.presence, timetable=timetable, segments_sql=labelled, split=split)
        rows, sql = self._rows(metric, question)
        if split:
            context = replace(context, segments=tuple(sorted(set(rows["segment"].to_pylist()))))
        return metric.measure(metric, rows, context), sql

    def _rows(self, metric: Metric, question: Question) -> tuple[pa.Table, str]:
        """The query's rows and its SQL with all it reads; metrics that share a query share both."""
        key = (metric.query, question)
        if key not in self._answers:
            self.inputs.make(metric.needs, question)
            self._answers[key] = self.engine.query(metric.sql), self.inputs.chain(metric.sql)
        return self._answers[key]

    def until(self, cutoff: date | None = None) -> date:
        """The first local day not observed, or `cutoff` where one is asked for; raises `OkaeriError` without facts."""
        return self._cutoff(cutoff)

    def seen_until(self, cutoff: date | None = None) -> date:
        """As `until`, for what is learned from outcomes: raises `OkaeriError` for a day the facts do not reach.

        Past the facts' end everybody's silence would count as leaving, and every contract as kept.
        """
        known = self._cutoff(cutoff)
        if self.facts.until and known > self.facts.until:
            raise OkaeriError(
                _("The facts end before {day}; nobody knows who stayed until then.").format(day=known),
                advice=_("Choose a day up to {day}.").format(day=self.facts.until),
            )
        return known

    def presence(self, asked: str | None = None, *, cutoff: date | None = None) -> Presence:
        """Who is a customer: by the rule asked for or the workspace's, settled on the facts before `cutoff`."""
        return self._presence(asked or self.facts.presence, self._cutoff(cutoff))

    def can(self, metric_id: str) -> bool:
        """Whether the facts hold what a metric needs: its tables, and contracts where only those will do."""
        metric = find(metric_id)
        if any(table not in self.facts.has for table in metric.facts):
            return False
        if metric.contractual_only or not metric.asks_presence:
            return "subscriptions" in self.facts.has or not metric.contractual_only
        rule = self._usual_rule() if self.facts.presence == "auto" else self.facts.presence
        return PresenceRule.parse(rule).source in self.facts.has

    def observed(self, metric_id: str) -> tuple[date, date]:
        """The first day a metric has something to count on, and the first day not observed any more."""
        metric, until = find(metric_id), self._cutoff(None)
        presence = self._presence(self._only_rule(metric), until) if metric.asks_presence else ROWS
        return self._first_day(metric, presence, until), until

    def _first_day(self, metric: Metric, presence: Presence, cutoff: date) -> date:
        """The local day of the first presence, or of the first order for what is counted on orders."""
        days = [] if presence.rule.everybody else [self.inputs.first_day(presence, cutoff=day_number(cutoff))]
        rows = [self._extent.first(table) for table in metric.facts if table not in ("orders", "events")]
        days += [day_number(day) for day in rows if day]
        if "customer_days" in metric.needs:
            days.append(self.inputs.first_fact_day())
        if presence.rule.everybody and "events" in metric.facts:
            days.append(self.inputs.first_event_day())
        known = [day for day in days if day is not None]
        return min(EPOCH + timedelta(days=min(known)) if known else cutoff, cutoff - timedelta(days=1))

    def _cutoff(self, asked: date | None) -> date:
        known = asked or self.facts.until
        if known is None and self._ahead(self.facts.has):
            raise NothingUsable(
                _("All facts are dated after today."),
                advice=_("They count from their day on. See whether day and month were read the right way round."),
            )
        if known is None:
            raise NothingUsable(
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
                raise NothingUsable(
                    _("There are no {table} to tell who is a customer.").format(table=parsed.source),
                    advice=_("Import {table}, or choose another presence rule.").format(table=parsed.source),
                )
            self._presences[key] = self.inputs.resolve(
                parsed, cutoff=day_number(cutoff), grace_days=self.facts.grace_days
            )
        return self._presences[key]

    def _only_rule(self, metric: Metric) -> str | None:
        """The rule of a figure that speaks of contracts alone, whatever the workspace's is."""
        return "subscriptions" if metric.contractual_only and "subscriptions" in self.facts.has else None

    def _usual_rule(self) -> str:
        rules = {"subscriptions": "subscriptions", "orders": "orders:auto", "events": "events:auto"}
        return next((rule for table, rule in rules.items() if table in self.facts.has), "orders:auto")

    def _segments(self, metric: Metric, column: str | None, cutoff: date) -> tuple[str, tuple[str, ...], str | None]:
        """The SQL of the customers' segments, their labels, and the column when rows are split by one of their own."""
        counted = metric.extra.get("counted", metric.needs)
        own = {split for name in counted for split in ROW_SPLITS.get(name, ())}
        if column in own:
            of_customers = column if column in known_columns(self.engine) else None
            return segments_sql(self.engine, of_customers, cutoff=day_number(cutoff)), ("all",), column
        sql = segments_sql(self.engine, column, cutoff=day_number(cutoff), besides=sorted(own))
        if column is None:
            return sql, ("all",), None
        rows = self.engine.query(f"select distinct segment from ({sql}) as s order by segment").to_pylist()
        return sql, tuple(row["segment"] for row in rows), None

    def _require(self, metric: Metric) -> None:
        missing = [table for table in metric.facts if table not in self.facts.has]
        if missing and self.facts.has:
            raise NothingUsable(
                _("There are no {table} to measure {metric} from.").format(table=missing[0], metric=metric.label),
                advice=_("Import some: `okaeri import FILE --as {table}`.").format(table=missing[0]),
            )

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
        read = {presence.rule.source, *metric.facts, *(("orders", "events") if "customer_days" in metric.needs else ())}
        notes.extend(_AHEAD.format(table=table) for table in self._ahead(read))
        if self.facts.currencies > 1 and metric.unit is Unit.MONEY:
            notes.append(_("There are several currencies; each is shown on its own and none are added."))
        if says_latest_contract(self.engine, segment):
            notes.append(_LATEST_CONTRACT.format(column=segment))
        return tuple(notes)

    def _ahead(self, tables: Collection[str]) -> list[str]:
        """The tables with facts after today; whatever lies past the last day observed can only be that."""
        until = self.facts.until
        seen = [table for table in self.facts.has if table in tables and not TABLES[table].said]
        lasts = {table: self._extent.last(table) for table in seen}
        return [table for table, day in lasts.items() if day and (not until or day >= until)]


def _widened(grain: Grain, periods: tuple[Period, ...], *, start: date | None, end: date | None) -> tuple[Text, ...]:
    """A note when the days asked for cut through a period, which is then shown whole."""
    cut = (start and periods[0].start < start) or (end and end < periods[-1].end)
    return (_WHOLE_PERIODS,) if cut and grain is not Grain.ALL else ()


def _grain(by: str) -> Grain:
    known = [grain.value for grain in Grain]
    if by not in known:
        raise unknown(_("period"), by, known, listed_by="okaeri measure --help")
    return Grain(by)
