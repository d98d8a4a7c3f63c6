"""Signals and their cards as words and as JSON, for every screen alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from okaeri.base.measurement import between
from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit, show
from okaeri.signals.card import Card, Verdict
from okaeri.signals.catalogue import KINDS
from okaeri.signals.lift import Lift, Share
from okaeri.signals.now import SignalsNow
from okaeri.signals.signal import Signal

VERDICTS: dict[Verdict, Text] = {
    Verdict.FORETELLS: _("foretells leaving"),
    Verdict.STAYS: _("goes with staying"),
    Verdict.NO_EVIDENCE: _("no evidence"),
    Verdict.NOT_ENOUGH: _("not enough outcomes yet"),
    Verdict.NO_PAST: _("no past to judge by"),
}


KINDS_HEAD = (
    *(_("Signal"), _("Now"), _("Lift"), _("95% interval")),
    *(_("Followed by leaving"), _("Time before leaving"), _("Verdict")),
)
LIST_HEAD = (_("Customer"), _("Since"), _("What"), _("Evidence"), _("Next step"))


def kinds_title(found: SignalsNow) -> Text:
    """Of which days the counts are."""
    words = _("Signals of the {days} days up to {day}")
    return words.format(days=found.within_days, day=found.cutoff)


def kind_rows(found: SignalsNow) -> Iterator[tuple[str, ...]]:
    """Each kind with how many there are and what its past says, under `KINDS_HEAD`; the most frequent first."""
    for kind, count in sorted(found.counts.items(), key=lambda pair: -pair[1]):
        card = found.cards.get(kind)
        lift = card.lift if card else None
        precision = card.precision if card else None
        lead = card.lead if card else None
        yield (
            str(KINDS[kind].label),
            show(count, Unit.COUNT),
            show(lift.value if lift else None, Unit.RATIO),
            between(lift.interval, Unit.RATIO) if lift else "–",
            show(precision.value if precision else None, Unit.RATE),
            show(lead.median if lead else None, Unit.DAYS, digits=0),
            str(VERDICTS[card.verdict]) if card else "–",
        )


def signal_rows(signals: Sequence[Signal]) -> Iterator[tuple[str, ...]]:
    """Each signal with its evidence and what to do, under `LIST_HEAD`."""
    for signal in signals:
        evidence = " ".join(str(each.says) for each in signal.because)
        yield signal.customer, signal.seen_on.isoformat(), str(signal.says), evidence, str(signal.advice)


def unasked(found: SignalsNow) -> Iterator[Text]:
    """Which kinds could not be asked, by reason."""
    why: dict[str, list[str]] = {}
    for kind, reason in found.unasked.items():
        why.setdefault(str(reason), []).append(str(KINDS[kind].label))
    for reason_said, kinds in why.items():
        yield _("Not asked: {kinds}. {reason}").format(kinds=", ".join(kinds), reason=reason_said)


def figures_of(card: Card) -> Iterator[tuple[Text, Text]]:
    """Each figure of a card by name, with its interval and count; those without one are left out."""
    yield (
        _("Signals judged"),
        _("{n} of {customers} customers; {pending} still wait for their {days} days").format(
            n=Shown(card.signals, Unit.COUNT),
            customers=Shown(card.customers, Unit.COUNT),
            pending=Shown(card.pending, Unit.COUNT),
            days=card.horizon_days,
        ),
    )
    if card.precision and card.lift:
        yield _("Followed by leaving"), _share(card.precision)
        yield _("Of comparable customers"), _compared(card.lift)
        yield (
            _("Lift"),
            _("{value} times ({low} – {high})").format(
                value=Shown(card.lift.value, Unit.RATIO),
                low=Shown(card.lift.interval.low, Unit.RATIO),
                high=Shown(card.lift.interval.high, Unit.RATIO),
            ),
        )
    for name, share in (
        (_("Leavings it announced"), card.coverage),
        (_("Of those about to leave, signalled"), card.recall),
        (_("Of all customers, signalled"), card.flagged),
    ):
        if share:
            yield name, _share(share)
    if card.lead:
        yield (
            _("Time before leaving"),
            _("{median} in the middle, half between {low} and {high}; of {n} signals followed by leaving").format(
                median=Shown(card.lead.median, Unit.DAYS, 0),
                low=Shown(card.lead.low, Unit.DAYS, 0),
                high=Shown(card.lead.high, Unit.DAYS, 0),
                n=Shown(card.lead.n, Unit.COUNT),
            ),
        )


def as_json(found: SignalsNow) -> dict[str, Any]:
    """What is known now, JSON-ready, in the current language."""
    return {
        "cutoff": found.cutoff.isoformat(),
        "within_days": found.within_days,
        "total": found.total,
        "shown": len(found.signals),
        "signals": [_signal(signal) for signal in found.signals],
        "counts": dict(found.counts),
        "silenced": dict(found.silenced),
        "no_customers_any_more": dict(found.absent),
        "not_asked": {kind: str(why) for kind, why in found.unasked.items()},
        "cards": [_card(card) for card in found.cards.values()],
        "presence": str(found.presence),
        "notes": [str(note) for note in found.notes],
    }


def _signal(signal: Signal) -> dict[str, Any]:
    return {
        "customer_id": signal.customer,
        "kind": signal.kind,
        "label": str(KINDS[signal.kind].label),
        "seen_on": signal.seen_on.isoformat(),
        "severity": signal.severity.name.lower(),
        "says": str(signal.says),
        "evidence": [
            {
                "metric": each.metric,
                "value": each.value,
                "threshold": each.threshold,
                "unit": each.unit.value,
                "rows": each.rows,
                "says": str(each.says),
            }
            for each in signal.because
        ],
        "advice": str(signal.advice),
    }


def _card(card: Card) -> dict[str, Any]:
    shares = {name: getattr(card, name) for name in ("precision", "coverage", "recall", "flagged")}
    return {
        "kind": card.kind,
        "verdict": card.verdict.value,
        "sentence": str(card.sentence),
        "horizon_days": card.horizon_days,
        "since": card.since.isoformat() if card.since else None,
        "signals": card.signals,
        "customers": card.customers,
        "pending": card.pending,
        "leavers": card.leavers,
        **{name: _numbers(share) for name, share in shares.items()},
        "lift": card.lift
        and {
            "value": card.lift.value,
            "low": card.lift.interval.low,
            "high": card.lift.interval.high,
            "base_rate": card.lift.base_rate,
            "n": card.lift.n,
            "compared": card.lift.compared,
        },
        "lead_days": card.lead
        and {"low": card.lead.low, "median": card.lead.median, "high": card.lead.high, "n": card.lead.n},
        "caveats": [str(caveat) for caveat in card.caveats],
    }


def _numbers(share: Share | None) -> dict[str, Any] | None:
    if share is None:
        return None
    return {
        "value": share.value,
        "part": share.part,
        "n": share.n,
        "low": share.interval.low,
        "high": share.interval.high,
    }


def _compared(lift: Lift) -> Text:
    """The base rate and what it is; it has no interval of its own, for that of the lift counts its chance too."""
    words = _(
        "{share}, a weighted share: {n} looks at customers, weighing as the {signals} signals do. "
        "The lift's range allows for the chance in it."
    )
    return words.format(
        share=Shown(lift.base_rate, Unit.RATE),
        n=Shown(lift.compared, Unit.COUNT),
        signals=Shown(lift.n, Unit.COUNT),
    )


def _share(share: Share) -> Text:
    return _("{value} ({low} – {high}; {part} of {n})").format(
        value=Shown(share.value, Unit.RATE),
        low=Shown(share.interval.low, Unit.RATE),
        high=Shown(share.interval.high, Unit.RATE),
        part=Shown(share.part, Unit.COUNT),
        n=Shown(share.n, Unit.COUNT),
    )
