"""One figure at its own address: measured when first asked for, drawn live, and taken away as a file."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.test import Client

import okaeri
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.running import as_data
from okaeri.web.core.people.models import AuditEntry, User
from okaeri.web.insights.answering import answer
from okaeri.web.insights.questions import Question

Browsing = Callable[[User], Client]
NOW = datetime(2025, 3, 1, tzinfo=UTC)


def test_a_question_nobody_asked_before_is_measured_behind_the_page(
    coffee: Path, aki: User, browsing: Browsing
) -> None:
    page = browsing(aki).get("/figures/crr/?by=quarter").content.decode()

    assert "Customer retention rate is being measured" in page
    assert Job.objects.get().arguments == {"question": {"metric": "crr", "by": "quarter"}}


def test_a_page_that_waits_is_told_to_load_anew_once_the_answer_is_there(
    coffee: Path, aki: User, browsing: Browsing
) -> None:
    browser, address = browsing(aki), "/figures/repeat_rate/?by=all"

    before = browser.get(address, headers={"HX-Request": "true"})
    answer(Question(metric="repeat_rate", by="all"), now=NOW, languages=("en",))
    after = browser.get(address, headers={"HX-Request": "true"})

    assert (before.status_code, before.headers.get("HX-Refresh")) == (204, None)
    assert (after.status_code, after.headers.get("HX-Refresh")) == (204, "true")
    assert not Job.objects.exists()


def test_a_measuring_that_broke_offers_to_try_again(coffee: Path, aki: User, browsing: Browsing) -> None:
    browser, address = browsing(aki), "/figures/crr/?by=year"
    browser.get(address)
    Job.objects.update(state=JobState.FAILED, what=as_data("Something broke."), advice=as_data("Try it again."))

    page = browser.get(address).content.decode()
    jobs_before = Job.objects.count()
    browser.post("/figures/crr/again/", {"by": "year"})

    assert "This figure could not be measured" in page
    assert "<p>Something broke. Try it again.</p>" in page
    assert (jobs_before, Job.objects.count()) == (1, 2)


@pytest.mark.parametrize("address", ["/figures/no_such/", "/figures/crr/?by=fortnight"])
def test_what_does_not_exist_is_not_measured(address: str, coffee: Path, aki: User, browsing: Browsing) -> None:
    answer = browsing(aki).get(address)

    assert answer.status_code in (404, 422)
    assert not Job.objects.exists()


@pytest.mark.slow
def test_a_viewer_cannot_split_by_a_column_that_could_name_customers(
    measured: Path, chiyo: User, browsing: Browsing
) -> None:
    answers = [browsing(chiyo).get(f"/figures/crr/?segment={column}").status_code for column in ("name", "plan")]

    assert answers == [422, 200]


@pytest.mark.slow
def test_a_live_chart_has_a_specification_for_light_and_dark_pages(
    measured: Path, chiyo: User, browsing: Browsing
) -> None:
    browser = browsing(chiyo)

    light, dark = (browser.get(f"/drawings/retention-1/?size=wide&mode={mode}") for mode in ("light", "dark"))

    assert {"layer", "data"} & json.loads(light.content).keys()
    assert light.content != dark.content
    assert browser.get("/drawings/retention-1/?size=huge").status_code == 404
    assert browser.get("/drawings/nothing/").status_code == 404


@pytest.mark.slow
def test_a_figure_becomes_a_file_with_every_row_and_is_written_down(
    coffee: Path, min_jun: User, browsing: Browsing
) -> None:
    sent = browsing(min_jun).post("/figures/crr/file/", {"by": "quarter", "ending": ".csv"})

    rows = list(csv.DictReader(StringIO(sent.content.decode("utf-8-sig"))))
    expected = okaeri.open(coffee).measure("crr", by="quarter").rows
    assert [float(row["value"]) if row["value"] else None for row in rows] == [row["value"] for row in expected]
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.about, entry.detail["ending"]) == ("export.figure", "crr", ".csv")


@pytest.mark.parametrize("ending", [".xlsx", ".parquet"])
def test_a_figure_becomes_other_files_as_well(ending: str, coffee: Path, min_jun: User, browsing: Browsing) -> None:
    sent = browsing(min_jun).post("/figures/crr/file/", {"by": "year", "ending": ending})

    assert sent.content[:3] in (b"PK\x03", b"PAR")
    assert sent.headers["Content-Disposition"] == f'attachment; filename="crr-year{ending}"'


def test_a_file_of_another_kind_is_refused_with_what_there_is(coffee: Path, min_jun: User, browsing: Browsing) -> None:
    answer = browsing(min_jun).post("/figures/crr/file/", {"ending": ".exe"})

    assert answer.status_code == 422
    assert ".parquet" in answer.content.decode()


def test_who_may_not_export_gets_no_file(coffee: Path, haru: User, browsing: Browsing) -> None:
    browser = browsing(haru)

    answers = [browser.post(f"/figures/crr/{door}/").status_code for door in ("file", "customers/file")]

    assert answers == [403, 403]
    assert not AuditEntry.objects.exists()
