"""Who may do what: five roles, and the one table that says so."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from django.db import models

from okaeri.base.text import Text, _


class Can(StrEnum):
    """One thing a person may be allowed to do."""

    SEE_FIGURES = "see_figures"
    SEE_CUSTOMERS = "see_customers"
    CARE = "care"  # notes, tasks, consent and identities of customers
    ARRANGE = "arrange"  # saved views, dashboards, annotations, alerts
    SHARE = "share"  # links for outsiders, mails of reports
    EXPORT = "export"
    BRING_FACTS = "bring_facts"  # uploads and connections
    CONNECT = "connect"  # write keys, tokens and webhooks
    MANAGE = "manage"  # people, settings, the audit log, erasure


class Role(models.TextChoices):
    """What somebody is here for; names are shown by `role_name`."""

    OWNER = "owner"
    ANALYST = "analyst"
    MARKETER = "marketer"
    AGENT = "agent"
    VIEWER = "viewer"


_SEEING = frozenset({Can.SEE_FIGURES, Can.SEE_CUSTOMERS})
ALLOWED: dict[Role, frozenset[Can]] = {
    Role.OWNER: frozenset(Can),
    Role.ANALYST: _SEEING | {Can.ARRANGE, Can.SHARE, Can.EXPORT, Can.BRING_FACTS, Can.CONNECT},
    Role.MARKETER: _SEEING | {Can.CARE, Can.ARRANGE, Can.SHARE, Can.EXPORT},
    Role.AGENT: _SEEING | {Can.CARE},
    Role.VIEWER: frozenset({Can.SEE_FIGURES}),
}
ROLE_NAMES: dict[Role, Text] = {
    Role.OWNER: _("Owner"),
    Role.ANALYST: _("Analyst"),
    Role.MARKETER: _("Marketer"),
    Role.AGENT: _("Agent"),
    Role.VIEWER: _("Viewer"),
}
ROLE_WORDS: dict[Role, Text] = {
    Role.OWNER: _("May do everything, and decides who else may."),
    Role.ANALYST: _("Brings in facts, sees everything, exports and shares figures."),
    Role.MARKETER: _("Sees figures and customers, keeps notes and consent, exports and shares."),
    Role.AGENT: _("Sees customers and cares for them: notes, tasks and consent."),
    Role.VIEWER: _("Sees figures, but no customer by name."),
}

View = TypeVar("View", bound=Callable[..., Any])


def needs(permission: Can) -> Callable[[View], View]:
    """Mark a view: only roles with this permission may open it. A view without a mark opens to nobody."""

    def mark(view: View) -> View:
        view.okaeri_needs = permission  # type: ignore[attr-defined]  # a mark on the view itself, as Django makes them
        return view

    return mark


def signed_in(view: View) -> View:
    """Mark a view that everybody who is signed in may open, whatever their role."""
    view.okaeri_needs = None  # type: ignore[attr-defined]  # as above
    return view


def public(view: View) -> View:
    """Mark a view that asks for no session: it looks after itself, by token or key, or shows nothing private."""
    view.okaeri_public = True  # type: ignore[attr-defined]  # as above
    return view
