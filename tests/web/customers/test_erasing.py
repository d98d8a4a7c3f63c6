"""Somebody wants to be forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

import okaeri
from okaeri.base.errors import OkaeriError
from okaeri.web.core.customers import merging, services
from okaeri.web.core.customers.erasing import ask_to_erase
from okaeri.web.core.customers.models import Customer, Identity, Note
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.jobs.running import run
from okaeri.web.core.people.models import AuditEntry, User
from tests.web.customers.conftest import NOW

Browsing = Callable[[User], Client]


@pytest.fixture
def one(directory: Path) -> Customer:
    return Customer.objects.get(customer_id="C00000001")


def rows_of(folder: Path, customer_id: str) -> int:
    engine = okaeri.open(folder).measurer().engine
    sql = f"select count(*) as n from orders where customer_id = '{customer_id}'"
    return int(engine.query(sql)["n"].to_pylist()[0])


def test_only_an_owner_may_erase(one: Customer, haru: User, min_jun: User, browsing: Browsing) -> None:
    answers = [browsing(who).get(f"/customers/{one.public_id}/erase/").status_code for who in (haru, min_jun)]

    assert answers == [403, 403]


@pytest.mark.parametrize("given", [{}, {"typed": "C00000001"}, {"sure": "yes"}, {"typed": "C00000002", "sure": "yes"}])
def test_nothing_goes_before_it_is_confirmed_twice(
    one: Customer, aki: User, browsing: Browsing, given: dict[str, str]
) -> None:
    answer = browsing(aki).post(f"/customers/{one.public_id}/erase/", given)

    assert answer.status_code == 400
    assert not Job.objects.exists()
    assert Customer.objects.get(pk=one.pk).erasing_since is None


@pytest.mark.slow
def test_an_erased_customer_is_gone_everywhere_but_for_a_receipt_without_them(
    directory: Path, one: Customer, aki: User, browsing: Browsing
) -> None:
    services.add_note(one, "Likes light roasts", by=aki, now=NOW)
    two = Customer.objects.get(customer_id="C00000002")
    merging.merge(one, two, by=aki, now=NOW)
    before = rows_of(directory, "C00000001") + rows_of(directory, "C00000002")
    client, page = browsing(aki), f"/customers/{one.public_id}/"

    client.post(f"{page}erase/", {"typed": "C00000001", "sure": "yes"})
    hidden = client.get(page).status_code
    run(str(Job.objects.get(kind="erase_customer").pk))

    assert before > 0
    assert hidden == 404
    assert rows_of(directory, "C00000001") + rows_of(directory, "C00000002") == 0
    assert not Customer.objects.filter(pk__in=[one.pk, two.pk]).exists()
    assert not Note.objects.exists() and not Identity.objects.filter(value="C00000001").exists()
    log = AuditEntry.objects.filter(verb__startswith="customer.erasure") | AuditEntry.objects.filter(
        verb="customer.erased"
    )
    told = json.dumps(list(log.values("about", "detail"))) + json.dumps(list(Job.objects.values_list("arguments")))
    assert log.count() == 2
    assert "rows" in told
    assert not any(word in told for word in ("C00000001", "C00000002", one.name, one.email or "@"))
    assert Job.objects.filter(kind="sync_customers").exists()


def test_one_of_several_ids_is_not_erased_alone(known: Callable[..., Customer], aki: User, browsing: Browsing) -> None:
    kept, gone = known("C-1"), known("C-2")
    merging.merge(kept, gone, by=aki, now=NOW)

    answer = browsing(aki).get(f"/customers/{gone.public_id}/erase/")

    assert answer.headers["Location"] == f"/customers/{kept.public_id}/erase/"
    with pytest.raises(OkaeriError, match="go together"):
        ask_to_erase(gone, typed="C-2", by=aki, now=NOW)
    assert not Job.objects.filter(kind="erase_customer").exists()


def test_an_erasure_that_was_asked_for_cannot_be_called_off(
    known: Callable[..., Customer], aki: User, browsing: Browsing
) -> None:
    ask_to_erase(known("C-1"), typed="C-1", by=aki, now=NOW)
    made, client = Job.objects.get(kind="erase_customer"), browsing(aki)

    answer = client.post(f"/jobs/{made.pk}/cancel/")

    assert answer.status_code == 422
    assert Job.objects.get(pk=made.pk).state == "queued"
    assert f"/jobs/{made.pk}/cancel/" not in client.get("/jobs/").content.decode()


def test_an_erasure_that_was_done_is_not_done_again(one: Customer, aki: User) -> None:
    from okaeri.web.core.customers.erasing import erase

    assert erase(one.public_id, by=aki.pk, now=NOW) == {}  # nobody asked for it
    assert Customer.objects.filter(pk=one.pk).exists()
