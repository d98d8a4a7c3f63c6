"""What is shown of a trial too small to learn from: its counts and the reason, and no effect."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from okaeri.cli.foretold import show_uplift, uplift_json
from okaeri.predictions.uplift import Trial, Uplift
from okaeri.predictions.uplift.trials import TrialUplift


def trial(*, arm: int) -> TrialUplift:
    """A letter to some customers who all bought, and not to as many others who did not."""
    treated = np.arange(2 * arm) < arm
    features = {"orders": np.arange(2.0 * arm)}
    told = Trial(
        name="letter",
        measured="bought",
        horizon_days=30,
        cutoff=date(2024, 6, 1),
        customer=np.arange(2 * arm),
        day=np.full(2 * arm, 19_800),
        treated=treated,
        outcome=treated.astype(np.float64),
        unseen=0,
        absent=0,
    )
    return TrialUplift(
        trial=told, features=features, fit=Uplift().fit(features, treated=treated, outcome=treated.astype(np.float64))
    )


@pytest.mark.parametrize("arm", [1, 6])
def test_a_trial_too_small_to_learn_from_shows_why_and_no_effect(arm: int, capsys: pytest.CaptureFixture[str]) -> None:
    show_uplift(trial(arm=arm))

    said = " ".join(capsys.readouterr().out.split())
    assert f"Not enough customers yet: {arm} of 100 in the smaller arm." in said
    assert "On average" not in said and "100.0%" not in said and "Learned by" not in said


def test_a_trial_too_small_to_learn_from_has_no_effect_for_programs() -> None:
    data = uplift_json(trial(arm=6))

    assert (data["average_effect"], data["learner"], data["qini"]) == (None, None, None)
    assert data["verdict"]["kind"] == "too_few"
