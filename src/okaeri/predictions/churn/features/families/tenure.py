"""How long somebody has been a customer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from okaeri.base.text import _
from okaeri.predictions.churn.examples import Feature
from okaeri.predictions.churn.features.family import Family, Found, by_id
from okaeri.predictions.churn.features.wording import days, sentence, times

_feature = partial(Feature, theme="tenure")


def _columns(found: Found) -> Mapping[str, Feature]:
    return by_id(
        _feature(
            id="tenure_days",
            name=_("Days since they first became a customer"),
            says=sentence(_("They first became a customer {n} ago."), show=days),
        ),
        _feature(
            id="stay_days",
            name=_("Days since they came or came back"),
            says=sentence(_("They have been a customer without a break for {n}."), show=days),
        ),
        _feature(
            id="comebacks",
            name=_("Times they came back"),
            says=sentence(_("They have left and come back {n}."), none=_("They have never left before."), show=times),
        ),
    )


FAMILY = Family(name="tenure", tables=(), columns=_columns)
