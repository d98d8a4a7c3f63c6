"""The same name, typed another way."""

from __future__ import annotations

import pytest

from okaeri.web.core.customers.avatars import avatar_of
from okaeri.web.core.customers.folding import fold, fold_phone, initials_of


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("さとう", "サトウ"),
        ("ｻﾄｳ", "さとう"),
        ("ＳＭＩＴＨ", "smith"),
        ("佐藤　花子", "佐藤花子"),
        ("佐藤花子さん", "佐藤 花子"),
        ("花子様", "花子"),
        ("김민준 님", "김민준"),
        ("김민준씨", "김민준"),
        ("渡邉", "渡辺"),
        ("髙橋", "高橋"),
        ("José", "jose"),
        ("O'Neil", "oneil"),
    ],
)
def test_a_name_is_itself_however_it_is_typed(typed: str, stored: str) -> None:
    assert fold(typed) == fold(stored)


@pytest.mark.parametrize(
    ("half", "whole"), [("기", "김민준"), ("김미", "김민준"), ("김민주", "김민준"), ("ㄱ", "김민준")]
)
def test_half_a_syllable_is_a_beginning(half: str, whole: str) -> None:
    assert fold(whole).startswith(fold(half))


def test_an_honorific_alone_is_no_name() -> None:
    assert fold("様") == ""


def test_a_name_that_ends_like_an_honorific_keeps_at_least_a_letter() -> None:
    assert fold("씨") == "" and fold("森様") == fold("森")


@pytest.mark.parametrize(("name", "typed"), [("김민준", "ㄱㅁㅈ"), ("이 서연", "ㅇㅅㅇ"), ("까치", "ㄲㅊ")])
def test_leading_consonants_are_those_people_type(name: str, typed: str) -> None:
    assert initials_of(name) == fold(typed)


def test_kanji_have_no_leading_consonants() -> None:
    assert initials_of("佐藤 花子") == ""


def test_a_number_is_its_digits_in_any_width() -> None:
    assert fold_phone("０９０ー１２３４ー５６７８") == fold_phone("090-1234-5678") == "09012345678"


@pytest.mark.parametrize(
    ("name", "letters"), [("佐藤 花子", "佐"), ("김민준", "김"), ("Mary Ann Smith", "MS"), ("😀", "·"), ("", "·")]
)
def test_an_avatar_has_letters_a_person_would_write(name: str, letters: str) -> None:
    assert avatar_of(name) == letters
