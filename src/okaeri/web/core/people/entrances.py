"""Addresses of this room for whoever is not signed in."""

from __future__ import annotations

from django.urls import path

from okaeri.web.core.people.views import entrance

urlpatterns = [
    path("setup/", entrance.setup, name="setup"),
    path("join/<str:token>/", entrance.join, name="join"),
    path("language/", entrance.language, name="language"),
]
