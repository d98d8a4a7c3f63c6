"""One customer's page as words and drawings that a template lays out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from babel.dates import format_skeleton

from okaeri.base.measurement import Interval, between
from okaeri.base.text import Text, _, current_language
from okaeri.base.units import Unit, show
from okaeri.web.core.customers.models import Customer
from okaeri.web.core.customers.portraits import Foretold, Whole
from okaeri.web.project.words import show_day

if TYPE_CHECKING:
    from okaeri.customers.page import CustomerPage, Score
    from okaeri.customers.story import Entry

STORY_ENTRIES = 40
_WELL, _SO_SO, _LATEST = 70, 40, 8
_LEAST_MONTHS = 18  # a short story keeps slim months
ICONS = {
    "customers": "user-plus",
    "orders": "shopping-bag",
    "subscriptions": "repeat",
    "events": "mouse-pointer-click",
    "tickets": "life-buoy",
    "answers": "message-circle-heart",
    "mentions": "quote",
    "memberships": "badge-check",
    "points": "coins",
    "rewards": "gift",
    "touches": "send",
    "assignments": "dices",
    "steps": "footprints",
}
TABLE_NAMES: dict[str, Text] = {
    "customers": _("Getting to know"),
    "orders": _("Order"),
    "subscriptions": _("Contract"),
    "events": _("Usage"),
    "tickets": _("Support"),
    "answers": _("Answer"),
    "mentions": _("Review"),
    "memberships": _("Membership"),
    "points": _("Points"),
    "rewards": _("Reward"),
    "touches": _("Message"),
    "assignments": _("Trial"),
    "steps": _("First steps"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """One entry of the story; `of` names the id it belongs to where a customer has several."""

    day: str
    time: str
    icon: str
    kind: str
    says: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """What happened in one month, the latest first."""

    key: str
    title: str
    happenings: tuple[Happening, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryPart:
    """Some months of the story, the latest first; `earlier` and `later` are months to go on from, "" at an end."""

    months: tuple[Month, ...]
    total: int
    earlier: str
    later: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One month of the timeline: where it lies, whether they were a customer, and how high its activity reaches."""

    x: float
    here: bool
    height: float
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeline:
    """The months from the first to now; `width` is in units of the drawing, `spans` tells it in words."""

    bars: tuple[Bar, ...]
    width: float
    first: str
    last: str
    spans: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """The score, where it may lie, and what was said on earlier days; `replayed` marks what was worked out later."""

    score: str
    around: str
    tone: str
    history: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """What was last foretold: chance, worth, value at risk, the reasons that were kept, and what to do."""

    as_of: str
    chance: str
    around: str
    worth: str
    worth_around: str
    at_risk: str
    reasons: tuple[str, ...]
    step: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Why:
    """What is worked out only when somebody asks: all reasons, when, signals, and how the score is made."""

    reasons: tuple[str, ...]
    when: str
    step: str
    signals: tuple[tuple[str, str], ...]
    score: str
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """Everything the lake says of a customer, in words."""

    is_customer: bool
    cutoff: str
    since: str
    orders: int
    spent: str
    last_order: str
    attributes: tuple[tuple[str, str], ...]
    timeline: Timeline | None
    health: Health | None
    outlook: Outlook | None
    story: StoryPart


def tell(whole: Whole, *, row: Customer | None, until: str = "", hidden: Sequence[str] = ()) -> Told:
    """The page in the current language; `until` is the month, such as 2026-03, from which the story goes back.

    `row` is the directory's row of the id to go by, where something is foretold of it now; `hidden` are attributes
    that are shown elsewhere.
    """
    main, last = whole.main, whole.last_order_day
    now = next((each for each in main.foretold if row and each.as_of == row.said_of and not each.replayed), None)
    if row and row.leaving_low is None and row.leaving_high is None:
        now = None  # no chance is shown without where it may lie
    spent = ", ".join(show(amount, Unit.MONEY, currency=code or None) for code, amount in whole.spent.items())
    return Told(
        is_customer=any(part.portrait.is_customer for part in whole.parts),
        cutoff=show_day(main.portrait.cutoff),
        since=show_day(whole.first_day, form="long") if whole.first_day else "",
        orders=whole.orders,
        spent=spent,
        last_order=show_day(last) if last else "",
        attributes=tuple((key, value) for key, value in main.portrait.attributes.items() if key not in hidden),
        timeline=_timeline(whole),
        health=_health(now, main.foretold, row) if now and row else None,
        outlook=_outlook(now, row) if now and row else None,
        story=story_part(whole.story, until=until),
    )


def tell_why(page: CustomerPage) -> Why:
    """What the library works out about one customer, in the current language."""
    risk, score = page.at_risk, page.health
    return Why(
        reasons=tuple(str(each) for each in risk.reasons.told()) if risk else (),
        when=str(risk.when) if risk and risk.when else "",
        step=str(risk.step) if risk else "",
        signals=tuple((show_day(each.seen_on), str(each.says)) for each in page.signals),
        score=show(score.value, Unit.COUNT, digits=0) if score and score.interval is None else "",
        notes=tuple(_notes(score)) if score else (),
    )


