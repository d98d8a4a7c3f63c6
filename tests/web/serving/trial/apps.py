"""Work that is counted: each job lands one order, and may be killed anywhere on its way."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
from django.apps import AppConfig

from okaeri.base.text import Text
from okaeri.facts.contracts import TABLES
from okaeri.facts.lake import Lake
from okaeri.web.core.jobs.kinds import Progress, job
from okaeri.web.core.shops import workspace


class TrialRoom(AppConfig):
    """Registers its work, and makes what takes half a minute in earnest take a second."""

    name = "tests.web.serving.trial"
    label = "trial"

    def ready(self) -> None:
        from okaeri.web.core.jobs import broker, running  # models are there only once the rooms are ready

        job("land_one", title=Text("Landing one order"), tries=1000)(land_one)
        running.LOST_AFTER = timedelta(seconds=1.5)
        running.PAUSES = (timedelta(milliseconds=50),) * 2
        broker.BEAT_SECONDS = 0.2
        broker.LOOK_AROUND = timedelta(milliseconds=200)


def land_one(arguments: Mapping[str, Any], progress: Progress) -> int:
    """Land one order, slowly."""
    number, contract = int(arguments["number"]), TABLES["orders"]
    time.sleep(0.05)
    row = {"order_id": f"o{number}", "customer_id": "Aki", "ordered_at": datetime(2024, 1, 1, tzinfo=UTC), "amount": 1}
    filled = {name: [row.get(name)] for name in contract.names}
    batch = pa.table(filled).cast(contract.arrow_schema())
    Lake(workspace().lake_path).land("orders", batch, batch_id=f"trial-{number}", now=datetime.now(UTC))
    progress(0.5)
    time.sleep(0.05)
    return number
