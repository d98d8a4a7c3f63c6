"""How far two arms lie apart when there are only a few customers in them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import ttest_ind

from okaeri.predictions.uplift import Uplift, UpliftFit
from okaeri.predictions.uplift.average import plain_effect
from okaeri.predictions.uplift.coins import codes_of
from okaeri.predictions.uplift.learners import Sample


def sample(treated: list[float], control: list[float]) -> Sample:
    """Customers without features, by the outcomes of both arms."""
    made = np.array([*treated, *control], np.float64)
    size = len(made)
    return Sample(
        matrix=np.empty((size, 0)),
        treated=np.arange(size) < len(treated),
        outcome=made,
        propensity=np.full(size, 0.5),
        code=codes_of(np.arange(size), seed=1),
        binary=bool(np.isin(made, (0.0, 1.0)).all()),
    )


def fitted(treated: list[float], control: list[float]) -> UpliftFit:
    arm = [1] * len(treated) + [0] * len(control)
    return Uplift().fit({"age": np.arange(len(arm), dtype=np.float64)}, treated=arm, outcome=[*treated, *control])


def test_one_treated_against_three_has_no_interval() -> None:
    found = plain_effect(sample([1.0], [0.0, 0.0, 0.0]))

    assert (found.value, found.interval) == (1.0, None)


def test_six_against_six_is_not_certain() -> None:
    found = plain_effect(sample([1.0] * 6, [0.0] * 6))

    assert found.interval is not None and found.interval.low is not None and found.interval.high is not None
    assert found.interval.low == pytest.approx(0.448, abs=5e-3)
    assert found.interval.high == pytest.approx(1.0)


def test_the_interval_of_shares_is_newcombes_published_one() -> None:
    """56 of 70 against 48 of 80: 0.2 (0.0524 to 0.3339)."""
    found = plain_effect(sample([1.0] * 56 + [0.0] * 14, [1.0] * 48 + [0.0] * 32))

    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((0.0524, 0.3339), abs=1e-4)


def test_the_interval_of_amounts_is_welchs() -> None:
    treated, control = [12.0, 9.0, 31.0], [4.0, 8.0, 6.0, 3.0, 7.0]

    found = plain_effect(sample(treated, control))

    expected = ttest_ind(treated, control, equal_var=False).confidence_interval()
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((expected.low, expected.high))


def test_amounts_that_are_all_alike_have_no_interval() -> None:
    found = plain_effect(sample([100.0, 100.0], [50.0, 50.0, 50.0]))

    assert (found.value, found.interval) == (50.0, None)


@pytest.mark.parametrize("chance", [0.1, 0.5])
def test_the_interval_of_a_handful_holds_the_truth(chance: float) -> None:
    rng = np.random.default_rng(3)
    draws = rng.random((1_000, 20)) < chance
    found = [plain_effect(sample(row[:8].astype(float).tolist(), row[8:].astype(float).tolist())) for row in draws]

    inside = [each.interval is not None and each.distinguishable is False for each in found]

    assert np.mean(inside) >= 0.94


@pytest.mark.parametrize(("treated", "control"), [([1.0], [0.0] * 3), ([1.0] * 6, [0.0] * 6), ([9.0, 1.5], [0.0] * 4)])
def test_a_trial_too_small_to_learn_from_shows_no_effect(treated: list[float], control: list[float]) -> None:
    fit = fitted(treated, control)

    assert fit.verdict.kind == "too_few"
    assert (fit.average, fit.learner, fit.qini, fit.auuc) == (None, None, None, None)
    assert np.isnan(fit.effect({"age": [1.0, 2.0]})).all()


def test_a_fit_without_an_effect_survives_being_kept_as_json() -> None:
    fit = fitted([1.0] * 6, [0.0] * 6)

    again = UpliftFit.from_data(json.loads(json.dumps(fit.as_data(), allow_nan=False)))

    assert again.apart == fit.apart
    assert (again.average, again.learner) == (None, None)
    assert str(again.verdict) == str(fit.verdict)
