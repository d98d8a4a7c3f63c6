"""The search: it finds tops, stays inside its bounds, and says when a top is none."""

from __future__ import annotations

import numpy as np
import pytest

from okaeri.predictions.clv.fitting import Floats, Likelihood, maximise


def hill(centre: Floats, curve: Floats) -> Likelihood:
    def likelihood(theta: Floats) -> tuple[float, Floats]:
        away = theta - centre
        return float(-away @ curve @ away / 2), -curve @ away

    return likelihood


def rosenbrock(theta: Floats) -> tuple[float, Floats]:
    """A long bent ridge, on which quadratic steps go wrong; its top is at (1, 1)."""
    x, y = theta
    return -((1 - x) ** 2) - 100 * (y - x * x) ** 2, np.array([2 * (1 - x) + 400 * x * (y - x * x), -200 * (y - x * x)])


def two_tops(theta: Floats) -> tuple[float, Floats]:
    """A low top near -2 and a high one near 2."""
    (x,) = theta
    low, high = np.exp(-((x + 2) ** 2)), 2 * np.exp(-((x - 2) ** 2))
    return float(low + high), np.array([-2 * (x + 2) * low - 2 * (x - 2) * high])


def test_a_quadratic_hill_is_climbed_and_its_curvature_known() -> None:
    curve = np.array([[2.0, 0.9], [0.9, 1.0]])

    found = maximise(hill(np.array([1.0, -2.0]), curve), names=("a", "b"), starts=[[0, 0]], customers=50)

    assert found.theta == pytest.approx([1, -2], abs=1e-9)
    assert found.covariance is not None
    assert found.covariance == pytest.approx(np.linalg.inv(curve) / 50, rel=1e-6)
    assert found.converged
    assert found.doubts == ()


def test_a_bent_ridge_is_climbed_to_its_end() -> None:
    found = maximise(rosenbrock, names=("x", "y"), starts=[[-1.2, 1.0]], customers=1)

    assert found.theta == pytest.approx([1, 1], abs=1e-6)
    assert found.converged


def test_the_higher_of_two_tops_wins_whichever_start_is_named_first() -> None:
    for starts in ([[-2.2], [2.2]], [[2.2], [-2.2]]):
        found = maximise(two_tops, names=("x",), starts=starts, customers=1)

        assert found.theta == pytest.approx([2], abs=1e-3)


def test_a_top_beyond_the_bounds_is_sought_at_their_edge_and_told() -> None:
    found = maximise(
        hill(np.array([20.0, 1.0]), np.eye(2)), names=("r", "alpha"), starts=[[0, 0]], customers=10
    )  # fmt: skip

    assert found.theta == pytest.approx([9, 1])
    assert found.at_bound == ("r",)
    assert found.converged
    assert found.covariance is not None
    assert found.covariance == pytest.approx(np.diag([0, 0.1]))
    assert "r ran to the edge" in str(found.doubts[0])


def test_a_flat_likelihood_has_no_errors_and_says_so() -> None:
    found = maximise(
        hill(np.array([1.0, 0.0]), np.diag([1.0, 0.0])), names=("a", "b"), starts=[[0, 0]], customers=10
    )  # fmt: skip

    assert found.covariance is None
    assert "flat" in str(found.doubts[0])
    assert np.isnan(list(found.standard_errors({"a": 1.0, "b": 1.0}, logged=("a",)).values())).all()


def test_a_slope_that_lies_is_found_out() -> None:
    """A gradient that points away from the top leads nowhere, and the fit must not be believed."""

    def liar(theta: Floats) -> tuple[float, Floats]:
        value, slope = hill(np.array([3.0]), np.eye(1))(theta)
        return value, -slope

    found = maximise(liar, names=("a",), starts=[[0.0]], customers=1)

    assert not found.converged
    assert "did not converge" in str(found.doubts[0])


def test_parts_of_the_data_lead_the_way_and_the_whole_decides() -> None:
    near, whole = hill(np.array([0.9, 0.1]), np.eye(2)), hill(np.array([1.0, 0.0]), 2 * np.eye(2))

    found = maximise(whole, names=("a", "b"), starts=[[0, 0]], customers=1, parts=[near])

    assert found.theta == pytest.approx([1, 0], abs=1e-9)


def test_standard_errors_of_logged_parameters_are_multiplied_back() -> None:
    found = maximise(hill(np.zeros(2), np.eye(2)), names=("a", "slope"), starts=[[1, 1]], customers=100)

    errors = found.standard_errors({"a": 3.0}, logged=("a",))

    assert errors == pytest.approx({"a": 0.3, "slope": 0.1})
