"""How pages are made: Jinja with the library's own sentences, and what every page knows of its surroundings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined
from jinja2.loaders import ChoiceLoader
from lucide.jinja import lucide

from okaeri.base.text import _, current_language
from okaeri.base.units import Unit, show
from okaeri.web.core.dates import show_day, show_moment
from okaeri.web.core.people.roles import Can
from okaeri.web.core.shops import workspace
from okaeri.web.project.navigation import places_for


def environment(**options: Any) -> Environment:
    """The templates of every room; `report/…` are the pieces a report is put together from."""
    theirs = options.pop("loader")
    pieces = PrefixLoader({"report": PackageLoader("okaeri.reports")})
    options |= {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True, "autoescape": True}
    made = Environment(loader=ChoiceLoader([pieces, theirs]), **options)
    made.globals |= {
        "_": _,
        "static": static,
        "url": _url,
        "icon": lucide,
        "show": show,
        "Unit": Unit,
        "Can": Can,
        "moment": show_moment,
        "day": show_day,
        "gap": _gap,
    }
    return made


def _gap() -> str:
    """What stands between two sentences: Japanese leaves nothing."""
    return "" if current_language() == "ja" else " "


def _url(name: str, *args: Any, **named: Any) -> str:
    return reverse(name, args=args or None, kwargs=named or None)


def around(request: HttpRequest) -> dict[str, Any]:
    """What every page is given: who asks, in which language, where they may go, and the nonce of this answer."""
    user = getattr(request, "user", None)
    person = user if user is not None and user.is_authenticated else None
    return {
        "lang": current_language(),
        "languages": settings.LANGUAGES,
        "person": person,
        "can": (lambda need: person is not None and person.can(need)),
        "workspace_name": workspace().settings.name,
        "places": places_for(request, person) if person else (),
        "nonce": str(getattr(request, "csp_nonce", "")),
        "is_demo": settings.OKAERI.demo,
        "sends_mail": bool(settings.OKAERI.mail),
    }
