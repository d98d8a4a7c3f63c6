"""One customer's page as words that a template lays out; their story and its drawing are told in `stories`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from okaeri.base.measurement import Interval, between
from okaeri.base.text import _
from okaeri.base.units import Unit, show
from okaeri.web.core.customers.models import Customer
from okaeri.web.core.customers.portraits import Foretold, Whole
from okaeri.web.core.customers.stories import StoryPart, Timeline, story_part, timeline
from okaeri.web.core.dates import show_day

if TYPE_CHECKING:
    from okaeri.customers.page import CustomerPage, Score

_WELL, _SO_SO, _LATEST = 70, 40, 8


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
        cutoff=show_day(main.portrait.cutoff - timedelta(days=1)),
        since=show_day(whole.first_day, form="long") if whole.first_day else "",
        orders=whole.orders,
        spent=spent,
        last_order=show_day(last) if last else "",
        attributes=tuple((key, value) for key, value in main.portrait.attributes.items() if key not in hidden),
        timeline=timeline(whole),
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
