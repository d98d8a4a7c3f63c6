"""What every kind of place can do: be checked, and write its rows to a file, both within limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from okaeri.base.errors import unknown
from okaeri.base.text import Text, _

MOST_ROWS = 20_000_000
BATCH = 50_000
SECONDS = 30
Values = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One thing to fill in. A `secret` is encrypted and never shown; `long` has several lines."""

    name: str
    label: Text
    hint: Text | None = None
    example: str = ""
    secret: bool = False
    long: bool = False
    needed: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One kind of place. `check` raises `OkaeriError` for values that will not do; `fetch` writes rows to a file and
    gives how many, at most `rows`."""

    name: str
    title: Text
    words: Text
    fields: tuple[Field, ...]
    check: Callable[[Values], None]
    fetch: Callable[[Values, Path, int], int]


def place_of(name: str) -> Place:
    """The kind of that name; raises `OkaeriError` when there is none."""
    from okaeri.web.core.intake.kinds import catalogue

    if name not in catalogue.KINDS:
        raise unknown(_("kind of connection"), name, catalogue.KINDS)
    return catalogue.KINDS[name]
