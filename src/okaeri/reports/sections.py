"""The parts of a report in reading order, and which result belongs to which part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from okaeri.base.text import Text, _
from okaeri.reports.contents import FigureBlock, Section


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A section before it has contents: the metrics it tells about, in order."""

    id: str
    title: Text
    introduction: Text
    metrics: tuple[str, ...]
    compare: bool = False


PARTS = (
    Part(
        id="retention",
        title=_("Retention and churn"),
        introduction=_("Of the customers at a period’s start, how many were still customers at its end."),
        metrics=("crr", "churn"),
    ),
    Part(
        id="rivals",
        title=_("Churn, as others count it"),
        introduction=_(
            "Several figures go by the name of churn. "
            "They differ in whom they divide by, so they differ on the same data."
        ),
        metrics=("churn", "churn_total_base", "churn_could_have", "churn_same_window", "churn_to_acquisition"),
        compare=True,
    ),
    Part(
        id="cohorts",
        title=_("Cohorts"),
        introduction=_(
            "Customers who began together, followed over time. A cell that could not be observed yet stays empty."
        ),
        metrics=("cohort", "cohort_unbounded", "cohort_revenue"),
    ),
    Part(
        id="survival",
        title=_("How long customers stay"),
        introduction=_(
            "Customers who are still here count for as long as they were observed, not as if they had left."
        ),
        metrics=("survival",),
    ),
    Part(
        id="repeat",
        title=_("Repeat purchase"),
        introduction=_("How many come back for a second order, and how long it takes them."),
        metrics=("repeat_rate", "repeat_to_one_time", "time_to_second"),
    ),
    Part(
        id="value",
        title=_("Customer value"),
        introduction=_("What a customer has been worth so far. These figures look back; they predict nothing."),
        metrics=("apv", "apf", "customer_value", "lifespan", "clv_historical"),
    ),
)


def arrange(blocks: Sequence[FigureBlock]) -> tuple[Section, ...]:
    """Put each block into its part, in reading order; parts without a block are left out.

    A block with a picture goes to the first part that tells about its metric, one without to the last: so `churn` is
    drawn under retention and stands as a number beside its rivals. A metric that no part knows joins the last part.
    Within a part pictures come before numbers.

    >>> arrange([])
    ()
    """
    homes = [_home(block) for block in blocks]
    return tuple(
        Section(
            id=part.id,
            title=part.title,
            introduction=part.introduction,
            blocks=_in_order(part, [block for block, home in zip(blocks, homes, strict=True) if home is part]),
            compare=part.compare,
        )
        for part in PARTS
        if part in homes
    )


def _home(block: FigureBlock) -> Part:
    parts = [part for part in PARTS if block.result.metric.id in part.metrics]
    if not parts:
        return PARTS[-1]
    return parts[0] if block.figure else parts[-1]


def _in_order(part: Part, blocks: list[FigureBlock]) -> tuple[FigureBlock, ...]:
    def place(block: FigureBlock) -> tuple[bool, int]:
        known = block.result.metric.id in part.metrics
        return block.figure is None, part.metrics.index(block.result.metric.id) if known else len(part.metrics)

    return tuple(sorted(blocks, key=place))
