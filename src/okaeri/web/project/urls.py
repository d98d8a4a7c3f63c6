"""Every address: each room brings its own."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from okaeri.web.project import door
from okaeri.web.project.api import api

urlpatterns = [
    path("", include("okaeri.web.insights.urls")),
    path("", include("okaeri.web.insights.boards.urls")),
    path("customers/", include("okaeri.web.core.customers.urls")),
    path("data/", include("okaeri.web.core.intake.urls")),
    path("", include("okaeri.web.core.events.urls")),
    path("api/v1/", api.urls),
    path("", include("okaeri.web.core.api.urls")),
    path("", include("okaeri.web.core.people.entrances")),
    path("settings/", include("okaeri.web.core.people.urls")),
    path("jobs/", include("okaeri.web.core.jobs.urls")),
    path("account/", include("allauth.urls")),
    path("demo/", door.enter, name="demo-door"),
    path("admin/", admin.site.urls),
]
handler400 = "okaeri.web.project.errors.bad_request"
handler403 = "okaeri.web.project.errors.not_allowed"
handler404 = "okaeri.web.project.errors.not_found"
handler500 = "okaeri.web.project.errors.broken"
