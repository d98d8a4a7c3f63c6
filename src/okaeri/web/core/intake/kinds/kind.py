"""What every kind of place can do: be checked, and write its rows to a file, both within limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from okaeri.base.text import Text

BATCH = 50_000
SECONDS = 30
Values = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How many rows, and for how long a place may think; a `trial` only wants the beginning."""

    rows: int
    seconds: int
    trial: bool = False


RUN = Limits(rows=20_000_000, seconds=1800)
TRIAL = Limits(rows=200, seconds=20, trial=True)


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
    """One kind of place. `check` raises `OkaeriError` for values that will not do; `fetch` writes rows to a file, and
    raises it where there are more than the limits allow and this is no trial."""

    name: str
    title: Text
    words: Text
    fields: tuple[Field, ...]
    check: Callable[[Values], None]
    fetch: Callable[[Values, Path, Limits], None]
