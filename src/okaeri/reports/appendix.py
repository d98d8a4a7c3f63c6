"""What stands behind the figures, for paper: each definition once, each table once. The SQL is left to the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from okaeri.base.text import _
from okaeri.reports.drawings import is_grown
from okaeri.reports.tables import TableView
from okaeri.reports.views import CardView


def definitions(cards: Sequence[CardView]) -> list[dict[str, Any]]:
    """One entry per metric: definition, formula and caveats, then each of its figures worked out."""
    entries: list[dict[str, Any]] = []
    for label in dict.fromkeys(card.label for card in cards):
        mine = [card for card in cards if card.label == label]
        glass = mine[0].glass
        stated = dict(glass.rows)
        entries.append(
            {
                "label": label,
                "definition": glass.definition,
                "formula": glass.formula,
                "stated": [stated[name] for name in (str(_("Definition")), str(_("Source"))) if name in stated],
                "caveats": list(dict.fromkeys(text for card in mine for text in card.glass.caveats)),
                "figures": list({card.about: _worked(card) for card in mine}.values()),
            }
        )
    return entries


def tables(cards: Sequence[CardView]) -> Iterator[TableView]:
    """The figures behind the pictures, each table once, captioned by its finding; a dense picture already has them."""
    seen: set[tuple[tuple[str, ...], ...]] = set()
    for card in cards:
        if card.figure and not is_grown(card.figure) and card.table and card.table.rows not in seen:
            seen.add(card.table.rows)
            yield replace(card.table, caption=card.title)


def _worked(card: CardView) -> dict[str, Any]:
    method = dict(card.glass.rows).get(str(_("Method")))
    inputs = " · ".join(f"{name}: {value}" for name, value in card.glass.inputs)
    range_ = " · ".join(part for part in (card.range, method) if part)
    return {"about": card.about, "value": card.glass.worked or card.value, "range": range_, "inputs": inputs}
