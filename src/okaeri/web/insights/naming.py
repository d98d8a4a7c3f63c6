"""Customers as a reader knows them: a name, letters for a picture, and where the customer's page is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from okaeri.web.core.customers.avatars import avatar_of, tone_of
from okaeri.web.core.customers.queries import names_for


def people(ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """For each id the `name` shown, `letters` and `tone` of a picture, and the `address` of the page, "" without one.

    Whoever is not in the directory is called by their id.
    """
    asked = list(dict.fromkeys(ids))
    called = names_for(asked)
    found = {}
    for each in asked:
        known = called.get(each)
        name = known.name if known else each
        address = reverse("customer", args=[known.public_id]) if known else ""
        found[each] = {"name": name, "letters": avatar_of(name), "tone": tone_of(each), "address": address}
    return found
