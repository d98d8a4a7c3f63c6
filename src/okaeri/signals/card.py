"""Back-test cards: what came of the signals of the past, kind by kind, beside what came of everybody.

Leaving is that of the churn rate (`predictions.outcomes`): a customer on the day, none at the horizon's end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from okaeri.base.errors import OkaeriError
from okaeri.base.multiplicity import discoveries
from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit
from okaeri.metrics.timetable import EPOCH, day_number
from okaeri.predictions.outcomes import Outcomes, outcomes
from okaeri.signals.catalogue import KINDS
from okaeri.signals.history import History
from okaeri.signals.kind import Kind
from okaeri.signals.lift import Lift, Rows, Share, clustered_share, lift_of
from okaeri.signals.looks import EVERY_DAYS, Looks, look_back

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

HORIZON_DAYS = 90
FEWEST_SIGNALS = 30
FEWEST_LEAVERS = 30
_FEWEST_EXPECTED = 5.0  # leavers there would be among as many others; below, a logarithm of few is no normal


class Verdict(StrEnum):
    """What a card concludes.

    >>> Verdict.NO_EVIDENCE.value
    'no evidence'
    """

    FORETELLS = "foretells"
    STAYS = "stays"
    NO_EVIDENCE = "no evidence"
    NOT_ENOUGH = "not enough outcomes"
    NO_PAST = "no past"


@dataclass(frozen=True, kw_only=True, slots=True)
class Lead:
    """Days from the signal to the end of the stay, of the signalled who left within the horizon: quartiles."""

    low: float
    median: float
    high: float
    n: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """What came of a kind's signals; shares are None where there is not enough to tell.

    `signals` are those judged: of customers present, with their horizon over. `pending` wait for it, `absent` were of
    customers who were none on that day. Precision is the share of signals followed by leaving within the horizon,
    `lift` its ratio to that of comparable customers; `coverage` the share of leavings that had the signal in the
    horizon before; `recall` the same asked every 30 days of those who would leave, `flagged` of all customers.
    """

    kind: str
    horizon_days: int
    cutoff: date
    since: date | None
    verdict: Verdict
    sentence: Text
    signals: int
    customers: int
    pending: int
    absent: int
    leavers: int
    precision: Share | None = None
    lift: Lift | None = None
    coverage: Share | None = None
    recall: Share | None = None
    flagged: Share | None = None
    lead: Lead | None = None
    caveats: tuple[Text, ...] = ()

    @property
    def weight(self) -> float:
        """What a signal's severity is multiplied by: the lift where there is evidence of one, else 1."""
        known = self.lift.value if self.lift and self.verdict in (Verdict.FORETELLS, Verdict.STAYS) else None
        return 1.0 if known is None else known


def cards(
    history: History, *, horizon_days: int = HORIZON_DAYS, kinds: Iterable[Kind] | None = None
) -> dict[str, Card]:
    """A card for each kind the facts can be asked about, by the kind's id.

    Verdicts are on all of them together: of those that name a lift, at most 5% on average owe it to chance.
    """
    if horizon_days < 1:
        raise OkaeriError(
            _("A horizon of {days} days is not in the future.").format(days=horizon_days),
            advice=_("Use a number of days above 0, such as 90."),
        )
    looks = look_back(history, horizon_days=horizon_days)
    asked = KINDS.values() if kinds is None else kinds
    return judged({kind.id: _card(history, kind, looks, horizon_days) for kind in asked if not history.why_not(kind)})


def judged(counted: Mapping[str, Card]) -> dict[str, Card]:
    """The cards with their verdicts, those with a lift judged together (Benjamini and Hochberg).

    Whoever looks at many kinds sees some lift that only chance made; it must stand out among all that were looked at.
    """
    lifts = {kind: card.lift for kind, card in counted.items() if card.lift}
    named = dict(zip(lifts, discoveries([lift.chance for lift in lifts.values()]), strict=True))
    return {
        kind: _concluded(card, card.lift, stands_out=named[kind], kinds=len(lifts)) if card.lift else card
        for kind, card in counted.items()
    }


