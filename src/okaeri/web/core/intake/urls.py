"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from okaeri.web.core.intake.views import connections, hub, setaside, uploads

urlpatterns = [
    path("", hub.front, name="intake"),
    path("upload/", uploads.upload, name="intake-upload"),
    path("files/<uuid:upload_id>/", uploads.file, name="intake-file"),
    path("files/<uuid:upload_id>/state/", uploads.state, name="intake-file-state"),
    path("files/<uuid:upload_id>/remove/", uploads.remove, name="intake-file-remove"),
    path("files/<uuid:upload_id>/mended/", setaside.send, name="intake-mended"),
    path("files/<uuid:upload_id>/mended-sheet/", setaside.send_sheet, name="intake-mended-sheet"),
    path("set-aside/<str:name>/", setaside.rows, name="intake-setaside"),
    path("set-aside/<str:name>/download/", setaside.download, name="intake-setaside-download"),
    path("connections/new/<str:kind>/", connections.make, name="intake-connection-new"),
    path("connections/<int:connection_id>/", connections.change, name="intake-connection"),
    path("connections/<int:connection_id>/test/", connections.test, name="intake-connection-test"),
    path("connections/<int:connection_id>/sync/", connections.sync, name="intake-connection-sync"),
    path("connections/<int:connection_id>/remove/", connections.remove, name="intake-connection-remove"),
]
