"""Tables as words, for the page and the PDF alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from okaeri.base.text import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class TableView:
    """A table as words; the first column heads its rows. `prose` says which columns hold sentences.

    `stacked` rows of a narrow page stand as lines under each other, each with its column's name.

    >>> TableView(caption="Churn", head=("Name", "Value"), rows=(("Opening base", "6.5%"),)).prose
    frozenset()
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    prose: frozenset[int] = frozenset()
    stacked: bool = False


def filled(
    caption: Text,
    head: Sequence[Text],
    rows: tuple[tuple[str, ...], ...],
    *,
    prose: frozenset[int] = frozenset(),
    stacked: bool = False,
) -> TableView | None:
    """The table in words of the current language, or None when it has no rows."""
    if not rows:
        return None
    return TableView(
        caption=str(caption), head=tuple(str(word) for word in head), rows=rows, prose=prose, stacked=stacked
    )
