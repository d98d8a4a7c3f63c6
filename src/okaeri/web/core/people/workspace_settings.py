"""Changing what `okaeri.toml` says of the figures: checked, once, and by one person at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from okaeri.base.calendar import Calendar
from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.facts.workspace import Settings
from okaeri.web.core.landing import settings_changed
from okaeri.web.core.people.audit import record
from okaeri.web.core.people.models import User
from okaeri.web.core.shops import workspace


def fingerprint(settings: Settings) -> str:
    """What tells one state of the settings from another."""
    return sha256(json.dumps(asdict(settings), sort_keys=True).encode()).hexdigest()


def change(by: User, given: Mapping[str, Any], *, seen: str, now: datetime) -> tuple[str, ...]:
    """Write what differs and say so to whoever measures; returns the names of what changed.

    Raises `OkaeriError` when somebody else changed the settings since `seen`, or a value cannot be.
    """
    with workspace().editing():
        opened = workspace()
        if fingerprint(opened.settings) != seen:
            raise OkaeriError(
                _("Somebody else changed the settings meanwhile."),
                advice=_("Load the page anew, look at what stands there, and change it again if need be."),
            )
        before = asdict(opened.settings)
        changed = tuple(sorted(name for name, value in given.items() if before[name] != value))
        if not changed:
            return ()
        chosen = replace(opened.settings, **given)
        Calendar(zone=chosen.zone, week_start=chosen.week_start, fiscal_month=chosen.fiscal_month)
        with transaction.atomic():
            record(by, "settings.changed", about=chosen.name, at=now, **_told(before, given, changed))
            settings_changed.send(sender=change, now=now)
            opened.save(chosen)
    return changed


def _told(before: Mapping[str, Any], given: Mapping[str, Any], changed: tuple[str, ...]) -> dict[str, Any]:
    return {name: {"before": before[name], "after": given[name]} for name in changed}
