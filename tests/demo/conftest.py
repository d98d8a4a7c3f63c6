"""One small and one larger Komorebi Coffee, made once for all tests of the demo."""

from __future__ import annotations

from datetime import date

import pytest

from okaeri.demo import Company, simulate
from okaeri.demo.company import simulate_customers

END = date(2026, 10, 18)


@pytest.fixture(scope="session")
def small() -> Company:
    return simulate("small", end=END)


@pytest.fixture(scope="session")
def town() -> Company:
    """Enough customers that a planted cause cannot hide behind chance."""
    return simulate_customers(30_000, seed=11, end=END)
