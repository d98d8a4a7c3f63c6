"""What a metric knows besides its query's rows: periods, cutoff, presence, segments."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from okaeri.base.calendar import Period
from okaeri.base.measurement import State
from okaeri.base.text import Text, _
from okaeri.facts.rules import Rules
from okaeri.metrics.presence import Presence


@dataclass(frozen=True, kw_only=True)
class MetricContext:
    """The circumstances of one measuring; `cutoff` is the first local day of which nothing is known."""

    periods: tuple[Period, ...]
    cutoff: date
    presence: Presence
    segments: tuple[str, ...] = ("all",)
    segment_column: str | None = None
    grain: str = "month"
    rules: Rules = field(default_factory=Rules)

    def state_of(self, period: Period) -> tuple[State, Text | None]:
        """Whether a period is complete, partial or not begun, and why.

        >>> from okaeri.metrics.presence import PresenceRule
        >>> contracts = Presence(rule=PresenceRule.parse("subscriptions"))
        >>> context = MetricContext(periods=(), cutoff=date(2024, 2, 10), presence=contracts)
        >>> context.state_of(Period(date(2024, 2, 1), date(2024, 3, 1)))[0].value
        'partial'
        """
        if period.end <= self.cutoff:
            return State.COMPLETE, None
        if period.start >= self.cutoff:
            return State.UNDEFINED, _("The data ends before this period begins.")
        return State.PARTIAL, _("The period is not over in the data; counted up to {day}.").format(day=self.cutoff)
