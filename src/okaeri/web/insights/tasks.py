"""Work of the figures behind the pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from okaeri.base.text import _
from okaeri.web.core.jobs.kinds import Progress, job
from okaeri.web.insights.measuring import measure_pages


@job("measure_pages", title=_("Measuring what the pages show"))
def measure(arguments: Mapping[str, Any], progress: Progress) -> int:
    """Measure every page in every language."""
    return measure_pages(now=datetime.now(UTC), progress=progress)
