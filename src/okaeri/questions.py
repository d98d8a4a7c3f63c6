"""Which questions a report asks, family by family; those the facts cannot answer are left out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One question of a report.

    `recent` keeps it to the last year, `drawn` gives it a chart, `headline` a place among the key figures, `watched`
    one on the first page when it moved; `segmented` asks it by the report's segment, `split` by a column of its own.
    """

    metric: str
    by: str = "month"
    drawn: bool = True
    recent: bool = False
    headline: bool = False
    watched: bool = False
    segmented: bool = False
    split: str | None = None


_RETENTION = (
    Ask(metric="crr", headline=True, watched=True),
    Ask(metric="crr", by="week", recent=True),
    Ask(metric="crr", by="quarter"),
    Ask(metric="crr", by="year"),
    Ask(metric="crr", by="year", segmented=True),
    Ask(metric="churn"),
    Ask(metric="churn_to_acquisition", drawn=False),
    Ask(metric="cohort", recent=True),
    Ask(metric="cohort", by="quarter"),
    Ask(metric="cohort_unbounded", by="quarter"),
    Ask(metric="cohort_revenue", by="quarter"),
    Ask(metric="survival"),
    Ask(metric="survival", segmented=True),
)
_REVENUE = (
    Ask(metric="mrr_movements", recent=True),
    Ask(metric="nrr", headline=True, watched=True),
    Ask(metric="grr", watched=True, drawn=False),
    Ask(metric="nrr_with_reactivation", drawn=False),
    Ask(metric="mrr"),
    Ask(metric="mrr_churn_rate", drawn=False),
    Ask(metric="arpa", drawn=False),
    Ask(metric="quick_ratio", drawn=False),
    Ask(metric="ltv_subscription", drawn=False),
    Ask(metric="renewals", drawn=False),
    Ask(metric="mrr_cohort", by="quarter"),
)
_BUYING = (
    Ask(metric="repeat_rate", by="quarter", headline=True, watched=True),
    Ask(metric="repeat_to_one_time", by="all", drawn=False),
    Ask(metric="time_to_second"),
    Ask(metric="apv", headline=True, watched=True),
    Ask(metric="apf", by="quarter"),
    Ask(metric="customer_value", by="quarter", watched=True),
    Ask(metric="lifespan", by="year"),
    Ask(metric="clv_historical", by="year", headline=True),
    Ask(metric="clv_historical", by="year", segmented=True),
    Ask(metric="repeat_revenue_share", by="quarter"),
    Ask(metric="revenue_concentration", by="year", drawn=False),
    Ask(metric="cac", by="quarter", watched=True),
    Ask(metric="cac", by="all", split="channel"),
    Ask(metric="clv_to_cac", by="year", drawn=False),
    Ask(metric="payback_months", by="year", drawn=False),
)
_VOICE = (
    Ask(metric="nps", by="quarter", headline=True, watched=True),
    Ask(metric="csat", watched=True),
    Ask(metric="csat_ranked", by="all", split="agent"),
    Ask(metric="score_distribution", by="all"),
    Ask(metric="csat_weighted", drawn=False),
    Ask(metric="response_rate", drawn=False, watched=True),
    Ask(metric="ces", by="quarter", drawn=False),
    Ask(metric="ces_low_effort", by="quarter", drawn=False, watched=True),
    Ask(metric="cli", by="quarter", drawn=False),
)
_SUPPORT = (
    Ask(metric="promise_kept", headline=True, watched=True),
    Ask(metric="first_reply_time", watched=True),
    Ask(metric="resolution_time", watched=True),
    Ask(metric="first_reply_time_business", drawn=False),
    Ask(metric="resolution_time_business", drawn=False),
    Ask(metric="reply_p80", drawn=False),
    Ask(metric="backlog"),
    Ask(metric="contact_rate", watched=True),
    Ask(metric="tickets_per_customer", drawn=False),
    Ask(metric="reopened_rate", drawn=False, watched=True),
    Ask(metric="repeat_issue_rate", drawn=False, watched=True),
    Ask(metric="agent_scorecard", by="all"),
)
_USE = (
    Ask(metric="active_customers", by="week", recent=True),
    Ask(metric="stickiness", headline=True, watched=True),
    Ask(metric="lifecycle", recent=True),
    Ask(metric="usage_trend", by="all", drawn=False),
)
_PROGRAMME = (
    Ask(metric="participation", watched=True),
    Ask(metric="redemption_rate", by="quarter"),
    Ask(metric="redemption_ever", by="quarter", drawn=False),
    Ask(metric="reward_redemption", by="quarter", drawn=False),
    Ask(metric="programme_engagement", drawn=False, watched=True),
    Ask(metric="points_outstanding", drawn=False),
    Ask(metric="points_liability", drawn=False),
    Ask(metric="breakage", drawn=False),
)
ASKS = (*_RETENTION, *_REVENUE, *_BUYING, *_VOICE, *_SUPPORT, *_USE, *_PROGRAMME)
"""Every question of a report, family by family."""
UNASKED = {
    "churn_total_base": "a line of the switchboard",
    "churn_same_window": "a line of the switchboard",
    "churn_could_have": "a contract knows its next renewal day only, so those who renewed are not among those due",
    "nps_ranked": "the ranking by CSAT is the one that is drawn; on the same few agents another adds nothing",
    "ces_ranked": "as for nps_ranked",
}
"""The metrics that no question of a report is about, each with the reason."""
