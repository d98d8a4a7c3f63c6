"""What an import tells about the columns it read, beside its counts."""

from __future__ import annotations

from okaeri.base.text import Text, _
from okaeri.facts.reading.mapping import Mapped
from okaeri.facts.reading.source import Source
from okaeri.facts.reading.typed import Reading
from okaeri.facts.table import Table

_FEW_NAMES = 12


def remembered_notes(reading: Reading) -> list[Text]:
    """Which dates were read in an order that somebody settled at an earlier import."""
    words = {
        "dmy": _("{example} in {header} was read with the day first, as you said before; `--date-order` changes it."),
        "mdy": _("{example} in {header} was read with the month first, as you said before; `--date-order` changes it."),
        "ymd": _("{example} in {header} was read with the year first, as you said before; `--date-order` changes it."),
    }
    return [
        words[form.order].format(example=form.remembered, header=reading.source.headers[place])
        for place, form in reading.profile.dates.items()
        if form.remembered
    ]


def unused_note(table: Table, source: Source, mapped: Mapped) -> tuple[Text, ...]:
    """What became of the columns that nothing names."""
    names = [source.headers[place] for place in mapped.unused]
    if not names:
        return ()
    shown = ", ".join(names[:_FEW_NAMES]) + (" …" if len(names) > _FEW_NAMES else "")
    if any(column.type == "json" and column.name not in mapped.formulas for column in table.columns):
        return (_("Kept as further attributes: {headers}.").format(headers=shown),)
    return (_("Not used: {headers}.").format(headers=shown),)
