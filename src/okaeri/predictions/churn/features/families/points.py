"""Points: what customers have, earn, use and let lapse."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from okaeri.base.text import _
from okaeri.predictions.churn.examples import Feature
from okaeri.predictions.churn.features.family import Family, Found, by_id
from okaeri.predictions.churn.features.wording import days, sentence

_feature = partial(Feature, theme="programme")


def _columns(found: Found) -> Mapping[str, Feature]:
    return by_id(
        _feature(
            id="points_balance",
            name=_("Points they have"),
            says=sentence(_("They have {n} points."), one=_("They have one point."), none=_("They have no points.")),
        ),
        _feature(
            id="points_earned_90d",
            name=_("Points earned in the last 90 days"),
            says=sentence(
                _("They earned {n} points in the last 90 days."),
                one=_("They earned one point in the last 90 days."),
                none=_("They earned no points in the last 90 days."),
            ),
        ),
        _feature(
            id="points_used_365d",
            name=_("Points used in the last 365 days"),
            says=sentence(
                _("They used {n} points in the last 365 days."),
                one=_("They used one point in the last 365 days."),
                none=_("They used no points in the last 365 days."),
            ),
        ),
        *_ends(),
    )


def _ends() -> tuple[Feature, ...]:
    return (
        _feature(
            id="points_lapsed",
            name=_("Points that lapsed"),
            says=sentence(
                _("{n} points of theirs have lapsed unused."),
                one=_("One point of theirs has lapsed unused."),
                none=_("No points of theirs have lapsed."),
            ),
        ),
        _feature(
            id="points_ending_30d",
            name=_("Points that lapse within 30 days"),
            says=sentence(
                _("{n} points of theirs lapse within 30 days."),
                one=_("One point of theirs lapses within 30 days."),
                none=_("No points of theirs lapse within 30 days."),
            ),
        ),
        _feature(
            id="days_since_points",
            name=_("Days since points last changed"),
            says=sentence(_("Their points last changed {n} ago."), unknown=_("They have never had points."), show=days),
        ),
    )


FAMILY = Family(name="points", tables=("points",), columns=_columns)
