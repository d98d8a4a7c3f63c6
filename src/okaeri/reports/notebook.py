"""One result as a fragment for a notebook: its own styles, light and dark, nothing fetched."""

from __future__ import annotations

from okaeri.base.text import _, current_language
from okaeri.charts.figure import Figure
from okaeri.metrics.result import MetricResult
from okaeri.reports.contents import FigureBlock
from okaeri.reports.drawings import NOTEBOOK, adaptive
from okaeri.reports.page import environment, safe, template_text
from okaeri.reports.views import result_card


def result_html(result: MetricResult, figure: Figure | None = None) -> str:
    """The result as an HTML fragment in the current language: picture or number, table and glass box.

    Its styles touch nothing outside the fragment; it follows the notebook's theme, then the machine's.
    """
    block = FigureBlock(result=result, figure=figure)
    card = result_card(block, id=f"okaeri-{result.metric.id}")
    drawing = adaptive(figure, name=f"{card.id}-", width=NOTEBOOK) if figure else None
    style = template_text("notebook.css") + (drawing.rules if drawing else "")
    template = environment().get_template("notebook.html")
    return template.render(card=card, drawing=drawing, style=safe(style), lang=current_language(), _=_)
