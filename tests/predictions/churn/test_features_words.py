"""Every feature can be said in every language, for every value, and every query is somebody's."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from okaeri.base.text import LANGUAGES, use_language
from okaeri.predictions.churn.examples import Feature
from okaeri.predictions.churn.features.family import Found, every_family

KINDS = tuple({"name": name, "slot": n, "kind": kind} for n, (name, kind) in enumerate(
    [("late", "label"), ("price", "number")], 1))  # fmt: skip
FEATURES = [
    feature
    for family in every_family()
    for feature in family.columns(Found(currency="EUR", kinds=KINDS if family.kinds else ())).values()
]
NUMBERS = (0, 1, 2, 2.5, -3.25, 12345.678, 0.04, float("nan"), np.float64(1.0))


def values_of(feature: Feature) -> tuple[Any, ...]:
    return ("annual", "") if feature.labelled else NUMBERS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.id)
def test_every_value_has_a_sentence(feature: Feature, language: str) -> None:
    with use_language(language):
        sentences = [str(feature.says(value)) for value in values_of(feature)]
        name = str(feature.name)

    end = r"[.]" if language != "ja" else "。"
    assert all(re.search(f"{end}$", sentence) for sentence in sentences), sentences
    assert not [words for words in (*sentences, name) if re.search(r"[{}]|nan|None|\b1 (days|times)\b", words)]
    assert len(set(sentences)) > 1


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.id)
def test_each_language_has_words_of_its_own(feature: Feature) -> None:
    said = set()
    for language in LANGUAGES:
        with use_language(language):
            said |= {str(feature.name)} | {str(feature.says(values_of(feature)[-1]))}

    assert len(said) == 2 * len(LANGUAGES)


def test_a_feature_has_a_name_of_its_own() -> None:
    ids, names = [feature.id for feature in FEATURES], [str(feature.name) for feature in FEATURES]

    assert len(set(ids)) == len(ids)
    assert len(set(names)) == len(names)


def test_every_query_belongs_to_a_family() -> None:
    folder = files("okaeri.predictions.churn.features").joinpath("sql")
    written = {entry.name for entry in folder.iterdir()}

    used = {f"{family.name}.sql" for family in every_family()}
    used |= {f"{family.name}_kinds.sql" for family in every_family() if family.kinds}
    assert written == used | {"present.sql", "usual_currency.sql"}
