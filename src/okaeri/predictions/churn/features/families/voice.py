"""What customers answered when they were asked, and how often they did not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from okaeri.base.text import _
from okaeri.predictions.churn.examples import Feature
from okaeri.predictions.churn.features.family import Family, Found, by_id
from okaeri.predictions.churn.features.wording import days, number, sentence, share

_feature = partial(Feature, theme="voice")
_NEVER_RECOMMENDING = _("They have never said whether they would recommend you.")
_NEVER_SATISFIED = _("They have never said how satisfied they are.")


def _columns(found: Found) -> Mapping[str, Feature]:
    return by_id(*_recommending(), *_satisfied(), *_others())


def _recommending() -> tuple[Feature, ...]:
    return (
        _feature(
            id="nps_last",
            name=_("Last answer on recommending you"),
            says=sentence(
                _("Asked whether they would recommend you, they last answered {n} of 10."), unknown=_NEVER_RECOMMENDING
            ),
        ),
        _feature(
            id="nps_days",
            name=_("Days since the last answer on recommending you"),
            says=sentence(
                _("They last said whether they would recommend you {n} ago."), unknown=_NEVER_RECOMMENDING, show=days
            ),
        ),
        _feature(
            id="nps_mean_365d",
            name=_("Mean answer on recommending you in the last 365 days"),
            says=sentence(
                _("In the last 365 days their answers on recommending you were {n} of 10 on average."),
                unknown=_("They did not say in the last 365 days whether they would recommend you."),
            ),
        ),
        _feature(
            id="nps_change",
            name=_("Last answer on recommending you against the earlier ones"),
            says=sentence(
                _("Their last answer on recommending you differs by {n} points from their earlier ones."),
                none=_("Their last answer on recommending you is the same as their earlier ones on average."),
                one=_("Their last answer on recommending you is one point above their earlier ones."),
                unknown=_("They have not said twice whether they would recommend you."),
                show=number,
            ),
        ),
    )


def _satisfied() -> tuple[Feature, ...]:
    return (
        _feature(
            id="csat_last",
            name=_("Last satisfaction answer, 0% the worst and 100% the best"),
            says=sentence(
                _("Their last answer on satisfaction was {n} of the best."), unknown=_NEVER_SATISFIED, show=share
            ),
        ),
        _feature(
            id="csat_days",
            name=_("Days since the last satisfaction answer"),
            says=sentence(_("They last said how satisfied they are {n} ago."), unknown=_NEVER_SATISFIED, show=days),
        ),
        _feature(
            id="csat_mean_365d",
            name=_("Mean satisfaction answer in the last 365 days"),
            says=sentence(
                _("In the last 365 days their answers on satisfaction were {n} of the best on average."),
                unknown=_("They did not say in the last 365 days how satisfied they are."),
                show=share,
            ),
        ),
    )


def _others() -> tuple[Feature, ...]:
    return (
        _feature(
            id="ces_last",
            name=_("Last answer on how easy it was, 0% the worst and 100% the best"),
            says=sentence(
                _("Their last answer on how easy it was to get help was {n} of the best."),
                unknown=_("They have never said how easy it was to get help."),
                show=share,
            ),
        ),
        _feature(
            id="cli_last",
            name=_("Last answer on loyalty, 0% the worst and 100% the best"),
            says=sentence(
                _("Their last answer on loyalty was {n} of the best."),
                unknown=_("They have never answered a question on loyalty."),
                show=share,
            ),
        ),
        _feature(
            id="answered_share_365d",
            name=_("Share of questions answered in the last 365 days"),
            says=sentence(
                _("They answered {n} of the questions put to them in the last 365 days."),
                none=_("They answered none of the questions put to them in the last 365 days."),
                unknown=_("They were asked nothing in the last 365 days."),
                show=share,
            ),
        ),
    )


FAMILY = Family(name="voice", tables=("answers",), columns=_columns)
