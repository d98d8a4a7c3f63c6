"""What the other rooms do, done by a program: files, customers and boards, each with its own permission."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.test import Client

import okaeri
from okaeri.web.core.api.models import Delivery, Webhook
from okaeri.web.core.customers.models import Customer
from okaeri.web.core.intake.models import Upload
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.jobs.running import run
from okaeri.web.core.people.models import AuditEntry, User
from okaeri.web.core.people.roles import Can, Role
from okaeri.web.insights.boards.models import Dashboard, MailPlan
from okaeri.web.insights.boards.services import plan_mail
from tests.web.api.conftest import NOW, Program

Asking = Callable[..., Program]
ORDERS = b"order_id,customer_id,ordered_at,amount\nA1,aki,2024-05-31,40\nA2,,2024-05-31,30\n"


def send(program: Program, content: bytes, **fields: str) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = {"file": SimpleUploadedFile("../orders.csv", content), **fields}
    return Client().post("/api/v1/uploads", sent, headers={"Authorization": f"Bearer {program.secret}"})


def test_a_file_is_taken_imported_and_its_bad_rows_are_told(workspace: Path, min_jun: User, program: Asking) -> None:
    asking = program(min_jun)

    first = send(asking, ORDERS, table="orders")
    run(first.json()["job"])
    found = asking.ask("GET", first["Location"].removeprefix("/api/v1")).json()  # type: ignore[attr-defined]
    rows = asking.ask("GET", f"/imports/set-aside/{found['set_aside_name']}").json()["items"]  # type: ignore[attr-defined]

    assert (first.status_code, found["state"], found["called"]) == (202, "done", "orders.csv")
    assert (found["read"], found["landed"], found["set_aside"]) == (2, 1, 1)
    assert rows[0]["line"] == 3
    assert okaeri.open(workspace).tables() == {"orders": 1}


def test_a_file_for_no_table_is_refused_and_leaves_nothing(workspace: Path, min_jun: User, program: Asking) -> None:
    answer = send(program(min_jun), ORDERS, table="moons")

    assert answer.status_code == 422
    assert not Upload.objects.exists()
    assert not list((workspace / "uploads").iterdir())


def test_customers_are_cared_for_and_consent_is_told_to_webhooks(haru: User, program: Asking) -> None:
    customer = Customer.objects.create(customer_id="aki", id_key="aki", name="Aki", name_key="aki", search="aki")
    Webhook.objects.create(maker=haru, url="https://example.com/", events=["consent.changed"], made_at=NOW)
    asking, here = program(haru), f"/customers/{customer.public_id}"

    note = asking.ask("POST", f"{here}/notes", {"text": "Likes oolong."})
    said = asking.ask("POST", f"{here}/consent", {"channel": "email", "state": "given", "source": "phone call"})
    found = asking.ask("GET", "/customers?q=aki").json()["items"]  # type: ignore[attr-defined]

    assert (note.status_code, said.status_code) == (201, 201)
    assert {each["channel"]: each["state"] for each in said.json()}["email"] == "given"  # type: ignore[attr-defined]
    assert [each["id"] for each in found] == [customer.public_id]
    assert Delivery.objects.get().payload["data"]["state"] == "given"


def test_nobody_is_erased_by_a_slip(aki: User, program: Asking) -> None:
    customer = Customer.objects.create(customer_id="ben", id_key="ben")
    asking, here = program(aki), f"/customers/{customer.public_id}/erase"

    slip = asking.ask("POST", here, {"customer_id": "bem"})
    meant = asking.ask("POST", here, {"customer_id": "ben"})

    assert (slip.status_code, meant.status_code) == (422, 202)
    assert Job.objects.filter(kind="erase_customer").count() == 1


def test_a_token_without_manage_does_not_change_what_others_made(aki: User, min_jun: User, program: Asking) -> None:
    theirs = Dashboard.objects.create(owner=min_jun, title="Mornings", made_at=NOW)

    refused = program(aki, Can.SEE_FIGURES, Can.ARRANGE).ask("DELETE", f"/dashboards/{theirs.pk}")
    allowed = program(aki).ask("DELETE", f"/dashboards/{theirs.pk}")

    assert (refused.status_code, allowed.status_code) == (404, 204)


def test_a_report_by_mail_is_planned_changed_sent_and_stopped(workspace: Path, min_jun: User, program: Asking) -> None:
    asking = program(min_jun)

    made = asking.ask("POST", "/mails", {"addresses": ["Chiyo@example.com"], "every": "month", "hour": 7})
    here = f"/mails/{made.json()['id']}"  # type: ignore[attr-defined]
    changed = asking.ask("PATCH", here, {"every": "day", "language": "ko"}).json()  # type: ignore[attr-defined]
    listed = asking.ask("GET", "/mails").json()["items"]  # type: ignore[attr-defined]
    sent = asking.ask("POST", f"{here}/send")
    gone = asking.ask("DELETE", here)

    assert (made.status_code, sent.status_code, gone.status_code) == (201, 202, 204)
    assert listed == [changed]
    assert (changed["addresses"], changed["every"], changed["hour"]) == (["chiyo@example.com"], "day", 7)
    assert changed["next_at"] != made.json()["next_at"]  # type: ignore[attr-defined]
    assert Job.objects.get(kind="send_report").asked_by == min_jun
    assert not MailPlan.objects.exists()
    verbs = ["mail.planned", "mail.changed", "mail.sent", "mailplan.removed"]
    assert list(AuditEntry.objects.filter(verb__contains="mail").order_by("id").values_list("verb", flat=True)) == verbs


def test_reports_by_mail_are_closed_to_other_scopes_and_other_people(
    aki: User, min_jun: User, person: Callable[..., User], program: Asking
) -> None:
    plan = plan_mail(by=aki, addresses=["aki@example.com"], language="en", every="week", hour=8, now=NOW)
    doors = [("GET", ""), ("PATCH", f"/{plan.pk}"), ("POST", f"/{plan.pk}/send"), ("DELETE", f"/{plan.pk}")]

    scoped = [program(aki, Can.SEE_FIGURES).ask(method, f"/mails{path}", {}).status_code for method, path in doors]
    others = [program(min_jun).ask(method, f"/mails{path}", {}).status_code for method, path in doors]

    assert scoped == [403] * 4
    assert others == [200, 404, 404, 404]
    assert program(min_jun).ask("GET", "/mails").json()["items"] == []  # type: ignore[attr-defined]


def test_a_target_set_by_a_program_is_judged_and_is_not_a_marketers_to_set(
    workspace: Path, min_jun: User, person: Callable[[Role], User], program: Asking
) -> None:
    wanted = {"metric": "crr", "at_least": 0.8}

    answers = [program(one).ask("POST", "/targets", wanted).status_code for one in (person(Role.MARKETER), min_jun)]

    assert answers == [403, 201]
    assert Job.objects.filter(kind="judge_targets").count() == 1
