"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from okaeri.web.insights.boards import views

urlpatterns = [
    path("boards/", views.dashboards, name="dashboards"),
    path("boards/new/", views.make, name="dashboard-make"),
    path("boards/<uuid:id>/", views.dashboard, name="dashboard"),
    path("boards/<uuid:id>/add/", views.add_tile, name="dashboard-add"),
    path("boards/<uuid:id>/remove/", views.remove_dashboard, name="dashboard-remove"),
    path("boards/<uuid:id>/tiles/<int:tile>/", views.change_tile, name="dashboard-tile"),
    path("boards/<uuid:id>/share/", views.share, name="dashboard-share"),
    path("boards/<uuid:id>/share/<int:share>/revoke/", views.revoke, name="share-revoke"),
    path("boards/views/save/", views.save_view, name="view-save"),
    path("boards/views/<int:id>/remove/", views.remove_view, name="view-remove"),
    path("boards/notes/", views.notes, name="annotations"),
    path("boards/notes/new/", views.annotate, name="annotation-make"),
    path("boards/notes/<int:id>/remove/", views.remove_annotation, name="annotation-remove"),
    path("boards/mails/", views.mails, name="mails"),
    path("boards/mails/new/", views.plan_mail, name="mail-plan"),
    path("boards/mails/<int:id>/", views.change_mail, name="mail-change"),
    path("boards/alerts/", views.alerts, name="alerts"),
    path("boards/alerts/new/", views.make_alert, name="alert-make"),
    path("boards/alerts/<int:id>/remove/", views.remove_alert, name="alert-remove"),
    path("s/<str:token>/", views.shared, name="shared"),
]
