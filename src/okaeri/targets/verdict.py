"""Whether a figure meets its target: the whole interval decides, and where it straddles the target nobody can tell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isclose

from okaeri.base.intervals import clopper_pearson
from okaeri.base.measurement import Interval, Measurement
from okaeri.base.text import Text, _
from okaeri.targets.target import Target


class Verdict(StrEnum):
    """What can be said of a figure and its target."""

    MET = "met"
    MISSED = "missed"
    UNCLEAR = "cannot tell"

    @property
    def word(self) -> Text:
        """The verdict in words.

        >>> str(Verdict.UNCLEAR.word)
        'cannot tell'
        """
        return _WORDS[self]


_WORDS = {Verdict.MET: _("met"), Verdict.MISSED: _("missed"), Verdict.UNCLEAR: _("cannot tell")}


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A figure with its verdict; `interval` is the one that decided."""

    measurement: Measurement
    verdict: Verdict
    interval: Interval | None
    reason: Text


def judge(measurement: Measurement, target: Target) -> Judged:
    """Judge one figure.

    A share is judged by the exact interval (Clopper–Pearson), which never promises more than it holds; a figure
    without an interval is judged by itself.
    """
    interval = deciding(measurement)
    verdict = compare(interval, target) if interval else Verdict.UNCLEAR
    return Judged(
        measurement=measurement,
        verdict=verdict,
        interval=interval if measurement.interval else None,
        reason=_why(verdict, measurement, interval),
    )


def deciding(measurement: Measurement) -> Interval | None:
    """The interval a verdict rests on; the figure itself twice where it has none, None where nothing is known."""
    interval, value = measurement.interval, measurement.value
    if interval is None:
        return None if value is None else Interval(low=value, high=value, method="none")
    if interval.method == "wilson" and value is not None and measurement.n:
        successes = round(value * measurement.n)
        if isclose(successes / measurement.n, value, rel_tol=1e-9, abs_tol=1e-12):
            return clopper_pearson(successes, measurement.n, level=interval.level)
    return interval


def compare(interval: Interval, target: Target) -> Verdict:
    """Where the whole interval lies; the bound itself belongs to the good side.

    >>> compare(Interval(low=0.7, high=0.9, method="wilson"), Target(metric="crr", at_least=0.8)).value
    'cannot tell'
    """
    low, high = interval.low, interval.high
    if target.at_least is not None:
        met, missed = low is not None and low >= target.bound, high is not None and high < target.bound
    else:
        met, missed = high is not None and high <= target.bound, low is not None and low > target.bound
    return Verdict.MET if met else Verdict.MISSED if missed else Verdict.UNCLEAR


def _why(verdict: Verdict, measurement: Measurement, interval: Interval | None) -> Text:
    if interval is None:
        return measurement.reason or _("The figure is undefined.")
    if interval.low is None and interval.high is None:
        return _("There are too few rows for an interval.")
    if verdict is Verdict.UNCLEAR:
        return _("The interval reaches to both sides of the target.")
    if measurement.interval is None:
        return _("The figure has no interval; it is compared as it stands.")
    return _("The whole interval is on this side of the target.")
