"""Every sentence is there in every language, whole."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

from tests.structure.sentences import TRANSLATED, catalogues, entries, marks, placeholders, spoken
from tests.structure.tree import modules, parsed, short


@pytest.mark.parametrize("path", [path for path in modules() if path.name != "text.py"], ids=short)
def test_a_marked_sentence_is_written_out_where_it_is_marked(path: Path) -> None:
    """A catalogue can hold only what can be read in the source."""
    calls = [call for call in marks(path) if not (call.args and isinstance(call.args[0], ast.Constant))]

    assert not [ast.unparse(call) for call in calls]


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated(language: str) -> None:
    known = {entry.id for _, entry in entries(language) if entry.string and not entry.fuzzy}

    assert known
    assert not {message: places for message, places in spoken().items() if message not in known}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_keeps_what_the_sentence_leaves_open(language: str) -> None:
    broken = [
        (name, entry.id, entry.string)
        for name, entry in entries(language)
        if placeholders(str(entry.id)) != placeholders(str(entry.string))
    ]

    assert not broken


@pytest.mark.parametrize("language", TRANSLATED)
def test_one_sentence_has_one_translation(language: str) -> None:
    said: dict[str, set[str]] = defaultdict(set)
    for _, entry in entries(language):
        said[str(entry.id)].add(str(entry.string))

    assert not {message: words for message, words in said.items() if len(words) > 1}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_keeps_no_sentence_that_nobody_says(language: str) -> None:
    constants = {
        node.value
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert not [(name, entry.id) for name, entry in entries(language) if entry.id not in {*constants, *spoken()}]


def test_both_languages_have_the_same_catalogues() -> None:
    assert set(catalogues("ja")) == set(catalogues("ko"))
