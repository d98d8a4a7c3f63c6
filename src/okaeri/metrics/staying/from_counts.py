"""Retention from three counts that somebody already has, checked for the mistakes such counts carry.

Counts of members are in `retention`; there the identity cannot fail.
"""

from __future__ import annotations

from dataclasses import dataclass

from okaeri.base.errors import OkaeriError
from okaeri.base.intervals import wilson
from okaeri.base.measurement import Interval
from okaeri.base.text import Text, _


@dataclass(frozen=True, kw_only=True, slots=True)
class CountedRetention:
    """Retention of one period from its counts; without customers at the start the rates are None, with a reason."""

    cs: int
    ce: int
    cn: int
    crr: float | None
    churn: float | None
    crr_interval: Interval
    churn_interval: Interval
    reason: Text | None = None

    @property
    def value(self) -> float | None:
        """The retention rate, under the name every figure has."""
        return self.crr

    @property
    def retained(self) -> int:
        """Customers at the start who are still there at the end."""
        return self.ce - self.cn

    @property
    def lost(self) -> int:
        """Customers at the start who are gone at the end."""
        return self.cs - self.retained


def from_counts(cs: int, ce: int, cn: int) -> CountedRetention:
    """CRR = (CE − CN) / CS, and churn = 1 − CRR, with Wilson 95 % intervals.

    `cs` customers at the start, `ce` at the end, `cn` of those at the end who were not there at the start.
    Raises `OkaeriError` when the counts contradict each other.

    >>> counted = from_counts(cs=40, ce=15, cn=6)
    >>> counted.crr, counted.churn
    (0.225, 0.775)
    """
    for name, count in (("CS", cs), ("CE", ce), ("CN", cn)):
        _check(name, count)
    _check_together(cs, ce, cn)
    retained = ce - cn
    return CountedRetention(
        cs=cs,
        ce=ce,
        cn=cn,
        crr=retained / cs if cs else None,
        churn=(cs - retained) / cs if cs else None,
        crr_interval=wilson(retained, cs),
        churn_interval=wilson(cs - retained, cs),
        reason=None if cs else _("Nobody was a customer at the start of the period."),
    )


def churn_to_acquisition(*, acquired: int, lost: int) -> float | None:
    """Customers lost for each customer acquired; not a churn rate. None when nobody was acquired.

    >>> churn_to_acquisition(acquired=250, lost=10)
    0.04
    """
    _check(_("acquired"), acquired)
    _check(_("lost"), lost)
    return lost / acquired if acquired else None


def _check(name: Text | str, count: int) -> None:
    if not isinstance(count, int) or isinstance(count, bool):
        raise OkaeriError(
            _("{name} is {count!r}, which is no whole number.").format(name=name, count=count),
            advice=_("Give the number of customers; a rate or an average does not fit here."),
        )
    if count < 0:
        raise OkaeriError(
            _("{name} is {count}, which is below zero.").format(name=name, count=count),
            advice=_("Losses are often exported with a minus sign; give every count as it is, without a sign."),
        )


def _check_together(cs: int, ce: int, cn: int) -> None:
    if ce < cn:
        raise OkaeriError(
            _("CN is {cn}, more than the {ce} customers at the end (CE).").format(cn=cn, ce=ce),
            advice=_(
                "Customers who came and left again within the period are usually the cause: "
                "count as new only those who are still there at the end."
            ),
        )
    if ce - cn > cs:
        raise OkaeriError(
            _("CE − CN is {retained}, more than the {cs} customers at the start (CS).").format(retained=ce - cn, cs=cs),
            advice=_(
                "Customers who returned after a break are usually the cause, since they were not there at the start: "
                "count them in CN. Or CS and CE were counted on different groups."
            ),
        )
