"""Hillstrom's e-mail challenge: 64,000 customers, two mails and none, drawn by lot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from okaeri.predictions.uplift import Uplift, UpliftFit

pytestmark = [pytest.mark.real_data, pytest.mark.slow]
NUMBERS, LABELS = ("recency", "history", "mens", "womens", "newbie"), ("zip_code", "channel")


def fitted(folder: Path, *, mail: str, outcome: str, uplift: Uplift) -> UpliftFit:
    import pyarrow.csv

    rows = pyarrow.csv.read_csv(folder / "uplift" / "hillstrom.csv")
    segment = np.array(rows["segment"].to_pylist())
    mine = np.isin(segment, [mail, "No E-Mail"])
    features: dict[str, Any] = {name: rows[name].to_numpy().astype(np.float64)[mine] for name in NUMBERS}
    features |= {name: np.array(rows[name].to_pylist())[mine] for name in LABELS}
    return uplift.fit(
        features,
        treated=segment[mine] == mail,
        outcome=rows[outcome].to_numpy()[mine],
        customer=np.flatnonzero(mine),
    )


def test_the_womens_mail_moves_visits_and_the_scores_know_whose(data_dir: Path) -> None:
    """Ten splits in halves; the coefficient is normalised by the perfect curve."""
    fit = fitted(data_dir, mail="Womens E-Mail", outcome="visit", uplift=Uplift())

    assert fit.qini is not None
    assert fit.qini.value >= 0.062
    assert fit.verdict.works
    assert fit.average is not None
    assert fit.average.low < 0.0452 < fit.average.high  # the plain difference of the arms
    assert fit.doubts == ()


def test_the_mens_mail_sells_and_nobody_knows_to_whom(data_dir: Path) -> None:
    fit = fitted(data_dir, mail="Mens E-Mail", outcome="conversion", uplift=Uplift())

    assert fit.average is not None and fit.average.low > 0
    assert fit.verdict.kind == "no_evidence"


@pytest.mark.parametrize("seed", [1, 2])
def test_another_draw_of_the_halves_says_the_same(data_dir: Path, seed: int) -> None:
    women = fitted(data_dir, mail="Womens E-Mail", outcome="visit", uplift=Uplift(seed=seed, splits=4))
    men = fitted(data_dir, mail="Mens E-Mail", outcome="conversion", uplift=Uplift(seed=seed, splits=4))

    assert women.verdict.works
    assert men.verdict.kind == "no_evidence"
