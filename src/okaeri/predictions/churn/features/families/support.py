"""What customers asked for help with, how long they waited, and what is still open."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from okaeri.base.text import _
from okaeri.predictions.churn.examples import Feature
from okaeri.predictions.churn.features.family import Family, Found, by_id
from okaeri.predictions.churn.features.wording import days, hours, sentence, times

_feature = partial(Feature, theme="support")
_NOT_LATELY = _("They did not ask for help in the last {days} days.")
_NO_ENDS = _("It is not recorded when tickets end.")
_NO_REPLIES = _("They had nothing to wait for in the last 90 days.")


def _columns(found: Found) -> Mapping[str, Feature]:
    kinds = {f"kind_{kind['slot']}": _topic(kind["name"]) for kind in found.kinds}
    return by_id(_latest(), *(_tickets(window) for window in (30, 90, 365)), *_open(), *_waiting()) | kinds


def _latest() -> Feature:
    return _feature(
        id="days_since_ticket",
        name=_("Days since they asked for help"),
        says=sentence(_("They last asked for help {n} ago."), unknown=_("They have never asked for help."), show=days),
    )


def _tickets(window: int) -> Feature:
    return _feature(
        id=f"tickets_{window}d",
        name=_("Tickets in the last {days} days").format(days=window),
        says=sentence(
            _("They asked for help {n} in the last {days} days.").format(days=window),
            none=_NOT_LATELY.format(days=window),
            show=times,
        ),
    )


def _open() -> tuple[Feature, ...]:
    return (
        _feature(
            id="tickets_open",
            name=_("Open tickets"),
            says=sentence(
                _("{n} tickets of theirs are open."),
                one=_("One ticket of theirs is open."),
                none=_("No ticket of theirs is open."),
                unknown=_NO_ENDS,
            ),
        ),
        _feature(
            id="oldest_open_days",
            name=_("Age of the oldest open ticket in days"),
            says=sentence(
                _("A ticket of theirs has been open for {n}."),
                unknown=_("No open ticket of theirs is known."),
                show=days,
            ),
        ),
        _feature(
            id="reopened_365d",
            name=_("Tickets opened again in the last 365 days"),
            says=sentence(
                _("Tickets of theirs had to be opened again {n} in the last 365 days."),
                none=_("No ticket of theirs had to be opened again in the last 365 days."),
                show=times,
            ),
        ),
    )


def _waiting() -> tuple[Feature, ...]:
    return (
        _feature(
            id="wait_worst_90d",
            name=_("Longest wait for a first reply in the last 90 days"),
            says=sentence(
                _("In the last 90 days they waited up to {n} for a first reply."), unknown=_NO_REPLIES, show=hours
            ),
        ),
        _feature(
            id="wait_mean_90d",
            name=_("Mean wait for a first reply in the last 90 days"),
            says=sentence(
                _("In the last 90 days they waited {n} for a first reply on average."), unknown=_NO_REPLIES, show=hours
            ),
        ),
        _feature(
            id="slow_replies_90d",
            name=_("Replies later than promised in the last 90 days"),
            says=sentence(
                _("They had to wait longer than promised {n} in the last 90 days."),
                none=_("They never had to wait longer than promised in the last 90 days."),
                unknown=_("It is not recorded when tickets are answered."),
                show=times,
            ),
        ),
    )


def _topic(kind: str) -> Feature:
    return _feature(
        id=f"tickets_90d:{kind}",
        name=_("Tickets about '{kind}' in the last 90 days").format(kind=kind),
        says=sentence(
            _("They wrote about '{kind}' {n} in the last 90 days.").format(kind=kind),
            none=_("They did not write about '{kind}' in the last 90 days.").format(kind=kind),
            show=times,
        ),
    )


FAMILY = Family(name="support", tables=("tickets",), columns=_columns, kinds=True)
