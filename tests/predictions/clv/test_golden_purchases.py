"""BG/NBD, MBG/NBD and Pareto/NBD on the CDNOW sample, against the numbers that were printed about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from okaeri.predictions.clv.bgnbd import BGNBD, BGNBDFit
from okaeri.predictions.clv.mbgcnbd import MBGCNBD
from okaeri.predictions.clv.mbgnbd import MBGNBD
from okaeri.predictions.clv.paretonbd import ParetoNBD, ParetoNBDFit
from tests.predictions.clv import cdnow

pytestmark = pytest.mark.real_data
PUBLISHED_BG = BGNBDFit(r=0.242595, alpha=4.413602, a=0.792920, b=2.425888)
# what the papers' tables of predictions were computed from
ROUNDED_BG = BGNBDFit(r=0.243, alpha=4.414, a=0.793, b=2.426)
PUBLISHED_PARETO = ParetoNBDFit(r=0.55315, alpha=10.57633, s=0.60625, beta=11.67150)
VIGNETTE_PARETO = ParetoNBDFit(r=0.553, alpha=10.580, s=0.606, beta=11.656)
# customer 1516, in weeks
OFTEN: dict[str, Any] = {"frequency": 26, "last_purchase": 30 + 6 / 7, "age": 31}
LONG_AGO: dict[str, Any] = {"frequency": [10, 15, 20, 25], "last_purchase": 20, "age": 39}


@pytest.fixture(scope="module")
def days(data_dir: Path) -> dict[str, Any]:
    """Frequency, last purchase and age in days, at the end of week 39."""
    bought = cdnow.purchases(data_dir)
    seen = bought.day <= cdnow.CALIBRATION_ENDS
    who, day = bought.customer[seen], bought.day[seen]
    first = np.full(who.max() + 1, 10_000)
    last = np.zeros(who.max() + 1)
    np.minimum.at(first, who, day)
    np.maximum.at(last, who, day)
    return {
        "frequency": np.bincount(who) - 1.0,
        "last_purchase": last - first,
        "age": cdnow.CALIBRATION_ENDS - first.astype(np.float64),
    }


@pytest.fixture(scope="module")
def weeks(days: dict[str, Any]) -> dict[str, Any]:
    return {**days, "last_purchase": days["last_purchase"] / 7, "age": days["age"] / 7}


def test_bg_nbd_has_the_parameters_of_fader_hardie_and_lee_2005_table_2(weeks: dict[str, Any]) -> None:
    fit = BGNBD().fit(**weeks)

    assert fit.customers == 2357
    assert fit.parameters == pytest.approx(PUBLISHED_BG.parameters, rel=1e-5)
    assert fit.log_likelihood == pytest.approx(-9582.429, abs=0.001)
    assert fit.doubts == ()


def test_pareto_nbd_has_the_parameters_and_errors_of_fader_and_hardie(weeks: dict[str, Any]) -> None:
    fit = ParetoNBD().fit(**weeks)

    assert fit.parameters == pytest.approx(PUBLISHED_PARETO.parameters, rel=1e-3)
    assert fit.log_likelihood == pytest.approx(-9594.976, abs=0.001)
    errors = {"r": 0.04763, "alpha": 0.84272, "s": 0.18726, "beta": 6.21054}
    assert fit.standard_errors == pytest.approx(errors, rel=1e-3)
    assert fit.doubts == ()


def test_mbg_nbd_has_the_parameters_of_batislam_denizel_and_filiztekin_2007(weeks: dict[str, Any]) -> None:
    fit = MBGNBD().fit(**weeks)

    assert fit.parameters == pytest.approx({"r": 0.5248, "alpha": 6.1831, "a": 0.8914, "b": 1.6140}, abs=6e-5)
    assert fit.log_likelihood == pytest.approx(-9582.136, abs=0.001)


@pytest.mark.parametrize("model", [BGNBD(), MBGNBD(), ParetoNBD()], ids=lambda model: type(model).__name__)
def test_days_and_weeks_give_one_answer(
    model: BGNBD | MBGNBD | ParetoNBD, days: dict[str, Any], weeks: dict[str, Any]
) -> None:
    in_days, in_weeks = model.fit(**days), model.fit(**weeks)

    times = {"alpha": 7.0, "beta": 7.0}
    expected = {name: value * times.get(name, 1.0) for name, value in in_weeks.parameters.items()}
    assert in_days.parameters == pytest.approx(expected, rel=1e-7)
    bought = weeks["frequency"].sum()
    assert in_days.log_likelihood == pytest.approx(in_weeks.log_likelihood - bought * np.log(7), abs=1e-6)
    assert in_days.expected_purchases(273, **days) == pytest.approx(in_weeks.expected_purchases(39, **weeks), rel=1e-6)


def test_bg_nbd_predicts_as_in_the_excel_note_of_fader_and_hardie_2004() -> None:
    """x = 2, t_x = 30.43, T = 38.86: 1.226 purchases in 39 weeks."""
    expected = PUBLISHED_BG.expected_purchases(39, frequency=2, last_purchase=30.43, age=38.86)

    assert expected.item() == pytest.approx(1.226, abs=5e-4)


def test_bg_nbd_expects_of_a_newcomer_what_the_note_prints() -> None:
    expected = PUBLISHED_BG.expected_purchases_of_newcomer([1 / 7, 1, 3, 31 + 6 / 7, 32, 78])

    assert expected == pytest.approx([0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8580], abs=1.1e-4)


def test_bg_nbd_with_rounded_parameters_leaves_the_printed_share_without_a_purchase() -> None:
    assert ROUNDED_BG.purchase_probability(0, 39).item() == pytest.approx(0.5737864, abs=1e-7)


def test_bg_nbd_finds_customer_1516_alive_as_btyd_does() -> None:
    assert ROUNDED_BG.p_alive(**OFTEN).item() == pytest.approx(0.9688523, abs=1e-6)
    assert PUBLISHED_BG.p_alive(**OFTEN).item() == pytest.approx(0.9688523, abs=1e-5)


def test_pareto_nbd_finds_customer_1516_alive_as_the_btyd_vignette_does() -> None:
    assert PUBLISHED_PARETO.p_alive(**OFTEN).item() == pytest.approx(0.997874, abs=1e-6)
    assert VIGNETTE_PARETO.expected_purchases(52, **OFTEN).item() == pytest.approx(25.45647, rel=1e-3)


@pytest.mark.parametrize(
    ("fit", "printed"),
    [
        (VIGNETTE_PARETO, [0.7062289, 0.1442396, 0.02250658, 0.00309267]),
        (PUBLISHED_BG, [0.3474606, 0.04283391, 0.004158973, 0.0003583685]),
    ],
    ids=["Pareto/NBD", "BG/NBD"],
)
def test_those_who_bought_often_and_long_ago_are_expected_less_as_in_the_btyd_vignette(
    fit: BGNBDFit | ParetoNBDFit, printed: list[float]
) -> None:
    """52 weeks ahead of t_x = 20, T = 39, with x = 10, 15, 20, 25."""
    assert fit.expected_purchases(52, **LONG_AGO) == pytest.approx(printed, rel=2e-4)


@pytest.mark.parametrize(
    ("fit", "printed"), [(PUBLISHED_BG, 4160.6), (PUBLISHED_PARETO, 4270.1)], ids=["BG/NBD", "Pareto/NBD"]
)
def test_week_78_is_tracked_as_in_figure_4(fit: BGNBDFit | ParetoNBDFit, printed: float, weeks: dict[str, Any]) -> None:
    """Newcomers' purchases up to week 78, from 12 weeks of joining."""
    total = fit.expected_purchases_of_newcomer(weeks["age"] + 39 + 1 / 7).sum()

    assert total == pytest.approx(printed, rel=2e-3)


def test_the_gaps_of_this_shop_are_random_as_platzer_and_reutterer_2016_found(
    data_dir: Path, weeks: dict[str, Any]
) -> None:
    bought = cdnow.purchases(data_dir)
    seen = bought.day <= cdnow.CALIBRATION_ENDS
    who, day = bought.customer[seen], bought.day[seen]
    again = who[1:] == who[:-1]
    log_gaps = np.bincount(who[1:][again], np.log(np.diff(day)[again] / 7), len(weeks["frequency"]))

    fit = MBGCNBD().fit(**weeks, log_gaps=log_gaps)

    assert fit.k == 1
    assert fit.log_likelihood == pytest.approx(-9582.136, abs=0.001)
