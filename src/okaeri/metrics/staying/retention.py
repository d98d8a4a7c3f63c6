"""Retention and churn over a period, and the churn definitions other products print on the same data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from okaeri.base.calendar import Period
from okaeri.base.intervals import wilson
from okaeri.base.measurement import Interval, Measurement, State
from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Example, Metric, register

if TYPE_CHECKING:
    import pyarrow as pa

Counts = Mapping[str, int]
Share = Callable[[Counts], tuple[int, int]]


def measure_share(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """One measurement per period and segment of a share `part / whole`, with its Wilson interval.

    `metric.extra["share"]` says what is part and what is whole; without a whole the figure is undefined.
    """
    share: Share = metric.extra["share"]
    return [
        _measurement(metric, share(counts), counts, period=period, segment=segment, context=context)
        for segment, period, counts in _every_cell(rows, context, metric.extra.get("counts", _people))
    ]


def _every_cell(
    rows: pa.Table, context: MetricContext, counts: Callable[[Mapping[str, Any]], Counts]
) -> Iterator[tuple[str, Period, Counts]]:
    found = {(row["segment"], row["period"]): row for row in rows.to_pylist()}
    for segment in context.segments:
        for index, period in enumerate(context.periods):
            yield segment, period, counts(found.get((segment, index), {}))


def _people(row: Mapping[str, Any]) -> Counts:
    """The counts of METRICS' period: CE − CN is exactly the retained, whatever the data."""
    names = ("cs", "ce", "retained", "acquired", "came_and_went")
    cs, ce, retained, acquired, came_and_went = (int(row.get(name) or 0) for name in names)
    return {
        "cs": cs,
        "ce": ce,
        "cn": ce - retained,
        "acquired": acquired,
        "returned": ce - retained - acquired,
        "retained": retained,
        "lost": cs - retained,
        "came_and_went": came_and_went,
    }


def _renewals(row: Mapping[str, Any]) -> Counts:
    return {name: int(row.get(name) or 0) for name in ("due", "lost", "ran_through")}


def _measurement(
    metric: Metric, share: tuple[int, int], counts: Counts, *, period: Period, segment: str, context: MetricContext
) -> Measurement:
    part, whole = share
    state, reason = context.state_of(period)
    if state is not State.UNDEFINED and not whole:
        state, reason = State.UNDEFINED, metric.extra["empty"]
    elif state is not State.UNDEFINED and (doubt := metric.extra.get("doubt", _no_doubt)(counts)):
        state, reason = State.UNDEFINED, doubt
    defined = state is not State.UNDEFINED
    return Measurement(
        metric=metric.id,
        version=metric.version,
        value=part / whole if defined else None,
        unit=metric.unit,
        n=whole,
        interval=_interval(metric, part, whole) if defined else None,
        period=period,
        segment=segment,
        cutoff=context.cutoff,
        state=state,
        reason=reason,
        inputs=counts,
    )


def _no_doubt(counts: Counts) -> Text | None:
    return None


def _only_endings(counts: Counts) -> Text | None:
    """A table that keeps the next renewal day alone shows those who left and hides those who renewed."""
    if counts["due"] > counts["lost"] or not counts["ran_through"]:
        return None
    return _("Only endings are seen: contracts that ran on may have been renewed without leaving a trace.")


def _interval(metric: Metric, part: int, whole: int) -> Interval | None:
    # a ratio of counts that may pass 1 has no binomial interval
    return wilson(part, whole) if metric.unit is Unit.RATE else None


_PEOPLE = ("presence", "lives", "periods")
_NOBODY: Text = _("Nobody was a customer at the start of the period.")
_SAME_DAY = _("All is counted in local days: the state at an instant is the state after every fact strictly before it.")

CRR = register(
    Metric(
        id="crr",
        family="retention",
        label=_("Customer retention rate"),
        unit=Unit.RATE,
        better="higher",
        needs=_PEOPLE,
        query="staying/retention.sql",
        definition=_("The share of the customers at the start of a period who are customers at its end."),
        formula=_("CRR = (CE − CN) / CS"),
        interval="wilson",
        source="Reichheld & Sasser (1990), Harvard Business Review 68(5); interval: Wilson (1927), JASA 22(158)",
        example=Example(inputs={"cs": 40, "ce": 15, "cn": 6}, expect=0.225),
        measure=measure_share,
        caveats=(_SAME_DAY, _("New customers never raise it: they are counted on their own.")),
        extra={"share": lambda c: (c["retained"], c["cs"]), "empty": _NOBODY},
    )
)

CHURN = register(
    Metric(
        id="churn",
        family="retention",
        label=_("Churn rate"),
        unit=Unit.RATE,
        better="lower",
        needs=_PEOPLE,
        query="staying/retention.sql",
        definition=_("The share of the customers at the start of a period who are gone at its end."),
        formula=_("Churn = lost / CS = 1 − CRR"),
        interval="wilson",
        source="Opening-base standard; interval: Wilson (1927), JASA 22(158)",
        example=Example(inputs={"cs": 40, "lost": 31}, expect=0.775),
        measure=measure_share,
        caveats=(_SAME_DAY, _("Customers who came and went inside the period are shown beside it, not in it.")),
        extra={"share": lambda c: (c["lost"], c["cs"]), "empty": _NOBODY},
    )
)

