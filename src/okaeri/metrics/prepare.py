"""The named inputs that queries read, made when a metric first needs them and shared by the next one."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from importlib.resources import files

import pyarrow as pa

from okaeri.engines.engine import Engine
from okaeri.metrics.presence import WINDOWS, Presence, PresenceRule, choose_window
from okaeri.metrics.timetable import Timetable


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What one measuring asks of the facts; days are numbers since 1970-01-01."""

    presence: Presence
    timetable: Timetable
    segments_sql: str


class Inputs:
    """Makes named inputs in an engine and remembers for which question each was made."""

    def __init__(self, engine: Engine, *, currencies: int = 1) -> None:
        self.engine = engine
        self._currencies = currencies
        self._made: dict[str, Hashable] = {}

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

    def first_day(self, presence: Presence, *, cutoff: int) -> int | None:
        """The day of the first presence of anybody, or None when nobody ever was a customer."""
        self._spans(presence, cutoff)
        first: int | None = self.engine.query("select min(first_day) as day from customer_spans").to_pylist()[0]["day"]
        return first

    def first_fact_day(self) -> int | None:
        """The day of the first order or event of anybody, or None without any."""
        first: int | None = self.engine.query("select min(day) as day from customer_days").to_pylist()[0]["day"]
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
            "activity": lambda q: self._activity(q.presence.rule.source, q.timetable.cutoff),
            "contracts": lambda q: self._contracts(q.timetable.cutoff),
            "stays": lambda q: self._stays(q.presence, q.timetable.cutoff),
            "customer_spans": lambda q: self._spans(q.presence, q.timetable.cutoff),
            "segments": self._segments,
            "days": self._days,
            "periods": self._days,
            "presence": self._presence,
            "active_periods": self._active_periods,
            "firsts": lambda q: self._of_spans("firsts", q),
            "last_periods": lambda q: self._of_spans("last_periods", q),
        }

    def _once(self, name: str, key: Hashable) -> bool:
        fresh = self._made.get(name) != key
        self._made[name] = key
        return fresh

    def _cutoff(self, cutoff: int) -> None:
        if self._once("cutoff", cutoff):
            self.engine.put("cutoff", pa.table({"day": pa.array([cutoff], pa.int32())}))

    def _rule(self, presence: Presence) -> None:
        if self._once("rule", presence):
            self.engine.put(
                "rule", pa.table({"window_days": [presence.rule.window_days or 0], "grace_days": [presence.grace_days]})
            )

    def _activity(self, source: str, cutoff: int) -> None:
        self._cutoff(cutoff)
        if self._once("activity", (source, cutoff)):
            single = source == "orders" and self._currencies <= 1
            self.engine.define("activity", _sql(f"activity_from_{source}" + "_one_currency" * single), keep=False)

    def _contracts(self, cutoff: int) -> None:
        self._cutoff(cutoff)
        if self._once("contracts", cutoff):
            self.engine.define("contracts", _sql("subscription_days"))

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
            self.engine.define("stays", _sql(f"stays_from_{source}"))

    def _spans(self, presence: Presence, cutoff: int) -> None:
        source = self._facts(presence, cutoff)
        if presence.rule.contractual:
            self._stays(presence, cutoff)
        key = (presence.rule.source, presence.grace_days, cutoff)
        if self._once("customer_spans", key):
            kept = not presence.rule.contractual and self._all_before(presence.rule.source, cutoff)
            name = f"totals_of_{presence.rule.source}" if kept else source
            self.engine.define("customer_spans", _sql(f"spans_from_{name}"))

    def _all_before(self, source: str, cutoff: int) -> bool:
        """Whether no visit lies on the cutoff or after it, so that the totals kept for all days hold."""
        column = {"orders": "last_order_day", "events": "last_event_day"}[source]
        last = self.engine.query(f"select max({column}) as day from customer_totals").to_pylist()[0]["day"]
        return last is not None and last < cutoff

    def _segments(self, question: Question) -> None:
        if self._once("segments", question.segments_sql):
            self.engine.define("segments", question.segments_sql)

    def _days(self, question: Question) -> None:
        if self._once("days", question.timetable):
            self.engine.put("days", question.timetable.days())
            self.engine.put("periods", question.timetable.period_rows())
            self.engine.put("horizon", pa.table({"last_day": pa.array([question.timetable.last_day], pa.int32())}))

    def _presence(self, question: Question) -> None:
        self._days(question)
        contractual = question.presence.rule.contractual
        source = self._facts(question.presence, question.timetable.cutoff)
        if contractual:
            self._stays(question.presence, question.timetable.cutoff)
        if self._once("presence", (question.presence, question.timetable)):
            table = question.timetable
            if contractual:
                self.engine.put("boundaries_after", table.boundaries_after())
                self.engine.put("boundaries_until", table.boundaries_until())
            else:
                window = question.presence.rule.window_days or 0
                self.engine.put("boundaries_covered", table.boundaries_covered(window))
            self.engine.define("presence", _sql(f"presence_from_{source}"))

    def _active_periods(self, question: Question) -> None:
        self._days(question)
        source = self._facts(question.presence, question.timetable.cutoff)
        key = (question.presence.rule.source, question.presence.grace_days, question.timetable)
        if question.presence.rule.contractual:
            self._stays(question.presence, question.timetable.cutoff)
        if self._once("active_periods", key):
            if question.presence.rule.contractual:
                self.engine.put("periods_from", question.timetable.periods_from())
                self.engine.put("periods_until", question.timetable.periods_until())
            self.engine.define("active_periods", _sql(f"active_from_{source}"))

    def _of_spans(self, name: str, question: Question) -> None:
        self._days(question)
        self._spans(question.presence, question.timetable.cutoff)
        key = (question.presence.rule.source, question.presence.grace_days, question.timetable)
        if self._once(name, key):
            self.engine.define(name, _sql(name))


def _sql(name: str) -> str:
    return files("okaeri.metrics").joinpath("sql", "prepare", f"{name}.sql").read_text("utf-8")
