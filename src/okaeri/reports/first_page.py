"""The summary's findings as words: each move, whether it is more than chance, and the next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from okaeri.base.text import Text, _
from okaeri.charts.words import Shown
from okaeri.reports.sections import PARTS
from okaeri.reports.summary import Finding, Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingView:
    """One move as words; `tone` is good, bad or neutral, `way` up or down, `part` the section that tells more."""

    label: str
    value: str
    moved: str
    against: str
    real: str
    advice: str
    tone: str
    way: str
    part: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SummaryView:
    """The first page as words: `moves` are more than chance, `steady` names the others, `watched` says how many."""

    verdict: str
    moves: tuple[FindingView, ...]
    steady: str
    watched: str


_TONES = {Verdict.WORSE: "bad", Verdict.BETTER: "good"}


def summary_view(findings: Sequence[Finding]) -> SummaryView | None:
    """Put the findings into words of the current language; None when nothing could be compared yet."""
    if not findings:
        return None
    real = [finding for finding in findings if finding.advice is not None]
    return SummaryView(
        verdict=str(_verdict(real)),
        moves=tuple(_move(finding) for finding in real),
        steady=str(_steady(findings)),
        watched=str(_watched(findings)),
    )


def _verdict(real: Sequence[Finding]) -> Text:
    worse = sum(finding.verdict is Verdict.WORSE for finding in real)
    better = sum(finding.verdict is Verdict.BETTER for finding in real)
    if not real:
        return _("Nothing changed by more than chance would.")
    if worse and better:
        return _("{worse} got worse and {better} got better, each by more than chance would.").format(
            worse=_figures(worse), better=_("one figure") if better == 1 else _figures(better)
        )
    if worse:
        return _("{figures} got worse by more than chance would.").format(figures=_figures(worse))
    if better:
        return _("{figures} got better by more than chance would.").format(figures=_figures(better))
    return _("{figures} moved by more than chance would.").format(figures=_figures(len(real)))


def _figures(count: int) -> Text:
    return _("One figure") if count == 1 else _("{count} figures").format(count=count)


def _move(finding: Finding) -> FindingView:
    later, change = finding.change.later, finding.change.difference
    name = finding.result.metric.label
    earlier = finding.change.earlier.period
    return FindingView(
        label=str(name),
        value=str(later),
        moved=str(Shown(change.value, later.unit, later.currency, signed=True)),
        against=str(_("since {period}").format(period=earlier.label if earlier else "")),
        real=str(_range(finding)),
        advice=str(finding.advice),
        tone=_TONES.get(finding.verdict, "neutral"),
        way="up" if change.value > 0 else "down",
        part=_part(finding.result.metric.id),
    )


def _range(finding: Finding) -> Text:
    later, interval = finding.change.later, finding.change.difference.interval
    low, high = (
        Shown(bound, later.unit, later.currency, signed=True)
        for bound in ((interval.low, interval.high) if interval else (None, None))
    )
    return _("The true change lies between {low} and {high}, 19 times out of 20.").format(low=low, high=high)


def _part(metric: str) -> str:
    return next((part.id for part in PARTS if metric in part.metrics), PARTS[-1].id)


def _steady(findings: Sequence[Finding]) -> Text | str:
    still = [str(f.result.metric.label) for f in findings if f.verdict is Verdict.STEADY]
    if not still:
        return ""
    return _("Not told apart from chance: {figures}.").format(figures=str(_(", ")).join(still))


def _watched(findings: Sequence[Finding]) -> Text:
    judged = sum(finding.verdict is not Verdict.UNSURE for finding in findings)
    return _(
        "{count} figures were watched. The more there are, the further one must move to be named here: "
        "at most one in twenty of those named is expected to be chance (Benjamini–Hochberg)."
    ).format(count=judged)
