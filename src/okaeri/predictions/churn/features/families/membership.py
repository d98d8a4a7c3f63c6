"""Whether customers belong to the loyalty programme."""

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
            id="member",
            name=_("Member of the loyalty programme"),
            says=sentence(
                _("They are a member of the loyalty programme."),
                none=_("They are not a member of the loyalty programme."),
            ),
        ),
        _feature(
            id="days_since_joining",
            name=_("Days since they joined the loyalty programme"),
            says=sentence(
                _("They joined the loyalty programme {n} ago."),
                unknown=_("They have never joined the loyalty programme."),
                show=days,
            ),
        ),
    )


FAMILY = Family(name="membership", tables=("memberships",), columns=_columns)
