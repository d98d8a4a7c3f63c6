"""Messages and calls to customers, and whether they cared for them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from okaeri.base.text import _
from okaeri.predictions.churn.examples import Feature
from okaeri.predictions.churn.features.family import Family, Found, by_id
from okaeri.predictions.churn.features.wording import days, label, sentence, share, times

_feature = partial(Feature, theme="touches")
_NEVER = _("No message has ever gone out to them.")
_UNTOLD = _("It is not known whether they open your messages.")


def _columns(found: Found) -> Mapping[str, Feature]:
    return by_id(*_sent(), *_received())


def _sent() -> tuple[Feature, ...]:
    return (
        _feature(
            id="touches_90d",
            name=_("Messages to them in the last 90 days"),
            says=sentence(
                _("{n} messages went out to them in the last 90 days."),
                one=_("One message went out to them in the last 90 days."),
                none=_("No message went out to them in the last 90 days."),
            ),
        ),
        _feature(
            id="days_since_touch",
            name=_("Days since the last message to them"),
            says=sentence(_("The last message went out to them {n} ago."), unknown=_NEVER, show=days),
        ),
        _feature(
            id="touch_channel",
            name=_("Channel of the last message to them"),
            says=label(_("The last message to them went by '{label}'."), unknown=_NEVER),
            labelled=True,
        ),
        _feature(
            id="held_out_90d",
            name=_("Messages held back on purpose in the last 90 days"),
            says=sentence(
                _("A message to them was held back on purpose {n} in the last 90 days."),
                none=_("No message to them was held back on purpose in the last 90 days."),
                show=times,
            ),
        ),
    )


def _received() -> tuple[Feature, ...]:
    return (
        _feature(
            id="opened_share_365d",
            name=_("Share of messages they opened in the last 365 days"),
            says=sentence(
                _("They opened {n} of the messages of the last 365 days."),
                none=_("They opened none of the messages of the last 365 days."),
                unknown=_UNTOLD,
                show=share,
            ),
        ),
        _feature(
            id="clicked_share_365d",
            name=_("Share of messages they followed in the last 365 days"),
            says=sentence(
                _("They followed {n} of the messages of the last 365 days further."),
                none=_("They followed none of the messages of the last 365 days further."),
                unknown=_UNTOLD,
                show=share,
            ),
        ),
        _feature(
            id="touches_failed_365d",
            name=_("Messages that failed or that they refused in the last 365 days"),
            says=sentence(
                _("A message did not reach them, or they refused it, {n} in the last 365 days."),
                none=_("Every message of the last 365 days reached them, as far as is known."),
                show=times,
            ),
        ),
    )


FAMILY = Family(name="touches", tables=("touches",), columns=_columns)
