"""What people tell of themselves: traits as the texts that a customer's attributes are, the latest word kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from okaeri.web.core.events.contracts import Message
from okaeri.web.core.events.facts import Row, merged
from okaeri.web.core.events.messages import as_json
from okaeri.web.core.events.problems import Refusal
from okaeri.web.core.events.times import moment_of

JOINED = ("createdAt", "created_at")
Word = tuple[str, str | None]
"""When something was told, as ISO 8601 in UTC, and what; None takes it back."""


def words_of(message: Message) -> dict[str, str | None]:
    """What an identify or a group call tells, by attribute; one level of nesting becomes `address.city`.

    >>> at = datetime(2026, 5, 1)
    >>> words_of(Message("identify", "m", "aki", "", at, "", {"age": 31, "address": {"city": "Kyoto"}}))
    {'age': '31', 'address.city': 'Kyoto'}
    >>> words_of(Message("group", "m", "aki", "", at, "g7", {"name": "Komorebi"}))
    {'group_id': 'g7', 'group.name': 'Komorebi'}
    """
    if message.kind == "group":
        return {"group_id": message.name, **dict(_flat(message.body, before="group."))}
    return dict(_flat(message.body, before=""))


def _flat(body: Mapping[str, Any], *, before: str) -> Iterator[tuple[str, str | None]]:
    for name, value in body.items():
        if isinstance(value, dict) and not before.count(".") > 1:
            yield from _flat(value, before=f"{before}{name}.")
        else:
            yield before + name, _as_text(value)


def _as_text(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    return as_json(value)


@dataclass(slots=True)
class Story:
    """What is known to have been told of one person: per attribute the latest word."""

    words: dict[str, Word] = field(default_factory=dict)

    def hear(self, told: Mapping[str, str | None], *, at: datetime) -> None:
        """Take in what was told at a moment: what a later moment said stays."""
        stamp = at.isoformat(timespec="microseconds")
        for name, value in told.items():
            if name not in self.words or self.words[name][0] <= stamp:
                self.words[name] = (stamp, value)

    def join(self, other: Story) -> None:
        """Take in what another name of the same person told."""
        for name, word in other.words.items():
            if name not in self.words or self.words[name][0] <= word[0]:
                self.words[name] = word


def customers_after(rows: Iterable[Row], told: Mapping[str, Mapping[str, str | None]]) -> list[Row]:
    """The rows of `customers` once these attributes were told, from the rows that were there."""
    known = {row["customer_id"]: row for row in rows}
    return [_customer(customer_id, known.get(customer_id), words) for customer_id, words in sorted(told.items())]


def _customer(customer_id: str, known: Row | None, words: Mapping[str, str | None]) -> Row:
    joined = next((at for at in map(_joined, (words.get(name) for name in JOINED)) if at), None)
    others = {name: value for name, value in words.items() if name not in JOINED}
    attributes = json.loads(known["attributes"] or "{}") if known else None
    return {
        "customer_id": customer_id,
        "joined_at": joined or (known["joined_at"] if known else None),
        "attributes": as_json(merged(attributes if isinstance(attributes, dict) else {}, others)),
    }


def _joined(value: str | None) -> datetime | None:
    try:
        return moment_of(value, field="createdAt")
    except Refusal:
        return None
