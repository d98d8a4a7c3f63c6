"""How a row of each table is told: the sentences, and the moments they belong to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit

Row = dict[str, Any]
Told = tuple[datetime | date, Text]
_HOUR_SECONDS = 3_600


def _customers(row: Row) -> Iterator[Told]:
    if row["joined_at"]:
        yield row["joined_at"], _("Became known to you.")


def _orders(row: Row) -> Iterator[Told]:
    amount = Shown(abs(row["amount"]) if row["kind"] == "return" else row["amount"], Unit.MONEY, None, row["currency"])
    words = _("Returned goods for {amount}.") if row["kind"] == "return" else _("Ordered for {amount}.")
    yield row["ordered_at"], words.format(amount=amount)


def _subscriptions(row: Row) -> Iterator[Told]:
    plan = row["plan"] or _("a contract")
    if row["mrr"] is None:
        yield row["started_at"], _("Began {plan}.").format(plan=plan)
    else:
        mrr = Shown(row["mrr"], Unit.MONEY, None, row["currency"])
        yield row["started_at"], _("Began {plan} for {mrr} a month.").format(plan=plan, mrr=mrr)
    if row["ended_at"] and row["end_reason"]:
        yield row["ended_at"], _("Ended {plan}: {reason}").format(plan=plan, reason=row["end_reason"])
    elif row["ended_at"]:
        yield row["ended_at"], _("Ended {plan}.").format(plan=plan)


def _events(row: Row) -> Iterator[Told]:
    yield row["occurred_at"], _("Used the product: {names}.").format(names=row["names"])


def _tickets(row: Row) -> Iterator[Told]:
    channel = row["channel"] or _("an unknown channel")
    if row["topic"]:
        yield (
            row["opened_at"],
            _("Asked for help with {topic} by {channel}.").format(topic=row["topic"], channel=channel),
        )
    else:
        yield row["opened_at"], _("Asked for help by {channel}.").format(channel=channel)
    if row["first_reply_at"]:
        yield row["first_reply_at"], _("Got a first reply after {wait}.").format(wait=_hours(row, "first_reply_at"))
    if row["resolved_at"]:
        yield row["resolved_at"], _("The request was settled after {wait}.").format(wait=_hours(row, "resolved_at"))


def _hours(row: Row, end: str) -> Shown:
    return Shown((row[end] - row["opened_at"]).total_seconds() / _HOUR_SECONDS, Unit.HOURS)


def _answers(row: Row) -> Iterator[Told]:
    asked = row["instrument"].upper()
    if not row["answered_at"]:
        yield row["asked_at"], _("Was asked ({asked}) and has not answered.").format(asked=asked)
        return
    score, text = row["score"], row["text"]
    if score is not None and text:
        told = _("Answered {asked} with {score}: “{text}”").format(asked=asked, score=_number(score), text=text)
    elif score is not None:
        told = _("Answered {asked} with {score}.").format(asked=asked, score=_number(score))
    else:
        told = _("Answered {asked}: “{text}”").format(asked=asked, text=text or "…")
    yield row["answered_at"], told


def _mentions(row: Row) -> Iterator[Told]:
    source = row["source"] or _("an unknown place")
    if row["rating"] is None:
        yield row["posted_at"], _("Wrote on {source}: “{text}”").format(source=source, text=row["text"] or "…")
    else:
        yield (
            row["posted_at"],
            _("Gave {rating} on {source}: “{text}”").format(
                rating=_number(row["rating"]), source=source, text=row["text"] or "…"
            ),
        )


def _memberships(row: Row) -> Iterator[Told]:
    programme = row["programme"] or _("the loyalty programme")
    yield row["joined_at"], _("Joined {programme}.").format(programme=programme)
    if row["left_at"]:
        yield row["left_at"], _("Left {programme}.").format(programme=programme)


def _points(row: Row) -> Iterator[Told]:
    words = {
        "earn": _("Earned {points} points."),
        "spend": _("Spent {points} points."),
        "expire": _("Lost {points} points that had expired."),
    }.get(row["kind"], _("Points were corrected by {points}."))
    points = row["points"] if row["kind"] not in ("spend", "expire") else abs(row["points"])
    yield row["booked_at"], words.format(points=_number(points))


def _rewards(row: Row) -> Iterator[Told]:
    name = row["name"] or _("a reward")
    yield row["issued_at"], _("Received {reward}.").format(reward=name)
    if row["redeemed_at"]:
        yield row["redeemed_at"], _("Used {reward}.").format(reward=name)


def _touches(row: Row) -> Iterator[Told]:
    campaign = row["campaign"] or row["channel"] or _("a message")
    if row["held_out"]:
        yield (
            row["planned_at"],
            _("{campaign} was held back on purpose, to measure its effect.").format(campaign=campaign),
        )
    elif not row["sent_at"]:
        yield row["planned_at"], _("{campaign} was planned and never sent.").format(campaign=campaign)
    elif row["outcome"]:
        yield row["sent_at"], _("Was sent {campaign}: {outcome}.").format(campaign=campaign, outcome=row["outcome"])
    else:
        yield row["sent_at"], _("Was sent {campaign}.").format(campaign=campaign)


def _assignments(row: Row) -> Iterator[Told]:
    yield (
        row["assigned_at"],
        _("Chance put them in the group {arm} of {experiment}.").format(arm=row["arm"], experiment=row["experiment"]),
    )


def _steps(row: Row) -> Iterator[Told]:
    yield row["done_at"], _("Finished {step} of {flow}.").format(step=row["step"], flow=row["flow"])


def _number(value: float) -> Shown:
    return Shown(value, Unit.COUNT, 0 if float(value).is_integer() else 1)


TELLERS: dict[str, Callable[[Row], Iterator[Told]]] = {
    "customers": _customers,
    "orders": _orders,
    "subscriptions": _subscriptions,
    "events": _events,
    "tickets": _tickets,
    "answers": _answers,
    "mentions": _mentions,
    "memberships": _memberships,
    "points": _points,
    "rewards": _rewards,
    "touches": _touches,
    "assignments": _assignments,
    "steps": _steps,
}
"""The function that tells the rows of each table that names a customer."""


def attributes_of(text: str | None) -> dict[str, str]:
    """A customer's attributes from their JSON text, without those that are empty.

    >>> attributes_of('{"plan":"annual","note":""}')
    {'plan': 'annual'}
    """
    return {name: str(value) for name, value in json.loads(text or "{}").items() if value not in (None, "")}
