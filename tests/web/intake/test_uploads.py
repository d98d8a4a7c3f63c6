"""A file comes through the browser and becomes facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from okaeri.facts.lake import Lake
from okaeri.web.core.intake.arriving import shown_name
from okaeri.web.core.intake.models import Upload
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.people.models import AuditEntry, User
from tests.web.intake.conftest import ORDERS, Bring

SAMPLES = Path(__file__).parents[2] / "facts" / "exports"


def sent(desk: Client, content: bytes, name: str = "orders.csv") -> Upload:
    desk.post("/data/upload/", {"file": SimpleUploadedFile(name, content)})
    return Upload.objects.latest("at")


def test_a_file_is_shown_before_it_lands(desk: Client, workspace: Path) -> None:
    upload = sent(desk, ORDERS.encode())

    page = desk.get(f"/data/files/{upload.pk}/").content.decode()

    assert '<option value="orders" selected>' in page
    assert '<option value="customer_id" selected>' in page
    assert "<td>chiyo</td>" in page
    assert not Lake(workspace / "lake").tables()


def test_a_file_becomes_rows_and_the_figures_are_measured(bring: Bring, workspace: Path) -> None:
    upload = bring()

    assert upload.summary is not None
    assert (upload.summary["read"], upload.summary["new"]) == (2, 2)
    assert "orders" in Lake(workspace / "lake").tables()
    assert Job.objects.filter(kind="measure_pages").exists()


def test_the_person_is_led_to_their_retention(bring: Bring, desk: Client) -> None:
    upload = bring()
    waiting = desk.get(f"/data/files/{upload.pk}/").content.decode()
    Job.objects.filter(kind="measure_pages").delete()

    ready = desk.get(f"/data/files/{upload.pk}/state/").content.decode()

    assert "Your figures are being measured." in waiting
    assert 'href="/retention/"' not in waiting.partition('id="outcome"')[2].partition("more-places")[0]
    assert 'href="/retention/"' in ready


def test_the_same_file_twice_changes_nothing(bring: Bring) -> None:
    bring()

    again = bring()

    assert again.summary is not None
    assert (again.summary["new"], again.summary["replaced"], again.summary["unchanged"]) == (0, 0, 2)


def test_a_hostile_name_is_only_ever_text(desk: Client, workspace: Path) -> None:
    upload = sent(desk, ORDERS.encode(), name="<script>alert(1)<a>.csv")

    page = desk.get(f"/data/files/{upload.pk}/").content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;a&gt;.csv" in page
    assert [each.name for each in (workspace / "uploads").iterdir()] == [upload.pk.hex]


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\passwd", "a/b/passwd"])
def test_a_path_in_a_name_goes(name: str) -> None:
    assert shown_name(name) == "passwd"


def test_a_file_that_is_too_large_is_refused_and_not_kept(desk: Client, workspace: Path, settings: Settings) -> None:
    settings.OKAERI = replace(settings.OKAERI, upload_mb=1)

    answer = desk.post("/data/upload/", {"file": SimpleUploadedFile("big.csv", b"x" * 1_050_000)})

    assert answer.status_code == 413
    assert "larger than 1 MB" in answer.content.decode()
    assert not list((workspace / "uploads").glob("*"))


def test_a_size_that_is_told_is_refused_before_anything_is_read(desk: Client, settings: Settings) -> None:
    settings.OKAERI = replace(settings.OKAERI, upload_mb=1)

    answer = desk.generic("POST", "/data/upload/", b"", content_type="multipart/form-data", CONTENT_LENGTH="9000000")

    assert answer.status_code == 413


def test_what_a_file_is_shows_in_its_content(desk: Client) -> None:
    upload = sent(desk, b"%PDF-1.7 ...", name="orders.csv")

    answer = desk.get(f"/data/files/{upload.pk}/")

    assert answer.status_code == 422
    assert "orders.csv is a PDF file" in answer.content.decode()


def test_the_order_of_day_and_month_is_asked_for(bring: Bring, desk: Client) -> None:
    either = "order_id,customer_id,date,amount\n1,aki,03/04/2024,40\n2,chiyo,05/06/2024,25\n"
    upload = bring(either)

    page = desk.get(f"/data/files/{upload.pk}/").content.decode()

    assert upload.summary is None
    assert "Nothing in date shows whether 03/04/2024" in page
    assert "date-order asked" in page


def test_the_answer_brings_the_file_in(bring: Bring, workspace: Path) -> None:
    upload = bring("order_id,customer_id,date,amount\n1,aki,03/04/2024,40\n", date_order="dmy")

    assert upload.summary is not None
    assert upload.summary["new"] == 1


def test_a_column_that_was_chosen_is_taken_and_remembered(bring: Bring, desk: Client) -> None:
    content = "order_id,who,buyer,date,amount\n1,x,aki,2024-01-05,40\n"
    upload = bring(content, **{"column-customer_id": "buyer"})

    page = desk.get(f"/data/files/{sent(desk, content.encode()).pk}/").content.decode()

    assert upload.mapping["customer_id"] == "buyer"
    assert '<option value="buyer" selected>' in page


def test_an_export_is_named_and_read_as_what_it_is(bring: Bring, desk: Client) -> None:
    content = (SAMPLES / "shopify_orders.csv").read_bytes()
    page = desk.get(f"/data/files/{sent(desk, content).pk}/").content.decode()

    upload = bring(content)

    assert "This looks like Shopify’s export of orders." in page
    assert upload.summary is not None
    assert (upload.summary["read"], upload.summary["new"], upload.summary["quarantined"]) == (5, 4, 1)


def test_an_empty_file_is_told_at_once(desk: Client) -> None:
    page = desk.post("/data/upload/", {"file": SimpleUploadedFile("none.csv", b"")}, follow=True).content.decode()

    assert not Upload.objects.exists()
    assert "empty" in page or "No file was chosen" in page


def test_removing_a_file_leaves_its_facts(bring: Bring, desk: Client, workspace: Path) -> None:
    upload = bring()

    desk.post(f"/data/files/{upload.pk}/remove/")

    assert not Upload.objects.exists()
    assert "orders" in Lake(workspace / "lake").tables()


def test_the_log_says_who_brought_what(bring: Bring, aki: User) -> None:
    bring()

    assert set(AuditEntry.objects.filter(who=aki).values_list("verb", flat=True)) >= {
        "upload.kept",
        "upload.import_asked",
    }


def test_a_form_without_its_token_is_refused(aki: User, workspace: Path) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(aki, backend="allauth.account.auth_backends.AuthenticationBackend")

    answer = careful.post("/data/upload/", {"file": SimpleUploadedFile("orders.csv", ORDERS.encode())})

    assert answer.status_code == 403
    assert not Upload.objects.exists()
    assert not list((workspace / "uploads").glob("*"))


def test_a_file_under_another_name_is_not_kept(desk: Client, workspace: Path) -> None:
    desk.post("/data/upload/", {"sheet": SimpleUploadedFile("orders.csv", ORDERS.encode())})

    assert not list((workspace / "uploads").glob("*"))


@pytest.mark.parametrize("told", ["²", "-1", "9" * 5000, "many"])
def test_a_size_that_is_no_number_is_no_size(desk: Client, told: str) -> None:
    answer = desk.generic("POST", "/data/upload/", b"", content_type="multipart/form-data; boundary=x",
                          CONTENT_LENGTH=told)  # fmt: skip

    assert answer.status_code in (302, 400, 413)


def test_somebody_who_only_looks_cannot_bring_anything(chiyo: User, browsing: Callable[[User], Client]) -> None:
    looking = browsing(chiyo)

    refused = [looking.get("/data/").status_code, looking.post("/data/upload/").status_code]

    assert refused == [403, 403]


def test_the_hub_shows_what_is_there(bring: Bring, desk: Client) -> None:
    bring()

    page = desk.get("/data/").content.decode()

    assert "Orders and returns" in page
    assert "orders.csv" in page
