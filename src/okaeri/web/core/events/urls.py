"""Addresses of this room: the doors for programs under /v1/, the pages for people under /events/."""

from __future__ import annotations

from django.urls import path, re_path

from okaeri.web.core.events import collecting, views

urlpatterns = [
    re_path(r"^v1/(?P<call>[^/]{0,40})/?$", collecting.collect, name="collect"),
    path("events/", views.live, name="events"),
    path("events/latest/", views.latest, name="events-latest"),
    path("events/sources/", views.sources, name="event-sources"),
    path("events/sources/<int:source_id>/key/", views.new_key, name="event-source-key"),
    path("events/sources/<int:source_id>/revoke/", views.revoke, name="event-source-revoke"),
    path("events/refused/", views.refused, name="events-refused"),
    path("events/refused/download/", views.download, name="events-refused-download"),
    path("events/refused/clear/", views.clear, name="events-refused-clear"),
]
