"""One customer's page as words and drawings that a template lays out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from babel.dates import format_skeleton

from okaeri.base.measurement import between
from okaeri.base.text import Text, _, current_language
from okaeri.base.units import Unit, show
from okaeri.predictions.risk import telling as risk_words
from okaeri.web.core.customers.portraits import Whole
from okaeri.web.project.words import show_day

if TYPE_CHECKING:
    from okaeri.customers.page import CustomerPage, Score
    from okaeri.customers.story import Entry

STORY_ENTRIES = 60
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
    """The score with where it may lie, what it is, and why it is weighted where it is."""

    score: str
    around: str
    tone: str
    says: str
    notes: tuple[str, ...]
    history: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """What may come: chance, worth, value at risk, reasons, when, and what to do."""

    chance: str
    around: str
    worth: str
    worth_around: str
    at_risk: str
    when: str
    reasons: tuple[str, ...]
    step: str


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
    signals: tuple[tuple[str, str], ...]
    story: StoryPart


def tell(whole: Whole, *, until: str = "", hidden: Sequence[str] = ()) -> Told:
    """The page in the current language; `until` is the month, such as 2026-03, from which the story goes back.

    `hidden` are attributes that are shown elsewhere.
    """
    main = whole.main
    spent = ", ".join(show(amount, Unit.MONEY, currency=code or None) for code, amount in whole.spent.items())
    last = max((page.portrait.last_order_day for page in whole.pages if page.portrait.last_order_day), default=None)
    return Told(
        is_customer=any(page.portrait.is_customer for page in whole.pages),
        cutoff=show_day(main.portrait.cutoff),
        since=show_day(whole.first_day, form="long") if whole.first_day else "",
        orders=whole.orders,
        spent=spent,
        last_order=show_day(last) if last else "",
        attributes=tuple((key, value) for key, value in main.portrait.attributes.items() if key not in hidden),
        timeline=_timeline(whole),
        health=_health(main) if main.health else None,
        outlook=_outlook(main),
        signals=tuple((show_day(each.seen_on), str(each.says)) for page in whole.pages for each in page.signals),
        story=story_part(whole.story, until=until),
    )


def story_part(entries: Sequence[Entry], *, until: str = "") -> StoryPart:
    """Whole months of the story up to about sixty entries, the latest first."""
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
        day=show_day(entry.day, form="d MMM" if current_language() == "en" else "MMMd日" if current_language() == "ja" else "MMM d일"),
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
        width=len(months) * 10,
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


def _health(page: CustomerPage) -> Health:
    score = page.health
    assert score is not None, "asked of customers who have a score"
    return Health(
        score=show(score.value, Unit.COUNT, digits=0),
        around=between(score.interval, Unit.COUNT, digits=0) if score.interval else "",
        tone="good" if score.value >= 70 else "warn" if score.value >= 40 else "bad",
        says=str(score.says),
        notes=tuple(_notes(score)),
        history=tuple(
            (show_day(each.as_of), show(each.health, Unit.COUNT, digits=0), each.replayed) for each in page.said[-8:]
        ),
    )


def _notes(score: Score) -> list[str]:
    found = []
    if abs(score.unknown) >= 1:
        words = _("What is not known about them has moved it by {points} points.")
        found.append(str(words.format(points=show(score.unknown, Unit.COUNT))))
    if score.reason:
        found.append(str(score.reason))
    return found


def _outlook(page: CustomerPage) -> Outlook | None:
    risk = page.at_risk
    if risk is None:
        return None
    currency = risk.currency or None
    around = between(risk.value_interval, Unit.MONEY, currency=currency) if risk.value_interval else ""
    return Outlook(
        chance=risk_words.chance_of(risk),
        around=risk_words.around(risk),
        worth=show(risk.value, Unit.MONEY, currency=currency),
        worth_around=around,
        at_risk=risk_words.at_risk_of(risk),
        when=str(risk.when) if risk.when else "",
        reasons=tuple(str(each) for each in risk.reasons.told()),
        step=str(risk.step),
    )
