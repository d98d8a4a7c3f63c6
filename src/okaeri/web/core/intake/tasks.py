"""Work of this room behind the pages: files are imported, connections are asked when it is their time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from okaeri.base.text import _
from okaeri.web.core.jobs.kinds import Progress, job
from okaeri.web.core.jobs.schedules import recurring


@job("import_file", title=_("Bringing in a file"))
def import_file(arguments: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Import one uploaded file."""
    from okaeri.web.core.intake.services import import_upload  # models are there only once the rooms are ready

    return import_upload(arguments["upload"], now=datetime.now(UTC), progress=progress)


@job("sync", title=_("Fetching from a connection"), tries=2)
def sync(arguments: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Fetch from one connection and bring in what it has."""
    from okaeri.web.core.intake.syncing import sync_connection  # as above

    return sync_connection(int(arguments["connection"]), now=datetime.now(UTC), progress=progress)


@job("sync_due", title=_("Looking which connections are due"))
def sync_due(arguments: Mapping[str, Any], progress: Progress) -> dict[str, int]:
    """Ask for the connections whose time has come."""
    from okaeri.web.core.intake.syncing import ask_for_due  # as above

    return {"asked": ask_for_due(now=datetime.now(UTC))}


recurring("connections", kind="sync_due", every_minutes=5)
