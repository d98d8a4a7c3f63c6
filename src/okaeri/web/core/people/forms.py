"""What people type into the pages of this room, checked; the words around the fields are the templates'."""

from __future__ import annotations

import zoneinfo
from datetime import date
from typing import Any, cast

from babel.numbers import is_currency
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.metrics.presence import PresenceRule
from okaeri.web.core.people.models import User, fold
from okaeri.web.core.people.roles import ROLE_NAMES, Role

LANGUAGE_NAMES = (("en", "English"), ("ja", "日本語"), ("ko", "한국어"))
THEMES: tuple[tuple[str, Text], ...] = (
    ("", _("As the device")),
    ("light", _("Light")),
    ("dark", _("Dark")),
)
WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


def zones() -> list[str]:
    """The zones a person may choose: places, not abbreviations."""
    return sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/"))


def said(text: Text | str) -> ValidationError:
    """A sentence of ours as the error of a field; it becomes words when it is shown."""
    return ValidationError(cast("str", text))


class Zone(forms.CharField):
    """An IANA time zone."""

    def clean(self, value: Any) -> str:
        """The zone's name; "" stays ""."""
        zone = str(super().clean(value))
        if zone and zone != "UTC" and zone not in zoneinfo.available_timezones():
            raise said(_("There is no time zone called {zone!r}.").format(zone=zone))
        return zone


class Currency(forms.CharField):
    """A currency of ISO 4217 in capitals, or none."""

    def clean(self, value: Any) -> str:
        """The code; "" stays ""."""
        code = str(super().clean(value)).upper()
        if code and not is_currency(code):
            raise said(_("There is no currency {code}.").format(code=code))
        return code


class Newcomer(forms.Form):
    """Somebody who comes in: a name, a password and a language."""

    name = forms.CharField(max_length=100)
    password = forms.CharField(strip=False, max_length=200)
    language = forms.ChoiceField(choices=LANGUAGE_NAMES)

    email_of: str = ""

    def clean(self) -> dict[str, Any]:
        """Refuse a password that is easy to guess, also from the name or the address."""
        given = self.cleaned_data
        password = given.get("password")
        if password:
            try:
                validate_password(
                    password, User(email=self.email_of or given.get("email", ""), name=given.get("name", ""))
                )
            except ValidationError as error:
                self.add_error("password", error)
        return given


class Account(Newcomer):
    """Somebody who says who they are as well."""

    email = forms.EmailField(max_length=254)


class FirstOwner(Account):
    """The owner who opens the house, and where and in what their shop counts."""

    shop = forms.CharField(max_length=100)
    shop_zone = Zone(max_length=60)
    currency = Currency(max_length=3, required=False)


class Invite(forms.Form):
    """Whom to invite."""

    email = forms.EmailField(max_length=254)
    role = forms.ChoiceField(choices=Role.choices)
    language = forms.ChoiceField(choices=LANGUAGE_NAMES)

    def clean_email(self) -> str:
        """The address as it is kept."""
        return fold(self.cleaned_data["email"])


class NewRole(forms.Form):
    """Another role."""

    role = forms.ChoiceField(choices=Role.choices)


class Myself(forms.Form):
    """How somebody is called and how pages look to them."""

    name = forms.CharField(max_length=100)
    language = forms.ChoiceField(choices=[("", ""), *LANGUAGE_NAMES], required=False)
    zone = Zone(required=False, max_length=60)
    theme = forms.ChoiceField(choices=[(code, code) for code, name in THEMES], required=False)


class WorkspaceForm(forms.Form):
    """What the workspace has decided about its figures."""

    name = forms.CharField(max_length=100)
    zone = Zone(max_length=60)
    week_start = forms.TypedChoiceField(choices=[(day, day) for day in range(7)], coerce=int)
    fiscal_month = forms.TypedChoiceField(choices=[(month, month) for month in range(1, 13)], coerce=int)
    currency = Currency(max_length=3, required=False)
    presence = forms.CharField(max_length=40)
    returns = forms.ChoiceField(choices=[("net", "net"), ("apart", "apart")])
    seen = forms.CharField(max_length=64)

    def clean_presence(self) -> str:
        """A presence rule the library can read."""
        rule = str(self.cleaned_data["presence"]).strip()
        try:
            if rule != "auto":
                PresenceRule.parse(rule)
        except OkaeriError as error:
            raise said(error.what) from None
        return rule


class LogFilter(forms.Form):
    """Which entries of the audit log."""

    who = forms.RegexField(r"^(-|\d{1,18})$", required=False)
    verb = forms.CharField(max_length=60, required=False)
    first = forms.DateField(required=False)
    last = forms.DateField(required=False)

    def clean(self) -> dict[str, Any]:
        """Days in order."""
        given = self.cleaned_data
        first, last = given.get("first"), given.get("last")
        if isinstance(first, date) and isinstance(last, date) and last < first:
            self.add_error("last", said(_("The last day is before the first.")))
        return given


def role_choices() -> list[tuple[str, str]]:
    """The roles by name, for a select."""
    return [(role.value, str(name)) for role, name in ROLE_NAMES.items()]
