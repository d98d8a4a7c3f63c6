"""What customers bought, how much, and how that compares with their own earlier pace."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from okaeri.base.text import _
from okaeri.predictions.churn.examples import Feature
from okaeri.predictions.churn.features.family import Family, Found, by_id
from okaeri.predictions.churn.features.wording import days, money, ratio, sentence, times

_feature = partial(Feature, theme="buying")
_NEVER = _("They have never ordered.")
_NOT_LATELY = _("They did not order in the last {days} days.")
_NO_PACE = _("They have not been ordering for long enough to have a pace of their own.")
_NO_RHYTHM = _("They have ordered too rarely to have a rhythm.")


def _columns(found: Found) -> Mapping[str, Feature]:
    return by_id(
        _feature(
            id="days_since_order",
            name=_("Days since the last order"),
            says=sentence(_("Their last order was {n} ago."), unknown=_NEVER, show=days),
        ),
        _feature(
            id="orders_ever",
            name=_("Orders so far"),
            says=sentence(_("They have ordered {n} so far."), none=_NEVER, show=times),
        ),
        *(_orders(window) for window in (30, 90, 365)),
        *_rhythm(),
        *(_spend(window, found.currency) for window in (90, 365)),
        _feature(
            id="spend_pace",
            name=_("Spend against the year before"),
            says=sentence(
                _("In the last 90 days they spent {n} times as much per day as in the year before."),
                none=_("They spent nothing in the last 90 days, unlike in the year before."),
                unknown=_NO_PACE,
                show=ratio,
            ),
        ),
        _feature(
            id="order_value",
            name=_("Money per order in the last year"),
            says=sentence(
                _("An order of theirs in the last year came to {n} on average."),
                unknown=_NOT_LATELY.format(days=365),
                show=money(found.currency),
            ),
        ),
        *(_returns(window) for window in (90, 365)),
    )


def _rhythm() -> tuple[Feature, ...]:
    return (
        _feature(
            id="order_pace",
            name=_("Orders against the year before"),
            says=sentence(
                _("In the last 90 days they ordered {n} times as often as in the year before."),
                none=_("They did not order in the last 90 days, unlike in the year before."),
                unknown=_NO_PACE,
                show=ratio,
            ),
        ),
        _feature(
            id="order_gap_days",
            name=_("Usual days between orders"),
            says=sentence(_("They usually order again after {n}."), unknown=_NO_RHYTHM, show=days),
        ),
        _feature(
            id="silence_in_gaps",
            name=_("Silence against the usual gap"),
            says=sentence(
                _("Their last order is {n} times as long ago as their usual gap between orders."),
                unknown=_NO_RHYTHM,
                show=ratio,
            ),
        ),
        _feature(
            id="silence_in_longest_gap",
            name=_("Silence against the longest gap"),
            says=sentence(
                _("Their last order is {n} times as long ago as their longest gap between orders so far."),
                unknown=_NO_RHYTHM,
                show=ratio,
            ),
        ),
    )


def _orders(window: int) -> Feature:
    return _feature(
        id=f"orders_{window}d",
        name=_("Orders in the last {days} days").format(days=window),
        says=sentence(
            _("They ordered {n} in the last {days} days.").format(days=window),
            none=_NOT_LATELY.format(days=window),
            show=times,
        ),
    )


def _spend(window: int, currency: str) -> Feature:
    return _feature(
        id=f"spend_{window}d",
        name=_("Spend in the last {days} days").format(days=window),
        says=sentence(
            _("They spent {n} in the last {days} days.").format(days=window),
            none=_("They spent nothing in the last {days} days.").format(days=window),
            unknown=_("They have never bought in the usual currency."),
            show=money(currency),
        ),
    )


def _returns(window: int) -> Feature:
    return _feature(
        id=f"returns_{window}d",
        name=_("Returns in the last {days} days").format(days=window),
        says=sentence(
            _("They sent something back {n} in the last {days} days.").format(days=window),
            none=_("They sent nothing back in the last {days} days.").format(days=window),
            show=times,
        ),
    )


FAMILY = Family(name="buying", tables=("orders",), columns=_columns)
