"""What customers wrote about you under a name you know."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from okaeri.base.text import _
from okaeri.predictions.churn.examples import Feature
from okaeri.predictions.churn.features.family import Family, Found, by_id
from okaeri.predictions.churn.features.wording import days, sentence, times

_feature = partial(Feature, theme="voice")
_NEVER = _("No public review or post of theirs is known.")


def _columns(found: Found) -> Mapping[str, Feature]:
    return by_id(
        _feature(
            id="mentions_365d",
            name=_("Reviews and posts in the last 365 days"),
            says=sentence(
                _("They wrote about you in public {n} in the last 365 days."),
                none=_("They did not write about you in public in the last 365 days."),
                show=times,
            ),
        ),
        _feature(
            id="days_since_mention",
            name=_("Days since the last review or post"),
            says=sentence(_("They last wrote about you in public {n} ago."), unknown=_NEVER, show=days),
        ),
        _feature(
            id="mention_rating",
            name=_("Rating in the last review or post"),
            says=sentence(
                _("Their last public rating of you was {n}."), unknown=_("No public rating of theirs is known.")
            ),
        ),
    )


FAMILY = Family(name="mentions", tables=("mentions",), columns=_columns)
