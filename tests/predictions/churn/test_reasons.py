"""One theme speaks once, by its strongest voice, and only what is proven lends its words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from okaeri.base.text import use_language
from okaeri.predictions.churn.examples import Examples
from okaeri.predictions.churn.reasons import Contributions, reasons_of
from tests.predictions.churn.planted import customers, feature

IDS = ("calls", "mails", "plan", "visits")


@pytest.fixture
def rows() -> Examples:
    found = customers(
        {"calls": np.asarray([4.0]), "mails": np.asarray([2.0]), "visits": np.asarray([np.nan])},
        labels={"plan": np.asarray(["yearly"], object)},
        left=None,
    )
    features = (feature("calls", theme="support"), feature("mails", theme="support"), feature("visits"))
    return replace(found, features=(*features, feature("plan", labelled=True)))


def added(calls: float, mails: float, plan: float, visits: float) -> Contributions:
    return Contributions(ids=IDS, base=-1.0, added=np.asarray([[calls, mails, plan, visits]]))


def test_a_theme_speaks_once_by_its_strongest_voice(rows: Examples) -> None:
    found = reasons_of(rows, added(0.5, 0.9, -0.3, 0.2), named=IDS)[0]

    assert [(reason.feature.id, reason.value) for reason in found.leaving][:1] == [("mails", 2.0)]
    assert found.leaving[0].of_theme == pytest.approx(1.4)
    assert [reason.feature.id for reason in found.leaving] == ["mails", "visits"]
    assert [(reason.feature.id, reason.contribution) for reason in found.staying] == [("plan", -0.3)]


def test_a_theme_whose_parts_cancel_says_nothing(rows: Examples) -> None:
    found = reasons_of(rows, added(0.5, -0.5, -0.3, 0.2), named=IDS)[0]

    assert "support" not in {reason.feature.theme for reason in (*found.leaving, *found.staying)}


def test_what_is_not_proven_lends_no_words(rows: Examples) -> None:
    found = reasons_of(rows, added(0.5, 0.9, -0.3, 0.2), named=("calls",))[0]

    assert [reason.feature.id for reason in found.leaving] == ["calls"]
    assert not found.staying


def test_at_most_as_many_as_asked_for(rows: Examples) -> None:
    assert len(reasons_of(rows, added(0.5, 0.9, 0.3, 0.2), named=IDS, top=1)[0].leaving) == 1


def test_what_hardly_moves_the_odds_is_not_named(rows: Examples) -> None:
    found = reasons_of(rows, added(0.01, 0.02, -0.01, 0.02), named=IDS)[0]

    assert [str(sentence) for sentence in found.told()] == [
        "Nothing known about this customer moves the odds far from the average."
    ]


def test_reasons_are_told_in_whole_sentences(rows: Examples) -> None:
    found = reasons_of(rows, added(0.5, 0.9, -0.3, 0.2), named=IDS)[0]

    assert [str(sentence) for sentence in found.told()] == [
        "What speaks for leaving: mails = 2.0. visits = nan.",
        "What speaks for staying: plan = yearly.",
    ]
    with use_language("ja"):
        assert "mails = 2.0.visits = nan." in str(found.told()[0])
