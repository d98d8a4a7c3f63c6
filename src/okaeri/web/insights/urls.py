"""Addresses of the figures."""

from __future__ import annotations

from django.urls import path

from okaeri.web.insights import views
from okaeri.web.insights.pages import PAGES

urlpatterns = [
    path("", views.home, name="home"),
    *(path(f"{name}/", views.page, {"name": name}, name=name) for name in PAGES),
    *(path(f"{name}/<slug:part>/", views.page, {"name": name}, name=f"{name}-part") for name in PAGES),
    path("targets/", views.targets, name="targets"),
    path("restatements/", views.restatements, name="restatements"),
]
