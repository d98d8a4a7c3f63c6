"""Questions as addresses, and the answers that are kept for them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import okaeri
from okaeri.base.errors import OkaeriError
from okaeri.base.text import use_language
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.running import run
from okaeri.web.insights import queries, services
from okaeri.web.insights.questions import Question

NOW = datetime(2025, 3, 1, tzinfo=UTC)


def test_a_question_survives_the_way_through_an_address() -> None:
    asked = Question(metric="crr", by="quarter", segment="plan & more", since=date(2024, 1, 1), presence="orders:60d")

    assert Question.from_query(asked.as_query()) == asked


def test_questions_that_differ_are_kept_under_different_names() -> None:
    long = "x" * 200
    asked = [Question(metric="crr"), Question(metric="crr", by="year"), Question(metric="crr", segment=long)]
    asked.append(Question(metric="crr", segment=long + "y"))

    assert len({each.name for each in asked}) == len({each.id for each in asked}) == 4
    assert max(len(each.name) for each in asked) <= 120


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ({"metric": "crm"}, "Use 'crr'"),
        ({"metric": "crr", "by": "fortnight"}, "There are: day, week, month"),
        ({"metric": "crr", "since": "May"}, "Write it as 2024-05-31"),
    ],
)
def test_a_question_that_cannot_be_asked_says_what_helps(said: dict[str, str], advice: str) -> None:
    with pytest.raises(OkaeriError, match=advice):
        Question.from_query(said)


@pytest.mark.slow
def test_what_was_wanted_is_measured_in_every_language_and_equals_the_librarys_figure(coffee: Path, db: None) -> None:
    question = Question(metric="crr", by="quarter")

    wanted = services.want(question, now=NOW)
    assert wanted is not None
    run(str(wanted.pk), clock=lambda: NOW)

    last = [m for m in okaeri.open(coffee).measure("crr", by="quarter").measurements if m.state.value == "complete"][-1]
    for language in ("en", "ja", "ko"):
        with use_language(language):
            card = queries.card(question)
            assert card is not None
            assert (card["value"], card["failed"]) == (str(last), None)
            assert f"{last.n}" in card["range"].replace(",", "")


def test_wanting_the_same_again_changes_nothing(coffee: Path, db: None) -> None:
    question = Question(metric="crr", by="week")

    first, second = services.want(question, now=NOW), services.want(question, now=NOW)
    Job.objects.update(state=JobState.RUNNING)
    third = services.want(question, now=NOW)

    assert first is not None
    assert first == second == third
    assert Job.objects.count() == 1


def test_why_a_question_cannot_be_measured_is_kept_instead_of_a_card(coffee: Path, db: None) -> None:
    question = Question(metric="crr", segment="shoe_size")

    wanted = services.want(question, now=NOW)
    assert wanted is not None
    run(str(wanted.pk), clock=lambda: NOW)

    card = queries.card(question)
    assert card is not None
    assert "shoe_size" in card["failed"]["what"]
    assert services.want(question, now=NOW) is None
