"""The morning screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from okaeri.web.core.people.models import User
from okaeri.web.insights.measuring import measure_pages


def test_before_anything_was_measured_home_says_what_to_do(aki: User, browsing: Callable[[User], Client]) -> None:
    answer = browsing(aki).get("/")

    assert "Nothing has been measured yet" in answer.content.decode()


@pytest.mark.slow
def test_home_shows_key_figures_with_their_n(coffee: Path, aki: User, browsing: Callable[[User], Client]) -> None:
    measure_pages(now=datetime(2025, 3, 1, tzinfo=UTC), languages=("en",))

    page = browsing(aki).get("/").content.decode()

    assert "Customer retention rate" in page
    assert "n\u00a0=\u00a0" in page
