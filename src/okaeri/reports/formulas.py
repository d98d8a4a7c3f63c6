"""Formulas with their own numbers filled in, and what each input of a figure is called."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from math import isclose
from numbers import Real

from okaeri.base.measurement import Measurement
from okaeri.base.text import Text, _
from okaeri.base.units import Unit, show

_SHARE = "{active} / {cohort_size}"
WORKED = {
    "crr": "({ce} − {cn}) / {cs}",
    "churn": "{lost} / {cs}",
    "churn_to_acquisition": "{lost} / {acquired}",
    "churn_total_base": "({lost} + {came_and_went}) / ({cs} + {cn} + {came_and_went})",
    "churn_same_window": "({lost} + {came_and_went}) / {cs}",
    "churn_could_have": "{lost} / {due}",
    "cohort": _SHARE,
    "cohort_unbounded": _SHARE,
    "repeat_rate": "{repeat} / {customers}",
    "repeat_to_one_time": "{repeat} / {one_time}",
    "apv": "{revenue} / {orders}",
    "apf": "{orders} / {customers}",
    "lifespan": "{years} / {customers}",
    "customer_value": "({revenue} / {orders}) × ({orders} / {customers})",
    "mrr_movements": "{closing} − {opening}",
    "grr": "({opening} − {contraction} − {churned}) / {opening}",
    "nrr": "({opening} + {expansion} − {contraction} − {churned}) / {opening}",
    "nrr_with_reactivation": "({opening} + {expansion} + {reactivation} − {contraction} − {churned}) / {opening}",
    "mrr_churn_rate": "({contraction} + {churned}) / {opening}",
    "arpa": "{closing} / {paying_end}",
    "quick_ratio": "({new_mrr} + {expansion} + {reactivation}) / ({contraction} + {churned})",
    "ltv_subscription": (
        "({opening} / {paying_start}) × {gross_margin} × {months} / ({churned_customers} / {paying_start})"
    ),
    "mrr_cohort": "{mrr} / {first_mrr}",
    "renewals": "{renewed} / ({renewed} + {ended})",
    "nps": "100 × ({promoters} − {detractors}) / {answers}",
    "csat": "{satisfied} / {answers}",
    "csat_weighted": "{expected} / {asked}",
    "ces": "{total} / {answers}",
    "ces_low_effort": "{low_effort} / {answers}",
    "cli": "{total} / {answers}",
    "response_rate": "{answered} / {asked}",
    "score_distribution": "{given} / {answers}",
    "cac": "{spend} / {won}",
    "clv_to_cac": "{clv} / {cac}",
    "payback_months": "({spend} / {won}) / ({margin} / {customer_months})",
    "repeat_revenue_share": "{repeat_revenue} / {revenue}",
    "revenue_concentration": "{top_revenue} / {revenue}",
    "participation": "{member_customers} / {customers}",
    "programme_engagement": "{engaged} / {members}",
    "reward_redemption": "{rewards_used} / {rewards_given}",
    "redemption_rate": "{points_spent} / {points_issued}",
    "redemption_ever": "{points_spent} / {points_issued}",
    "points_outstanding": "{points_issued} − {points_spent} − {points_expired} + {points_adjusted}",
    "breakage": "({points_lapsed} + {points_to_lapse}) / {points_credited}",
    "points_liability": "{points_owed} × (1 − {expected_breakage}) × {point_value}",
    "backlog": "{open_before} + {opened} − {resolved}",
    "reopened_rate": "{reopened} / {settled}",
    "repeat_issue_rate": "{repeat_tickets} / {tickets}",
    "promise_kept": "{kept} / ({kept} + {broken})",
    "contact_rate": "{wrote} / {customers_here}",
    "tickets_per_customer": "{tickets} / {customers_here}",
    "stickiness": "{active_days} / ({days_seen} × {active_customers})",
    "lifecycle": "{first_time} + {resurrected} − {dormant}",
    "usage_trend": "{falling} / ({falling} + {steady} + {rising})",
    "clv_historical": "({revenue} / {orders}) × ({orders} / {customers}) × {lifespan}",
}
INPUTS: dict[str, Text] = {
    "cs": _("Customers at the start (CS)"),
    "ce": _("Customers at the end (CE)"),
    "cn": _("New since the start (CN)"),
    "acquired": _("Acquired: never a customer before"),
    "returned": _("Returned: a customer before, not at the start"),
    "retained": _("Retained: customers at both ends"),
    "lost": _("Lost: at the start, not at the end"),
    "came_and_went": _("Came and went within the period"),
    "due": _("Customers whose contract was up for renewal"),
    "age": _("Periods since the first one"),
    "cohort_size": _("Customers in the cohort"),
    "active": _("Still active"),
    "day": _("Days since the start"),
    "at_risk": _("Still observed that day"),
    "events": _("Happened on that day"),
    "censored": _("Not observed any longer after that day"),
    "median": _("Median (days)"),
    "median_low": _("Median, lower bound (days)"),
    "median_high": _("Median, upper bound (days)"),
    "days": _("Days from first to last order, summed"),
    "repeaters": _("Customers with two or more orders"),
    "one_time": _("Customers with one order"),
    "repeat": _("Customers with two or more orders"),
    "customers": _("Customers"),
    "orders": _("Orders"),
    "revenue": _("Revenue"),
    "lifespan": _("Average lifespan (years)"),
    "years": _("Years from first to last order, summed"),
    "opening": _("Monthly revenue at the start"),
    "new_mrr": _("New: first money of a customer"),
    "expansion": _("Expansion: customers who pay more"),
    "reactivation": _("Reactivation: customers who came back"),
    "contraction": _("Contraction: customers who pay less"),
    "churned": _("Churned: customers who pay no more"),
    "closing": _("Monthly revenue at the end"),
    "paying_start": _("Paying customers at the start"),
    "paying_end": _("Paying customers at the end"),
    "new_customers": _("Customers with new money"),
    "expanding_customers": _("Customers who pay more"),
    "returned_customers": _("Customers who came back"),
    "contracting_customers": _("Customers who pay less"),
    "churned_customers": _("Paying customers who left"),
    "without_mrr": _("Running contracts without a monthly amount, left out"),
    "gross_margin": _("Gross margin (rule of the workspace)"),
    "months": _("Months in the period"),
    "mrr": _("Monthly revenue then"),
    "first_mrr": _("Monthly revenue at the end of the first period"),
    "contracts_due": _("Contracts due for renewal"),
    "renewed": _("Contracts renewed"),
    "ended": _("Contracts ended"),
    "in_grace": _("Contracts ended, days of grace not over"),
    "undecided": _("Contracts due after the data ends"),
    "ran_through": _("Contracts that ran on with no due day seen"),
    "promoters": _("Promoters (9–10)"),
    "passives": _("Passives (7–8)"),
    "detractors": _("Detractors (0–6)"),
    "satisfied": _("Satisfied answers"),
    "low_effort": _("Answers from 5 to 7"),
    "answers": _("Answers that count"),
    "off_scale": _("Scores outside the scale, not counted"),
    "total": _("Scores, summed"),
    "incomplete": _("Occasions without all three answers, not counted"),
    "asked": _("Asked"),
    "answered": _("Answered"),
    "unasked": _("Answers without an instant of asking, not counted"),
    "unheard": _("Asked where nobody answered, not counted"),
    "expected": _("Satisfied if all who were asked had answered"),
    "effective": _("What the answers are worth after weighting"),
    "rank": _("Rank"),
    "raw": _("Own figure"),
    "common": _("Figure all have in common"),
    "borrowed": _("Part of the estimate taken from the others"),
    "given": _("Answers with this score"),
    "instrument": _("Kind of question"),
    "cut": _("Lowest good score"),
    "scale": _("Highest point of the scale"),
    "score": _("Score"),
    "change": _("Change to the period before"),
    "change_low": _("Change, lower bound"),
    "change_high": _("Change, upper bound"),
    "distinguishable": _("More than chance?"),
    "spend": _("Acquisition spend"),
    "won": _("Customers won: here for the first time ever"),
    "cac": _("Acquisition cost per customer (CAC)"),
    "clv": _("Lifetime value (historical)"),
    "margin": _("Gross margin of the period"),
    "customer_months": _("Months of being a customer, summed"),
    "repeat_revenue": _("Revenue after the first day of buying"),
    "top_revenue": _("Revenue from the tenth who spent most"),
    "negative": _("Buyers who sent back more than they bought"),
    "gini": _("Gini coefficient (0 all alike, 1 one has all)"),
    "member_customers": _("Customers who are members"),
    "members": _("Members"),
    "engaged": _("Members who were active lately"),
    "rewards_used": _("Rewards used"),
    "rewards_given": _("Rewards given"),
    "used_of_given": _("Of the rewards given, used so far"),
    "points_spent": _("Points spent"),
    "points_issued": _("Points earned"),
    "points_expired": _("Points expired"),
    "points_adjusted": _("Points adjusted"),
    "points_owed": _("Points owed: balances above zero"),
    "overdrawn": _("Customers below zero points"),
    "points_lapsed": _("Points that have lapsed"),
    "points_to_lapse": _("Points expected to lapse"),
    "points_left": _("Points left"),
    "points_credited": _("Points credited"),
    "expected_breakage": _("Share of them expected to lapse"),
    "point_value": _("Value of a point"),
    "tickets": _("Tickets"),
    "wait_1": _("Wait of ticket 1 (hours)"),
    "wait_2": _("Wait of ticket 2 (hours)"),
    "wait_3": _("Wait of ticket 3 (hours)"),
    "wait_4": _("Wait of ticket 4 (hours)"),
    "wait_5": _("Wait of ticket 5 (hours)"),
    "open_wait": _("Wait so far of an open ticket (hours)"),
    "asked_friday": _("Asked on Friday at (hour)"),
    "done_monday": _("Done on Monday at (hour)"),
    "done_tuesday": _("Done on Tuesday at (hour)"),
    "others_kept": _("Promises kept by another agent"),
    "others_broken": _("Promises broken by another agent"),
    "open_tickets": _("Tickets still open"),
    "waiting": _("Tickets counted as still waiting"),
    "open_before": _("Tickets open at the start"),
    "opened": _("Tickets opened"),
    "resolved": _("Tickets resolved"),
    "p50": _("Median (hours)"),
    "p50_low": _("Median, lower bound (hours)"),
    "p50_high": _("Median, upper bound (hours)"),
    "p90": _("90th percentile (hours)"),
    "p90_low": _("90th percentile, lower bound (hours)"),
    "p90_high": _("90th percentile, upper bound (hours)"),
    "settled": _("Tickets resolved at least once"),
    "reopened": _("Tickets opened again"),
    "repeat_tickets": _("Tickets after another on the same topic"),
    "without_topic": _("Tickets without a topic, left out"),
    "kept": _("Promises kept"),
    "broken": _("Promises broken"),
    "not_due": _("Not due yet, left out"),
    "closed_unanswered": _("Closed without a reply, left out"),
    "kept_raw": _("Own share of promises kept"),
    "reopened_share": _("Tickets opened again, shrunken share"),
    "reopened_low": _("Tickets opened again, lower bound"),
    "reopened_high": _("Tickets opened again, upper bound"),
    "wrote": _("Customers who wrote"),
    "customers_here": _("Customers at the start or since"),
    "outsiders": _("Others who wrote, left out"),
    "active_customers": _("Active customers"),
    "all_events": _("Events"),
    "active_days": _("Active days of all, summed"),
    "days_seen": _("Days observed"),
    "daily_actives": _("Active customers on an average day"),
    "first_time": _("New: first event ever"),
    "returning_customers": _("Returning: also active in the period before"),
    "resurrected": _("Resurrected: back after a break"),
    "dormant": _("Dormant: active before, not now"),
    "active_before": _("Active in the period before"),
    "falling": _("Use falls"),
    "steady": _("No clear change of use"),
    "rising": _("Use rises"),
    "too_new": _("Began within the weeks compared, left out"),
}
_MOVEMENTS = ("opening", "new_mrr", "expansion", "reactivation", "contraction", "churned", "closing")
_ACQUISITION = ("spend", "cac", "clv", "margin", "repeat_revenue", "top_revenue", "point_value")
_MONEY = frozenset({"revenue", *_ACQUISITION, "mrr", "first_mrr", *_MOVEMENTS})
_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def input_name(key: str) -> str:
    """What an input is called in the current language; one without a name keeps its key, spaced.

    >>> input_name("cs"), input_name("some_count")
    ('Customers at the start (CS)', 'some count')
    """
    return str(INPUTS[key]) if key in INPUTS else key.replace("_", " ")


def is_money(key: str) -> bool:
    """Whether an input is an amount of money.

    >>> is_money("revenue"), is_money("orders")
    (True, False)
    """
    return key in _MONEY


def input_value(key: str, value: object, *, currency: str | None = None) -> str:
    """An input as a person writes it: counts whole, money in its currency.

    >>> input_value("cs", 1380), input_value("revenue", 20000.0, currency="USD"), input_value("active", None)
    ('1,380', '$20,000.00', '–')
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if not isinstance(value, Real):
        return str(value)
    number = float(value)
    if is_money(key) and currency:
        return show(number, Unit.MONEY, currency=currency)
    return show(number, Unit.COUNT if number.is_integer() else Unit.RATIO)


