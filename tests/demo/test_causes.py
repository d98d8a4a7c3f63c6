"""What was planted can be found in the facts, and what was not planted cannot."""

from __future__ import annotations

import pytest

from okaeri.demo import REASONS, Company
from tests.demo.test_story import one

# Customer-months on which a customer was there at the start, and whether they left within it.
MONTHS = """with months as (
    select unnest(range(timestamptz '2023-02-01', timestamptz '2026-10-01', interval 1 month)) as m),
stays as (select c.customer_id, m, p.plan, p.joined_at, p.favourite_colour, t.left_at, t.reason
    from customers c join profiles p using (customer_id) left join truth t using (customer_id) join months
    on c.joined_at < m and (t.left_at is null or t.left_at >= m)),
observed as (select *, cast(coalesce(left_at < m + interval 1 month, false) as int) as gone from stays)
"""
TICKETS = "(select customer_id, opened_at, topic, first_reply_at - opened_at as waited from tickets)"


def leaving_rate(company: Company, where: str) -> float:
    rate = one(company, f"{MONTHS} select avg(gone) from observed o where {where}")
    assert isinstance(rate, float)
    return rate


def had(ticket: str) -> str:
    return f"""exists (select 1 from {TICKETS} k where k.customer_id = o.customer_id and {ticket}
        and k.opened_at < m and k.opened_at >= m - interval 1 month)"""


def year_one(company: Company, where: str) -> float:
    """The share of customers who left within a year, among those seen for one."""
    share = one(
        company,
        f"""select avg(cast(coalesce(t.left_at < p.joined_at + interval 365 day, false) as int)) from profiles p
        left join truth t using (customer_id) where p.joined_at < timestamptz '2025-10-01' and {where}""",
    )
    assert isinstance(share, float)
    return share


def test_every_reason_takes_somebody_away_and_nobody_leaves_without_one(town: Company) -> None:
    assert set(town.truth["reason"].to_pylist()) == set(REASONS)


def test_a_customer_leaves_once(town: Company) -> None:
    assert one(town, "select count(*) - count(distinct customer_id) from truth") == 0


@pytest.mark.parametrize(
    ("ticket", "times"),
    [
        ("k.topic = 'late_delivery'", 1.7),
        ("k.topic = 'quality'", 1.5),
        ("k.waited > interval 1 day", 1.7),
    ],
)
def test_trouble_last_month_makes_customers_leave_this_month(town: Company, ticket: str, times: float) -> None:
    plain = "o.plan <> 'annual'"

    assert leaving_rate(town, f"{plain} and {had(ticket)}") > times * leaving_rate(
        town, f"{plain} and not {had(ticket)}"
    )


def test_the_price_rise_hits_monthly_plans_that_began_before_it_and_no_others(town: Company) -> None:
    after = "m >= timestamptz '2025-10-01' and m < timestamptz '2025-12-01'"
    before = "m >= timestamptz '2025-06-01' and m < timestamptz '2025-09-01'"
    old = "o.joined_at < timestamptz '2025-06-01'"
    rise = {
        plan: leaving_rate(town, f"{old} and o.plan = '{plan}' and {after}")
        / leaving_rate(town, f"{old} and o.plan = '{plan}' and {before}")
        for plan in ("monthly", "none")
    }

    assert rise["monthly"] > 1.8
    assert rise["none"] < 1.4


def test_guided_onboarding_keeps_more_customers(town: Company) -> None:
    early = """select avg(cast(coalesce(t.left_at < p.joined_at + interval 120 day, false) as int)) from profiles p
        left join truth t using (customer_id) where p.joined_at between timestamptz '{}' and timestamptz '{}'"""
    classic = one(town, early.format("2024-01-01", "2024-06-01"))
    guided = one(town, early.format("2026-01-01", "2026-06-01"))

    assert isinstance(classic, float) and isinstance(guided, float)
    assert guided < classic - 0.05


def test_plans_and_channels_keep_customers_differently(town: Company) -> None:
    assert year_one(town, "p.plan = 'annual'") < year_one(town, "p.plan = 'monthly'") - 0.2
    assert year_one(town, "p.channel = 'referral'") < year_one(town, "p.channel = 'marketplace'") - 0.15


@pytest.mark.parametrize("attribute", ["favourite_colour", "newsletter_design"])
def test_what_is_no_cause_separates_nobody(town: Company, attribute: str) -> None:
    values = sorted(set(town.profiles[attribute].to_pylist()))
    shares = [year_one(town, f"p.{attribute} = '{value}'") for value in values]

    assert len(shares) >= 2
    assert max(shares) - min(shares) < 0.035


def test_the_anniversary_letter_keeps_customers_and_the_sticker_sheet_does_not(town: Company) -> None:
    def lift(campaign: str) -> float:
        gone = f"""select avg(cast(coalesce(left_at < planned_at + interval 150 day, false) as int)) filter (held_out)
            - avg(cast(coalesce(left_at < planned_at + interval 150 day, false) as int)) filter (not held_out)
            from touches left join truth using (customer_id)
            where campaign like '{campaign}%' and planned_at < timestamptz '2026-03-01'"""
        value = one(town, gone)
        assert isinstance(value, float)
        return value

    assert lift("anniversary_letter") > 0.04
    assert abs(lift("sticker_sheet")) < 0.04


def test_usage_fades_before_a_customer_leaves(town: Company) -> None:
    per_day = """select count(*) filter (occurred_at >= left_at - interval 10 day) / 10.0
        / (count(*) filter (occurred_at between left_at - interval 90 day and left_at - interval 31 day) / 59.0)
        from events join truth using (customer_id) where reason <> 'never_engaged'"""
    fading = one(town, per_day)

    assert isinstance(fading, float)
    assert fading < 0.85


def test_detractors_leave_more_often(town: Company) -> None:
    gone = """select avg(cast(coalesce(left_at < answered_at + interval 90 day, false) as int))
        from answers left join truth using (customer_id) where instrument = 'nps' and score {}"""
    unhappy, happy = one(town, gone.format("<= 6")), one(town, gone.format(">= 9"))

    assert isinstance(unhappy, float) and isinstance(happy, float)
    assert unhappy > 1.3 * happy
