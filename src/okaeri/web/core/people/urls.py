"""Addresses of this room that lie under the settings."""

from __future__ import annotations

from django.urls import path

from okaeri.web.core.people.views import hub, log, members, myself

urlpatterns = [
    path("", hub.hub, name="settings"),
    path("me/", myself.me, name="me"),
    path("me/sessions/end/", myself.end_sessions, name="me-end-sessions"),
    path("people/", members.people, name="people"),
    path("people/invite/", members.invite, name="people-invite"),
    path("people/invitations/<int:invitation>/revoke/", members.revoke, name="people-revoke"),
    path("people/<int:person>/role/", members.role, name="people-role"),
    path("people/<int:person>/close/", members.let_go, name="people-close"),
    path("people/<int:person>/open/", members.let_back, name="people-open"),
    path("people/<int:person>/two-steps/end/", members.end_two_steps, name="people-end-two-steps"),
    path("log/", log.log, name="log"),
    path("log/export/", log.export, name="log-export"),
]
