"""Who an anonymous visitor is: told by a call that names both ids; what was theirs before becomes the customer's.

An alias between two customers is only passed on: a write key may lie open in a browser, and must not merge customers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Model

from okaeri.web.core.events.contracts import ANONYMOUS, Linked, Received
from okaeri.web.core.events.models import Told, Visitor
from okaeri.web.core.events.traits import Story, Word, words_of

_CHUNK = 500
Kept = TypeVar("Kept", bound=Model)


@dataclass(slots=True)
class Company:
    """The people of some messages: visitors by anonymous id, what customers told, and what has become known of both.

    `found_out` are visitors whose facts lie in the lake under their anonymous name; `changed` and `heard` are the
    records to write back.
    """

    visitors: dict[str, Visitor]
    told: dict[str, Told]
    links: list[Linked] = field(default_factory=list)
    found_out: dict[str, str] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    heard: set[str] = field(default_factory=set)

    def customer_of(self, message: Received) -> str:
        """Whose the message is, as far as is known."""
        if message.user_id:
            return message.user_id
        known = self.visitors[message.anonymous_id]
        return known.customer_id or ANONYMOUS + message.anonymous_id


def company_of(messages: Sequence[Received]) -> Company:
    """Everybody in some messages, with the links that the messages themselves tell of."""
    names = {name for message in messages for name in _names_in(message)}
    visitors = _kept(Visitor, "anonymous_id", names)
    customers = {each.user_id for each in messages} | {each.customer_id for each in visitors.values()}
    company = Company(visitors, _kept(Told, "customer_id", customers - {""}))
    nameless = {name for name, each in visitors.items() if not each.customer_id}
    for message in messages:
        for anonymous_id in _names_in(message):
            _meet(company, anonymous_id, message, nameless)
        if message.kind == "alias" and message.name != message.user_id:
            company.links.append(Linked(previous=message.name, customer_id=message.user_id, at=message.occurred_at))
    return company


def _names_in(message: Received) -> list[str]:
    """The anonymous ids of a message: what an alias gives up may have been one."""
    names = [message.anonymous_id, message.name if message.kind == "alias" else ""]
    return [name for name in dict.fromkeys(names) if name]


def _meet(company: Company, anonymous_id: str, message: Received, nameless: set[str]) -> None:
    visitor = company.visitors.get(anonymous_id)
    if visitor is None:
        visitor = company.visitors[anonymous_id] = Visitor(anonymous_id=anonymous_id)
        company.changed.add(anonymous_id)
    said = message.user_id
    if not said or visitor.customer_id == said or (visitor.linked_at and visitor.linked_at > message.occurred_at):
        return
    visitor.customer_id, visitor.linked_at = said, message.occurred_at
    company.changed.add(anonymous_id)
    company.links.append(Linked(previous=ANONYMOUS + anonymous_id, customer_id=said, at=message.occurred_at))
    if anonymous_id in nameless:
        company.found_out[anonymous_id] = said


def stories_of(company: Company, messages: Iterable[Received]) -> dict[str, dict[str, str | None]]:
    """What customers' attributes become: the latest word on each, where it is news.

    What nameless visitors tell waits in their record, and follows them once they are found out.
    """
    stories: dict[str, Story] = {}
    for anonymous_id, customer_id in company.found_out.items():
        visitor = company.visitors[anonymous_id]
        stories.setdefault(customer_id, Story()).join(_story(visitor.traits))
        visitor.traits = {}
    for message in messages:
        if message.kind in ("identify", "group"):
            _hear(company, stories, message)
    news = {customer_id: _news(company, customer_id, story) for customer_id, story in stories.items()}
    return {customer_id: fresh for customer_id, fresh in news.items() if fresh is not None}


def _hear(company: Company, stories: dict[str, Story], message: Received) -> None:
    customer_id = company.customer_of(message)
    if not customer_id.startswith(ANONYMOUS):
        stories.setdefault(customer_id, Story()).hear(words_of(message), at=message.occurred_at)
        return
    visitor = company.visitors[message.anonymous_id]
    story = _story(visitor.traits)
    story.hear(words_of(message), at=message.occurred_at)
    visitor.traits = {name: list(word) for name, word in story.words.items()}
    company.changed.add(message.anonymous_id)


def _story(kept: Mapping[str, Any]) -> Story:
    words: dict[str, Word] = {name: (word[0], word[1]) for name, word in kept.items()}
    return Story(words)


def _news(company: Company, customer_id: str, story: Story) -> dict[str, str | None] | None:
    """The words that no later one has overtaken, and a note that they were said; None for what is all old."""
    told = company.told.setdefault(customer_id, Told(customer_id=customer_id))
    fresh = {name: word for name, word in story.words.items() if told.times.get(name, "") <= word[0]}
    if story.words and not fresh:
        return None
    told.times = {**told.times, **{name: word[0] for name, word in fresh.items()}}
    company.heard.add(customer_id)
    return {name: word[1] for name, word in fresh.items()}


def keep(company: Company) -> None:
    """Write down who everybody is now; call it in the transaction that empties the outbox."""
    _write(
        Visitor, (company.visitors[name] for name in sorted(company.changed)), ["customer_id", "linked_at", "traits"]
    )
    _write(Told, (company.told[name] for name in sorted(company.heard)), ["times"])


def _write(model: type[Kept], records: Iterable[Kept], fields: list[str]) -> None:
    listed = list(records)
    model._default_manager.bulk_create([each for each in listed if each.pk is None], batch_size=_CHUNK)
    model._default_manager.bulk_update([each for each in listed if each.pk is not None], fields, batch_size=_CHUNK)


def _kept(model: type[Kept], column: str, values: Iterable[str]) -> dict[str, Kept]:
    wanted = sorted(values)
    found: dict[str, Kept] = {}
    for start in range(0, len(wanted), _CHUNK):
        chosen = {f"{column}__in": wanted[start : start + _CHUNK]}
        found |= {getattr(each, column): each for each in model._default_manager.filter(**chosen)}
    return found
