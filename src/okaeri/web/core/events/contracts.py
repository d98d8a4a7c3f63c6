"""What passes between the parts of this room and out of it: messages as understood, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

ANONYMOUS = "anon:"
"""What the customer id of a visitor without a user id begins with."""


@dataclass(frozen=True, slots=True)
class Message:
    """One call of the spec: `name` is the event, the page, the group's id or the previous id; "" where there is none.

    >>> Message("track", "m1", "", "v7", datetime(2026, 5, 1), "Signed Up", {}).customer_id
    'anon:v7'
    """

    kind: str
    message_id: str
    user_id: str
    anonymous_id: str
    occurred_at: datetime
    name: str
    body: Mapping[str, Any]

    @property
    def customer_id(self) -> str:
        """Whose it is as far as the message itself says."""
        return self.user_id or ANONYMOUS + self.anonymous_id


@dataclass(frozen=True, slots=True)
class Received(Message):
    """A message of the outbox, with when it came and from where."""

    received_at: datetime
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What became of a request's messages: how many were accepted, and the place and problem of each that was not."""

    accepted: int
    refused: tuple[tuple[int, str, Problem], ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a message could not be used: a code of `problems`, and the values of its sentence."""

    code: str
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Flushed:
    """What one flush brought into the lake; `more` when it left some for the next."""

    deliveries: int
    messages: int
    tables: tuple[str, ...]
    more: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Linked:
    """Two names of one person: `previous` is `anon:…`, or a customer's id that an alias gave up."""

    previous: str
    customer_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyCard:
    """A write key as it is listed: its first letters, and when it stops working; None for one that goes on."""

    prefix: str
    ends_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceCard:
    """A source of events with the keys that work, none once it is revoked; `heard_at` is when events last landed."""

    id: int
    name: str
    made_by: str
    made_at: datetime
    heard_at: datetime | None
    keys: tuple[KeyCard, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceMade(SourceCard):
    """A source with a new write key, which is told this once."""

    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedCard:
    """A message that could not be used: `what` is wrong with it, and what helps; `message` is how it began."""

    received_at: datetime
    source: str
    kind: str
    message_id: str
    what: str
    advice: str
    message: str
