"""What the pages of this room take in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict

DAYS = (30, 90, 365)


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenForm:
    """A token to make, as it was filled in; `days` is None for one that does not expire."""

    name: str
    scopes: tuple[str, ...]
    days: int | None

    @classmethod
    def of(cls, sent: QueryDict | Mapping[str, str]) -> TokenForm:
        """What a form says; anything that is no number of days means never."""
        said = str(sent.get("days", ""))
        scopes = sent.getlist("scopes") if isinstance(sent, QueryDict) else []
        days = int(said) if said.isascii() and said.isdigit() and len(said) < 6 else None
        return cls(name=str(sent.get("name", "")), scopes=tuple(scopes), days=days)


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookForm:
    """A webhook to make, as it was filled in."""

    url: str
    events: tuple[str, ...]

    @classmethod
    def of(cls, sent: QueryDict | Mapping[str, str]) -> WebhookForm:
        """What a form says."""
        events = sent.getlist("events") if isinstance(sent, QueryDict) else []
        return cls(url=str(sent.get("url", "")), events=tuple(events))
