"""Who counts as a customer at an instant: the rule, how it is written, and the choice of W."""

from __future__ import annotations

import re
from dataclasses import dataclass

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit

WINDOWS = (30, 60, 90, 180, 365)
COVERAGE = 0.90
_BOUGHT = _("A customer is somebody who bought in the last {days} days.")
_USED = _("A customer is somebody who used the product in the last {days} days.")
_CONTRACT = _("A customer is somebody with a running contract.")
_CONTRACT_WITH_GRACE = _("A customer is somebody with a running contract; gaps of up to {grace} days are no churn.")
_SHORTEST = _(
    "{what} The window of {days} days covers {covered} of the {gaps} gaps between visits; "
    "it is the shortest that covers 90%."
)
_LONGEST = _("{what} No shorter window covers 90% of the {gaps} gaps between visits, so the longest is used.")


@dataclass(frozen=True, kw_only=True, slots=True)
class PresenceRule:
    """A presence rule as the workspace wrote it; `window_days` is None for contracts and for `auto`.

    >>> PresenceRule.parse("orders:90d").window_days
    90
    """

    source: str
    window_days: int | None = None

    @classmethod
    def parse(cls, text: str) -> PresenceRule:
        """Read `subscriptions`, `orders:90d`, `orders:auto`, `events:30d` or `events:auto`.

        >>> PresenceRule.parse("events:auto")
        PresenceRule(source='events', window_days=None)
        """
        if text == "subscriptions":
            return cls(source="subscriptions")
        match = re.fullmatch(r"(orders|events):(?:(\d{1,4})d|auto)", text)
        if not match or match[2] == "0" * len(match[2] or "x"):
            raise OkaeriError(
                _("There is no presence rule {text!r}.").format(text=text),
                advice=_("Use subscriptions, orders:90d, orders:auto or events:30d."),
            )
        return cls(source=match[1], window_days=int(match[2]) if match[2] else None)

    @property
    def everybody(self) -> bool:
        """Whether the figure counts rows and does not ask who is a customer.

        >>> ROWS.rule.everybody
        True
        """
        return self.source == "rows"

    @property
    def contractual(self) -> bool:
        """Whether contracts say who is a customer.

        >>> PresenceRule.parse("subscriptions").contractual
        True
        """
        return self.source == "subscriptions"


@dataclass(frozen=True, kw_only=True, slots=True)
class Presence:
    """A rule as it was applied, with the reason: `covered` is the share of gaps that W covers."""

    rule: PresenceRule
    auto: bool = False
    covered: float | None = None
    gaps: int = 0
    grace_days: int = 0

    def __str__(self) -> str:
        return str(self.sentence)

    @property
    def code(self) -> str:
        """The rule in the form the command line takes.

        >>> Presence(rule=PresenceRule(source="orders", window_days=90)).code
        'orders:90d'
        """
        return (
            self.rule.source
            if self.rule.contractual or self.rule.everybody
            else f"{self.rule.source}:{self.rule.window_days}d"
        )

    @property
    def rule_sentence(self) -> Text:
        """Who counts as a customer, without the reason."""
        if self.rule.everybody:
            return _("Whoever has a row counts; the figure does not ask who is a customer.")
        if self.rule.contractual:
            return _CONTRACT_WITH_GRACE.format(grace=self.grace_days) if self.grace_days else _CONTRACT
        return (_USED if self.rule.source == "events" else _BOUGHT).format(days=self.rule.window_days)

    @property
    def sentence(self) -> Text:
        """Who counts as a customer and why, in one sentence."""
        what, days = self.rule_sentence, self.rule.window_days
        if not self.auto:
            return what
        if self.covered is None:
            return _("{what} Nobody has come back yet, so the longest window is used.").format(what=what)
        reason = _SHORTEST if self.covered >= COVERAGE else _LONGEST
        covered, gaps = Shown(self.covered, Unit.RATE, 0), Shown(self.gaps, Unit.COUNT)
        return reason.format(what=what, days=days, covered=covered, gaps=gaps)


ROWS = Presence(rule=PresenceRule(source="rows"))
"""For figures about answers, tickets or points: each row counts, whoever it is of."""


def choose_window(covered_within: dict[int, int], *, gaps: int) -> int:
    """The smallest of 30, 60, 90, 180, 365 days that covers at least 90 % of the repeat buyers' gaps.

    `covered_within` counts the gaps of at most each window's days; with no gap at all the longest window is used.

    >>> choose_window({30: 50, 60: 89, 90: 90, 180: 99, 365: 100}, gaps=100)
    90
    """
    enough = (window for window in WINDOWS if gaps and covered_within[window] >= COVERAGE * gaps)
    return next(enough, WINDOWS[-1])
