"""What people type about a customer, checked; the words around the fields are the templates'."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from okaeri.base.text import Text, _
from okaeri.web.core.customers.kinds.channels import CHANNEL_NAMES, STATE_NAMES, Channel, ConsentState
from okaeri.web.core.customers.models import IdentityKind
from okaeri.web.core.people.models import User
from okaeri.web.core.people.roles import ALLOWED, Can, Role

LONGEST_NOTE = 5_000
SOURCES: dict[str, Text] = {
    "in person": _("In person"),
    "phone call": _("On the phone"),
    "letter": _("By letter"),
    "e-mail": _("By e-mail"),
    "web form": _("On a web form"),
    "shop counter": _("At the counter"),
    "other": _("Another way"),
}
IDENTITY_NAMES: dict[str, Text] = {
    IdentityKind.EXTERNAL_ID: _("Customer id"),
    IdentityKind.EMAIL: _("E-mail address"),
    IdentityKind.PHONE: _("Phone number"),
    IdentityKind.ANONYMOUS: _("Visitor id"),
}


class NewNote(forms.Form):
    """A note about a customer."""

    text = forms.CharField(max_length=LONGEST_NOTE)

    def __init__(self, given: QueryDict | None = None) -> None:
        super().__init__(given, auto_id="note_%s")


class NewTask(forms.Form):
    """Something to do, by whom and by when."""

    task = forms.CharField(max_length=300)
    due = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    assignee = forms.ModelChoiceField(queryset=User.objects.none(), required=False)

    def __init__(self, given: QueryDict | None = None) -> None:
        super().__init__(given, auto_id="task_%s")
        self.fields["assignee"].queryset = carers()  # type: ignore[attr-defined]  # a field of this form's own kind


class NewConsent(forms.Form):
    """What a customer said about a channel, how, and under which wording."""

    channel = forms.ChoiceField(choices=Channel.choices)
    state = forms.ChoiceField(choices=ConsentState.choices)
    source = forms.ChoiceField(choices=[(key, key) for key in SOURCES])
    wording = forms.CharField(max_length=120, required=False)

    def __init__(self, given: QueryDict | None = None) -> None:
        super().__init__(given, auto_id="consent_%s")


class NewIdentity(forms.Form):
    """One more mark a customer is known by."""

    kind = forms.ChoiceField(choices=IdentityKind.choices)
    value = forms.CharField(max_length=254)

    def __init__(self, given: QueryDict | None = None) -> None:
        super().__init__(given, auto_id="identity_%s")


def carers() -> Any:
    """Everybody who may care for customers."""
    roles = [role for role in Role if Can.CARE in ALLOWED[role]]
    return User.objects.filter(is_active=True, role__in=roles)


def channel_choices() -> list[tuple[str, Text]]:
    """The channels with their words."""
    return [(channel.value, name) for channel, name in CHANNEL_NAMES.items()]


def state_choices() -> list[tuple[str, Text]]:
    """The states with their words."""
    return [(state.value, name) for state, name in STATE_NAMES.items()]
