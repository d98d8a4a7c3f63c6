"""What leaves this room: plain values, no rows of the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from okaeri.base.text import Text


class Called(NamedTuple):
    """What to call a customer, and the opaque id of their page."""

    public_id: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Synced:
    """What bringing the directory up to date did; ids that are too long for it are `left_out`."""

    customers: int
    written: int
    gone: int
    left_out: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One customer in a list; money and chances are numbers until they are shown."""

    public_id: str
    customer_id: str
    name: str
    avatar: str
    tone: int
    email: str
    labels: tuple[Text, ...]
    leaving: float | None
    leaving_low: float | None
    leaving_high: float | None
    at_risk: float | None
    currency: str
    orders: int
    last_order_day: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """One page of the list; `following` continues it, `more` says that a search found more than is shown."""

    lines: tuple[Line, ...]
    total: int | None
    following: str
    more: bool
    said_of: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What holds for one channel now, with where that is known from; `source` is "" where nothing is known."""

    channel: str
    state: str
    source: str = ""
    wording: str = ""
    who: str = ""
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Alike:
    """Somebody who may be the same person, and what the two have in common."""

    public_id: str
    name: str
    customer_id: str
    avatar: str
    tone: int
    shared: tuple[Text, ...]
