"""Whatever is sent, the API answers as its OpenAPI document says, and never breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from okaeri.web.core.api import limits
from okaeri.web.core.api.models import Delivery, Token, Webhook
from okaeri.web.core.customers.models import Customer, Note, Task
from okaeri.web.core.events.services import add_source
from okaeri.web.core.intake.models import Connection, Upload
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.people.models import Invitation, User
from okaeri.web.core.people.roles import Can
from okaeri.web.insights.boards.models import Annotation, Dashboard, Tile
from okaeri.web.insights.boards.services import plan_mail
from okaeri.web.project.api import api
from tests.web.api.conftest import NOW, Program

DOCUMENT = api.get_openapi_schema(path_prefix="/api/v1/")
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT, config=SchemathesisConfig.from_dict({}))
SCHEMA.app = get_wsgi_application()
EXAMPLES = 4


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """A request that ends must not close the connection that holds the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def known(aki: User, min_jun: User, program: Callable[..., Program]) -> dict[str, str]:
    """One of everything that an address may name."""
    program(min_jun, Can.SEE_FIGURES)
    webhook = Webhook.objects.create(maker=aki, url="https://example.com/", events=["facts.landed"], made_at=NOW)
    delivery = Delivery.objects.create(webhook=webhook, message="msg_1", event="facts.landed", payload={}, made_at=NOW)
    job = Job.objects.create(
        kind="measure_pages", key="one", state=JobState.FAILED, asked_at=NOW, due_at=NOW, what=None, advice=None
    )
    invitation = Invitation.objects.create(
        email="haru@komorebi.example", token_hash="h", by=aki, made_at=NOW, expires_at=NOW + timedelta(days=9999)
    )
    customer = Customer.objects.create(customer_id="aki", id_key="aki", name="Aki")
    note = Note.objects.create(customer=customer, text="Likes oolong.", who=aki, at=NOW)
    task = Task.objects.create(customer=customer, text="Call.", asked_by=aki, asked_at=NOW)
    upload = Upload.objects.create(called="orders.csv", size=3, at=NOW, by=aki)
    connection = Connection.objects.create(name="Till", kind="files", table="orders", made_at=NOW, made_by=aki)
    dashboard = Dashboard.objects.create(owner=aki, title="Mornings", made_at=NOW)
    tile = Tile.objects.create(dashboard=dashboard, place=0, question={"metric": "crr", "by": "month"})
    annotation = Annotation.objects.create(day=NOW.date(), words="Snow", author=aki, made_at=NOW)
    mail = plan_mail(by=aki, addresses=["aki@example.com"], language="en", every="week", hour=8, now=NOW)
    source, _key = add_source("Web shop", by=aki, now=NOW)
    return {
        "source_id": str(source.pk),
        "mail_id": str(mail.pk),
        "public_id": customer.public_id,
        "note_id": str(note.pk),
        "task_id": str(task.pk),
        "upload_id": str(upload.pk),
        "connection_id": str(connection.pk),
        "dashboard_id": str(dashboard.pk),
        "tile_id": str(tile.pk),
        "annotation_id": str(annotation.pk),
        "webhook_id": str(webhook.pk),
        "delivery_id": str(delivery.pk),
        "token_id": str(Token.objects.get().pk),
        "job_id": str(job.pk),
        "person_id": str(min_jun.pk),
        "invitation_id": str(invitation.pk),
        "metric_id": "crr",
        "name": "home",
        "table": "orders",
    }


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_conforms(
    case: Any,
    aki: User,
    known: dict[str, str],
    program: Callable[..., Program],
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "PER_MINUTE", 100_000)
    if case.meta.generation.mode.is_positive:
        for name in set(case.path_parameters or ()) & set(known):
            case.path_parameters[name] = known[name]

    case.call_and_validate(
        headers={"Authorization": f"Bearer {program(aki).secret}"},
        excluded_checks=[positive_data_acceptance],  # what names a metric or a cursor, no schema can say
    )