def worked(measurement: Measurement) -> str | None:
    """The formula with the figure's own inputs and its value, such as "(412 − 97) / 380 = 82.9%".

    None when there is no formula for it, an input is missing, or the numbers do not give the figure: an equation
    that does not hold is never shown.
    """
    formula = WORKED.get(measurement.metric)
    if formula is None or measurement.value is None:
        return None
    inputs = {key: measurement.inputs.get(key) for key in re.findall(r"{(\w+)}", formula)}
    if not all(isinstance(value, Real) for value in inputs.values()):
        return None
    result = _calculate(
        formula.format(**{key: repr(float(value)) for key, value in inputs.items() if value is not None})
    )
    if result is None or not isclose(result, measurement.value, rel_tol=1e-9, abs_tol=1e-12):
        return None
    shown = {key: input_value(key, value, currency=measurement.currency) for key, value in inputs.items()}
    return f"{formula.format(**shown)} = {measurement}"


def _calculate(arithmetic: str) -> float | None:
    try:
        return _value(ast.parse(arithmetic.replace("−", "-").replace("×", "*"), mode="eval").body)
    except ZeroDivisionError:
        return None


def _value(node: ast.expr) -> float:
    if isinstance(node, ast.BinOp):
        return _OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    if isinstance(node, ast.UnaryOp):
        return -_value(node.operand)
    assert isinstance(node, ast.Constant) and isinstance(node.value, int | float)
    return float(node.value)
