"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from okaeri.web.core.intake import views

urlpatterns = [
    path("", views.front, name="intake"),
]
