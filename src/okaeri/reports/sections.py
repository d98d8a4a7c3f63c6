"""The parts of a report in reading order, and which result belongs to which part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from okaeri.base.text import Text, _
from okaeri.metrics.families import FAMILIES
from okaeri.metrics.rivals.switchboard import Switchboard
from okaeri.reports.contents import FigureBlock, Section
from okaeri.reports.rivals import rival_remarks, rival_tables


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A section before it has contents: the metrics it tells about, in order."""

    id: str
    title: Text
    introduction: Text
    metrics: tuple[str, ...]


RIVALS = "rivals"
PARTS = (
    Part(
        id="retention",
        title=_("Retention and churn"),
        introduction=_("Of the customers at a period’s start, how many were still customers at its end."),
        metrics=("crr", "churn"),
    ),
    Part(
        id=RIVALS,
        title=_("Churn, as others count it"),
        introduction=_(
            "Several figures go by the name of churn. "
            "They differ in whom they divide by, so they differ on the same data."
        ),
        metrics=("churn", "churn_total_base", "churn_could_have", "churn_same_window"),
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
        id="revenue",
        title=FAMILIES["revenue"],
        introduction=_("What contracts bring in per month: what was added, what was lost, and what the rest grew by."),
        metrics=(
            *("mrr_movements", "nrr", "mrr", "mrr_cohort", "grr", "nrr_with_reactivation", "mrr_churn_rate"),
            *("arpa", "quick_ratio", "ltv_subscription", "renewals"),
        ),
    ),
    Part(
        id="repeat",
        title=_("Repeat purchase"),
        introduction=_("How many come back for a second order, and how long it takes them."),
        metrics=("repeat_rate", "repeat_to_one_time", "time_to_second", "repeat_revenue_share"),
    ),
    Part(
        id="value",
        title=_("Customer value"),
        introduction=_("What a customer has been worth so far. These figures look back; they predict nothing."),
        metrics=("apv", "apf", "customer_value", "lifespan", "clv_historical", "revenue_concentration"),
    ),
    Part(
        id="acquisition",
        title=FAMILIES["acquisition"],
        introduction=_("What it costs to win a customer, and how soon that comes back."),
        metrics=("cac", "clv_to_cac", "payback_months", "churn_to_acquisition"),
    ),
    Part(
        id="voice",
        title=FAMILIES["voice"],
        introduction=_("What customers answered when they were asked, and how many did not answer."),
        metrics=(
            *("nps", "csat", "csat_ranked", "score_distribution", "csat_weighted", "response_rate"),
            *("ces", "ces_low_effort", "cli"),
        ),
    ),
    Part(
        id="support",
        title=FAMILIES["support"],
        introduction=_("How long customers wait for help, how much of it is kept as promised, and what stays open."),
        metrics=(
            *("promise_kept", "first_reply_time", "resolution_time", "backlog", "contact_rate", "agent_scorecard"),
            *("first_reply_time_business", "resolution_time_business", "reply_p80"),
            *("tickets_per_customer", "reopened_rate", "repeat_issue_rate"),
        ),
    ),
    Part(
        id="engagement",
        title=FAMILIES["engagement"],
        introduction=_("Who used the product, how often, and who came back to it after a pause."),
        metrics=("active_customers", "lifecycle", "stickiness", "usage_trend"),
    ),
    Part(
        id="programme",
        title=FAMILIES["programme"],
        introduction=_("Who takes part, what is redeemed, and what the points still owed will cost."),
        metrics=(
            *("participation", "redemption_rate", "redemption_ever", "reward_redemption", "programme_engagement"),
            *("points_outstanding", "points_liability", "breakage"),
        ),
    ),
)


def arrange(blocks: Sequence[FigureBlock], *, switchboard: Switchboard | None = None) -> tuple[Section, ...]:
    """Put each block into its part, in reading order, and the switchboard into its own; empty parts are left out.

    A block with a picture goes to the first part that tells about its metric, one without to the last: so `churn` is
    drawn under retention and, without a picture, stands among its rivals. A metric that no part knows joins the last
    part. Within a part pictures come before numbers.

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
            tables=rival_tables(switchboard) if switchboard and part.id == RIVALS else (),
            remarks=rival_remarks(switchboard) if switchboard and part.id == RIVALS else (),
        )
        for part in PARTS
        if part in homes or (part.id == RIVALS and switchboard)
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
