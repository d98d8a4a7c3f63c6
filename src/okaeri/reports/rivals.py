"""The switchboard as tables: one per quantity, with what each definition divides and why it differs here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from okaeri.base.text import Text, _
from okaeri.metrics.rivals.switchboard import COLUMNS, QUANTITIES, Line, Switchboard
from okaeri.reports.glass import show_interval
from okaeri.reports.tables import TableView, filled

_HEAD = (COLUMNS[0], COLUMNS[2], _("95% interval"), COLUMNS[1], COLUMNS[3])  # figures first: a phone shows no more
_PROSE = frozenset({3, 4})


def rival_tables(board: Switchboard) -> tuple[TableView, ...]:
    """One table per quantity that at least one definition has a figure for."""
    return tuple(table for quantity in QUANTITIES if (table := _table(board, quantity)))


def rival_remarks(board: Switchboard) -> tuple[str, ...]:
    """Which definitions have no figure here, by reason, and what is true of all lines."""
    return tuple(str(text) for text in (board.presence.sentence, *_without(board.lines), *board.notes))


def _table(board: Switchboard, quantity: str) -> TableView | None:
    lines = [line for line in board.of(quantity) if line.measurement.value is not None]
    caption = _("{quantity} in {period}").format(quantity=QUANTITIES[quantity], period=board.period.label)
    return filled(caption, _HEAD, tuple(_row(line) for line in lines), prose=_PROSE)


def _row(line: Line) -> tuple[str, ...]:
    name, divides, measured, why = line.cells
    return (str(name), str(measured), show_interval(measured) or "–", str(divides), str(why))


def _without(lines: Sequence[Line]) -> Iterator[Text]:
    """The definitions without a figure, by quantity, gathered under the reason they share."""
    by_reason: dict[str, dict[str, list[str]]] = {}
    for line in lines:
        if line.measurement.value is None:
            by_reason.setdefault(str(line.why), {}).setdefault(line.definition.quantity, []).append(
                str(line.definition.name)
            )
    for reason, by_quantity in by_reason.items():
        told = [f"{QUANTITIES[quantity]} – {' · '.join(names)}" for quantity, names in by_quantity.items()]
        yield _("Without a figure here: {names}. {reason}").format(names="; ".join(told), reason=reason)
