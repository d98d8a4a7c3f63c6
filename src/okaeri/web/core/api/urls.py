"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from okaeri.web.core.api import views

urlpatterns = [
    path("api/docs/", views.docs, name="api-docs"),
    path("settings/keys/", views.keys, name="keys"),
    path("settings/keys/<uuid:token>/revoke/", views.revoke_key, name="revoke-key"),
    path("settings/webhooks/", views.webhook_list, name="webhooks"),
    path("settings/webhooks/<uuid:webhook>/", views.webhook, name="webhook"),
    path("settings/webhooks/<uuid:webhook>/<slug:verb>/", views.change_webhook, name="change-webhook"),
    path("settings/webhooks/<uuid:webhook>/messages/<uuid:delivery>/replay/", views.replay, name="replay-webhook"),
]
