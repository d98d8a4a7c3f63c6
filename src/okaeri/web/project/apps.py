"""The project itself, which brings the look and the admin's frame."""

from django.apps import AppConfig


class Project(AppConfig):
    """First in the list, so that its templates and files come before those of other packages."""

    name = "okaeri.web.project"
    label = "project"
