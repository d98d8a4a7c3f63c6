"""The pages of this room: keys for programs, webhooks, and the reference of the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.web.core.api import queries, services, webhooks
from okaeri.web.core.api.events import EVENTS
from okaeri.web.core.api.forms import DAYS, TokenForm, WebhookForm
from okaeri.web.core.api.models import Delivery, Token, Webhook
from okaeri.web.core.api.reference import Reference, reference
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs, signed_in

SCOPES: dict[Can, Text] = {
    Can.SEE_FIGURES: _("Read figures, targets and jobs"),
    Can.SEE_CUSTOMERS: _("Read customers, signals and predictions"),
    Can.CARE: _("Keep notes, tasks and consent of customers"),
    Can.ARRANGE: _("Keep targets, views and dashboards"),
    Can.SHARE: _("Share figures with outsiders"),
    Can.EXPORT: _("Export"),
    Can.BRING_FACTS: _("Bring in facts"),
    Can.CONNECT: _("Look after tokens, write keys and webhooks"),
    Can.MANAGE: _("Look after people, settings and erasure"),
}


@needs(Can.CONNECT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """The tokens one may see, and a form for a new one; its secret is on the answer to the form alone."""
    person, now = asked_by(request), timezone.now()
    form = TokenForm.of(request.POST)
    words: dict[str, Any] = {"form": form, "wrong": None, "secret": None, "made": None}
    if request.method == "POST":
        try:
            words["made"], words["secret"] = services.make_token(
                maker=person, name=form.name, scopes=form.scopes, days=form.days, now=now
            )
            words["form"] = TokenForm.of({})
        except OkaeriError as error:
            words["wrong"] = error
    words |= {"tokens": queries.tokens(person, now=now), "days": DAYS}
    words["scopes"] = [(each.value, str(says)) for each, says in SCOPES.items() if person.can(each)]
    return render(request, "api/keys.html", words, status=422 if words["wrong"] else 200)


@needs(Can.CONNECT)
@require_POST
def revoke_key(request: HttpRequest, token: UUID) -> HttpResponse:
    """Close a token."""
    try:
        services.revoke_token(token, by=asked_by(request), now=timezone.now())
    except Token.DoesNotExist:
        raise Http404 from None
    return redirect("keys")


@needs(Can.CONNECT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_list(request: HttpRequest) -> HttpResponse:
    """Every webhook, and a form for a new one; its secret is on the answer to the form alone."""
    form = WebhookForm.of(request.POST)
    words: dict[str, Any] = {"form": form, "wrong": None, "secret": None}
    if request.method == "POST":
        try:
            _made, words["secret"] = webhooks.make_webhook(
                maker=asked_by(request), url=form.url, events=form.events, now=timezone.now()
            )
            words["form"] = WebhookForm.of({})
        except OkaeriError as error:
            words["wrong"] = error
    words |= {"webhooks": queries.webhooks(), "events": [(name, str(says)) for name, says in EVENTS.items()]}
    return render(request, "api/webhooks.html", words, status=422 if words["wrong"] else 200)


@needs(Can.CONNECT)
@never_cache
@require_safe
def webhook(request: HttpRequest, webhook: UUID) -> HttpResponse:
    """One webhook with what was sent to it."""
    return _webhook_page(request, webhook)


def _webhook_page(request: HttpRequest, webhook: UUID, *, secret: str | None = None) -> HttpResponse:
    found = Webhook.objects.select_related("maker").filter(pk=webhook).first()
    if found is None:
        raise Http404
    words = {
        "webhook": queries.webhook_card(found),
        "deliveries": queries.deliveries(found),
        "says": {name: str(said) for name, said in EVENTS.items()},
        "secret": secret,
        "states": {name: str(word) for name, word in STATES.items()},
    }
    return render(request, "api/webhook.html", words)


STATES: dict[str, Text] = {
    "waiting": _("waits"),
    "sending": _("is being sent"),
    "delivered": _("delivered"),
    "failed": _("given up"),
}


@needs(Can.CONNECT)
@never_cache
@require_POST
def change_webhook(request: HttpRequest, webhook: UUID, verb: str) -> HttpResponse:
    """Switch a webhook on or off, try it, turn its secret, or remove it."""
    by, now = asked_by(request), timezone.now()
    try:
        if verb == "secret":
            return _webhook_page(request, webhook, secret=webhooks.turn_secret(webhook, by=by, now=now))
        if verb == "remove":
            webhooks.remove_webhook(webhook, by=by, now=now)
            return redirect("webhooks")
        if verb == "try":
            webhooks.try_webhook(webhook, by=by, now=now)
        elif verb in ("on", "off"):
            webhooks.change_webhook(webhook, by=by, now=now, active=verb == "on")
        else:
            raise Http404
    except Webhook.DoesNotExist:
        raise Http404 from None
    return redirect("webhook", webhook)


@needs(Can.CONNECT)
@require_POST
def replay(request: HttpRequest, webhook: UUID, delivery: UUID) -> HttpResponse:
    """Send one message once more."""
    try:
        webhooks.replay(webhook, delivery, by=asked_by(request), now=timezone.now())
    except Delivery.DoesNotExist:
        raise Http404 from None
    return redirect("webhook", webhook)


@signed_in
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every address of the API with its parameters and an example to copy."""
    found: Reference = reference(request)
    return render(
        request, "api/docs.html", {"reference": found, "scopes": {k.value: str(v) for k, v in SCOPES.items()}}
    )
