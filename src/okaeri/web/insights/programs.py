"""Answers for programs: figures with n, interval and state as JSON, made by jobs in every language and kept.

Some name customers: those are never told of facts that have moved on, since somebody may have been erased.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.base.text import LANGUAGES, _, current_language, use_language
from okaeri.foretelling import risk_list
from okaeri.metrics import find
from okaeri.shop import Shop
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.jobs.running import enqueue
from okaeri.web.core.people.models import User
from okaeri.web.core.shops import asking
from okaeri.web.insights.measuring import facts_state, forget_rarely_asked, keep
from okaeri.web.insights.models import Reading
from okaeri.web.insights.questions import Question
from okaeri.web.insights.telling import figure, finite, name_of

KIND = "answer_program"
NAMED = ("signals", "leaving")  # kinds of answers that name customers
_LISTED = 500
Words = Callable[[], dict[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """An answer as it was kept; `stale` says that the facts have moved on since."""

    data: Mapping[str, Any]
    made_at: datetime
    cutoff: date | None
    stale: bool
    state: str


def kept(kind: str, asked: Mapping[str, Any]) -> Kept | None:
    """The kept answer in the current language; None while there is none that may be told."""
    found = Reading.objects.filter(name=name_of(kind, asked), language=current_language()).first()
    if found is None:
        return None
    stale = found.state != facts_state()
    if stale and kind in NAMED:
        return None
    return Kept(data=found.data, made_at=found.made_at, cutoff=found.cutoff, stale=stale, state=found.state)


def want(kind: str, asked: Mapping[str, Any], *, now: datetime, asked_by: User | None) -> Job:
    """See that a question gets answered; asking again while it waits changes nothing."""
    return enqueue(KIND, now=now, key=name_of(kind, asked), asked_by=asked_by, what=kind, asked=dict(asked))


def forget_named() -> None:
    """Drop the answers that name customers and are of facts that are no more."""
    for kind in NAMED:
        Reading.objects.filter(name__startswith=f"api:{kind}:").exclude(state=facts_state()).delete()


def answer(kind: str, asked: Mapping[str, Any], *, now: datetime) -> bool:
    """Ask the library and keep what it says in every language; why it cannot say is kept as well."""
    state = facts_state()
    try:
        with asking() as shop:
            cutoff, words = _MAKERS[kind](shop, asked)
    except OkaeriError as caught:
        error, cutoff = caught, None

        def words() -> dict[str, Any]:
            return {"failed": {"what": str(error.what), "advice": str(error.advice)}}

    for language in LANGUAGES:
        with use_language(language):
            keep({name_of(kind, asked): finite(words())}, language=language, state=state, cutoff=cutoff, now=now)
    forget_rarely_asked()
    return cutoff is not None


def figures_behind(question: Mapping[str, Any]) -> dict[str, Any] | None:
    """The kept figures behind a page's card."""
    for kind in ("rows", "recent"):
        if found := kept(kind, question):
            return dict(found.data)
    return None


def rows_question(asked: Question) -> dict[str, Any]:
    """A question as its rows are kept under; the same as a page's where nothing more is said."""
    said = {"metric": asked.metric, "by": asked.by, "segment": asked.segment}
    if asked.since:
        said["since"] = asked.since.isoformat()
    return {**said, "presence": asked.presence} if asked.presence else said


def _rows(shop: Shop, asked: Mapping[str, Any]) -> tuple[date, Words]:
    question = Question.from_query(asked)
    result = shop.measure(find(question.metric).id, **question.asked())
    return result.cutoff, lambda: figure(result)


def _switchboard(shop: Shop, asked: Mapping[str, Any]) -> tuple[date, Words]:
    found = shop.switchboard(period=asked.get("period"), by=asked["by"], presence=asked.get("presence"))
    return found.cutoff, found.as_json


def _scorecard(shop: Shop, asked: Mapping[str, Any]) -> tuple[date, Words]:
    found = shop.check()
    return shop.ask(lambda measurer: measurer.until()), found.as_json


def _signals(shop: Shop, asked: Mapping[str, Any]) -> tuple[date, Words]:
    from okaeri.signals.telling import as_json  # only where signals are told

    kinds = [asked["kind"]] if asked.get("kind") else None
    found = shop.signals(kinds=kinds, within_days=int(asked["within_days"]), limit=_LISTED)
    return found.cutoff, lambda: as_json(found)


def _leaving(shop: Shop, asked: Mapping[str, Any]) -> tuple[date, Words]:
    found = risk_list(shop, horizon_days=int(asked["horizon_days"]))
    if found.leaving.chance is None:
        raise NothingUsable(
            _("Nobody's chance of leaving can be told yet. {reason}").format(reason=found.leaving.reason or ""),
            advice=_("Signals show what deserves attention meanwhile."),
        )
    told = shop.ask(lambda measurer: found.top(measurer.engine, n=_LISTED)) if len(found) else ()
    leavers, around = found.expected_leavers

    def words() -> dict[str, Any]:
        return {
            "as_of": found.as_of.isoformat(),
            "horizon_days": found.leaving.horizon_days,
            "customers": len(found),
            "presence": str(found.leaving.presence),
            "expected_leavers": {"value": leavers, "low": around.low, "high": around.high},
            "value_at_risk": found.total_at_risk,
            "currency": (found.expected.currency or None) if found.expected else None,
            "without_value": found.without_value,
            "list": [each.as_row() for each in told],
        }

    return found.as_of, words


def _record(shop: Shop, asked: Mapping[str, Any]) -> tuple[date, Words]:
    found = shop.how_good(horizon_days=int(asked["horizon_days"]))
    return found.cutoff, found.as_row


_MAKERS: dict[str, Callable[[Shop, Mapping[str, Any]], tuple[date, Words]]] = {
    "rows": _rows,
    "switchboard": _switchboard,
    "scorecard": _scorecard,
    "signals": _signals,
    "leaving": _leaving,
    "record": _record,
}
