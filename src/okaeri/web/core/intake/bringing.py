"""One import on behalf of a person or a connection: the library reads and lands, and the news goes round."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from okaeri.facts.importing import import_file
from okaeri.facts.reading.reasons import as_data
from okaeri.facts.summary import ImportSummary
from okaeri.web.core.intake.sentences import notes_as_data
from okaeri.web.core.landing import facts_landed
from okaeri.web.core.shops import workspace


def bring_in(
    path: Path, *, table: str, mapping: Mapping[str, str], date_order: str, as_export: bool, called: str,
    now: datetime, progress: Callable[[float], None],
) -> dict[str, Any]:  # fmt: skip
    """Import a file; what became of its rows, JSON-ready. Raises `OkaeriError` as the library does."""
    summary = import_file(
        workspace(),
        path,
        table=table,
        now=now,
        mapping=dict(mapping) or None,
        date_order=date_order or None,
        as_export=as_export,
        called=called,
        progress=lambda stage, share: progress(share),
    )
    if summary.new or summary.replaced:
        facts_landed.send(sender=None, tables=[table], now=now)
    return _kept(summary)


def _kept(summary: ImportSummary) -> dict[str, Any]:
    return {
        **{
            name: getattr(summary, name)
            for name in (
                "read", "new", "replaced", "unchanged", "quarantined", "merged_lines", "returns", "zero_amounts",
                "after_today", "encoding",
            )
        },
        "mapping": dict(summary.mapping),
        "quarantine": summary.quarantine_file.name if summary.quarantine_file else "",
        "left_out": [as_data(each) for each in summary.left_out],
        "notes": notes_as_data(summary.notes),
    }  # fmt: skip
