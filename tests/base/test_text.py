"""Sentences become words in the reader's language, when they are shown and not before."""

from __future__ import annotations

from datetime import date

import pytest

from okaeri.base.text import LANGUAGES, Text, _, current_language, use_language

TYPED = "There is no time zone called {zone!r}."


def test_a_sentence_waits_for_the_reader() -> None:
    sentence = Text(TYPED).format(zone="Asia/Edo")

    shown = {}
    for language in LANGUAGES:
        with use_language(language):
            shown[language] = str(sentence)

    assert shown["en"] == "There is no time zone called 'Asia/Edo'."
    assert len(set(shown.values())) == 3
    assert all("Asia/Edo" in words for words in shown.values())


def test_a_sentence_inside_a_sentence_is_in_the_same_language() -> None:
    outer = Text("{what}").format(what=Text(TYPED).format(zone="X"))

    with use_language("ko"):
        korean = str(outer)

    assert korean != str(outer)


def test_an_untranslated_sentence_is_shown_as_it_is() -> None:
    with use_language("ja"):
        assert str(Text("Nobody has translated this.")) == "Nobody has translated this."


def test_braces_in_a_sentence_without_values_are_kept() -> None:
    assert str(_("{a} stays")) == "{a} stays"


def test_values_with_braces_are_not_filled_in_again() -> None:
    assert str(Text("Hello {name}").format(name="{name}")) == "Hello {name}"


def test_an_unknown_language_reads_as_english() -> None:
    with use_language("tlh"):
        assert current_language() == "en"


def test_the_language_is_restored_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), use_language("ja"):
        raise ZeroDivisionError

    assert current_language() == "en"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "2026-11-02"), ("ja", "2026年11月2日"), ("ko", "2026년 11월 2일")]
)
def test_a_day_in_a_sentence_is_written_as_the_reader_does(language: str, words: str) -> None:
    with use_language(language):
        assert str(Text("{day}").format(day=date(2026, 11, 2))) == words
