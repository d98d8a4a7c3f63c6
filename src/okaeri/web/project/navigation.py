"""The places of the application, in the order of the side bar, for one person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from okaeri.base.text import Text, _
from okaeri.web.core.people.models import User
from okaeri.web.core.people.roles import Can


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One entry of the side bar; `small` ones stay on a phone's bar, the others are behind "More"."""

    name: str
    title: Text
    icon: str
    needs: Can = Can.SEE_FIGURES
    small: bool = False
    group: str = "figures"


PLACES = (
    Place(name="home", title=_("Home"), icon="house", small=True),
    Place(name="retention", title=_("Retention"), icon="chart-spline", small=True),
    Place(name="revenue", title=_("Revenue"), icon="trending-up"),
    Place(name="value", title=_("Customer value"), icon="gem"),
    Place(name="voice", title=_("Voice of customers"), icon="message-circle-heart"),
    Place(name="support", title=_("Support"), icon="life-buoy"),
    Place(name="programme", title=_("Programme"), icon="gift"),
    Place(name="predictions", title=_("Predictions"), icon="telescope"),
    Place(name="targets", title=_("Targets"), icon="target"),
    Place(name="dashboards", title=_("Dashboards"), icon="layout-dashboard"),
    Place(name="customers", title=_("Customers"), icon="users", needs=Can.SEE_CUSTOMERS, small=True, group="people"),
    Place(name="intake", title=_("Data"), icon="database", needs=Can.BRING_FACTS, small=True, group="work"),
    Place(name="settings", title=_("Settings"), icon="settings", needs=Can.CONNECT, group="work"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A place as one person sees it now."""

    title: str
    address: str
    icon: str
    small: bool
    group: str
    here: bool


def places_for(request: HttpRequest, person: User) -> tuple[Entry, ...]:
    """The places this person may open."""
    return tuple(_entries(request, person))


def _entries(request: HttpRequest, person: User) -> Iterator[Entry]:
    for place in PLACES:
        if person.can(place.needs):
            address = reverse(place.name)
            here = request.path == address or (address != "/" and request.path.startswith(address))
            yield Entry(
                title=str(place.title),
                address=address,
                icon=place.icon,
                small=place.small,
                group=place.group,
                here=here,
            )
