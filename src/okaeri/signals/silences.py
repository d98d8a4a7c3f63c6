"""Which signals people do not want to hear: kept in the workspace, honoured when shown, never when judged."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.facts.locks import held
from okaeri.facts.parquet import write_safely
from okaeri.facts.workspace import Workspace
from okaeri.signals.catalogue import find

SILENCES_FILE = "silences.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Silence:
    """A kind that is not shown, or a customer, or one kind of one customer; from `until` on it is shown again.

    >>> Silence(kind="silence", customer="aki", until=date(2024, 6, 1), since=date(2024, 5, 1)).holds(date(2024, 6, 1))
    False
    """

    kind: str | None
    customer: str | None
    until: date | None
    since: date

    def holds(self, day: date) -> bool:
        """Whether it still holds on a day."""
        return self.until is None or day < self.until


def silences(workspace: Workspace) -> tuple[Silence, ...]:
    """Every silence there is, the oldest first; raises `OkaeriError` when they cannot be read."""
    path = workspace.path / SILENCES_FILE
    if not path.exists():
        return ()
    try:
        return tuple(_read(entry) for entry in json.loads(path.read_text("utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        raise OkaeriError(
            _("{path} cannot be read: {why}.").format(path=path, why=error),
            advice=_("Move the file away; every signal is then shown again."),
        ) from None


def silence(
    workspace: Workspace,
    *,
    now: datetime,
    kind: str | None = None,
    customer: str | None = None,
    until: date | None = None,
) -> Silence:
    """Stop showing a kind, a customer, or one kind of one customer, for good or before a day.

    The same asked again replaces what was asked before. Raises `OkaeriError` for a kind that does not exist, for
    nothing named, or for a day that is over.
    """
    today = workspace.calendar.day_of(now)
    if kind is None and customer is None:
        raise OkaeriError(
            _("Silencing every signal of every customer would hide all there is."),
            advice=_("Name a kind, a customer, or both."),
        )
    if kind is not None:
        find(kind)
    if until is not None and until <= today:
        raise OkaeriError(
            _("A silence until {day} would be over already.").format(day=until),
            advice=_("Name a later day, or none."),
        )
    wanted = Silence(kind=kind, customer=customer, until=until, since=today)
    with held(_lock(workspace)):
        others = [each for each in silences(workspace) if not _is_same(each, kind, customer)]
        _write(workspace, (*others, wanted))
    return wanted


def unsilence(workspace: Workspace, *, kind: str | None = None, customer: str | None = None) -> bool:
    """Show again what was silenced under exactly these names; returns whether there was such a silence."""
    with held(_lock(workspace)):
        there = silences(workspace)
        kept = [each for each in there if not _is_same(each, kind, customer)]
        if len(kept) < len(there):
            _write(workspace, kept)
    return len(kept) < len(there)


def forget_silences(workspace: Workspace, customer: str) -> None:
    """Drop every silence that names a customer who is to be forgotten."""
    with held(_lock(workspace)):
        there = silences(workspace)
        kept = [each for each in there if each.customer != customer]
        if len(kept) < len(there):
            _write(workspace, kept)


def _is_same(each: Silence, kind: str | None, customer: str | None) -> bool:
    return (each.kind, each.customer) == (kind, customer)


def _read(entry: dict[str, str | None]) -> Silence:
    until, since = entry["until"], entry["since"]
    return Silence(
        kind=entry["kind"],
        customer=entry["customer"],
        until=None if until is None else date.fromisoformat(until),
        since=date.fromisoformat(str(since)),
    )


def _write(workspace: Workspace, entries: Iterable[Silence]) -> None:
    """Replace the file whole, so that a reader finds the old one or the new one."""
    text = json.dumps([asdict(each) for each in entries], default=str, ensure_ascii=False, indent=1)
    write_safely(workspace.path / SILENCES_FILE, text)


def _lock(workspace: Workspace) -> Path:
    return workspace.lake_path / ".locks" / ".silences"
