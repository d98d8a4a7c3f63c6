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
}
_MONEY = frozenset({"revenue"})
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


def input_value(key: str, value: object, *, currency: str | None = None) -> str:
    """An input as a person writes it: counts whole, money in its currency.

    >>> input_value("cs", 1380), input_value("revenue", 20000.0, currency="USD"), input_value("active", None)
    ('1,380', '$20,000.00', '–')
    """
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, Real):
        return str(value)
    number = float(value)
    if key in _MONEY and currency:
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
    assert isinstance(node, ast.Constant) and isinstance(node.value, float)
    return node.value
