"""The log of every change and export: who did what, to what, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from okaeri.web.core.people.models import AuditEntry, User


def record(who: User | None, verb: str, *, about: object = "", at: datetime, **detail: Any) -> None:
    """Write one line of the audit log; call it inside the transaction it is about.

    `verb` is a code such as "person.invited" or "export.csv"; `detail` is JSON-ready and holds no secret.
    """
    AuditEntry.objects.create(
        at=at, who=who, by=who.email if who else "", verb=verb, about=str(about)[:254], detail=detail
    )
