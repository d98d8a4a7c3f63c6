"""The named inputs that queries read, made when a metric first needs them and shared by the next one."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from functools import partial
from importlib.resources import files

from okaeri.base.calendar import Calendar
from okaeri.engines.engine import Columns, Engine
from okaeri.facts.rules import Rules
from okaeri.metrics.presence import WINDOWS, Presence, PresenceRule, choose_window
from okaeri.metrics.rows import ROW_SPLITS, WHOLE_ROWS, rows_sql
from okaeri.metrics.support.business_hours import BusinessHours
from okaeri.metrics.timetable import EPOCH, Timetable, day_number
from okaeri.metrics.usage.windows import start_before, trend_days, trend_periods

_RULES = Rules()
_CALENDAR = Calendar()


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What one measuring asks of the facts; days are numbers since 1970-01-01.

    `split` is a column of the counted rows themselves, such as the agent of a ticket.
    """

    presence: Presence
    timetable: Timetable
    segments_sql: str
    split: str | None = None


class Inputs:
    """Makes named inputs in an engine and remembers for which question each was made."""

    def __init__(
        self,
        engine: Engine,
        *,
        currencies: int = 1,
        currency: str = "",
        rules: Rules = _RULES,
        calendar: Calendar = _CALENDAR,
    ) -> None:
        self.engine = engine
        self._calendar = calendar
        self._rules = rules
        self._currencies = currencies
        self._currency = currency
        self._made: dict[str, Hashable] = {}
        self._texts: dict[str, str] = {}

    def resolve(self, rule: PresenceRule, *, cutoff: int, grace_days: int) -> Presence:
        """Settle W: as written, or for `auto` from the gaps between visits before `cutoff`."""
        if rule.contractual or rule.window_days:
            return Presence(rule=rule, grace_days=grace_days)
        self._activity(rule.source, cutoff)
        counted = self.engine.query(_sql("gaps")).to_pylist()
        gaps = sum(row["gaps"] for row in counted)
        within = {days: sum(row["gaps"] for row in counted if row["gap_days"] <= days) for days in WINDOWS}
        window = choose_window(within, gaps=gaps)
        covered = within[window] / gaps if gaps else None
        return Presence(rule=replace(rule, window_days=window), auto=True, covered=covered, gaps=gaps)

    def stays(self, presence: Presence, *, cutoff: int) -> None:
        """Name `stays(customer, start_day, end_day)`: on day t those with `start_day < t <= end_day` are customers."""
        self._stays(presence, cutoff)

    def first_day(self, presence: Presence, *, cutoff: int) -> int | None:
        """The day of the first presence of anybody, or None when nobody ever was a customer."""
        self._spans(presence, cutoff)
        first: int | None = self.engine.query("select min(first_day) as day from customer_spans").to_pylist()[0]["day"]
        return first

    def first_fact_day(self) -> int | None:
        """The day of the first order or event of anybody, or None without any."""
        first: int | None = self.engine.query("select min(day) as day from customer_days").to_pylist()[0]["day"]
        return first

    def first_event_day(self) -> int | None:
        """The day of the first event of anybody, or None without any."""
        sql = "select min(first_event_day) as day from customer_totals"
        first: int | None = self.engine.query(sql).to_pylist()[0]["day"]
        return first

    def make(self, needs: tuple[str, ...], question: Question) -> None:
        """Make every input in `needs` for this question; what already fits is kept."""
        for name in ("cutoff", *needs):
            self._makers()[name](question)

    def _makers(self) -> dict[str, Callable[[Question], None]]:
        return {
            "cutoff": lambda q: self._cutoff(q.timetable.cutoff),
            "customer_days": lambda q: None,
            "customer_codes": lambda q: None,
            "customer_totals": lambda q: None,
            "usual_currency": lambda q: self._usual_currency(),
            "activity": lambda q: self._activity(q.presence.rule.source, q.timetable.cutoff),
            "contracts": lambda q: self._contracts(q.timetable.cutoff),
            "stays": lambda q: self._stays(q.presence, q.timetable.cutoff),
            "customer_spans": lambda q: self._spans(q.presence, q.timetable.cutoff),
            "segments": self._segments,
            "days": self._days,
            "periods": self._days,
            "presence": self._presence,
            "lives": self._lives,
            "rules": lambda q: self._put_rules(),
            **{name: partial(self._row_input, name) for name in ROW_SPLITS},
            "order_margins": self._order_margins,
            "member_presence": self._member_presence,
            "engaged_presence": self._engaged_presence,
            "ledger": self._ledger,
            "point_fates": self._point_fates,
            "spending": self._spending,
            "repeat_lives": self._repeat_lives,
            "mrr_steps": self._mrr_steps,
            "business_days": self._business_days,
            "period_before": self._period_before,
            "trend_days": self._trend_days,
        }

    def chain(self, sql: str) -> str:
        """A query preceded by the views it reads, as far back as the facts: what a person needs to redo it."""
        steps: dict[str, str] = {}
        self._walk(sql, steps)
        return "".join(f"create view {name} as\n{text.strip()};\n\n" for name, text in steps.items()) + sql

    def _walk(self, sql: str, steps: dict[str, str]) -> None:
        for name, text in self._texts.items():
            if name not in steps and re.search(rf"\b(from|join) {name}\b", sql):
                self._walk(text, steps)
                steps[name] = text

    def _define(self, name: str, sql: str, *, keep: bool = True) -> None:
        self._texts[name] = sql
        self.engine.define(name, sql, keep=keep)

    def _once(self, name: str, key: Hashable) -> bool:
        fresh = self._made.get(name) != key
        self._made[name] = key
        return fresh

    def _cutoff(self, cutoff: int) -> None:
        if self._once("cutoff", cutoff):
            instant = self._calendar.start_of(EPOCH + timedelta(days=cutoff))
            self.engine.put("cutoff", {"day": ("integer", [cutoff]), "second": ("bigint", [int(instant.timestamp())])})

    def _rule(self, presence: Presence) -> None:
        if self._once("rule", presence):
            window, grace = presence.rule.window_days or 0, presence.grace_days
            self.engine.put("rule", {"window_days": ("integer", [window]), "grace_days": ("integer", [grace])})

    def _activity(self, source: str, cutoff: int) -> None:
        self._cutoff(cutoff)
        if self._once("activity", (source, cutoff)):
            single = source == "orders" and self._currencies <= 1
            self._define("activity", _sql(f"activity_from_{source}" + "_one_currency" * single), keep=False)

    def _contracts(self, cutoff: int) -> None:
        self._cutoff(cutoff)
        if self._once("contracts", cutoff):
            self._define("contracts", _sql("subscription_days"))

    def _facts(self, presence: Presence, cutoff: int) -> str:
        if presence.rule.contractual:
            self._contracts(cutoff)
            return "contracts"
        self._activity(presence.rule.source, cutoff)
        return "activity"

    def _stays(self, presence: Presence, cutoff: int) -> None:
        source = self._facts(presence, cutoff)
        self._rule(presence)
        if self._once("stays", (presence, cutoff)):
            self._define("stays", _sql(f"stays_from_{source}"))

    def _spans(self, presence: Presence, cutoff: int) -> None:
        source = self._facts(presence, cutoff)
        if presence.rule.contractual:
            self._stays(presence, cutoff)
        key = (presence.rule.source, presence.grace_days, cutoff)
        if self._once("customer_spans", key):
            kept = not presence.rule.contractual and self._all_before(presence.rule.source, cutoff)
            name = f"totals_of_{presence.rule.source}" if kept else source
            self._define("customer_spans", _sql(f"spans_from_{name}"))

    def _all_before(self, source: str, cutoff: int) -> bool:
        """Whether no visit lies on the cutoff or after it, so that the totals kept for all days hold."""
        column = {"orders": "last_order_day", "events": "last_event_day"}[source]
        last = self.engine.query(f"select max({column}) as day from customer_totals").to_pylist()[0]["day"]
        return last is not None and last < cutoff

    def _segments(self, question: Question) -> None:
        if self._once("segments", question.segments_sql):
            self._define("segments", question.segments_sql)

    def _days(self, question: Question) -> None:
        if self._once("days", question.timetable):
            self.engine.put("days", question.timetable.days())
            self.engine.put("periods", question.timetable.period_rows())
            self.engine.put("horizon", {"last_day": ("integer", [question.timetable.last_day])})

    def _presence(self, question: Question) -> None:
        self._days(question)
        contractual = question.presence.rule.contractual
        source = self._facts(question.presence, question.timetable.cutoff)
        if contractual:
            self._stays(question.presence, question.timetable.cutoff)
        if self._once("presence", (question.presence, question.timetable)):
            table = question.timetable
            if contractual:
                self.engine.put("bits_from", table.bits_from())
                self.engine.put("bits_until", table.bits_until())
            else:
                self.engine.put("bits_of_day", table.bits_of_day(question.presence.rule.window_days or 0))
            self._define("presence", _sql(f"presence_from_{source}"))

    def _lives(self, question: Question) -> None:
        self._days(question)
        self._segments(question)
        self._spans(question.presence, question.timetable.cutoff)
        key = (question.presence.rule.source, question.presence.grace_days, question.timetable, question.segments_sql)
        if self._once("lives", key):
            self._define("lives", _sql("lives"))

    def _put_rules(self) -> None:
        if self._once("rules", True):
            kinds = {int: "integer", float: "double"}
            columns: Columns = {
                name: (kinds[type(value)], [value])
                for name, value in asdict(self._rules).items()
                if type(value) in kinds
            }
            self.engine.put("rules", columns)

    def _row_input(self, name: str, question: Question) -> None:
        self._days(question)
        self._cutoff(question.timetable.cutoff)
        self._segments(question)
        self._usual_currency()
        split = question.split if question.split in ROW_SPLITS[name] else None
        if self._once(name, (split, question.segments_sql, question.timetable.cutoff)):
            text = _sql(name if split else WHOLE_ROWS.get(name, name))
            self._define(name, rows_sql(name, text, split=split), keep=False)

    def _spending(self, question: Question) -> None:
        self._days(question)
        if self._once("spending", True):
            single = self._currencies <= 1
            self._define("spending", _sql("spending" + "_one_currency" * single), keep=False)

    def _member_presence(self, question: Question) -> None:
        self._row_input("membership_rows", question)
        if self._once("member_presence", (question.timetable, question.segments_sql, question.split)):
            self.engine.put("bits_from", question.timetable.bits_from())
            self.engine.put("bits_until", question.timetable.bits_until())
            self._define("member_presence", _sql("member_presence"))

    def _engaged_presence(self, question: Question) -> None:
        for rows in ("point_rows", "reward_rows"):
            self._row_input(rows, question)
        if self._once("engaged_presence", (question.timetable, question.segments_sql)):
            table, days = question.timetable, self._rules.engaged_days
            # a reward may have been used before anybody joined or earned
            first = min(table.first_day, int(table.boundaries[0])) - days
            self.engine.put("engaged_bits", replace(table, first_day=first).bits_of_day(days))
            self._define("engaged_presence", _sql("engaged_presence"))

    def _ledger(self, question: Question) -> None:
        self._row_input("point_rows", question)
        if self._once("ledger", (question.timetable.cutoff, question.segments_sql)):
            self._define("ledger", _sql("ledger"))

    def _point_fates(self, question: Question) -> None:
        self._ledger(question)
        if self._once("point_fates", (question.timetable.cutoff, question.segments_sql)):
            self._define("point_fates", _sql("point_fates"))

    def _order_margins(self, question: Question) -> None:
        self._cutoff(question.timetable.cutoff)
        self._usual_currency()
        self._put_rules()
        if self._once("order_margins", True):
            self._define("order_margins", _sql("order_margins"), keep=False)

    def _repeat_lives(self, question: Question) -> None:
        self._days(question)
        self._segments(question)
        self._cutoff(question.timetable.cutoff)
        if self._once("repeat_lives", (question.timetable, question.segments_sql)):
            self._define("repeat_lives", _sql("repeat_lives"))

    def _usual_currency(self) -> None:
        if self._once("usual_currency", True):
            self.engine.put("usual_currency", {"currency": ("varchar", [self._currency])})

    def _mrr_steps(self, question: Question) -> None:
        self._days(question)
        self._segments(question)
        self._contracts(question.timetable.cutoff)
        self._rule(question.presence)
        self._usual_currency()
        if self._once("mrr_steps", (question.presence.grace_days, question.timetable, question.segments_sql)):
            self._define("mrr_steps", _sql("mrr_steps"))

    def _business_days(self, question: Question) -> None:
        every_day = question.timetable.every_day
        if self._once("business_days", (self._rules, int(every_day[0]), int(every_day[-1]))):
            hours = BusinessHours.parse(self._rules.business_hours, holidays=self._rules.holidays)
            self.engine.put("business_days", hours.columns(every_day))

    def _period_before(self, question: Question) -> None:
        first = question.timetable.periods[0]
        if self._once("period_before", first):
            self.engine.put("period_before", {"start_day": ("integer", [day_number(start_before(first))])})

    def _trend_days(self, question: Question) -> None:
        if self._once("trend_days", question.timetable):
            self.engine.put("trend_days", trend_days(question.timetable))
            self.engine.put("trend_periods", trend_periods(question.timetable))


def _sql(name: str) -> str:
    return files("okaeri.metrics").joinpath("sql", "prepare", f"{name}.sql").read_text("utf-8")
