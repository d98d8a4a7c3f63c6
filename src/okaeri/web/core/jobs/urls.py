"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from okaeri.web.core.jobs import views

urlpatterns = [
    path("", views.front, name="jobs"),
    path("<uuid:job_id>/cancel/", views.cancel, name="job-cancel"),
    path("<uuid:job_id>/retry/", views.retry, name="job-retry"),
    path("schedules/<int:schedule_id>/", views.change, name="schedule-change"),
]
