"""Figures for programs: kept answers with n, interval, cutoff, state and definition, or the job that makes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.running import run
from okaeri.web.core.people.models import AuditEntry, User
from okaeri.web.core.people.roles import Can
from okaeri.web.insights.measuring import facts_state, keep, measure_pages
from okaeri.web.insights.models import Reading
from okaeri.web.insights.telling import name_of
from tests.web.api.conftest import NOW, Program

Asking = Callable[..., Program]


def work() -> None:
    """Do the jobs that wait, as a worker would."""
    for job in Job.objects.filter(state=JobState.QUEUED, kind="answer_program"):
        run(str(job.pk), clock=lambda: datetime(2025, 3, 1, tzinfo=UTC))


def test_a_question_nobody_asked_yet_is_accepted_and_answered_later(coffee: Path, chiyo: User, program: Asking) -> None:
    asking = program(chiyo)
    first = asking.ask("POST", "/measurements", {"metric": "crr", "by": "quarter"})
    again = asking.ask("POST", "/measurements", {"metric": "crr", "by": "quarter"})
    where = first["Location"].removeprefix("/api/v1")

    pending = asking.ask("GET", f"/jobs/{first.json()['job']}").json()  # type: ignore[attr-defined]
    work()
    answer = asking.ask("GET", where)

    assert (first.status_code, again.status_code, pending["state"]) == (202, 202, "queued")
    assert Job.objects.filter(kind="answer_program").count() == 1
    found = answer.json()["figures"]  # type: ignore[attr-defined]
    complete = [row for row in found["rows"] if row["state"] == "complete"]
    assert (found["metric"], found["definition"]["version"], found["by"]) == ("crr", found["version"], "quarter")
    assert all(row["n"] and row["low"] <= row["value"] <= row["high"] for row in complete)
    assert complete


def test_an_answer_that_did_not_change_is_not_sent_again(coffee: Path, chiyo: User, program: Asking) -> None:
    asking = program(chiyo)
    asking.ask("GET", "/measurements?metric=apv")
    work()
    answer = asking.ask("GET", "/measurements?metric=apv")

    again = asking.ask("GET", "/measurements?metric=apv", If_None_Match=answer["ETag"])
    other = asking.ask("GET", "/measurements?metric=apv", If_None_Match=answer["ETag"], Accept_Language="ja")

    assert (answer.status_code, again.status_code, other.status_code) == (200, 304, 200)
    assert not again.content


def test_what_cannot_be_measured_says_why(workspace: Path, chiyo: User, program: Asking) -> None:
    asking = program(chiyo)
    asking.ask("GET", "/measurements?metric=crr")
    work()

    answer = asking.ask("GET", "/measurements?metric=crr")

    assert answer.status_code == 422
    assert answer.json()["advice"]  # type: ignore[attr-defined]


def test_a_metric_that_does_not_exist_names_the_nearest(chiyo: User, program: Asking) -> None:
    answer = program(chiyo).ask("POST", "/measurements", {"metric": "crm"})

    assert answer.status_code == 422
    assert "crr" in answer.json()["advice"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/switchboard", "/targets/verdicts", "/predictions/record"])
def test_every_other_question_is_answered_by_a_job_too(coffee: Path, chiyo: User, program: Asking, path: str) -> None:
    asking = program(chiyo)
    asking.ask("POST", "/targets", {"metric": "crr", "at_least": 0.8})

    first = asking.ask("GET", path)
    work()
    answer = asking.ask("GET", path)

    assert (first.status_code, answer.status_code) == (202, 200)
    assert answer.json()["answer"]  # type: ignore[attr-defined]


def test_signals_name_customers_only_to_those_who_may_see_them(
    coffee: Path, haru: User, chiyo: User, program: Asking
) -> None:
    asking = program(haru)
    asking.ask("GET", "/signals?limit=2&within_days=366")
    work()

    found = asking.ask("GET", "/signals?limit=2&within_days=366").json()  # type: ignore[attr-defined]

    assert found["total"] == len(found["items"]) == 0  # the shop's facts end long before today
    assert found["stale"] is False
    assert program(chiyo).ask("GET", "/signals").status_code == 403


def test_who_may_leave_comes_with_intervals_and_in_pages(workspace: Path, haru: User, program: Asking) -> None:
    numbers = {"leaving": 0.5, "leaving_low": 0.4, "leaving_high": 0.6, "value": None, "value_low": None}
    words = {"value_high": None, "currency": None, "value_at_risk": None, "next_step": "Say hello.", "when": None}
    lists: dict[str, list[str]] = {"reasons_to_leave": [], "reasons_to_stay": []}
    told = [{"customer_id": name, **numbers, **words, **lists} for name in ("aki", "ben", "cho")]
    about = {"as_of": "2025-03-01", "horizon_days": 90, "customers": 3, "presence": "", "expected_leavers": {}}
    data = {**about, "value_at_risk": None, "currency": None, "without_value": 3, "list": told}
    name = name_of("leaving", {"horizon_days": 90})
    keep({name: data}, language="en", state=facts_state(), cutoff=None, now=NOW)
    asking = program(haru)

    first = asking.ask("GET", "/predictions/leaving?limit=2").json()  # type: ignore[attr-defined]
    last = asking.ask("GET", f"/predictions/leaving?limit=2&cursor={first['next']}").json()  # type: ignore[attr-defined]

    assert [each["customer_id"] for each in first["items"]] == ["aki", "ben"]
    assert [(each["customer_id"], each["leaving_low"]) for each in last["items"]] == [("cho", 0.4)]
    assert last["next"] is None


def test_where_nobody_is_a_customer_the_list_is_empty(coffee: Path, haru: User, program: Asking) -> None:
    asking = program(haru)
    asking.ask("GET", "/predictions/leaving")
    work()

    assert asking.ask("GET", "/predictions/leaving").json()["items"] == []  # type: ignore[attr-defined]


def test_names_of_facts_that_are_no_more_are_not_told(coffee: Path, haru: User, program: Asking) -> None:
    asking = program(haru)
    asking.ask("GET", "/signals")
    work()
    Reading.objects.filter(name__startswith="api:signals").update(state="before somebody was erased")

    assert asking.ask("GET", "/signals").status_code == 202


def test_targets_are_kept_replaced_and_removed(workspace: Path, min_jun: User, program: Asking) -> None:
    asking = program(min_jun)

    made = asking.ask("POST", "/targets", {"metric": "crr", "at_least": 0.8, "owner": "Aki"})
    again = asking.ask("POST", "/targets", {"metric": "crr", "at_least": 0.9})
    listed = asking.ask("GET", "/targets").json()["items"]  # type: ignore[attr-defined]
    gone = asking.ask("DELETE", f"/targets/{listed[0]['id']}")

    assert (made.status_code, again.status_code, gone.status_code) == (201, 200, 204)
    assert [(each["at_least"], each["says"]) for each in listed] == [(0.9, "at least 90.0%")]
    assert asking.ask("GET", f"/targets/{listed[0]['id']}").status_code == 404
    assert AuditEntry.objects.filter(verb__startswith="target.").count() == 3


def test_a_target_that_cannot_be_is_told_with_advice(workspace: Path, min_jun: User, program: Asking) -> None:
    answer = program(min_jun).ask("POST", "/targets", {"metric": "crr", "at_least": 80})

    assert answer.status_code == 422
    assert answer.json()["advice"] == "Write 0.8 for 80%."  # type: ignore[attr-defined]


def test_metrics_say_what_they_mean(chiyo: User, program: Asking) -> None:
    asking = program(chiyo)

    one = asking.ask("GET", "/metrics/crr").json()  # type: ignore[attr-defined]
    part = asking.ask("GET", "/metrics?limit=5").json()  # type: ignore[attr-defined]

    assert one["version"] >= 1
    assert one["formula"]
    assert (len(part["items"]), bool(part["next"])) == (5, True)
    assert asking.ask("GET", "/metrics/crm").status_code == 404


@pytest.mark.slow
def test_a_page_gives_the_figures_behind_its_cards(coffee: Path, chiyo: User, program: Asking) -> None:
    measure_pages(now=datetime(2025, 3, 1, tzinfo=UTC), languages=("en",))
    asking = program(chiyo, Can.SEE_FIGURES)

    home = asking.ask("GET", "/pages/home").json()  # type: ignore[attr-defined]
    page = asking.ask("GET", "/pages/retention").json()  # type: ignore[attr-defined]

    assert home["parts"][0]["cards"][0]["figures"]["rows"]
    figures = [card["figures"] for part in page["parts"] for card in part["cards"] if card["figures"]]
    assert {each["metric"] for each in figures} >= {"crr", "churn", "survival"}
