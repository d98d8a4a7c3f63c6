"""What every chart is: words first, then a drawing that can be asked for in any mode, language and width."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from okaeri.base.text import Text, use_language
from okaeri.charts.canvas import Canvas, Drawn
from okaeri.charts.theme import Spec
from okaeri.charts.words import Word


@dataclass(frozen=True, slots=True)
class Table:
    """The figures behind a drawing; cells become words in the reader's language by `str`.

    >>> Table(columns=("Month",), rows=(("2024-01",),)).texts("en")
    [['2024-01']]
    """

    columns: tuple[Word, ...]
    rows: tuple[tuple[Word, ...], ...]

    def texts(self, lang: str) -> list[list[str]]:
        """The rows as words in `lang`."""
        with use_language(lang):
            return [[str(cell) for cell in row] for row in self.rows]


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One chart: `title` is a finding, `subtitle` the definition, `insight` what changed, `alt` the drawing in words.

    `notes` say what the drawing leaves out or marks; they are drawn under it.
    """

    kind: str
    title: Text
    subtitle: Text
    insight: Text
    alt: Text
    table: Table
    notes: tuple[Text, ...]
    draw: Callable[[Canvas], Drawn]

    def spec(self, *, mode: str = "light", lang: str = "en", width: int = 640, titled: bool = True) -> Spec:
        """The Vega-Lite specification, `width` pixels wide in all; no title when `titled` is False.

        Light and dark differ in colours only, so that one drawing can carry both.
        """
        with use_language(lang):
            canvas = Canvas(mode=mode, lang=lang, width=width)
            words = [str(self.title), str(self.subtitle)] if titled else []
            return canvas.spec(self.draw(canvas), words=words, notes=[str(n) for n in self.notes], alt=str(self.alt))
