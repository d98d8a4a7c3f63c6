"""An error says what happened and what to try, with the nearest name that exists."""

from __future__ import annotations

import pickle

import pytest

from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import Text, _, use_language


def test_an_error_reads_as_what_happened_and_what_to_try() -> None:
    error = OkaeriError("The file is empty.", advice="Export it again.")

    assert (str(error), error.what, error.advice) == ("The file is empty. Export it again.", *error.args)


def test_an_error_speaks_the_readers_language_even_after_it_was_raised() -> None:
    error = unknown(_("metric"), "zzz", ["crr"], listed_by="okaeri metrics")
    english = str(error)

    with use_language("ja"):
        japanese = str(error)

    assert japanese != english
    assert "zzz" in japanese and "okaeri metrics" in japanese


@pytest.mark.parametrize(("asked", "near"), [("CRR", "crr"), ("chrun", "churn"), ("cohorts", "cohort")])
def test_a_typo_gets_the_name_that_was_meant(asked: str, near: str) -> None:
    error = unknown("metric", asked, ["crr", "churn", "cohort"], listed_by="okaeri metrics")

    assert str(error.advice) == f"Use {near!r}."


def test_a_name_like_no_other_gets_the_command_that_lists_them() -> None:
    error = unknown("metric", "weather", ["crr", "churn"], listed_by="okaeri metrics")

    assert str(error.advice) == "`okaeri metrics` lists them."


def test_a_kind_that_has_no_names_at_all_is_no_trap() -> None:
    assert "lists them" in str(unknown("segment", "plan", [], listed_by="okaeri tables"))


def test_an_error_survives_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(unknown("metric", "x", ["crr"], listed_by="okaeri metrics").what))

    assert isinstance(error, Text)
    assert str(error) == "There is no metric called 'x'."
