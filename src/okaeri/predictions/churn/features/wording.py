"""From a value to the sentence that states it as a reason, in every language and for every value, also none at all."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan
from typing import Any

from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit

Show = Callable[[float], object]
Says = Callable[[Any], Text]

NOTHING_KNOWN = _("Nothing is known about this.")


def number(value: float) -> Shown:
    """A number with one digit, or none where that digit is 0.

    >>> str(number(3.0)), str(number(2.5)), str(number(-0.01))
    ('3', '2.5', '0')
    """
    rounded = round(value, 1) + 0.0  # and never a zero below zero
    return Shown(rounded, Unit.COUNT, 0 if rounded == round(rounded) else 1)


def ratio(value: float) -> Shown:
    """How many times as much.

    >>> str(ratio(0.5))
    '0.5'
    """
    return Shown(value, Unit.RATIO, 1)


def share(value: float) -> Shown:
    """A share of 0..1 as whole percent.

    >>> str(share(0.25))
    '25%'
    """
    return Shown(value, Unit.RATE, 0)


def hours(value: float) -> Shown:
    """Hours, or minutes where it is less than one.

    >>> str(hours(30.5))
    '30.5 h'
    """
    return Shown(value, Unit.HOURS)


def days(value: float) -> Text:
    """A number of days.

    >>> str(days(1)), str(days(41))
    ('1 day', '41 days')
    """
    return _("1 day") if value == 1 else _("{n} days").format(n=number(value))


def times(value: float) -> Text:
    """How often.

    >>> str(times(1)), str(times(2))
    ('once', '2 times')
    """
    return _("once") if value == 1 else _("{n} times").format(n=number(value))


def money(currency: str) -> Show:
    """Amounts in one currency, bare when it is not known.

    >>> str(money("JPY")(1200))
    '¥1,200'
    """
    return lambda value: Shown(value, Unit.MONEY, currency=currency or None)


def sentence(
    some: Text, *, none: Text | None = None, one: Text | None = None, unknown: Text = NOTHING_KNOWN, show: Show = number
) -> Says:
    """How a number is said: `some` with `{n}` written by `show`, `none` for 0, `one` for 1, `unknown` for NaN.

    >>> says = sentence(_("They ordered {n}."), unknown=_("They have never ordered."), show=times)
    >>> str(says(2)), str(says(float("nan")))
    ('They ordered 2 times.', 'They have never ordered.')
    """

    def says(value: Any) -> Text:
        if value is None or isnan(value):
            return unknown
        special = {0: none, 1: one}.get(value)
        return some.format(n=show(float(value))) if special is None else special

    return says


def label(some: Text, *, unknown: Text = NOTHING_KNOWN) -> Says:
    """How a text is said: `some` with `{label}`, `unknown` for "".

    >>> str(label(_("Their plan is '{label}'."))("annual"))
    "Their plan is 'annual'."
    """
    return lambda value: some.format(label=value) if value else unknown
