"""`okaeri report`: everything on one page, as HTML or PDF, to keep or to pass on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _, current_language
from okaeri.cli import output
from okaeri.cli.help import described, option
from okaeri.cli.measuring import Segment
from okaeri.cli.session import session_of

DEFAULT_OUT = Path("okaeri-report.html")


@described(
    "report",
    _("Write the report: what changed first, then every family of figures that has data."),
    details=_(
        "The page needs no network: it can be mailed, printed or put on a shelf. Every figure in it opens to its "
        "formula, its own inputs and the query."
    ),
    examples=(
        ("okaeri report", _("okaeri-report.html in this folder")),
        ("okaeri report --out june.pdf --lang ja", _("A PDF in Japanese")),
    ),
)
def report(
    context: typer.Context,
    out: Annotated[
        Path, option("--out", _("Where to write; .html or .pdf. Else okaeri-report.html."), metavar="FILE")
    ] = DEFAULT_OUT,
    segment: Segment = None,
) -> None:
    """Write one report."""
    session = session_of(context)
    if out.suffix.lower() not in (".html", ".pdf"):
        raise OkaeriError(
            _("A report cannot be written as {name}.").format(name=out.name),
            advice=_("End the name in .html or .pdf, for example --out report.html."),
        )
    session.open()
    from okaeri.shop import open as open_shop

    prepare_fonts()
    with output.progress(_("Writing the report")):
        open_shop(session.folder).report(out, segment=segment)
    size = out.stat().st_size
    if session.as_json:
        output.emit({"report": str(out), "bytes": size, "language": current_language()})
        return
    output.say(_("✓ The report is in {path} ({size} KB).").format(path=out, size=f"{size / 1024:,.0f}"), style="fine")


def prepare_fonts() -> None:
    """Cut the fonts where that has not happened yet, and say why it takes a moment."""
    from okaeri.charts import fonts

    if not fonts.are_ready():
        output.remark(_("Preparing the fonts, a few seconds; this happens once on a machine."))
        fonts.font_files(current_language())
