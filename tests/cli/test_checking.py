"""`okaeri target` and `okaeri check`: what Aki sets, what her scheduler reads."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Okaeri


def set_apv(shop: Okaeri, *more: str) -> None:
    assert shop("target", "set", "apv", *more).code == 0


def test_a_target_set_is_listed_and_removed(shop: Okaeri) -> None:
    set_apv(shop, "--at-least", "10", "--owner", "Aki", "--department", "CX")
    listed = shop("target", "list", "--json").document["targets"]
    removed = shop("target", "remove", "apv", "--json").document["removed"]

    assert listed == removed == [{"metric": "apv", "at_least": 10.0, "by": "month", "owner": "Aki", "department": "CX"}]
    assert "no target yet" in shop("target", "list").out


@pytest.mark.parametrize(
    ("target", "strict", "code"),
    [
        (("crr", "--at-least", "0"), (), 0),
        (("crr", "--at-least", "0"), ("--strict",), 0),
        (("apv", "--at-least", "100000"), (), 1),
        (("apv", "--at-least", "18"), (), 0),
        (("apv", "--at-least", "18"), ("--strict",), 1),
    ],
)
def test_the_ending_says_whether_a_target_is_missed(
    shop: Okaeri, target: tuple[str, ...], strict: tuple[str, ...], code: int
) -> None:
    """February has two orders of 12 and 25: a mean whose interval is wide and holds 18."""
    assert shop("target", "set", *target).code == 0

    assert shop("check", *strict).code == code
    assert shop("check", *strict, "--json").code == code


def test_the_scorecard_is_by_owner_and_department_and_says_each_verdict(shop: Okaeri) -> None:
    assert shop("target", "set", "crr", "--at-least", "0", "--owner", "Aki", "--department", "CX").code == 0
    set_apv(shop, "--at-most", "2", "--owner", "Min-jun", "--by", "quarter")
    said = shop("check").out

    assert said.index("Aki · CX") < said.index("Min-jun")
    assert "✓ met" in said and "so far" in said
    assert "has no forecast: Only" in said


@pytest.mark.parametrize(
    "line",
    [
        ("check",),
        ("target", "set", "apv"),
        ("target", "set", "apv", "--at-least", "1", "--at-most", "2"),
        ("target", "set", "--at-least", "1"),
        ("target", "set", "crm", "--at-least", "1"),
        ("target", "set", "apv", "--at-least", "1", "--by", "all"),
        ("target", "sett", "apv"),
        ("target", "remove", "apv"),
    ],
)
def test_a_line_that_cannot_be_meant_ends_with_2(shop: Okaeri, line: tuple[str, ...]) -> None:
    assert shop(*line).code == 2


@pytest.mark.parametrize(("language", "met", "so_far"), [("ja", "達成", "ここまで"), ("ko", "달성", "지금까지")])
def test_the_verdicts_are_said_in_every_language(shop: Okaeri, language: str, met: str, so_far: str) -> None:
    assert shop("target", "set", "crr", "--at-least", "0", "--owner", "Aki").code == 0
    said = shop("check", "--lang", language).out

    assert met in said and so_far in said
    assert "met" not in said.replace("metric", "")
