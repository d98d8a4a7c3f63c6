"""This room, as Django knows it."""

from django.apps import AppConfig


class BoardsRoom(AppConfig):
    """See the package's own words."""

    name = "okaeri.web.insights.boards"
    label = "boards"
