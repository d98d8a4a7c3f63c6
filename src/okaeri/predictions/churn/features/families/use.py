"""What customers did: visits, logins, use, failed payments, and steps on the way out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from okaeri.base.text import _
from okaeri.predictions.churn.examples import Feature
from okaeri.predictions.churn.features.family import Family, Found, by_id
from okaeri.predictions.churn.features.wording import days, number, ratio, sentence, times

_feature = partial(Feature, theme="use")


def _columns(found: Found) -> Mapping[str, Feature]:
    kinds = {f"kind_{kind['slot']}": _named(kind["name"]) for kind in found.kinds}
    return by_id(*(_events(window) for window in (7, 30, 90)), *_rhythm(), *_warnings()) | kinds


def _events(window: int) -> Feature:
    return _feature(
        id=f"events_{window}d",
        name=_("Activity in the last {days} days").format(days=window),
        says=sentence(
            _("They were active {n} in the last {days} days.").format(days=window),
            none=_("They were not active in the last {days} days.").format(days=window),
            show=times,
        ),
    )


def _rhythm() -> tuple[Feature, ...]:
    return (
        _feature(
            id="days_since_event",
            name=_("Days since the last activity"),
            says=sentence(
                _("They were last active {n} ago."), unknown=_("No activity of theirs was ever recorded."), show=days
            ),
        ),
        _feature(
            id="active_days_30d",
            name=_("Active days in the last 30 days"),
            says=sentence(
                _("They were active on {n} of the last 30 days."),
                none=_("They were not active in the last {days} days.").format(days=30),
                show=number,
            ),
        ),
        _feature(
            id="event_pace",
            name=_("Activity against the half year before"),
            says=sentence(
                _("In the last 30 days they were active {n} times as often as in the half year before."),
                none=_("They were not active in the last 30 days, unlike in the half year before."),
                unknown=_("They were not active for long enough to have a pace of their own."),
                show=ratio,
            ),
        ),
    )


def _warnings() -> tuple[Feature, ...]:
    return (
        _feature(
            id="payment_failures_90d",
            name=_("Failed payments in the last 90 days"),
            says=sentence(
                _("A payment of theirs failed {n} in the last 90 days."),
                none=_("No payment of theirs failed in the last 90 days."),
                show=times,
            ),
        ),
        _feature(
            id="leaving_signs_90d",
            name=_("Steps towards cancelling in the last 90 days"),
            says=sentence(
                _("They took a step towards cancelling {n} in the last 90 days."),
                none=_("They took no step towards cancelling in the last 90 days."),
                show=times,
            ),
        ),
    )


def _named(kind: str) -> Feature:
    return _feature(
        id=f"event_30d:{kind}",
        name=_("'{kind}' in the last 30 days").format(kind=kind),
        says=sentence(
            _("'{kind}' was recorded {n} for them in the last 30 days.").format(kind=kind),
            none=_("'{kind}' was not recorded for them in the last 30 days.").format(kind=kind),
            show=times,
        ),
    )


FAMILY = Family(name="use", tables=("events",), columns=_columns, kinds=True)
