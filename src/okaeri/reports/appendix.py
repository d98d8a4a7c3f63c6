"""What stands behind the figures, for paper: each definition once, each table once. The SQL is left to the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from okaeri.base.text import _
from okaeri.reports.drawings import is_grown
from okaeri.reports.glass import GlassBox
from okaeri.reports.tables import TableView
from okaeri.reports.views import CardView


def definitions(cards: Sequence[CardView]) -> list[dict[str, Any]]:
    """One entry per metric: definition, formula and caveats, then each of its figures worked out."""
    entries: list[dict[str, Any]] = []
    explained = [(card, card.glass) for card in cards if card.glass]
    for label in dict.fromkeys(card.label for card, _glass in explained):
        mine = [(card, box) for card, box in explained if card.label == label]
        glass = mine[0][1]
        stated = dict(glass.rows)
        entries.append(
            {
                "label": label,
                "definition": glass.definition,
                "formula": glass.formula,
                "stated": [stated[name] for name in (str(_("Definition")), str(_("Source"))) if name in stated],
                "caveats": list(dict.fromkeys(text for _card, box in mine for text in box.caveats)),
                "figures": list({card.about: _worked(card, box) for card, box in mine}.values()),
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


def _worked(card: CardView, glass: GlassBox) -> dict[str, Any]:
    method = dict(glass.rows).get(str(_("Method")))
    inputs = " · ".join(f"{name}: {value}" for name, value in glass.inputs)
    range_ = " · ".join(part for part in (card.range, method) if part)
    return {"about": card.about, "value": glass.worked or card.value, "range": range_, "inputs": inputs}
