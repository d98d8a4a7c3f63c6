"""Something of every kind that a page can be about, and the addresses of the pages about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from okaeri.web.core.api.models import Delivery, Webhook
from okaeri.web.core.customers.kinds.channels import Channel, ConsentState
from okaeri.web.core.customers.models import Customer
from okaeri.web.core.customers.services import add_note, add_task, record_consent
from okaeri.web.core.customers.syncing import sync_customers
from okaeri.web.core.intake.kinds.catalogue import KINDS
from okaeri.web.core.intake.models import Connection, Upload
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.running import run
from okaeri.web.core.people.models import User
from okaeri.web.core.people.roles import Role
from okaeri.web.core.people.services import invite
from okaeri.web.insights.boards import services as boards
from okaeri.web.insights.boards.models import Dashboard
from okaeri.web.insights.measuring import measure_pages
from okaeri.web.insights.questions import Question
from okaeri.web.insights.services import want

ORDERS = "order_id,customer_id,date,amount\n1,aki,2024-01-05,40\n2,chiyo,not a day,25\n"
FIGURES = ("crr", "cohort", "nps", "mrr", "survival")  # one of each shape of page


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """The addresses about one thing each: by the names that `urls` know them by, for `insiders` and for `outsiders`."""

    insiders: dict[str, list[str]]
    outsiders: dict[str, list[str]]


def set_stage(owner: User, desk: Client, *, language: str, now: datetime) -> Stage:
    """Do once what people do, so that no page is empty."""
    customers = _customers(owner, now=now)
    board, token = _boards(owner, language=language, now=now)
    uploads = _files(desk)
    webhook = Webhook.objects.create(maker=owner, url="https://example.com/", events=["facts.landed"], made_at=now)
    Delivery.objects.create(webhook=webhook, message="msg_1", event="facts.landed", payload={}, made_at=now)
    connection = Connection.objects.create(name="Till", kind="files", table="orders", made_at=now, made_by=owner)
    invited = invite(owner, email="haru@komorebi.example", role=Role.AGENT, language=language, now=timezone.now())
    measure_pages(now=now, languages=(language,))
    for metric in FIGURES:
        want(Question(metric=metric), now=now)
    _work("answer")
    one, other = (customer.public_id for customer in customers)
    return Stage(
        insiders={
            "customer": [reverse("customer", args=[one])],
            "customer-merge": [reverse("customer-merge", args=[one, other])],
            "customer-erase": [reverse("customer-erase", args=[one])],
            "dashboard": [reverse("dashboard", args=[board.pk])],
            "figure": [reverse("figure", args=[metric]) for metric in FIGURES],
            "figure-customers": [f"{reverse('figure-customers', args=['crr'])}?period=2024-11&state=retained"],
            "intake-connection": [reverse("intake-connection", args=[connection.pk])],
            "intake-connection-new": [reverse("intake-connection-new", args=[kind]) for kind in KINDS],
            "intake-file": [reverse("intake-file", args=[upload.pk]) for upload in uploads],
            "intake-setaside": [reverse("intake-setaside", args=[uploads[0].quarantine])],
            "webhook": [reverse("webhook", args=[webhook.pk])],
            "retention-part": [reverse("retention-part", args=["rivals"])],
        },
        outsiders={
            "account_login": [reverse("account_login")],
            "account_reset_password": [reverse("account_reset_password")],
            "join": [reverse("join", args=[invited.token])],
            "shared": [reverse("shared", args=[token])],
        },
    )


def _customers(owner: User, *, now: datetime) -> list[Customer]:
    sync_customers(now=now)
    customers = list(Customer.objects.order_by("pk")[:2])
    customer = customers[0]
    add_note(customer, "Likes oolong.", by=owner, now=now)
    add_task(customer, "Call about the spring harvest.", due=date(2025, 3, 9), assignee=owner, by=owner, now=now)
    record_consent(
        customer, channel=Channel.EMAIL, state=ConsentState.GIVEN, source="Till", wording="1", by=owner, now=now
    )
    return customers


def _boards(owner: User, *, language: str, now: datetime) -> tuple[Dashboard, str]:
    board = boards.make_dashboard(by=owner, title="Mornings", now=now)
    for metric in FIGURES[:2]:
        boards.add_tile(board, by=owner, question=Question(metric=metric), wide=metric == "crr", now=now)
    boards.save_view(by=owner, name="Quarters", address="/figures/crr/?by=quarter", shared=True, now=now)
    boards.annotate(by=owner, day=date(2024, 11, 2), words="A new till", now=now)
    boards.plan_mail(by=owner, addresses=["aki@komorebi.example"], language=language, every="week", hour=7, now=now)
    boards.make_alert(by=owner, question=Question(metric="crr"), false_alarms_per_year=1.0, worse=-1, now=now)
    _share, token = boards.share(board, by=owner, language=language, days=None, now=now)
    return board, token


def _files(desk: Client) -> list[Upload]:
    """A file that landed, with a row set aside, and one that waits for its columns to be told."""
    for name in ("landed.csv", "waiting.csv"):
        desk.post(reverse("intake-upload"), {"file": SimpleUploadedFile(name, ORDERS.encode())})
    landed = Upload.objects.get(called="landed.csv")
    desk.post(reverse("intake-file", args=[landed.pk]), {"table": "orders"})
    _work("import_file")
    return list(Upload.objects.order_by("called"))


def _work(kind: str) -> None:
    for job in Job.objects.filter(kind=kind, state=JobState.QUEUED):
        run(str(job.pk))
