"""The switchboard: one period's churn, retention and lifetime value under every rival definition, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from okaeri.base.calendar import Period
from okaeri.base.measurement import Measurement
from okaeri.base.text import Text, _
from okaeri.metrics.members import named_period
from okaeri.metrics.presence import Presence
from okaeri.metrics.rivals.definitions import DEFINITIONS, Definition
from okaeri.metrics.rivals.figures import Book, Evidence, evidence

if TYPE_CHECKING:
    from okaeri.metrics.measuring import Measurer

QUANTITIES: dict[str, Text] = {
    "churn": _("Churn rate"),
    "retention": _("Retention rate"),
    "ltv": _("Lifetime value"),
}
COLUMNS: tuple[Text, ...] = (_("Definition"), _("What it divides"), _("Value"), _("Why it differs"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One definition on this data: what it divides, its figure, and why it differs from the opening base."""

    definition: Definition
    measurement: Measurement
    why: Text

    @property
    def cells(self) -> tuple[Text, Text, Measurement, Text]:
        """The line as a row under `COLUMNS`; each cell becomes words in the reader's language by `str`."""
        return self.definition.name, self.definition.divides, self.measurement, self.why

    def as_row(self) -> dict[str, Any]:
        """The line as one JSON-ready row: the definition's own words first, then those of the measurement."""
        return {
            "quantity": self.definition.quantity,
            "definition": self.definition.id,
            "name": str(self.definition.name),
            "divides": str(self.definition.divides),
            "why": str(self.why),
            "source": self.definition.source,
            **self.measurement.as_row(),
        }


@dataclass(frozen=True, kw_only=True)
class Switchboard:
    """The lines of one period, in the order of quantities; `cutoff` is the first local day not observed."""

    period: Period
    presence: Presence
    cutoff: date
    zone: str
    lines: tuple[Line, ...]
    notes: tuple[Text, ...] = ()

    def of(self, quantity: str) -> tuple[Line, ...]:
        """The lines of `churn`, `retention` or `ltv`."""
        return tuple(line for line in self.lines if line.definition.quantity == quantity)

    def line(self, definition: str, *, currency: str | None = None) -> Line:
        """The line of one definition; of several currencies the first, unless one is named."""
        fitting = [line for line in self.lines if line.definition.id == definition]
        return next(line for line in fitting if currency is None or line.measurement.currency == currency)

    def as_json(self) -> dict[str, Any]:
        """The switchboard as the command line prints it."""
        return {
            "period_start": self.period.start.isoformat(),
            "period_end": self.period.end.isoformat(),
            "period": self.period.short,
            "cutoff": self.cutoff.isoformat(),
            "zone": self.zone,
            "presence": self.presence.code,
            "presence_sentence": str(self.presence),
            "lines": [line.as_row() for line in self.lines],
            "notes": [str(note) for note in self.notes],
        }


def switchboard(
    measurer: Measurer,
    *,
    period: Period | date | str | None = None,
    by: str = "month",
    presence: str | None = None,
    cutoff: date | None = None,
) -> Switchboard:
    """Every definition on one period: the latest complete one, or the one named as in `Result.customers`.

    Raises `OkaeriError` when there is nothing to measure or no such period.
    """
    churn = measurer.measure("churn", by=by, presence=presence, cutoff=cutoff)
    chosen = named_period(churn, period)
    asked = {"by": by, "presence": presence, "cutoff": cutoff}
    known = evidence(measurer, chosen, churn=churn.measurements, asked=asked)
    return Switchboard(
        period=chosen,
        presence=churn.presence,
        cutoff=churn.cutoff,
        zone=churn.zone,
        lines=tuple(line for definition in DEFINITIONS for line in _lines(definition, known)),
        notes=_notes(known),
    )


def _lines(definition: Definition, known: Evidence) -> Iterator[Line]:
    for book in known.books or (None,) if definition.money else (None,):
        measured = definition.measure(known, book)
        yield Line(definition=definition, measurement=measured, why=_why(definition, known, book, measured))


def _why(definition: Definition, known: Evidence, book: Book | None, measured: Measurement) -> Text:
    if measured.value is None and measured.reason:
        return measured.reason
    return definition.why(known, book)


def _notes(known: Evidence) -> tuple[Text, ...]:
    notes = [_ALIKE]
    if not known.contractual:
        notes.append(_("Without contracts nothing recurs by agreement: definitions on monthly revenue do not apply."))
    if len(known.books) > 1:
        notes.append(_("There are several currencies; each is shown on its own and none are added."))
    if any(book.moved.get("without_mrr") for book in known.books):
        notes.append(_("Contracts without a monthly amount count as customers, and not in any money."))
    return tuple(notes)


_ALIKE = _(
    "All lines read the same facts in local days; the products themselves may count rolling 30 days, drop late "
    "payers or merge customers, and then print other figures."
)
