"""The pages of keys, webhooks and the reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.test import Client
from pytest_django.fixtures import Settings

from okaeri.web.core.api.models import Delivery, Token, Webhook
from okaeri.web.core.api.webhooks import emit, make_webhook
from okaeri.web.core.people.models import User
from tests.web.api.conftest import NOW

Browsing = Callable[[User], Client]


def test_a_token_is_shown_once(min_jun: User, browsing: Browsing) -> None:
    browser = browsing(min_jun)

    made = browser.post("/settings/keys/", {"name": "Shelf", "scopes": ["see_figures"], "days": "90"})
    later = browser.get("/settings/keys/").content.decode()

    secret = _shown(made.content.decode())
    assert secret.startswith("okaeri_")
    assert secret not in later
    assert Token.objects.get().expires_at is not None


def _shown(page: str) -> str:
    return page.split('<code class="once">')[1].split("</code>")[0]


def test_a_form_that_asks_too_much_says_why_and_keeps_what_was_written(min_jun: User, browsing: Browsing) -> None:
    answer = browsing(min_jun).post("/settings/keys/", {"name": "Shelf", "scopes": ["manage"], "days": ""})

    assert answer.status_code == 422
    assert "Your role does not hold the scope manage." in answer.content.decode()
    assert 'value="Shelf"' in answer.content.decode()


def test_who_may_not_connect_sees_no_keys(haru: User, browsing: Browsing) -> None:
    assert browsing(haru).get("/settings/keys/").status_code == 403


def test_nobody_revokes_anothers_token_without_managing(aki: User, min_jun: User, browsing: Browsing) -> None:
    browsing(aki).post("/settings/keys/", {"name": "Shelf", "scopes": ["see_figures"], "days": ""})
    theirs = Token.objects.get()

    assert browsing(min_jun).post(f"/settings/keys/{theirs.pk}/revoke/").status_code == 404
    assert browsing(aki).post(f"/settings/keys/{theirs.pk}/revoke/").status_code == 302
    theirs.refresh_from_db()
    assert theirs.revoked_at is not None


def test_a_webhook_lives_on_its_pages(aki: User, browsing: Browsing, settings: Settings) -> None:
    settings.OKAERI = replace(settings.OKAERI, private_webhooks=True)
    browser = browsing(aki)
    made = browser.post("/settings/webhooks/", {"url": "http://127.0.0.1:1/", "events": ["facts.landed"]})
    webhook = Webhook.objects.get()
    emit("facts.landed", {"tables": ["orders"]}, now=NOW)

    page = browser.get(f"/settings/webhooks/{webhook.pk}/").content.decode()
    for verb in ("try", "off", "on"):
        assert browser.post(f"/settings/webhooks/{webhook.pk}/{verb}/").status_code == 302
    turned = browser.post(f"/settings/webhooks/{webhook.pk}/secret/").content.decode()
    sent = Delivery.objects.get(event="facts.landed")
    again = browser.post(f"/settings/webhooks/{webhook.pk}/messages/{sent.pk}/replay/")
    gone = browser.post(f"/settings/webhooks/{webhook.pk}/remove/")

    assert _shown(made.content.decode()) != _shown(turned)
    assert "&#34;orders&#34;" in page or '"orders"' in page
    assert (again.status_code, gone.status_code) == (302, 302)
    assert not Webhook.objects.exists()


def test_what_a_receiver_answers_is_text_and_not_part_of_the_page(aki: User, browsing: Browsing) -> None:
    made, _secret = make_webhook(maker=aki, url="https://example.com/", events=["facts.landed"], now=NOW)
    emit("facts.landed", {"tables": ["<b>"]}, now=NOW)
    Delivery.objects.update(answer="<script>alert(1)</script>")

    page = browsing(aki).get(f"/settings/webhooks/{made.id}/").content.decode()

    assert "<script>alert(1)" not in page
    assert "<b>" not in page.split("Message and answer")[1]


def test_the_reference_lists_every_operation_with_an_example(chiyo: User, browsing: Browsing) -> None:
    page = browsing(chiyo).get("/api/docs/").content.decode()

    assert "curl -X POST http://127.0.0.1:8765/api/v1/measurements" in page
    assert "/api/v1/facts/{table}" in page
    assert "onclick" not in page


def test_the_document_is_openapi_3_1_and_names_the_scopes(db: None) -> None:
    document = Client().get("/api/v1/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    assert document["paths"]["/api/v1/facts/{table}"]["post"]["x-scope"] == "bring_facts"
    assert document["paths"]["/api/v1/webhooks"]["get"]["responses"]["401"] == {
        "$ref": "#/components/responses/Problem"
    }
