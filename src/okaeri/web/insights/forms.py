"""What people type into these pages, checked; the words around the fields are the templates'."""

from __future__ import annotations

import unicodedata
from typing import Any, cast

from django import forms

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.metrics import METRICS
from okaeri.targets import Target
from okaeri.targets.target import GRAINS

_BOUNDS = ("at_least", "at_most")
_NO_NUMBER = cast("str", _("Write a number, such as 0.8 or 40."))


class NumberField(forms.FloatField):
    """A number, or a share written with a percent sign."""

    def to_python(self, value: object) -> Any:
        """The number that was typed; `80%` is 0.8."""
        typed = unicodedata.normalize("NFKC", str(value or "")).strip()
        if not typed.endswith("%"):
            return super().to_python(typed)
        share = super().to_python(typed.removesuffix("%").strip())
        return None if share is None else round(share / 100, 12)


class TargetForm(forms.Form):
    """What a figure should reach, or stay under, in each period."""

    metric = forms.ChoiceField(choices=lambda: [(name, name) for name in METRICS])
    bound = forms.ChoiceField(choices=[(name, name) for name in _BOUNDS])
    value = NumberField(error_messages={"required": _NO_NUMBER, "invalid": _NO_NUMBER})
    by = forms.ChoiceField(choices=[(grain, grain) for grain in GRAINS])
    segment = forms.CharField(max_length=100, required=False)
    currency = forms.CharField(max_length=3, required=False)
    owner = forms.CharField(max_length=100, required=False)
    department = forms.CharField(max_length=100, required=False)

    def target(self) -> Target | None:
        """The target that was typed; None when the library will not have it, which is then said beside the form."""
        said = self.cleaned_data
        names = ("metric", "by", "segment", "currency", "owner", "department")
        try:
            return Target(**{name: said[name] for name in names}, **{said["bound"]: said["value"]})
        except OkaeriError as error:
            self.add_error(None, cast("str", Text("{what} {advice}").format(what=error.what, advice=error.advice)))
            return None
