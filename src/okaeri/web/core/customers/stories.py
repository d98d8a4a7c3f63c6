"""What happened to a customer, told by months, and the drawing of when they were here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from babel.dates import format_skeleton

from okaeri.base.text import Text, _, current_language
from okaeri.web.core.customers.portraits import Whole

if TYPE_CHECKING:
    from okaeri.customers.story import Entry

STORY_ENTRIES = 40
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


def timeline(whole: Whole) -> Timeline | None:
    """When they were customers and how much happened, month by month; None before the first."""
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
