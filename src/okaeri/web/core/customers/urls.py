"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from okaeri.web.core.customers.views import caring, front, identity, one

urlpatterns = [
    path("", front.customers, name="customers"),
    path("export/", front.export, name="customers-export"),
    path("fill/", front.fill, name="customers-fill"),
    path("<slug:public_id>/", one.customer, name="customer"),
    path("<slug:public_id>/notes/", caring.add_note, name="customer-note"),
    path("<slug:public_id>/notes/<int:note>/remove/", caring.remove_note, name="customer-note-remove"),
    path("<slug:public_id>/tasks/", caring.add_task, name="customer-task"),
    path("<slug:public_id>/tasks/<int:task>/", caring.settle_task, name="customer-task-settle"),
    path("<slug:public_id>/consent/", caring.record_consent, name="customer-consent"),
    path("<slug:public_id>/identities/", identity.add, name="customer-identity"),
    path("<slug:public_id>/identities/<int:mark>/remove/", identity.remove, name="customer-identity-remove"),
    path("<slug:public_id>/merge/<slug:other>/", identity.merge, name="customer-merge"),
    path("<slug:public_id>/merges/<int:merge_id>/undo/", identity.undo, name="customer-merge-undo"),
    path("<slug:public_id>/erase/", identity.erase, name="customer-erase"),
]
