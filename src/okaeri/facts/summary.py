"""What became of an imported file, in numbers and sentences; a receipt is the same, kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from okaeri.base.text import Text, _
from okaeri.facts.reading.reasons import LeftOut

_LEFT_OUT = ("code", "column", "seen", "count")


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportSummary:
    """What became of a file, in rows of the file; `read` = new + replaced + unchanged + quarantined.

    `merged_lines`: rows that were summed into another row's order. `returns` and `zero_amounts` count orders,
    `after_today` rows of the table that are dated after the day of the import. Of a survey with a column per question
    a row is an answer, and `not_answers` counts the cells that hold none.
    """

    table: str
    file: str
    read: int
    new: int
    replaced: int
    unchanged: int
    quarantined: int
    quarantine_file: Path | None
    mapping: Mapping[str, str]
    encoding: str
    key_made: bool
    left_out: tuple[LeftOut, ...]
    notes: tuple[Text, ...]
    merged_lines: int
    returns: int
    zero_amounts: int
    after_today: int
    not_answers: int = 0

    @classmethod
    def again(cls, receipt: Mapping[str, Any], *, file: Path, quarantine: Path | None) -> ImportSummary:
        """The summary of a file whose very import left this receipt: all that landed is there unchanged."""
        quarantined = int(receipt["quarantined"])
        kept = (
            "table",
            "read",
            "mapping",
            "encoding",
            "key_made",
            "merged_lines",
            "returns",
            "zero_amounts",
            "after_today",
            "not_answers",
        )
        return cls(
            file=file.name,
            new=0,
            replaced=0,
            unchanged=receipt["read"] - quarantined,
            quarantined=quarantined,
            quarantine_file=quarantine,
            left_out=tuple(LeftOut(**{name: each[name] for name in _LEFT_OUT}) for each in receipt["left_out"]),
            notes=(_("This file had been imported before and nothing has changed since."),),
            **{name: receipt[name] for name in kept},
        )

    @property
    def landed(self) -> int:
        """Rows that are in the lake now, whether they came with this import or before."""
        return self.new + self.replaced + self.unchanged

    def as_json(self) -> dict[str, Any]:
        """The summary, JSON-ready; sentences are in the current language."""
        return {
            "read": self.read,
            "new": self.new,
            "replaced": self.replaced,
            "unchanged": self.unchanged,
            "quarantined": self.quarantined,
            "quarantine_file": str(self.quarantine_file) if self.quarantine_file else None,
            "table": self.table,
            "file": self.file,
            "mapping": dict(self.mapping),
            "encoding": self.encoding,
            "key_made": self.key_made,
            "merged_lines": self.merged_lines,
            "returns": self.returns,
            "zero_amounts": self.zero_amounts,
            "after_today": self.after_today,
            "not_answers": self.not_answers,
            "left_out": [
                {**{name: getattr(each, name) for name in _LEFT_OUT}, "reason": str(each.reason)}
                for each in self.left_out
            ],
            "notes": [str(note) for note in self.notes],
        }
