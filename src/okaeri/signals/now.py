"""What deserves attention now: the newest signals of the customers there are, the weightiest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.metrics.measuring import Measurer
from okaeri.metrics.presence import Presence
from okaeri.metrics.timetable import EPOCH, day_number
from okaeri.predictions.outcomes import present_on
from okaeri.signals.card import Card, cards
from okaeri.signals.catalogue import KINDS
from okaeri.signals.history import History
from okaeri.signals.kind import Kind
from okaeri.signals.signal import Evidence, Signal
from okaeri.signals.silences import Silence

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
More = Callable[[Sequence[str]], Sequence[Evidence | None]]

WITHIN_DAYS = 30
_LIMIT = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalsNow:
    """The signals seen in the last `within_days` before the cutoff, weightiest first, at most `limit` of them.

    `counts` are all that could be shown, by kind; `silenced` those held back on request, `absent` those of people who
    are no customers any more, and `unasked` says why a kind could not be asked.
    """

    signals: tuple[Signal, ...]
    counts: Mapping[str, int]
    silenced: Mapping[str, int]
    absent: Mapping[str, int]
    unasked: Mapping[str, Text]
    cards: Mapping[str, Card]
    cutoff: date
    within_days: int
    limit: int
    presence: Presence

    @property
    def total(self) -> int:
        """How many signals there are, shown or not for want of room."""
        return sum(self.counts.values())

    @property
    def notes(self) -> tuple[Text, ...]:
        """What a reader of the list must know: what it leaves out."""
        silenced, absent = sum(self.silenced.values()), sum(self.absent.values())
        said = [
            (self.total > len(self.signals), _("Shown are {n} of {all} signals.")),
            (silenced > 0, _("Silenced on request: {silenced}.")),
            (absent > 0, _("Of people who are no customers any more, and left out: {absent}.")),
        ]
        values = {"n": len(self.signals), "all": self.total, "silenced": silenced, "absent": absent}
        return tuple(text.format(**values) for holds, text in said if holds)


def signals_now(
    measurer: Measurer,
    *,
    cutoff: date | None = None,
    presence: str | None = None,
    within_days: int = WITHIN_DAYS,
    limit: int = _LIMIT,
    kinds: Iterable[Kind] | None = None,
    customer: str | None = None,
    silences: Iterable[Silence] = (),
    evidence: Mapping[str, More] | None = None,
    known_cards: Mapping[str, Card] | None = None,
) -> SignalsNow:
    """The signals first known in the `within_days` days up to the cutoff, of the customers present on it.

    They are ordered by severity times the lift of their kind's card, then the newest first, and a kind that has had a
    quarter of the places lets others go before. `evidence` adds to kinds by
    id what other parts know, such as the chance that a silent customer is still one: a function from customers' ids to
    one piece of evidence or none each. `customer` asks about one alone; `known_cards` spares working the cards out.

    Raises `OkaeriError` without a fact, or for less than one day.
    """
    if within_days < 1 or limit < 0:
        raise OkaeriError(
            _("There is no signal within {days} days, or fewer than 0 to show.").format(days=within_days),
            advice=_("Look back at least 1 day."),
        )
    history = History(measurer, cutoff=cutoff, presence=presence)
    asked = list(KINDS.values() if kinds is None else kinds)
    unasked = {kind.id: why for kind in asked if (why := history.why_not(kind))}
    asked = [kind for kind in asked if kind.id not in unasked]
    judged = cards(history, kinds=asked) if known_cards is None else known_cards
    recent = _Recent(history, within_days=within_days, silences=tuple(silences), only=customer)
    found = [recent.of(kind) for kind in asked]
    shown = _weightiest(found, judged, limit)
    return SignalsNow(
        signals=_signals(history, found, shown, judged, evidence or {}),
        counts={each.kind.id: len(each.place) for each in found},
        silenced={each.kind.id: each.silenced for each in found if each.silenced},
        absent={each.kind.id: each.absent for each in found if each.absent},
        unasked=unasked,
        cards=judged,
        cutoff=history.cutoff,
        within_days=within_days,
        limit=limit,
        presence=history.presence,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """The signals of one kind that may be shown: their places in its history, with customer and day."""

    kind: Kind
    place: Ints
    customer: Ints
    day: Ints
    silenced: int
    absent: int


class _Recent:
    """Finds the recent signals of present customers that nobody silenced."""

    def __init__(self, history: History, *, within_days: int, silences: tuple[Silence, ...], only: str | None) -> None:
        self._history = history
        self._only = None if only is None else _codes_of(history, [only]).get(only, -1)
        self._until = day_number(history.cutoff)
        self._since = self._until - within_days
        self._present = present_on(history.measurer, history.cutoff, presence=history.presence, cutoff=history.cutoff)
        self._silences = [each for each in silences if each.holds(history.cutoff)]
        self._codes = _codes_of(history, [each.customer for each in self._silences if each.customer])

    def of(self, kind: Kind) -> _Found:
        """The signals of one kind seen after `since`, up to the cutoff."""
        seen = self._history.of(kind)
        customer, day = (np.asarray(seen[name], dtype=np.int64) for name in ("customer", "day"))
        recent = day > self._since
        if self._only is not None:
            recent &= customer == self._only
        here = np.isin(customer, self._present) if kind.present_only else np.ones(len(customer), np.bool_)
        silent = self._is_silenced(kind, customer)
        place = np.flatnonzero(recent & here & ~silent)
        return _Found(
            kind=kind,
            place=place,
            customer=customer[place],
            day=day[place],
            silenced=int((recent & here & silent).sum()),
            absent=int((recent & ~here).sum()),
        )

    def _is_silenced(self, kind: Kind, customer: Ints) -> Flags:
        mine = [each for each in self._silences if each.kind in (None, kind.id)]
        if any(each.customer is None for each in mine):
            return np.ones(len(customer), np.bool_)
        return np.isin(customer, [self._codes.get(each.customer or "", -1) for each in mine])


def _weightiest(found: Sequence[_Found], judged: Mapping[str, Card], limit: int) -> list[tuple[int, int, float]]:
    """The first `limit` signals over all kinds: which kind, which of its signals, and its rank."""
    kind = np.concatenate([np.full(len(each.place), n) for n, each in enumerate(found)] or [np.empty(0, np.int64)])
    within = np.concatenate([np.arange(len(each.place)) for each in found] or [np.empty(0, np.int64)])
    ranks = [each.kind.severity * (judged[each.kind.id].weight if each.kind.id in judged else 1.0) for each in found]
    rank = np.asarray(ranks, dtype=np.float64)[kind.astype(np.int64)]
    day = np.concatenate([each.day for each in found] or [np.empty(0, np.int64)])
    customer = np.concatenate([each.customer for each in found] or [np.empty(0, np.int64)])
    order = np.lexsort((customer, -day, -rank))
    first = order[np.lexsort((np.arange(len(order)), _crowded(kind[order], limit)))][:limit]
    return list(zip(kind[first].tolist(), within[first].tolist(), rank[first].tolist(), strict=True))


def _crowded(kind: Ints, limit: int) -> Flags:
    """Which signals stand behind those of other kinds, since their own kind has had a quarter of the places."""
    most = max(3, limit // 4)
    seen = np.zeros(len(kind), np.int64)
    for each in np.unique(kind).tolist():
        mine = kind == each
        seen[mine] = np.arange(int(mine.sum()))
    return seen >= most


def _signals(
    history: History,
    found: Sequence[_Found],
    shown: Sequence[tuple[int, int, float]],
    judged: Mapping[str, Card],
    evidence: Mapping[str, More],
) -> tuple[Signal, ...]:
    names = _names_of(history, [int(found[kind].customer[at]) for kind, at, _rank in shown])
    signals: dict[tuple[int, int], Signal] = {}
    for number, each in enumerate(found):
        mine = [(at, rank) for kind, at, rank in shown if kind == number]
        if not mine:
            continue
        rows = history.of(each.kind).take([int(each.place[at]) for at, _rank in mine]).to_pylist()
        ids = [names[row["customer"]] for row in rows]
        more = evidence[each.kind.id](ids) if each.kind.id in evidence else [None] * len(ids)
        for (at, rank), row, customer, extra in zip(mine, rows, ids, more, strict=True):
            signals[number, at] = Signal(
                customer=customer,
                kind=each.kind.id,
                seen_on=EPOCH + timedelta(days=row["day"]),
                because=(*each.kind.because(row), *((extra,) if extra else ())),
                severity=each.kind.severity,
                says=each.kind.says(row),
                advice=each.kind.advice,
                rank=rank,
            )
    return tuple(signals[kind, at] for kind, at, _rank in shown)


def _names_of(history: History, codes: Iterable[int]) -> dict[int, str]:
    history.measurer.engine.put("wanted_codes", {"customer": ("bigint", sorted(set(codes)))})
    sql = "select c.customer, c.customer_id from customer_codes c join wanted_codes w on w.customer = c.customer"
    return {row["customer"]: row["customer_id"] for row in history.measurer.engine.query(sql).to_pylist()}


def _codes_of(history: History, names: Iterable[str]) -> dict[str, int]:
    history.measurer.engine.put("wanted_names", {"customer_id": ("varchar", sorted(set(names)))})
    sql = """
    select c.customer, w.customer_id
    from wanted_names w
    left join kept_ids k on k.customer_id = w.customer_id
    join customer_codes c on c.customer_id = coalesce(k.kept_id, w.customer_id)
    """
    return {row["customer_id"]: row["customer"] for row in history.measurer.engine.query(sql).to_pylist()}
