"""The past figures that were told differently before, as a table: what was said, what is said now, since when."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from okaeri.base.text import Text, _
from okaeri.reports.contents import RestatedFigure
from okaeri.reports.glass import show_date
from okaeri.reports.tables import TableView, filled

MOST = 20
_HEAD = (_("Figure"), _("Period"), _("Was"), _("Is now"), _("Told anew on"), _("Why"))


def restated_table(restated: Sequence[RestatedFigure], *, zone: str) -> TableView | None:
    """The restated figures, the newest first, at most `MOST` of them; None when there are none."""
    newest = sorted(restated, key=lambda each: (each.told_at, each.period.start), reverse=True)
    caption: Text = _("Past figures that were told differently before")
    if len(newest) > MOST:
        words = _("Past figures that were told differently before: the newest {shown} of {all}")
        caption = words.format(shown=MOST, all=len(newest))
    return filled(caption, _HEAD, tuple(_row(each, zone) for each in newest[:MOST]), prose=frozenset({5}))


def _row(each: RestatedFigure, zone: str) -> tuple[str, ...]:
    label = f"{each.name} · {each.segment}" if each.segment else str(each.name)
    told = show_date(each.told_at.astimezone(ZoneInfo(zone)).date())
    return (label, each.period.label, each.was, each.now, told, str(each.why))
