"""The ways to reach a customer, and what they have said about each."""

from __future__ import annotations

from django.db import models

from okaeri.base.text import Text, _


class Channel(models.TextChoices):
    """One way to reach a customer; names are shown by `CHANNEL_NAMES`."""

    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    POST = "post"
    PUSH = "push"
    LINE = "line"
    KAKAO = "kakao"


class ConsentState(models.TextChoices):
    """What holds for a channel; nobody who is unknown has agreed."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


CHANNEL_NAMES: dict[Channel, Text] = {
    Channel.EMAIL: _("E-mail"),
    Channel.SMS: _("Text message"),
    Channel.PHONE: _("Phone call"),
    Channel.POST: _("Letter"),
    Channel.PUSH: _("Push message"),
    Channel.LINE: _("LINE"),
    Channel.KAKAO: _("KakaoTalk"),
}
CHANNEL_ICONS: dict[Channel, str] = {
    Channel.EMAIL: "mail",
    Channel.SMS: "message-square-text",
    Channel.PHONE: "phone",
    Channel.POST: "mailbox",
    Channel.PUSH: "bell",
    Channel.LINE: "message-circle",
    Channel.KAKAO: "message-circle-more",
}
STATE_NAMES: dict[ConsentState, Text] = {
    ConsentState.GIVEN: _("Agreed"),
    ConsentState.WITHDRAWN: _("Withdrawn"),
    ConsentState.UNKNOWN: _("Not known"),
}