def story_part(entries: Sequence[Entry], *, until: str = "") -> StoryPart:
    """Whole months of the story up to about forty entries, the latest first."""
    months = [(key, list(rows)) for key, rows in groupby(entries, key=lambda entry: f"{entry.day:%Y-%m}")]
    reached = [pair for pair in months if not until or pair[0] <= until]
    chosen: list[tuple[str, list[Entry]]] = []
    for pair in reversed(reached):
        if chosen and sum(len(rows) for _key, rows in chosen) + len(pair[1]) > STORY_ENTRIES:
            break
        chosen.append(pair)
    earlier = reached[len(reached) - len(chosen) - 1][0] if len(reached) > len(chosen) else ""
    return StoryPart(
        months=tuple(_month(key, rows) for key, rows in chosen),
        total=len(entries),
        earlier=earlier,
        later=len(reached) < len(months),
    )


def _month(key: str, rows: list[Entry]) -> Month:
    return Month(key=key, title=_month_name(key), happenings=tuple(_happening(each) for each in reversed(rows)))


def _happening(entry: Entry) -> Happening:
    clock = f"{entry.at:%H:%M}" if hasattr(entry.at, "hour") else ""
    return Happening(
        day=str(format_skeleton("MMMd", entry.day, locale=current_language())),
        time=clock,
        icon=ICONS.get(entry.table, "sparkles"),
        kind=str(TABLE_NAMES.get(entry.table, entry.table)),
        says=str(entry.says),
    )


def _month_name(key: str) -> str:
    year, month = key.split("-")
    return str(format_skeleton("yMMMM", date(int(year), int(month), 1), locale=current_language()))


def _timeline(whole: Whole) -> Timeline | None:
    months = whole.months
    if not months:
        return None
    counts: dict[str, int] = {}
    for entry in whole.story:
        counts[f"{entry.day:%Y-%m}"] = counts.get(f"{entry.day:%Y-%m}", 0) + 1
    highest = max((counts.get(label, 0) for label, _state in months), default=0) or 1
    bars = tuple(
        Bar(
            x=place * 10,
            here=state == "here",
            height=round(26 * counts.get(label, 0) / highest, 1),
            title=_bar_words(label, state, counts.get(label, 0)),
        )
        for place, (label, state) in enumerate(months)
    )
    return Timeline(
        bars=bars,
        width=max(len(months), _LEAST_MONTHS) * 10,
        first=_month_name(months[0][0]),
        last=_month_name(months[-1][0]),
        spans=tuple(_spans(months)),
    )


def _bar_words(label: str, state: str, entries: int) -> str:
    words = _("{month}: a customer, {n} entries") if state == "here" else _("{month}: not a customer, {n} entries")
    return str(words.format(month=_month_name(label), n=entries))


def _spans(months: Sequence[tuple[str, str]]) -> list[str]:
    """The stretches of months in words."""
    found = []
    for state, rows in groupby(months, key=lambda pair: pair[1]):
        keys = [label for label, _state in rows]
        words = _("A customer from {first} to {last}.") if state == "here" else _("Away from {first} to {last}.")
        found.append(str(words.format(first=_month_name(keys[0]), last=_month_name(keys[-1]))))
    return found


def _health(now: Foretold, history: Sequence[Foretold], row: Customer) -> Health:
    value = 100 * (1 - now.leaving)
    return Health(
        score=show(value, Unit.COUNT, digits=0),
        around=between(_range(row.leaving_high, row.leaving_low, turned=True), Unit.COUNT, digits=0),
        tone="good" if value >= _WELL else "warn" if value >= _SO_SO else "bad",
        history=tuple(
            (show_day(each.as_of), show(100 * (1 - each.leaving), Unit.COUNT, digits=0), each.replayed)
            for each in history[-_LATEST:]
        ),
    )


def _outlook(now: Foretold, row: Customer) -> Outlook:
    currency = now.currency or None
    known = now.value_low is not None and now.value_high is not None
    return Outlook(
        as_of=show_day(now.as_of),
        chance=show(now.leaving, Unit.RATE, digits=0),
        around=between(_range(row.leaving_low, row.leaving_high), Unit.RATE, digits=0),
        worth=show(now.value, Unit.MONEY, currency=currency),
        worth_around=between(_range(now.value_low, now.value_high), Unit.MONEY, currency=currency) if known else "",
        at_risk=show(now.value * now.leaving, Unit.MONEY, currency=currency) if now.value is not None else "",
        reasons=tuple(str(each) for each in now.reasons),
        step=str(now.step) if now.step else "",
    )


def _range(low: float | None, high: float | None, *, turned: bool = False) -> Interval:
    """Two ends; turned, from chances of leaving to points of health."""
    if turned:
        low, high = (None if end is None else 100 * (1 - end) for end in (low, high))
    return Interval(low=low, high=high, method="kept")


def _notes(score: Score) -> list[str]:
    found = [str(score.says)]
    if abs(score.unknown) >= 1:
        words = _("What is not known about them has moved it by {points} points.")
        found.append(str(words.format(points=show(score.unknown, Unit.COUNT))))
    if score.reason:
        found.append(str(score.reason))
    return found
