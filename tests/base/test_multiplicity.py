"""Many figures watched at once: the procedure of 1995 on its own example, and how often it cries wolf."""

from __future__ import annotations

from math import isclose

import numpy as np
import pytest

from okaeri.base.differences import Difference
from okaeri.base.measurement import Interval
from okaeri.base.multiplicity import discoveries, p_value

# the fifteen p-values of Benjamini and Hochberg (1995), section 4
PUBLISHED = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
    *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
]


def apart(value: float, low: float | None, high: float | None) -> Difference:
    return Difference(value=value, interval=Interval(low=low, high=high, method="t"))


def test_of_the_published_fifteen_the_first_four_are_named() -> None:
    assert discoveries(PUBLISHED) == (True,) * 4 + (False,) * 11
    assert discoveries(PUBLISHED[::-1]) == (False,) * 11 + (True,) * 4


def test_one_question_alone_is_judged_at_the_level_itself() -> None:
    assert discoveries([0.05]) == (True,)
    assert discoveries([0.051]) == (False,)
    assert discoveries([]) == ()


@pytest.mark.parametrize(("value", "low", "high"), [(0.2, 0.0, 0.5), (-0.2, -0.9, 0.0)])
def test_an_interval_that_touches_0_has_a_p_value_of_one_in_twenty(value: float, low: float, high: float) -> None:
    found = p_value(apart(value, low, high))

    assert found is not None and isclose(found, 0.05, abs_tol=1e-12)


def test_a_p_value_below_one_in_twenty_is_an_interval_that_leaves_0_out() -> None:
    for low in (-0.3, -0.01, 0.01, 0.15):
        found = apart(0.2, low, 0.4)

        p = p_value(found)
        assert p is not None and (p < 0.05) == found.distinguishable


@pytest.mark.parametrize("bounds", [(None, 0.5), (0.1, None)])
def test_a_one_sided_bound_has_no_p_value(bounds: tuple[float | None, float | None]) -> None:
    assert p_value(apart(0.2, *bounds)) is None
    assert p_value(Difference(value=0.2, interval=None)) is None


def test_an_interval_without_width_is_certain() -> None:
    assert p_value(apart(0.2, 0.2, 0.2)) == 0.0
    assert p_value(apart(0.0, 0.0, 0.0)) == 1.0


def test_when_nothing_moved_one_page_in_twenty_names_something() -> None:
    rng = np.random.default_rng(7)

    alarms = np.mean([any(discoveries(rng.random(18).tolist())) for _ in range(4000)])

    assert 0.035 < alarms < 0.065