def _concluded(card: Card, lift: Lift, *, stands_out: bool, kinds: int) -> Card:
    verdict = _verdict(lift)
    sentence = _SENTENCES[verdict]
    if verdict is not Verdict.NO_EVIDENCE and not stands_out:
        verdict, sentence = Verdict.NO_EVIDENCE, _AMONG_MANY
    said = sentence.format(lift=Shown(lift.value, Unit.RATIO), days=card.horizon_days, kinds=kinds)
    return replace(card, verdict=verdict, sentence=said)


def _card(history: History, kind: Kind, looks: Looks, horizon_days: int) -> Card:
    past = _past(history, kind, looks, horizon_days)
    caveats = _caveats(history, kind)
    if not kind.remembers:
        return _counted(past, history, kind, Verdict.NO_PAST, _NO_PAST, caveats)
    left = past.became.left[past.judged]
    signalled = Rows(customer=past.who, group=looks.group_of(past.who, past.when), left=left)
    lift = lift_of(signalled, Rows(customer=looks.customer, group=looks.group, left=looks.left))
    if len(past.who) < FEWEST_SIGNALS or past.ended.sum() < FEWEST_LEAVERS or lift.expected < _FEWEST_EXPECTED:
        return _counted(past, history, kind, Verdict.NOT_ENOUGH, _too_few(past, lift), caveats)
    covered, recalled, flagged = _reach(past, looks, horizon_days)
    return replace(
        _counted(past, history, kind, Verdict.NO_EVIDENCE, _SENTENCES[Verdict.NO_EVIDENCE], caveats),
        precision=clustered_share(left, past.who),
        lift=lift,
        coverage=covered,
        recall=recalled,
        flagged=flagged,
        lead=_lead(past),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Past:
    """A kind's signals, what became of them, which are judged, and which stays ended since the first of those."""

    customer: Ints
    day: Ints
    became: Outcomes
    judged: Flags
    ended: Flags
    first: int

    @property
    def who(self) -> Ints:
        return self.customer[self.judged]

    @property
    def when(self) -> Ints:
        return self.day[self.judged]


def _past(history: History, kind: Kind, looks: Looks, horizon_days: int) -> _Past:
    seen = history.of(kind)
    customer, day = (np.asarray(seen[name], dtype=np.int64) for name in ("customer", "day"))
    became = outcomes(
        history.measurer,
        customer=customer,
        day=day,
        horizon_days=horizon_days,
        presence=history.presence,
        cutoff=history.cutoff,
    )
    # there is nobody to compare with before the first look
    earliest = int(looks.days[0]) - EVERY_DAYS // 2 if len(looks.days) else day_number(history.cutoff)
    judged = became.present & became.seen & (day >= earliest)
    first = int(day[judged].min()) if judged.any() else day_number(history.cutoff)
    return _Past(customer=customer, day=day, became=became, judged=judged, ended=looks.gone_day >= first, first=first)


def _counted(
    past: _Past, history: History, kind: Kind, verdict: Verdict, sentence: Text, caveats: tuple[Text, ...]
) -> Card:
    return Card(
        kind=kind.id,
        horizon_days=past.became.horizon_days,
        cutoff=history.cutoff,
        since=EPOCH + timedelta(days=past.first) if len(past.who) else None,
        verdict=verdict,
        sentence=sentence,
        signals=len(past.who),
        customers=len(np.unique(past.who)),
        pending=int((past.became.present & ~past.became.seen).sum()),
        absent=int((~past.became.present).sum()),
        leavers=int(past.ended.sum()),
        caveats=caveats,
    )


def _reach(past: _Past, looks: Looks, horizon_days: int) -> tuple[Share, Share, Share]:
    """How many leavings had been signalled, how many who would leave at a look, and how many of everybody."""
    goer, gone_day = looks.goer[past.ended], looks.gone_day[past.ended]
    later = looks.days[looks.place] >= past.first
    customer, place, left = looks.customer[later], looks.place[later], looks.left[later]
    covered = _signalled(past, goer, gone_day - horizon_days, gone_day - 1)
    flagged = _live(past, looks, horizon_days)[customer, place]
    return (
        clustered_share(covered, goer),
        clustered_share(flagged[left], customer[left]),
        clustered_share(flagged, customer),
    )


def _live(past: _Past, looks: Looks, horizon_days: int) -> Flags:
    """Whether each customer had a signal in the horizon up to each look; shape (codes, looks)."""
    codes = 1 + max(int(part.max(initial=0)) for part in (past.customer, looks.customer))
    live = np.zeros((codes, len(looks.days)), np.bool_)
    first = np.searchsorted(looks.days, past.day)
    for ahead in range(horizon_days // EVERY_DAYS + 1):
        place = np.minimum(first + ahead, len(looks.days) - 1)
        holds = (looks.days[place] >= past.day) & (looks.days[place] < past.day + horizon_days)
        live[past.customer[holds], place[holds]] = True
    return live


def _signalled(past: _Past, customer: Ints, since: Ints, until: Ints) -> Flags:
    """Whether each customer had a signal from one day to another, both included."""
    if not len(past.day) or not len(customer):
        return np.zeros(len(customer), np.bool_)
    low = min(int(past.day.min()), int(since.min()))
    span = max(int(past.day.max()), int(until.max())) - low + 1
    keys = np.sort(past.customer * span + past.day - low)
    first = np.searchsorted(keys, customer * span + since - low, side="left")
    after = np.searchsorted(keys, customer * span + until - low, side="right")
    found: Flags = after > first
    return found


def _lead(past: _Past) -> Lead | None:
    days = past.became.gone_after_days[past.judged & past.became.left]
    days = days[days >= 0]
    if not len(days):
        return None
    low, median, high = np.quantile(days, [0.25, 0.5, 0.75])
    return Lead(low=float(low), median=float(median), high=float(high), n=len(days))


def _verdict(lift: Lift) -> Verdict:
    low, high = lift.interval.low, lift.interval.high
    if low is not None and low > 1:
        return Verdict.FORETELLS
    return Verdict.STAYS if high is not None and high < 1 else Verdict.NO_EVIDENCE


_SENTENCES = {
    Verdict.FORETELLS: _("Within {days} days of this signal customers left {lift} times as often as comparable ones."),
    Verdict.STAYS: _("Within {days} days of this signal customers left less often than comparable ones: {lift} times."),
    Verdict.NO_EVIDENCE: _(
        "No evidence that it foretells leaving: within {days} days customers left {lift} times as often as comparable "
        "ones, and the interval covers 1."
    ),
}
_AMONG_MANY = _(
    "No evidence that it foretells leaving: within {days} days customers left {lift} times as often as comparable "
    "ones, but where {kinds} kinds of signals are judged, chance alone may make one stand out this much."
)
_NO_PAST = _(
    "Its past cannot be judged: the facts keep the newest date only, and those who left and those who stayed no longer "
    "have the same one."
)


def _too_few(past: _Past, lift: Lift) -> Text:
    return _(
        "Not enough outcomes yet: {signals} of {enough} signals whose {days} days are over, {leavers} of {others} "
        "leavers since the first, and {expected} of {fewest} leavers to be expected without it."
    ).format(
        signals=len(past.who),
        enough=FEWEST_SIGNALS,
        days=past.became.horizon_days,
        leavers=int(past.ended.sum()),
        others=FEWEST_LEAVERS,
        expected=Shown(lift.expected, Unit.COUNT, 1),
        fewest=int(_FEWEST_EXPECTED),
    )


def _caveats(history: History, kind: Kind) -> tuple[Text, ...]:
    window = history.presence.rule.window_days
    said = [(_AS_SILENT if window else _COMPARED).format(every=EVERY_DAYS), NO_CAUSE]
    if kind.is_part_of_leaving and window:
        said.append(_PART_OF_LEAVING.format(days=window))
    return (*said, *kind.caveats)


_COMPARED = _(
    "Compared with all customers, looked at every {every} days; each look weighs as many as were signalled near it."
)
_AS_SILENT = _(
    "Compared with customers whose last visit was about as long ago, looked at every {every} days; each group weighs "
    "as many as were signalled in it."
)
NO_CAUSE = _("A lift says what comes before leaving, not what causes it.")
_PART_OF_LEAVING = _(
    "Leaving here means {days} days without a visit, and this signal is itself part of such a silence: some of its "
    "precision is the definition's own."
)
