"""What people read: one self-contained HTML page, the same as a PDF, and a notebook view of one result.

Reports lay out what was measured and drawn; they measure and draw nothing.
"""

from okaeri.reports.contents import (
    FigureBlock,
    Headline,
    ImportFacts,
    LeftOut,
    Report,
    Section,
    TableFacts,
)
from okaeri.reports.headlines import headline
from okaeri.reports.notebook import result_html
from okaeri.reports.page import report_html
from okaeri.reports.pdf import report_pdf
from okaeri.reports.sections import arrange

__all__ = [
    "FigureBlock",
    "Headline",
    "ImportFacts",
    "LeftOut",
    "Report",
    "Section",
    "TableFacts",
    "arrange",
    "headline",
    "report_html",
    "report_pdf",
    "result_html",
]
