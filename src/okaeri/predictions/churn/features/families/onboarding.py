"""How far customers came on the first path laid out for them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from okaeri.base.text import _
from okaeri.predictions.churn.examples import Feature
from okaeri.predictions.churn.features.family import Family, Found, by_id
from okaeri.predictions.churn.features.wording import days, sentence

_feature = partial(Feature, theme="onboarding")
_NONE = _("They have finished no onboarding step.")


def _columns(found: Found) -> Mapping[str, Feature]:
    kinds = {f"kind_{kind['slot']}": _step(kind["name"]) for kind in found.kinds}
    return kinds | by_id(
        _feature(
            id="steps_done",
            name=_("Onboarding steps finished"),
            says=sentence(
                _("They have finished {n} onboarding steps."),
                one=_("They have finished one onboarding step."),
                none=_NONE,
            ),
        ),
        _feature(
            id="days_since_step",
            name=_("Days since the last onboarding step"),
            says=sentence(_("They finished their last onboarding step {n} ago."), unknown=_NONE, show=days),
        ),
    )


def _step(kind: str) -> Feature:
    finished = _("They have finished the step '{kind}'.").format(kind=kind)
    missing = _("They have not finished the step '{kind}'.").format(kind=kind)
    return _feature(
        id=f"step:{kind}",
        name=_("Step '{kind}' finished").format(kind=kind),
        says=sentence(finished, none=missing, unknown=missing),
    )


FAMILY = Family(name="onboarding", tables=("steps",), columns=_columns, kinds=True)
