"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from okaeri.web.core.people import views

urlpatterns = [
    path("", views.front, name="settings"),
    path("me/", views.front, name="me"),
]
