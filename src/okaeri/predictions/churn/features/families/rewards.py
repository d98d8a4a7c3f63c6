"""Rewards customers were given, used, and still hold."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from okaeri.base.text import _
from okaeri.predictions.churn.examples import Feature
from okaeri.predictions.churn.features.family import Family, Found, by_id
from okaeri.predictions.churn.features.wording import sentence

_feature = partial(Feature, theme="programme")


def _columns(found: Found) -> Mapping[str, Feature]:
    return by_id(
        _feature(
            id="rewards_365d",
            name=_("Rewards received in the last 365 days"),
            says=sentence(
                _("They received {n} rewards in the last 365 days."),
                one=_("They received one reward in the last 365 days."),
                none=_("They received no reward in the last 365 days."),
            ),
        ),
        _feature(
            id="rewards_used_365d",
            name=_("Rewards used in the last 365 days"),
            says=sentence(
                _("They used {n} rewards in the last 365 days."),
                one=_("They used one reward in the last 365 days."),
                none=_("They used no reward in the last 365 days."),
            ),
        ),
        _feature(
            id="rewards_unused",
            name=_("Rewards not used yet"),
            says=sentence(
                _("They hold {n} rewards they have not used."),
                one=_("They hold one reward they have not used."),
                none=_("They hold no unused reward."),
            ),
        ),
    )


FAMILY = Family(name="rewards", tables=("rewards",), columns=_columns)
