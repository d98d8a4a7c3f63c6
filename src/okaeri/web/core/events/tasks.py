"""Work of this room behind the pages: events into the lake, and the news of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from okaeri.base.text import _
from okaeri.facts.lake import Lake
from okaeri.web.core.jobs.kinds import Progress, job
from okaeri.web.core.jobs.schedules import recurring
from okaeri.web.core.landing import facts_landed
from okaeri.web.core.shops import workspace

TABLES = ("customers", "events", "orders")
_HISTORY = timedelta(hours=1)


@job("flush_events", title=_("Bringing events into the facts"))
def flush_events(arguments: Mapping[str, Any], progress: Progress) -> dict[str, int]:
    """Bring everything that waits into the lake, and have it said."""
    from okaeri.web.core.events.flushing import flush_all  # models are there only once the rooms are ready
    from okaeri.web.core.events.waking import FLUSH, tell_soon
    from okaeri.web.core.jobs.models import Job, JobState

    now = datetime.now(UTC)
    done = flush_all(now=now)
    if done:
        tell_soon(now=datetime.now(UTC))
    # one comes each second where events never cease
    Job.objects.filter(kind=FLUSH, state=JobState.DONE, ended_at__lt=now - _HISTORY).delete()
    return {"messages": sum(each.messages for each in done)}


@job("tell_of_events", title=_("Saying that events have become facts"))
def tell_of_events(arguments: Mapping[str, Any], progress: Progress) -> list[str]:
    """Say that facts have landed, not each second but each few minutes."""
    known = set(Lake(workspace().lake_path).tables())
    tables = [name for name in TABLES if name in known]
    facts_landed.send(sender=tell_of_events, tables=tables, now=datetime.now(UTC))
    return tables


# events whose request was killed before it could wake anybody
recurring("events", kind="flush_events", every_minutes=5)
