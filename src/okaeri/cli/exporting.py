"""`okaeri export`: many metrics in one Excel workbook, with what each of them means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _, current_language
from okaeri.cli import output
from okaeri.cli.help import described, option
from okaeri.cli.measuring import By, End, PresenceRule, Segment, Start, question_of
from okaeri.cli.session import session_of

if TYPE_CHECKING:
    from okaeri.shop import Asked

DEFAULT_OUT = Path("okaeri.xlsx")


@described(
    "export",
    _("Write several metrics into one Excel workbook: contents, a sheet for each, and their definitions."),
    details=_(
        "Numbers keep every digit and are shown in their unit; days are days; partial periods are hatched. For one "
        "metric as CSV or Parquet, use `okaeri measure METRIC --out FILE`."
    ),
    examples=(
        ("okaeri export --all", _("okaeri.xlsx with everything that can be measured")),
        ("okaeri export crr churn apv --by quarter --out board.xlsx", _("Three metrics, quarter by quarter")),
        ("okaeri export --all --segment plan --lang ko --out plans.xlsx", _("By plan, in Korean")),
    ),
)
def export(
    context: typer.Context,
    metrics: Annotated[
        list[str] | None, typer.Argument(metavar="METRIC...", help=_("Names that `okaeri metrics` lists.").message)
    ] = None,
    out: Annotated[
        Path, option("--out", _("Where to write; .xlsx. Else okaeri.xlsx in this folder."), metavar="FILE")
    ] = DEFAULT_OUT,
    everything: Annotated[bool, option("--all", _("Every metric that can be measured here."))] = False,
    by: By = None,
    start: Start = None,
    end: End = None,
    segment: Segment = None,
    presence: PresenceRule = None,
) -> None:
    """Write one workbook."""
    session = session_of(context)
    if everything == bool(metrics):
        raise OkaeriError(
            _("It is not said which metrics to write."),
            advice=_("Name some, or say --all: one of the two."),
        )
    question: Asked = question_of(by=by, start=start, end=end, segment=segment, presence=presence)
    from okaeri.shop import open as open_shop

    with output.progress(_("Writing the workbook")):
        written = open_shop(session.folder).export(out, metrics=metrics or None, lang=current_language(), **question)
    if session.as_json:
        output.emit({"file": str(out), "metrics": list(written), "language": current_language()})
        return
    output.say(_("✓ {n} metrics are in {path}.").format(n=len(written), path=out), style="fine")
