"""The cast and its workspaces: Aki owns the shop, Min-jun analyses, Haru cares for customers, Chiyo only looks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

import okaeri
from okaeri.web.core.people.models import User
from okaeri.web.core.people.roles import Role

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright's sync API runs inside an event loop
PASSWORD = "komorebi-2026"


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """An empty workspace of the test's own."""
    folder = tmp_path / "shop"
    chosen = {"name": "Komorebi Coffee", "zone": "Asia/Tokyo", "currency": "JPY", "presence": "orders:60d"}
    okaeri.create(folder, settings=chosen)
    settings.OKAERI = replace(settings.OKAERI, workspace=folder)
    yield folder


@pytest.fixture
def coffee(workspace: Path, foreseen: Path) -> Path:
    """The test's workspace with the facts, models and labels of a small coffee shop."""
    shutil.rmtree(workspace)
    shutil.copytree(foreseen, workspace)
    return workspace


@pytest.fixture
def person(db: None) -> Callable[[Role], User]:
    """Makes one person of a role."""

    def make(role: Role) -> User:
        return User.objects.create_user(f"{role.value}@komorebi.example", PASSWORD, name=role.value.title(), role=role)

    return make


@pytest.fixture
def aki(db: None) -> User:
    """The owner."""
    return User.objects.create_user("aki@komorebi.example", PASSWORD, name="Aki", role=Role.OWNER)


@pytest.fixture
def min_jun(db: None) -> User:
    """The analyst."""
    return User.objects.create_user("minjun@komorebi.example", PASSWORD, name="Min-jun", role=Role.ANALYST)


@pytest.fixture
def haru(db: None) -> User:
    """The agent."""
    return User.objects.create_user("haru@komorebi.example", PASSWORD, name="Haru", role=Role.AGENT)


@pytest.fixture
def chiyo(db: None) -> User:
    """Somebody who may only look at figures."""
    return User.objects.create_user("chiyo@komorebi.example", PASSWORD, name="Chiyo", role=Role.VIEWER)


@pytest.fixture
def browsing() -> Callable[[User], Client]:
    """A browser without a screen, signed in as somebody; forms are checked for their token."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
