"""The loyalty programme's people and rewards: who takes part, who is active, and which rewards are used.

What the points do is in `points`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from okaeri.base.intervals import wilson
from okaeri.base.measurement import Measurement
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.cells import Cell, Row, measure_cells
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Example, Metric, register
from okaeri.metrics.rows import ROW_SPLITS

if TYPE_CHECKING:
    import pyarrow as pa

_NO_CUSTOMERS: Text = _("Nobody was a customer at the end of the period.")
_NO_MEMBERS: Text = _("Nobody was a member at the end of the period.")
_NO_REWARDS: Text = _("No reward was given in the period.")


def measure_participation(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """One measurement per period and segment; a programme or tier is a share of all customers."""
    known = rows.to_pylist()
    split = context.segment_column in ROW_SPLITS["membership_rows"]
    if not split or {row["segment"] for row in known if row["customers"]} - {"all"}:
        return measure_cells(metric, rows, context)
    everybody = {row["period"]: row["everybody"] for row in known}
    told = {(row["segment"], row["period"]): row for row in known}
    # customers without the column stand apart under "all", which is no programme
    names = tuple(dict.fromkeys(row["segment"] for row in known if row["members"]))
    filled = [
        {**told.get((name, period), _nobody(name, period)), "customers": customers}
        for name in names
        for period, customers in everybody.items()
    ]
    segments = tuple(sorted(names))
    return measure_cells(metric, rows.from_pylist(filled), replace(context, segments=segments))


def _nobody(name: str, period: int) -> Row:
    return {"segment": name, "period": period, "members": 0, "member_customers": 0}


def participation_cell(metric: Metric, row: Row) -> Cell:
    """The share of the customers who are members too; members who are no customers are counted beside them."""
    customers, both, members = (_count(row, name) for name in ("customers", "member_customers", "members"))
    inputs = {"member_customers": both, "customers": customers, "members": members}
    if not customers:
        return Cell(value=None, n=0, inputs=inputs, reason=_NO_CUSTOMERS)
    return Cell(value=both / customers, n=customers, inputs=inputs, interval=wilson(both, customers))


def engagement_cell(metric: Metric, row: Row) -> Cell:
    """The share of the members who did something with the programme not long before."""
    members, engaged = _count(row, "members"), _count(row, "engaged")
    inputs = {"engaged": engaged, "members": members}
    if not members:
        return Cell(value=None, n=0, inputs=inputs, reason=_NO_MEMBERS)
    return Cell(value=engaged / members, n=members, inputs=inputs, interval=wilson(engaged, members))


def reward_cell(metric: Metric, row: Row) -> Cell:
    """Rewards used for each one given; of those given in the period, how many were used so far stands beside."""
    issued, redeemed = _count(row, "issued"), _count(row, "redeemed")
    inputs = {"rewards_used": redeemed, "rewards_given": issued, "used_of_given": _count(row, "of_these")}
    if not issued:
        return Cell(value=None, n=0, inputs=inputs, reason=_NO_REWARDS)
    return Cell(value=redeemed / issued, n=issued, inputs=inputs)


def _count(row: Row, name: str) -> int:
    return int(row.get(name) or 0)


_MEMBER = _("A member has a membership that began before the end of the period and had not ended by then.")
_ONCE = _("Several memberships of one customer are one member; split by programme or tier, each is counted there.")

PARTICIPATION = register(
    Metric(
        id="participation",
        family="programme",
        facts=("memberships",),
        label=_("Programme participation"),
        unit=Unit.RATE,
        better="higher",
        needs=("membership_rows", "member_presence", "presence", "lives", "periods"),
        query="programme/participation.sql",
        definition=_("The share of the customers at the end of a period who are members of the programme then."),
        formula=_("Participation = customers who are members / customers"),
        interval="wilson",
        source="Interval: Wilson (1927), JASA 22(158)",
        example=Example(inputs={"member_customers": 45, "customers": 180}, expect=0.25),
        measure=measure_participation,
        caveats=(
            _MEMBER,
            _ONCE,
            _("A member who is no customer by the presence rule is in neither count, and is shown among the members."),
        ),
        extra={"cell": participation_cell},
    )
)

PROGRAMME_ENGAGEMENT = register(
    Metric(
        id="programme_engagement",
        family="programme",
        facts=("memberships", "points"),
        label=_("Active members"),
        unit=Unit.RATE,
        better="higher",
        needs=("membership_rows", "point_rows", "reward_rows", "member_presence", "engaged_presence", "periods"),
        query="programme/engagement.sql",
        definition=_("The share of the members at the end of a period who earned, spent or used a reward lately."),
        formula=_("Active members = members who earned, spent or used a reward in the last days / members"),
        interval="wilson",
        source="Interval: Wilson (1927), JASA 22(158)",
        example=Example(inputs={"engaged": 60, "members": 80}, expect=0.75),
        measure=measure_cells,
        caveats=(
            _MEMBER,
            _ONCE,
            _("Lately means within `engaged_days` of the rules, 90 unless set; points that lapse are no activity."),
        ),
        extra={"cell": engagement_cell, "counted": ("membership_rows",)},
    )
)

REWARD_REDEMPTION = register(
    Metric(
        id="reward_redemption",
        family="programme",
        facts=("rewards",),
        label=_("Reward redemption"),
        unit=Unit.RATIO,
        better="higher",
        needs=("reward_rows", "days"),
        query="programme/reward_redemption.sql",
        definition=_("Rewards used in a period for each reward given in it."),
        formula=_("Reward redemption = rewards used / rewards given"),
        interval="none",
        source="Two counts of one period; the rewards used may have been given before it",
        example=Example(inputs={"rewards_used": 34, "rewards_given": 50}, expect=0.68),
        measure=measure_cells,
        caveats=(
            _("It is no share: rewards of earlier periods are used in this one, so it can pass 1."),
            _("Of the rewards given in the period, those used so far are shown beside it; the latest had less time."),
        ),
        extra={"cell": reward_cell},
    )
)
