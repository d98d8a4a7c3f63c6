"""This room, as Django knows it."""

from django.apps import AppConfig


class CustomersRoom(AppConfig):
    """See the package's own words."""

    name = "okaeri.web.core.customers"
    label = "customers"
