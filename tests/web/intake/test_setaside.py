"""Rows that were set aside are mended on the page or in a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from okaeri.base.errors import OkaeriError
from okaeri.facts.mending import SetAside
from okaeri.web.core.intake.mended import from_sheet
from okaeri.web.core.intake.models import Upload
from okaeri.web.core.jobs.models import Job
from tests.web.intake.conftest import Bring

DIRTY = "order_id,customer_id,date,amount\n1,aki,2024-01-05,40\n2,=chiyo,soon,25\n3,,2024-01-07,30\n"


def sheet_of(desk: Client, upload: Upload) -> str:
    answer = desk.get(f"/data/set-aside/{upload.quarantine}/download/")
    return b"".join(answer).decode("utf-8-sig")


def test_rows_are_listed_with_line_reason_and_what_to_do(bring: Bring, desk: Client) -> None:
    upload = bring(DIRTY)

    page = desk.get(f"/data/set-aside/{upload.quarantine}/").content.decode()

    assert "Line 3" in page
    assert "date is not a date" in page
    assert 'name="cell:3:date" value="soon"' in page


def test_a_value_mended_on_the_page_lands_and_the_rest_stays(bring: Bring, desk: Client) -> None:
    upload = bring(DIRTY)
    Job.objects.filter(kind="measure_pages").delete()

    desk.post(f"/data/files/{upload.pk}/mended/", {"cell:3:date": "2024-01-06", "was:3:date": "soon"})

    upload.refresh_from_db()
    assert upload.summary is not None
    assert (upload.summary["new"], upload.summary["quarantined"]) == (2, 1)
    assert [(each["code"], each["count"]) for each in upload.summary["left_out"]] == [("no_customer", 1)]
    assert Job.objects.filter(kind="measure_pages").exists()


def test_the_download_has_no_formula_in_it(bring: Bring, desk: Client) -> None:
    upload = bring(DIRTY)

    rows = list(csv.DictReader(io.StringIO(sheet_of(desk, upload))))

    assert [row["customer_id"] for row in rows] == ["'=chiyo", ""]
    assert [row["line"] for row in rows] == ["3", "4"]


def test_a_sheet_that_comes_back_mended_lands_with_its_own_values(bring: Bring, desk: Client) -> None:
    upload = bring(DIRTY)
    mended = sheet_of(desk, upload).replace("2,'=chiyo,soon", "2,'=chiyo,2024-01-06")

    desk.post(f"/data/files/{upload.pk}/mended-sheet/", {"file": SimpleUploadedFile("m.csv", mended.encode())})

    upload.refresh_from_db()
    assert upload.summary is not None and upload.summary["quarantined"] == 1


def test_a_sheet_saved_with_semicolons_in_shift_jis_is_read() -> None:
    row = SetAside(file="f", line=3, column="日付", value="x", reason="", advice="")

    found = from_sheet("line;reason;日付\n3;それ;2024-01-06\n".encode("cp932"), {3: row})

    assert found == {3: {"日付": "2024-01-06"}}


def test_a_sheet_without_its_lines_is_refused() -> None:
    with pytest.raises(OkaeriError, match="no column called line"):
        from_sheet(b"a,b\n1,2\n", {})


def test_nothing_changed_is_told(bring: Bring, desk: Client) -> None:
    upload = bring(DIRTY)

    page = desk.post(f"/data/files/{upload.pk}/mended/", {"cell:3:date": "soon", "was:3:date": "soon"}, follow=True)

    assert "Nothing was changed." in page.content.decode()


def test_a_name_that_leads_elsewhere_finds_nothing(desk: Client) -> None:
    assert desk.get("/data/set-aside/..%2F..%2Fokaeri.toml/").status_code == 404


@pytest.mark.parametrize("encoding", ["cp949", "utf-16"])
def test_a_korean_sheet_is_not_taken_for_a_japanese_one(encoding: str) -> None:
    row = SetAside(file="f", line=3, column="주문일", value="x", reason="", advice="")
    sheet = "line,reason,주문일,고객\n3,날짜가 아닙니다,2024-01-06,김민준\n"

    found = from_sheet(sheet.encode(encoding), {3: row})

    assert found == {3: {"주문일": "2024-01-06", "고객": "김민준"}}


@pytest.mark.parametrize("start", ["²", "9" * 30, "-1"])
def test_a_place_in_the_list_that_is_none_is_its_beginning(bring: Bring, desk: Client, start: str) -> None:
    upload = bring(DIRTY)

    answer = desk.get(f"/data/set-aside/{upload.quarantine}/", {"from": start})

    assert answer.status_code == 200


def test_a_line_that_is_no_number_changes_nothing(bring: Bring, desk: Client) -> None:
    upload = bring(DIRTY)

    page = desk.post(f"/data/files/{upload.pk}/mended/", {"cell:²:date": "2024-01-06"}, follow=True)

    assert "Nothing was changed." in page.content.decode()