CHURN_TO_ACQUISITION = register(
    Metric(
        id="churn_to_acquisition",
        family="retention",
        label=_("Churn-to-acquisition ratio"),
        unit=Unit.RATIO,
        better="lower",
        needs=_PEOPLE,
        query="staying/retention.sql",
        definition=_("Customers lost in a period for each customer acquired in it."),
        formula=_("Churn-to-acquisition = lost / acquired"),
        interval="none",
        source="Two counts of one period; not a churn rate",
        example=Example(inputs={"acquired": 250, "lost": 10}, expect=0.04),
        measure=measure_share,
        caveats=(_("It is not a churn rate: growth hides losses in it. It can pass 1."),),
        extra={"share": lambda c: (c["lost"], c["acquired"]), "empty": _("Nobody was acquired in the period.")},
    )
)

CHURN_TOTAL_BASE = register(
    Metric(
        id="churn_total_base",
        family="retention",
        label=_("Churn on the total base"),
        unit=Unit.RATE,
        better="lower",
        needs=_PEOPLE,
        query="staying/retention.sql",
        definition=_("Customers lost in a period among all who were customers at its start, its end or in between."),
        formula=_("Churn on the total base = (lost + came and went) / (CS + CN + came and went)"),
        interval="wilson",
        source="Total-base definition as product-analytics tools print it (PostHog)",
        example=Example(inputs={"cs": 40, "cn": 6, "came_and_went": 4, "lost": 31}, expect=0.7),
        measure=measure_share,
        caveats=(_("New customers enlarge the base, so fast growth makes it smaller than the churn rate."),),
        extra={
            "share": lambda c: (c["lost"] + c["came_and_went"], c["cs"] + c["cn"] + c["came_and_went"]),
            "empty": _("Nobody was a customer in the period."),
        },
    )
)

CHURN_SAME_WINDOW = register(
    Metric(
        id="churn_same_window",
        family="retention",
        label=_("Churn with came-and-went"),
        unit=Unit.RATIO,
        better="lower",
        needs=_PEOPLE,
        query="staying/retention.sql",
        definition=_("Everybody who left in a period, also those who came in it, for each customer at its start."),
        formula=_("Churn with came-and-went = (lost + came and went) / CS"),
        interval="none",
        source="Same-window definition as subscription analytics print it (Baremetrics)",
        example=Example(inputs={"cs": 40, "lost": 31, "came_and_went": 4}, expect=0.875),
        measure=measure_share,
        caveats=(_("Its top counts people who are not in its base, so it can pass 1 and is no share."),),
        extra={"share": lambda c: (c["lost"] + c["came_and_went"], c["cs"]), "empty": _NOBODY},
    )
)

CHURN_COULD_HAVE = register(
    Metric(
        id="churn_could_have",
        family="retention",
        label=_("Churn of those who could leave"),
        unit=Unit.RATE,
        better="lower",
        needs=(*_PEOPLE, "segments", "contracts", "days"),
        query="staying/renewals.sql",
        contractual_only=True,
        definition=_("Customers lost among those whose contract came up for renewal in the period."),
        formula=_("Churn of those who could leave = lost / due for renewal"),
        interval="wilson",
        source="Could-have-churned base; interval: Wilson (1927), JASA 22(158)",
        example=Example(inputs={"due": 20, "lost": 5}, expect=0.25),
        measure=measure_share,
        caveats=(
            _("A contract is due on the day it ended or, while it runs, on its next renewal day."),
            _(
                "Contracts without a renewal day that still run are never due, "
                "so their customers are missing from the base."
            ),
            _("Long contracts that could not end leave the base, so it is higher than the churn rate."),
        ),
        extra={
            "share": lambda c: (c["lost"], c["due"]),
            "counts": _renewals,
            "empty": _("No contract came up for renewal."),
            "doubt": _only_endings,
        },
    )
)

RIVALS = (CHURN, CHURN_TOTAL_BASE, CHURN_SAME_WINDOW, CHURN_COULD_HAVE)


def why_rivals_differ(counts: Counts) -> tuple[Text, ...]:
    """Why the churn definitions differ on one period's counts, one sentence a difference.

    >>> [str(t) for t in why_rivals_differ({"cs": 10, "cn": 0, "came_and_went": 0, "lost": 1})]
    ['Nobody joined in this period, so the opening base and the total base agree.']
    """
    joined, passing = counts["cn"] + counts["came_and_went"], counts["came_and_went"]
    base = _JOINED.format(joined=Shown(joined, Unit.COUNT)) if joined else _NOBODY_JOINED
    return (base, _PASSING.format(n=Shown(passing, Unit.COUNT))) if passing else (base,)


_NOBODY_JOINED = _("Nobody joined in this period, so the opening base and the total base agree.")
_JOINED = _("{joined} customers joined in the period: the total base counts them, the opening base does not.")
_PASSING = _("{n} customers came and went inside the period; only the same-window and total-base definitions see them.")
