"""What pages and programs read of tokens, webhooks and deliveries."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from okaeri.web.core.api.contracts import DeliveryCard, TokenCard, WebhookCard
from okaeri.web.core.api.models import Delivery, Token, Webhook
from okaeri.web.core.people.models import User
from okaeri.web.core.people.roles import Can


def tokens_of(person: User) -> QuerySet[Token]:
    """The tokens somebody may see: their own, or everybody's for those who manage."""
    found = Token.objects.select_related("maker")
    return found if person.can(Can.MANAGE) else found.filter(maker=person)


def token_card(token: Token, *, now: datetime) -> TokenCard:
    """A token as it is listed."""
    return TokenCard(
        id=token.pk,
        name=token.name,
        prefix=token.prefix,
        scopes=tuple(token.scopes),
        opens=tuple(sorted(token.permissions)) if token.works(now) else (),
        made_by=str(token.maker),
        made_at=token.made_at,
        expires_at=token.expires_at,
        used_at=token.used_at,
        state=_state(token, now),
    )


def _state(token: Token, now: datetime) -> str:
    if token.revoked_at:
        return "revoked"
    if token.expires_at and token.expires_at <= now:
        return "expired"
    return "works" if token.maker.is_active else "asleep"


def tokens(person: User, *, now: datetime) -> list[TokenCard]:
    """The tokens somebody may see, the newest first."""
    return [token_card(each, now=now) for each in tokens_of(person)]


def webhook_card(webhook: Webhook) -> WebhookCard:
    """A webhook as it is listed."""
    return WebhookCard(
        id=webhook.pk,
        url=webhook.url,
        events=tuple(webhook.events),
        active=webhook.active,
        note=webhook.note,
        failures=webhook.failures,
        made_by=str(webhook.maker or ""),
        made_at=webhook.made_at,
    )


def webhooks() -> list[WebhookCard]:
    """All webhooks, the newest first."""
    return [webhook_card(each) for each in Webhook.objects.select_related("maker")]


def delivery_card(delivery: Delivery) -> DeliveryCard:
    """A delivery as it is listed."""
    return DeliveryCard(
        **{name: getattr(delivery, name) for name in DeliveryCard.__dataclass_fields__ if name != "id"}, id=delivery.pk
    )


def deliveries(webhook: Webhook, *, limit: int = 50) -> list[DeliveryCard]:
    """What was sent to a webhook, the newest first."""
    return [delivery_card(each) for each in webhook.deliveries.all()[:limit]]
