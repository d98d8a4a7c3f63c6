"""The first page: what changed since the period before, whether it is more than chance, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from okaeri.base.multiplicity import discoveries, p_value
from okaeri.base.text import Text, _
from okaeri.metrics.changes import Change, changes
from okaeri.metrics.result import MetricResult


class Verdict(StrEnum):
    """What may be said of a change: `steady` covers everything that chance could have done.

    >>> Verdict.WORSE.value
    'worse'
    """

    WORSE = "worse"
    BETTER = "better"
    MOVED = "moved"
    STEADY = "steady"
    UNSURE = "unsure"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One figure's last move between complete periods, the verdict on it and the next step."""

    result: MetricResult
    change: Change
    verdict: Verdict
    advice: Text | None


_LOOK = _("Look at who is behind it, segment by segment, before you act.")
_KEEP = _("Find out what was different in that period, and do it again.")
WHEN_WORSE: dict[str, Text] = {
    "crr": _("List the customers who were lost and call the most valuable ones first."),
    "churn": _("List the customers who were lost and call the most valuable ones first."),
    "nrr": _("See in the waterfall whether leaving or downgrading grew, and in which plan."),
    "mrr": _("See in the waterfall whether leaving or downgrading grew, and in which plan."),
    "repeat_rate": _("Write to first-time buyers before the day by which most others have come back."),
    "apv": _("See whether discounts or the mix of goods changed."),
    "customer_value": _("See whether customers buy less often or less at a time."),
    "cac": _("Compare the channels and move money away from those that win few customers."),
    "nps": _("Read what the detractors wrote, topic by topic, and answer each of them."),
    "csat": _("Find the topic and the channel with the lowest score, and read the words beside it."),
    "ces_low_effort": _("Walk the customer's path yourself and take out the step that costs most effort."),
    "first_reply_time": _("See at which hours and in which channel people wait, and staff those hours."),
    "promise_kept": _("See at which hours and in which channel people wait, and staff those hours."),
    "resolution_time": _("Find the topics that stay open longest; they need an owner."),
    "stickiness": _("See which feature lost its regular users."),
    "participation": _("Invite customers to the programme at the moment they buy."),
    "programme_engagement": _("Remind members of points they could use now."),
}


def findings(results: Iterable[MetricResult]) -> tuple[Finding, ...]:
    """The last change of each result between adjoining complete periods, the most pressing first.

    A result without two adjoining complete periods says nothing; of several segments the first one speaks. The more
    figures are watched, the more must one move to be named: at most one in twenty of those named should be chance.
    """
    moves = [(result, last) for result in results if (last := _last(result))]
    named = _named([last for _result, last in moves])
    found = [_finding(result, last, stands_out=id(last) in named) for result, last in moves]
    order = list(Verdict)
    return tuple(sorted(found, key=lambda finding: order.index(finding.verdict)))


def _last(result: MetricResult) -> Change | None:
    moves: Sequence[Change] = changes(result)
    whole = [m.period.end for m in result.measurements if m.period and m.period.end <= result.cutoff]
    newest = [move for move in moves if move.later.period and move.later.period.end == max(whole)]
    return newest[0] if newest else None


def _named(moves: Sequence[Change]) -> set[int]:
    judged = [(move, p) for move in moves if (p := p_value(move.difference)) is not None]
    stand_out = discoveries([p for _move, p in judged])
    return {id(move) for (move, _p), out in zip(judged, stand_out, strict=True) if out}


def _finding(result: MetricResult, change: Change, *, stands_out: bool) -> Finding:
    verdict = _verdict(result, change, stands_out=stands_out)
    advice = {Verdict.WORSE: WHEN_WORSE.get(result.metric.id, _LOOK), Verdict.BETTER: _KEEP, Verdict.MOVED: _LOOK}
    return Finding(result=result, change=change, verdict=verdict, advice=advice.get(verdict))


def _verdict(result: MetricResult, change: Change, *, stands_out: bool) -> Verdict:
    if change.distinguishable is None:
        return Verdict.UNSURE
    if not stands_out:
        return Verdict.STEADY
    if result.metric.better is None:
        return Verdict.MOVED
    risen = change.difference.value > 0
    return Verdict.BETTER if risen == (result.metric.better == "higher") else Verdict.WORSE
