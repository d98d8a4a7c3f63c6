"""A program with a token, and how it asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from okaeri.web.core.api.services import make_token
from okaeri.web.core.people.models import User
from okaeri.web.core.people.roles import Can

NOW = datetime(2025, 3, 1, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """Asks the API with one token."""

    secret: str

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """One request; `path` is below /api/v1, headers are written with underscores."""
        client = Client(raise_request_exception=False)
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.generic(  # type: ignore[return-value]  # the stubs wrap it
            method,
            f"/api/v1{path}",
            data=b"" if body is None else (body if isinstance(body, bytes) else _json(body)),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.secret}", **said},
        )


def _json(body: Any) -> bytes:
    import json

    return json.dumps(body).encode()


@pytest.fixture(autouse=True)
def fresh_windows() -> None:
    """No test uses up what another may ask."""
    cache.clear()


@pytest.fixture
def program() -> Callable[..., Program]:
    """Makes a token for somebody and gives the program that uses it; all their scopes unless some are named."""

    def make(maker: User, *scopes: Can) -> Program:
        chosen = scopes or tuple(each for each in Can if maker.can(each))
        _card, secret = make_token(maker=maker, name="Shelf", scopes=chosen, days=None, now=NOW)
        return Program(secret=secret)

    return make
