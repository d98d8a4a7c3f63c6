"""`okaeri measure`: one metric over periods, with who counts as a customer and how far the facts reach."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from okaeri.base.errors import NothingUsable, OkaeriError, unknown
from okaeri.base.text import _
from okaeri.cli import output
from okaeri.cli.days import read_day, read_moment
from okaeri.cli.help import argument, described, option
from okaeri.cli.session import Session, session_of

if TYPE_CHECKING:
    from okaeri.shop import Asked, Result

GRAINS = ("day", "week", "month", "quarter", "year", "all")
STATES = ("lost", "retained", "acquired", "returned", "came_and_went", "at_start", "at_end")

MetricName = Annotated[str, argument("METRIC", _("A name that `okaeri metrics` lists."))]
By = Annotated[
    str | None,
    option("--by", _("How long a period is; month unless named."), metavar="day|week|month|quarter|year|all"),
]
Start = Annotated[str | None, option("--from", _("First day, as 2024-01-31."), metavar="DAY")]
End = Annotated[str | None, option("--to", _("The day after the last one, as 2024-02-29."), metavar="DAY")]
Segment = Annotated[
    str | None,
    option(
        "--segment",
        _("What to split by: an attribute of the customers, or plan or end_reason of their latest subscription."),
        metavar="COLUMN",
    ),
]
PresenceRule = Annotated[
    str | None,
    option(
        "--presence",
        _("Who counts as a customer: subscriptions, orders:90d, orders:auto or events:30d; else the workspace's."),
        metavar="RULE",
    ),
]
Cutoff = Annotated[
    str | None,
    option(
        "--cutoff",
        _("Measure as if nothing were known from this day on; else the day after the last fact."),
        metavar="DAY",
    ),
]
AsOf = Annotated[
    str | None,
    option(
        "--as-of",
        _("Measure what was known then: at the end of a day, as 2024-06-01, or at a moment, as 2024-06-01T12:00."),
        metavar="MOMENT",
    ),
]
Out = Annotated[
    Path | None,
    option("--out", _("Write the figures to a file: .csv, .xlsx or .parquet."), metavar="FILE"),
]
Sql = Annotated[bool, option("--sql", _("Print the query instead of the answer."))]
Customers = Annotated[
    str | None,
    option(
        "--customers",
        _(
            "List the customers of the latest complete period who were lost, retained, acquired, returned or "
            "came_and_went."
        ),
        metavar="STATE",
    ),
]


@described(
    "measure",
    _("Measure one metric, period by period, each figure with its interval and its count."),
    details=_(
        "Periods follow the workspace's zone, week start and fiscal year. A period that the facts do not reach to its "
        "end is partial: it is marked ▒ and must not be compared. --from and --to are days; the day of --to is no "
        "longer part of it."
    ),
    examples=(
        ("okaeri measure crr --by month", _("Retention month by month")),
        ("okaeri measure crr --by quarter --from 2024-01-01 --to 2025-01-01", _("The four quarters of 2024")),
        ("okaeri measure churn --segment plan --presence subscriptions", _("Churn of contracts, plan by plan")),
        ("okaeri measure cohort --by month", _("Who came when, and who is still there")),
        ("okaeri measure crr --customers lost", _("The customers lost in the latest complete period")),
        ("okaeri measure repeat_rate --by all --json", _("One figure over everything, for a program")),
        ("okaeri measure crr --as-of 2024-06-01", _("What was known when that day was over")),
        ("okaeri measure crr --out crr.xlsx", _("The same figures as a formatted Excel file")),
        ("okaeri measure crr --sql", _("The query that answers it")),
    ),
)
def measure(
    context: typer.Context,
    metric: MetricName,
    by: By = None,
    start: Start = None,
    end: End = None,
    segment: Segment = None,
    presence: PresenceRule = None,
    cutoff: Cutoff = None,
    sql: Sql = False,
    customers: Customers = None,
    as_of: AsOf = None,
    out: Out = None,
) -> None:
    """Measure, then print figures, customers or the query."""
    session = session_of(context)
    one_of(customers, STATES, _("state"))
    from okaeri.metrics import find

    question = question_of(
        by=by or find(metric).default_by, start=start, end=end, segment=segment, presence=presence, cutoff=cutoff
    )
    from okaeri.shop import open as open_shop

    shop = open_shop(session.folder, as_of=read_moment(as_of, session.open().calendar) if as_of else None)
    if not shop.tables():
        raise NothingUsable(
            _("There is nothing to measure yet."),
            advice=_("Import a file first: `okaeri import orders.csv --as orders`."),
        )
    result = shop.measure(metric, **question)
    if out:
        _save(result, out, session)
    elif customers:
        _show_customers(result, customers, session)
    elif sql:
        _show_sql(result, session)
    elif session.as_json:
        output.emit(result.as_json())
    else:
        _show_figures(result)


def question_of(
    *,
    by: str | None,
    start: str | None,
    end: str | None,
    segment: str | None,
    presence: str | None,
    cutoff: str | None = None,
) -> Asked:
    """The question as the line puts it; raises `OkaeriError` for a period length or a day that is none."""
    return {
        "by": one_of(by, GRAINS, _("period length")),
        "start": read_day(start, "--from"),
        "end": read_day(end, "--to"),
        "segment": segment,
        "presence": presence,
        "cutoff": read_day(cutoff, "--cutoff"),
    }


def latest_complete(result: Result) -> Any:
    """The newest period all of whose days are known; None when there is none."""
    whole = [m.period for m in result.measurements if m.period and m.state.value == "complete"]
    return max(whole, key=lambda period: period.start) if whole else None


def _save(result: Result, out: Path, session: Session) -> None:
    path = result.save(out)
    if session.as_json:
        output.emit({"metric": result.metric.id, "file": str(path), "rows": len(result.measurements)})
        return
    words = _("✓ {metric} is in {path} ({n} rows).")
    output.say(words.format(metric=result.metric.label, path=path, n=len(result.measurements)), style="fine")


def _show_figures(result: Result) -> None:
    from okaeri.cli import figures

    metric = result.metric
    output.say(f"{metric.label}  ({metric.id}, {_('version {n}').format(n=metric.version)})", style="brand")
    output.say(f"{metric.definition}")
    output.say("")
    figures.draw(result)
    output.say(f"  {_('Who counts')}: {result.presence}", style="quiet")
    words = _("  Facts reach up to {day}, which is the first day not known; days are those of {zone}.")
    output.say(words.format(day=result.cutoff, zone=result.zone), style="quiet")
    for note in result.notes:
        if note != result.presence.sentence:
            output.say(f"  · {note}", style="quiet")
    output.remark(_("  Next: {command}").format(command=f"okaeri explain {metric.id}"), style="try")


def _show_sql(result: Result, session: Session) -> None:
    if session.as_json:
        output.emit({"metric": result.metric.id, "version": result.metric.version, "sql": result.sql})
    else:
        output.page().print(result.sql.rstrip(), soft_wrap=True)


def _show_customers(result: Result, state: str, session: Session) -> None:
    period = latest_complete(result)
    if period is None:
        raise NothingUsable(
            _("No period is complete yet, so nobody can be listed."),
            advice=_("Take shorter periods with --by, or import more days."),
        )
    names = list(result.customers(period=period, state=state))
    if session.as_json:
        output.emit(
            {
                "metric": result.metric.id,
                "version": result.metric.version,
                "period_start": period.start,
                "period_end": period.end,
                "state": state,
                "customers": names,
            }
        )
        return
    words = _("{period}: {n} customers, {state}")
    output.remark(words.format(period=period.label, n=len(names), state=state), style="brand")
    for name in names:
        output.page().print(str(name), soft_wrap=True)


def at_least(value: int, least: int, option: str) -> int:
    """A number as it was typed; raises `OkaeriError` when it is below `least`."""
    if value < least:
        raise OkaeriError(
            _("{option} {value} is too small.").format(option=option, value=value),
            advice=_("Give {least} or more.").format(least=least),
        )
    return value


def one_of(text: str | None, known: tuple[str, ...], kind: Any, *, command: str = "measure") -> str | None:
    """A word as it was typed; raises `OkaeriError` with the nearest of `known` when it is none of them."""
    if text is not None and text not in known:
        raise unknown(kind, text, known, listed_by=f"okaeri {command} --help")
    return text
