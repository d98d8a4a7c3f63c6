"""What is written about the customers themselves, whatever the columns are called."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from okaeri.base.text import _
from okaeri.predictions.churn.examples import Feature
from okaeri.predictions.churn.features.family import ATTRIBUTE, Family, Found
from okaeri.predictions.churn.features.wording import label, sentence

_feature = partial(Feature, theme="profile")


def _columns(found: Found) -> Mapping[str, Feature]:
    return {
        f"{kind['kind']}_{kind['slot']}": _attribute(kind["name"], labelled=kind["kind"] == "label")
        for kind in sorted(found.kinds, key=lambda kind: str(kind["name"]))
    }


def _attribute(name: str, *, labelled: bool) -> Feature:
    unknown = _("Nothing is written about their '{name}'.").format(name=name)
    says = (
        label(_("Their '{name}' is '{label}'.").format(name=name), unknown=unknown)
        if labelled
        else sentence(_("Their '{name}' is {n}.").format(name=name), unknown=unknown)
    )
    return _feature(id=f"{ATTRIBUTE}{name}", name=_("Their '{name}'").format(name=name), says=says, labelled=labelled)


FAMILY = Family(name="profile", tables=("customers",), columns=_columns, kinds=True)
