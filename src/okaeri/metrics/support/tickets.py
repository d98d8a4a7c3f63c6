"""Tickets counted: the backlog, those that come back, and promises. Waiting times are in `waiting`."""

from __future__ import annotations

from okaeri.base.intervals import clopper_pearson, wilson
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.cells import Cell, Row, measure_cells
from okaeri.metrics.metric import Example, Metric, register
from okaeri.metrics.support.waiting import NOBODY, OPENED, UNDATED, WALL

_NOT_DUE: Text = _("No promise was due before the data ends.")


def backlog_cell(metric: Metric, row: Row) -> Cell:
    """Tickets open at a period's end; nothing opened means that nothing is open."""
    inputs = {name: row.get(name, 0) for name in ("open_before", "opened", "resolved", "open_tickets")}
    return Cell(value=inputs["open_tickets"], n=inputs["open_tickets"], inputs=inputs)


def share_cell(metric: Metric, row: Row) -> Cell:
    """The share of the tickets counted in `metric.extra["whole"]` that `metric.extra["part"]` counts."""
    part, whole = metric.extra["part"], metric.extra["whole"]
    inputs = {name: row.get(name, 0) for name in (part, whole, metric.extra["beside"])}
    n, counted = inputs[whole], inputs[part]
    if not n:
        return Cell(value=None, n=0, inputs=inputs, reason=metric.extra["empty"] if row else NOBODY)
    return Cell(value=counted / n, n=n, inputs=inputs, interval=wilson(counted, n))


def promise_cell(metric: Metric, row: Row) -> Cell:
    """Promises kept of those that are due, with the exact interval: a missed one sets something going."""
    inputs = {name: row.get(name, 0) for name in ("kept", "broken", "not_due", "closed_unanswered")}
    due = inputs["kept"] + inputs["broken"]
    if not due:
        return Cell(value=None, n=0, inputs=inputs, reason=_NOT_DUE if row else NOBODY)
    return Cell(value=inputs["kept"] / due, n=due, inputs=inputs, interval=clopper_pearson(inputs["kept"], due))


_TICKETS = ("ticket_rows", "days")
_WILSON = "Interval: Wilson (1927), JASA 22(158)"

BACKLOG = register(
    Metric(
        id="backlog",
        family="support",
        facts=("tickets",),
        label=_("Backlog"),
        unit=Unit.COUNT,
        better="lower",
        needs=(*_TICKETS, "periods"),
        query="support/backlog.sql",
        definition=_("Tickets that are open at the end of a period."),
        formula=_("Backlog = open at the start + opened − resolved"),
        interval="none",
        source="A count of what was observed, not an estimate",
        example=Example(inputs={"open_before": 12, "opened": 40, "resolved": 37}, expect=15),
        measure=measure_cells,
        caveats=(
            _("All tickets count, also those opened before the first period shown."),
            _("A ticket that was opened again counts as open until its latest end, in all periods."),
        ),
        extra={"cell": backlog_cell},
    )
)

REOPENED_RATE = register(
    Metric(
        id="reopened_rate",
        family="support",
        facts=("tickets",),
        label=_("Reopened rate"),
        unit=Unit.RATE,
        better="lower",
        needs=_TICKETS,
        query="support/reopened.sql",
        definition=_("The share of the tickets opened in a period and resolved at least once that were opened again."),
        formula=_("Reopened rate = tickets opened again / tickets resolved at least once"),
        interval="wilson",
        source=_WILSON,
        example=Example(inputs={"reopened": 6, "settled": 80}, expect=0.075),
        measure=measure_cells,
        caveats=(
            OPENED,
            _("A ticket that was opened again twice counts once."),
            _("Young tickets can still be opened again, so the latest period may rise."),
            UNDATED,
        ),
        extra={
            "cell": share_cell,
            "part": "reopened",
            "whole": "settled",
            "beside": "tickets",
            "empty": _("No ticket of the period has been resolved yet."),
        },
    )
)

REPEAT_ISSUE_RATE = register(
    Metric(
        id="repeat_issue_rate",
        family="support",
        facts=("tickets",),
        label=_("Repeat-issue rate"),
        unit=Unit.RATE,
        better="lower",
        needs=(*_TICKETS, "rules"),
        query="support/repeat_issue.sql",
        definition=_(
            "The share of the tickets of a period whose customer had asked about the same topic shortly before."
        ),
        formula=_("Repeat-issue rate = tickets after another on the same topic / tickets with a topic"),
        interval="wilson",
        source=_WILSON,
        example=Example(inputs={"repeat_tickets": 9, "tickets": 60}, expect=0.15),
        measure=measure_cells,
        caveats=(
            _("Shortly before means at most `repeat_issue_days` local days, 30 unless `okaeri.toml` says otherwise."),
            _("However many tickets came before, the new one counts once."),
            _("Tickets without a topic are left out and counted apart."),
        ),
        extra={
            "cell": share_cell,
            "part": "repeat_tickets",
            "whole": "tickets",
            "beside": "without_topic",
            "empty": _("No ticket of the period has a topic."),
        },
    )
)

PROMISE_KEPT = register(
    Metric(
        id="promise_kept",
        family="support",
        facts=("tickets",),
        label=_("Promise kept"),
        unit=Unit.RATE,
        better="higher",
        needs=(*_TICKETS, "rules"),
        query="support/promise_kept.sql",
        definition=_("The share of the tickets of a period that were answered within the promised time."),
        formula=_("Promise kept = kept / (kept + broken)"),
        interval="clopper-pearson",
        source="Exact interval: Clopper & Pearson (1934), Biometrika 26(4)",
        example=Example(inputs={"kept": 45, "broken": 5}, expect=0.9),
        measure=measure_cells,
        caveats=(
            _("Promised are `reply_promise_hours` by the wall clock, 24 unless `okaeri.toml` says otherwise."),
            _("A ticket that still waits after that time is a broken promise."),
            _(
                "Tickets whose time is not over at the end of the data are left out, answered or not: "
                "quick answers alone would make the latest period look better than it is."
            ),
            _("A ticket closed within the time without a reply is left out and counted apart."),
            WALL,
        ),
        extra={"cell": promise_cell},
    )
)
