"""Value against risk: nine fields, or four."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from okaeri.base.errors import OkaeriError
from okaeri.predictions.segments import value_risk

DAY = date(2024, 7, 1)
RNG = np.random.default_rng(1)
VALUE, LEAVING = RNG.lognormal(5, 1, 90), RNG.random(90)


def test_thirds_of_value_meet_thirds_of_risk() -> None:
    found = value_risk(customer=np.arange(90), value=VALUE, leaving=LEAVING, as_of=DAY)

    best = int(np.argmax(VALUE))
    risk = ["low", "middle", "high"][int(np.argsort(np.argsort(LEAVING))[best] // 30)]
    assert found.label[best] == f"high_value_{risk}_risk"
    for level in ("low", "middle", "high"):
        assert sum(group.n for group in found.groups if group.label.startswith(f"{level}_value")) == 30
        assert sum(group.n for group in found.groups if group.label.endswith(f"{level}_risk")) == 30


def test_halves_make_four_fields() -> None:
    found = value_risk(customer=np.arange(90), value=VALUE, leaving=LEAVING, as_of=DAY, levels=2)

    assert {group.label for group in found.groups} == {
        f"{value}_value_{risk}_risk" for value in ("low", "high") for risk in ("low", "high")
    }
    assert str(found.groups[0].name) == "High value, high risk"


def test_who_lacks_a_figure_has_no_label() -> None:
    value = VALUE.copy()
    value[:7] = np.nan

    found = value_risk(customer=np.arange(90), value=value, leaving=LEAVING, as_of=DAY)

    assert found.customer.tolist() == list(range(7, 90))


def test_the_order_of_customers_changes_nothing() -> None:
    turned = np.random.default_rng(2).permutation(90)

    one = value_risk(customer=np.arange(90), value=VALUE, leaving=LEAVING, as_of=DAY)
    two = value_risk(customer=turned, value=VALUE[turned], leaving=LEAVING[turned], as_of=DAY)

    assert np.array_equal(one.label, two.label)
    assert one.groups == two.groups


def test_a_chance_above_one_is_refused() -> None:
    with pytest.raises(OkaeriError, match=r"Give shares, such as 0\.2"):
        value_risk(customer=np.arange(90), value=VALUE, leaving=LEAVING * 100, as_of=DAY)


def test_a_handful_is_not_divided() -> None:
    found = value_risk(customer=np.arange(5), value=VALUE[:5], leaving=LEAVING[:5], as_of=DAY)

    assert str(found.reason) == "Not enough customers to divide: 5 of 20."
