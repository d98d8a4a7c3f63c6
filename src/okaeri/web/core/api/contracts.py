"""What this room hands out, to pages and to programs alike: tokens, webhooks and deliveries as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenCard:
    """A token: `scopes` is what it was made for, `opens` what it opens now under its maker's role.

    `state` is works, expired, revoked or asleep (its maker's account is closed).
    """

    id: UUID
    name: str
    prefix: str
    scopes: tuple[str, ...]
    opens: tuple[str, ...]
    made_by: str
    made_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookCard:
    """A webhook as it is listed; `note` says why it was switched off."""

    id: UUID
    url: str
    events: tuple[str, ...]
    active: bool
    note: str
    failures: int
    made_by: str
    made_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookMade(WebhookCard):
    """A webhook with its secret, which is told this once."""

    secret: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryCard:
    """One message and what became of it; `answer` is how the receiver's answer began, or why there was none."""

    id: UUID
    message: str
    event: str
    payload: Mapping[str, Any]
    made_at: datetime
    state: str
    attempts: int
    next_at: datetime | None
    tried_at: datetime | None
    status: int | None
    answer: str
