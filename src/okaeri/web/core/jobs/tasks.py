"""Work that no single room owns: predictions, what they would have been, and keeping the stores tidy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management import call_command
from django.db import transaction

from okaeri.base.text import _
from okaeri.facts.lake import Lake
from okaeri.web.core.jobs.kinds import Progress, job
from okaeri.web.core.jobs.schedules import recurring
from okaeri.web.core.landing import facts_landed
from okaeri.web.core.news import tell
from okaeri.web.core.shops import asking, workspace

KEPT_DAYS = 30
HORIZON_DAYS, REPLAYED = 90, 2


@job("predict", title=_("Foretelling who may leave and what customers are worth"), patient=True)
def predict(arguments: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Learn anew from all facts, keep what is said of customers, and have the pages measured."""
    with asking() as shop:
        known = set(shop.tables())
        if not known & {"orders", "subscriptions", "events"}:
            return {"told": 0}  # nobody is a customer yet
        found = shop.predict_churn(progress=lambda stage, share: progress(0.8 * share))
        shop.segments()
    told = len(found.leaving.examples.customer)
    with transaction.atomic():
        facts_landed.send(sender=predict, tables=["scores", "labels"], now=datetime.now(UTC))
        tell("prediction.made", {"as_of": found.as_of.isoformat(), "customers": told}, now=datetime.now(UTC))
    return {"told": told}


@job("replay", title=_("Asking what would have been foretold on past days"), patient=True)
def replay(arguments: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Foretell past days from the facts before each alone, so that the record of predictions has something to judge."""
    from okaeri.foretelling import past_days, replay_churn  # heavy: only in a worker

    count = int(arguments.get("count", REPLAYED))
    with asking() as shop:
        days = past_days(shop, horizon_days=HORIZON_DAYS, count=count)
        replay_churn(shop, days=days, progress=lambda stage, share: progress(share))
    facts_landed.send(sender=replay, tables=["scores"], now=datetime.now(UTC))
    return {"days": [day.isoformat() for day in days]}


@job("tidy", title=_("Tidying up"), patient=True)
def tidy(arguments: Mapping[str, Any], progress: Progress) -> dict[str, int]:
    """Merge small files of the lake, and forget jobs and sessions that ended long ago."""
    from okaeri.web.core.jobs.models import Job  # models are there only once the rooms are ready

    now = datetime.now(UTC)
    lake = Lake(workspace().lake_path)
    tables = lake.tables()
    for place, table in enumerate(tables):
        lake.compact(table, now=now)
        progress((place + 1) / len(tables))
    call_command("clearsessions")
    forgotten, _each = Job.objects.filter(ended_at__lt=now - timedelta(days=KEPT_DAYS)).delete()
    return {"tables": len(tables), "jobs": forgotten}


recurring("predictions", kind="predict", at_time="03:30")
recurring("tidying", kind="tidy", at_time="04:30")
