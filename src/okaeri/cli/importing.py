"""`okaeri import`: bring a file in, say in numbers what became of its rows, ask only what cannot be known."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit, show
from okaeri.cli import output
from okaeri.cli.days import read_day
from okaeri.cli.endings import Ending
from okaeri.cli.help import argument, described, option
from okaeri.cli.init import next_step
from okaeri.cli.session import Session, session_of

if TYPE_CHECKING:
    from okaeri.facts.importing import ImportSummary, WideSurvey
    from okaeri.facts.workspace import Workspace

DATE_ORDERS = ("ymd", "dmy", "mdy")
SHOWN_BAD_ROWS = 5

File = Annotated[Path, argument("FILE", _("The file to bring in."))]
TableName = Annotated[
    str | None,
    option(
        "--as",
        _("What each row is: orders, customers and so on; exports of well-known products need not be told."),
        metavar="TABLE",
    ),
]
AsItStands = Annotated[
    bool, option("--as-it-stands", _("Read the headers as they stand, whichever product wrote the file."))
]
Pairs = Annotated[
    list[str] | None,
    option(
        "--map",
        _("Which header holds a column, or plain arithmetic on headers; may be repeated."),
        metavar="COLUMN=HEADER",
    ),
]
DateOrder = Annotated[
    str | None,
    option("--date-order", _("The order of day and month where a date can be read two ways."), metavar="ymd|dmy|mdy"),
]
Returns = Annotated[
    str | None,
    option("--returns", _("Whether returns lower revenue (net) or stand beside it (apart)."), metavar="net|apart"),
]
Questions = Annotated[
    list[str] | None,
    option(
        "--questions",
        _("For surveys with one row per respondent: the headers that are questions, with commas between them."),
        metavar="HEADERS",
    ),
]
Instrument = Annotated[
    str | None, option("--instrument", _("The kind of these questions."), metavar="nps|csat|ces|cli|choice|text")
]
Scale = Annotated[float | None, option("--scale", _("The highest point of their scale."), metavar="N")]
NotAnAnswer = Annotated[
    list[str] | None,
    option(
        "--not-an-answer",
        _("Codes that stand for no answer, such as 6 for “never used it”; empty cells are none anyway."),
        metavar="CODES",
    ),
]
AnsweredOn = Annotated[
    str | None, option("--date", _("The day people answered, where no column says so."), metavar="DAY")
]
SurveyName = Annotated[str | None, option("--survey", _("What the survey is called."), metavar="NAME")]


@described(
    "import",
    _("Bring in a file of orders, subscriptions, customers or anything else `okaeri tables` names."),
    details=_(
        "CSV, TSV, Excel, JSON Lines and Parquet; UTF-8, Shift_JIS and EUC-KR are recognised. Columns are found by "
        "their names in English, Japanese and Korean and by what they hold; the choice is shown and remembered. Rows "
        "that cannot be read are kept apart with the reason, the others land. Importing the same file again changes "
        "nothing."
    ),
    examples=(
        ("okaeri import orders.csv --as orders", _("Columns are found by themselves")),
        ("okaeri import 売上.csv --as orders --map customer_id=会員番号", _("Say which header holds the customer")),
        (
            "okaeri import retail.parquet --as orders --map 'amount=Quantity*UnitPrice'",
            _("An amount that is worked out"),
        ),
        ("okaeri import export.csv --as orders --date-order dmy", _("3/4/2024 is the third of April")),
        ("okaeri import members.xlsx --as customers --json", _("The summary for a program")),
        (
            "okaeri import survey.csv --as answers --questions Q1,Q2 --instrument csat --date 2024-05-15",
            _("A survey with one row per respondent"),
        ),
    ),
)
def import_file(
    context: typer.Context,
    file: File,
    table: TableName = None,
    pairs: Pairs = None,
    date_order: DateOrder = None,
    returns: Returns = None,
    questions: Questions = None,
    instrument: Instrument = None,
    scale: Scale = None,
    not_an_answer: NotAnAnswer = None,
    answered_on: AnsweredOn = None,
    survey: SurveyName = None,
    as_it_stands: AsItStands = False,
) -> None:
    """Import one file and report what became of its rows."""
    session = session_of(context)
    _check(table, date_order, returns)
    if table is None and not file.exists():
        raise _not_said(file)
    workspace = session.open()
    _look_for(file)
    table = table or _table_of_export(workspace, file)
    said = {
        "questions": tuple(_apart(questions)),
        "instrument": instrument or "",
        "scale": scale,
        "not_an_answer": tuple(_apart(not_an_answer)),
        "day": read_day(answered_on, "--date"),
        "survey": survey or "",
    }
    options: dict[str, Any] = {
        "table": table,
        "mapping": _mapping(pairs or []),
        "returns": returns,
        "wide": _wide(said),
        "as_export": not as_it_stands,
    }
    summary = _import(workspace, file, date_order=date_order, session=session, **options)
    if session.as_json:
        output.emit(summary.as_json())
    else:
        _show(summary, file=file, table=table, session=session)
    if not summary.landed:
        raise typer.Exit(Ending.NOTHING)


def _look_for(file: Path) -> None:
    if not file.exists():
        raise OkaeriError(
            _("There is no file {path}.").format(path=file),
            advice=_("See that the name is right; paths start from {folder}.").format(folder=Path.cwd()),
        )


def _table_of_export(workspace: Workspace, file: Path) -> str:
    """The table of a file that a well-known product wrote."""
    from okaeri.facts.looking import look_at

    found = look_at(workspace, file, rows=0).export
    if found is None:
        raise _not_said(file)
    return found.table


def _not_said(file: Path) -> OkaeriError:
    return OkaeriError(
        _("What the rows of {file} are is not said (--as).").format(file=file.name),
        advice=_("Say it with --as orders, --as customers and so on; `okaeri import --help` says more."),
    )


def _check(table: str | None, date_order: str | None, returns: str | None) -> None:
    from okaeri.facts.contracts import TABLES

    if table is not None and table not in TABLES:
        raise unknown(_("table"), table, TABLES)
    if date_order is not None and date_order not in DATE_ORDERS:
        raise unknown(_("date order"), date_order, DATE_ORDERS, listed_by="okaeri import --help")
    if returns is not None and returns not in ("net", "apart"):
        raise unknown(_("way of treating returns"), returns, ("net", "apart"), listed_by="okaeri import --help")


def _apart(lists: list[str] | None) -> list[str]:
    """Names with commas between them; one with a comma in it stands in double quotes."""
    import csv

    return [name.strip() for row in csv.reader(lists or [], skipinitialspace=True) for name in row if name.strip()]


def _wide(said: Mapping[str, Any]) -> WideSurvey | None:
    from okaeri.facts.importing import WideSurvey

    return WideSurvey(**said) if any(said.values()) else None


def _mapping(pairs: list[str]) -> dict[str, str] | None:
    mapping: dict[str, str] = {}
    for pair in pairs:
        column, equals, header = pair.partition("=")
        if not (column.strip() and equals and header.strip()):
            raise OkaeriError(
                _("--map {pair} does not say which header holds which column.").format(pair=pair),
                advice=_("Write it as COLUMN=HEADER, for example --map customer_id=Customer."),
            )
        mapping[column.strip()] = header.strip()
    return mapping or None


def _import(
    workspace: Workspace, file: Path, *, date_order: str | None, session: Session, **options: Any
) -> ImportSummary:
    from okaeri.facts.importing import import_file as bring_in
    from okaeri.facts.reading.profile import DateOrderNeeded

    try:
        with output.progress(_("Reading {file}").format(file=file.name)) as advance:
            tell = (lambda _stage, done: advance("", done)) if advance else None
            return bring_in(workspace, file, date_order=date_order, now=datetime.now(UTC), progress=tell, **options)
    except DateOrderNeeded as error:
        if date_order is not None or session.as_json or not output.on_terminal():
            raise
        answer = _ask_date_order(error)
    return _import(workspace, file, date_order=answer, session=session, **options)


def _ask_date_order(error: OkaeriError) -> str:
    console = output.aside()
    console.print(str(error.what))
    console.print(f"  1  {_('day first (dmy): 3/4/2024 is the third of April')}")
    console.print(f"  2  {_('month first (mdy): 3/4/2024 is the fourth of March')}")
    console.print(f"  3  {_('year first (ymd): 24/4/3 is the third of April 2024')}")
    answers = {"1": "dmy", "2": "mdy", "3": "ymd"}
    console.print(f"{_('Which one is it, 1, 2 or 3?')} ", end="")
    while (answer := sys.stdin.readline().strip().lower()) not in (*answers, *answers.values()):
        if not answer:
            raise error
        console.print(f"{_('Please answer 1, 2 or 3.')} ", end="")
    return answers.get(answer, answer)


def _show(summary: ImportSummary, *, file: Path, table: str, session: Session) -> None:
    from okaeri.facts.reading.reasons import advice_of

    _show_mapping(summary.mapping, file=file, encoding=summary.encoding)
    counts = [
        (_("read"), summary.read),
        (_("new"), summary.new),
        (_("replaced"), summary.replaced),
        (_("unchanged"), summary.unchanged),
        (_("set aside"), summary.quarantined),
    ]
    grid = output.grid([words for words, _n in counts], numbers=range(5))
    grid.add_row(*(show(float(count), Unit.COUNT) for _w, count in counts))
    output.show_table(grid, title=_("Rows of {file}").format(file=file.name))
    for left_out in summary.left_out:
        output.say(f"  · {left_out.reason}: {show(float(left_out.count), Unit.COUNT)}")
        output.say(f"    {advice_of(left_out.code, left_out.column)}", style="try")
    for note in (*_what_orders_were(summary), *_no_answers(summary), *_dated_after_today(summary), *summary.notes):
        output.say(f"  · {note}")
    if summary.quarantine_file:
        _show_bad_rows(Path(summary.quarantine_file))
    output.say("")
    if not summary.landed:
        output.say(_("✗ No row of {file} could be used.").format(file=file.name), style="wrong")
        words = _("  Next: look at the reasons above, then `{command}` for what a column must hold.")
        output.say(words.format(command=f"okaeri tables {table}"), style="try")
        return
    output.say(_("✓ {file} is in.").format(file=file.name), style="fine")
    step = "measure crr --by month" if table in ("orders", "subscriptions", "events") else "tables"
    output.say(_("  Next: {command}").format(command=next_step(step, session.workspace)), style="try")


def _what_orders_were(summary: ImportSummary) -> list[Text]:
    """Returns and orders without an amount, in numbers: both are easily taken for something else."""
    said = []
    if summary.returns:
        words = _("Returns, which are never counted as purchases: {n}.")
        said.append(words.format(n=Shown(summary.returns, Unit.COUNT)))
    if summary.zero_amounts:
        words = _("Orders with an amount of 0, which count as purchases: {n}.")
        said.append(words.format(n=Shown(summary.zero_amounts, Unit.COUNT)))
    return said


def _no_answers(summary: ImportSummary) -> list[Text]:
    """What a survey asked and nobody answered: neither read nor set aside."""
    if not summary.not_answers:
        return []
    words = _("Cells of the questions that hold no answer, which are neither read nor set aside: {n}.")
    return [words.format(n=Shown(summary.not_answers, Unit.COUNT))]


def _dated_after_today(summary: ImportSummary) -> list[Text]:
    if not summary.after_today:
        return []
    words = _("Rows dated after today, which count from their day on: {n}.")
    return [words.format(n=Shown(summary.after_today, Unit.COUNT))]


def _show_mapping(mapping: Mapping[str, str], *, file: Path, encoding: str | None) -> None:
    title = _("How {file} was read").format(file=file.name)
    grid = output.grid([_("Column"), _("Taken from")])
    for column, header in mapping.items():
        grid.add_row(column, str(header))
    output.show_table(grid, title=f"{title} ({encoding})" if encoding else title)
    output.say(_("  Not right? Say it with --map COLUMN=HEADER; the workspace remembers."), style="quiet")


def _show_bad_rows(quarantine: Path) -> None:
    output.say(_("  The rows that were set aside, each with its reason: {path}").format(path=quarantine))
    rows = _first_bad_rows(quarantine)
    if not rows:
        return
    grid = output.grid([_("Line"), _("Column"), _("Value"), _("Why")], numbers=[0])
    for row in rows:
        grid.add_row(*(str(row.get(name) or "") for name in ("line", "column", "value", "reason")))
    output.show_table(grid)


def _first_bad_rows(quarantine: Path) -> list[dict[str, Any]]:
    """The first rows of a quarantine file, be it CSV or JSON Lines."""
    import csv
    from itertools import islice

    with quarantine.open(encoding="utf-8-sig", newline="") as stream:
        if quarantine.suffix == ".csv":
            return [dict(row) for row in islice(csv.DictReader(stream), SHOWN_BAD_ROWS)]
        return [json.loads(line) for line in islice(stream, SHOWN_BAD_ROWS)]
