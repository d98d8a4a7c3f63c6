"""The people of the workspace."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from okaeri.web.core.people.models import AuditEntry, User
from okaeri.web.core.people.roles import Role
from okaeri.web.core.people.services import invite

Browsing = Callable[[User], Client]


def test_an_owner_changes_a_role_and_the_log_says_from_what_to_what(aki: User, chiyo: User, browsing: Browsing) -> None:
    browsing(aki).post(f"/settings/people/{chiyo.pk}/role/", {"role": "marketer"})

    chiyo.refresh_from_db()
    entry = AuditEntry.objects.get(verb="person.role")
    assert chiyo.role == Role.MARKETER
    assert (entry.who, entry.about, entry.detail) == (aki, chiyo.email, {"before": "viewer", "after": "marketer"})


@pytest.mark.parametrize("way", ["role", "close"])
def test_the_last_owner_stays(way: str, aki: User, browsing: Browsing) -> None:
    page = browsing(aki).post(f"/settings/people/{aki.pk}/{way}/", {"role": "viewer"}, follow=True).content.decode()

    aki.refresh_from_db()
    assert (aki.role, aki.is_active) == (Role.OWNER, True)
    assert "Make somebody else an owner first" in page


def test_a_closed_owner_does_not_count_as_one_who_stays(aki: User, chiyo: User, browsing: Browsing) -> None:
    User.objects.filter(pk=chiyo.pk).update(role=Role.OWNER, is_active=False)

    browsing(aki).post(f"/settings/people/{aki.pk}/role/", {"role": "viewer"})

    aki.refresh_from_db()
    assert aki.role == Role.OWNER


def test_closing_an_account_ends_its_sessions_for_good(aki: User, chiyo: User, browsing: Browsing) -> None:
    theirs, ours = browsing(chiyo), browsing(aki)
    assert theirs.get("/").status_code == 200

    ours.post(f"/settings/people/{chiyo.pk}/close/")
    closed = theirs.get("/")
    ours.post(f"/settings/people/{chiyo.pk}/open/")
    opened = theirs.get("/")

    assert closed.headers["Location"].startswith("/account/login/")
    assert opened.headers["Location"].startswith("/account/login/")
    assert browsing(chiyo.__class__.objects.get(pk=chiyo.pk)).get("/").status_code == 200


def test_the_list_shows_everybody_and_what_roles_do(aki: User, chiyo: User, browsing: Browsing) -> None:
    page = browsing(aki).get("/settings/people/").content.decode()

    assert chiyo.email in page
    assert "The only owner" in page
    assert "Sees figures, but no customer by name." in page


def test_an_unknown_role_is_refused(aki: User, chiyo: User, browsing: Browsing) -> None:
    answer = browsing(aki).post(f"/settings/people/{chiyo.pk}/role/", {"role": "emperor"})

    chiyo.refresh_from_db()
    assert answer.status_code == 404
    assert chiyo.role == Role.VIEWER


def test_a_name_is_shown_as_text(aki: User, browsing: Browsing) -> None:
    User.objects.create_user("x@komorebi.example", None, name="<script>alert(1)</script>")

    page = browsing(aki).get("/settings/people/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("way", ["role", "close"])
def test_what_somebody_invited_ends_when_they_may_no_longer_invite(
    way: str, aki: User, chiyo: User, browsing: Browsing
) -> None:
    User.objects.filter(pk=chiyo.pk).update(role=Role.OWNER)
    chiyo.refresh_from_db()
    theirs = invite(chiyo, email="friend@nowhere.example", role=Role.OWNER, language="", now=timezone.now())
    ours = invite(aki, email="haru@komorebi.example", role=Role.AGENT, language="", now=timezone.now())

    browsing(aki).post(f"/settings/people/{chiyo.pk}/{way}/", {"role": "analyst"})

    assert Client().get(f"/join/{theirs.token}/").status_code == 410
    assert Client().get(f"/join/{ours.token}/").status_code == 200
