"""`python -m bench.pages_ready FOLDER PARQUET ZONE`: a workspace with its pages measured and somebody signed in.

Its directory holds every customer of the orders.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import okaeri
from okaeri.facts.workspace import SETTINGS_FILE

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def main() -> None:
    """Make what is missing and print what a visitor needs: a session's key, addresses, and how long it took."""
    folder, parquet, zone = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    if not (folder / SETTINGS_FILE).exists():
        shop = okaeri.create(folder, settings={"zone": zone, "presence": "orders:90d", "memory_limit": "4GB"})
        shop.import_file(parquet, table="orders")
    os.environ["DJANGO_SETTINGS_MODULE"] = "okaeri.web.project.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    ready = {"workspace": str(folder), "session": _session(), **_worked()}
    print(json.dumps({**ready, "paths": list(_paths())}))


def _session() -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from okaeri.web.core.people.models import User

    aki = User.objects.filter(role="owner").first() or User.objects.create_user("aki@example.com", None, role="owner")
    session = SessionStore()
    session[SESSION_KEY] = str(aki.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = aki.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _worked() -> dict[str, float]:
    from okaeri.web.core.customers.syncing import sync_customers
    from okaeri.web.insights.answering import answer
    from okaeri.web.insights.measuring import measure_pages
    from okaeri.web.insights.questions import Question

    began = time.perf_counter()
    measure_pages(now=NOW)
    measured = time.perf_counter()
    answer(Question(metric="crr"), now=NOW)
    asked = time.perf_counter()
    written = sync_customers(now=NOW).written
    return {"measuring": measured - began, "filling": time.perf_counter() - asked, "written": written}


def _paths() -> Iterator[str]:
    """Every page that people open each day, one customer's page, searches, and the customers behind a figure."""
    from django.urls import reverse

    from okaeri.web.core.customers.models import Customer
    from okaeri.web.insights.pages import PAGES

    yield reverse("home")
    for page in PAGES.values():
        yield reverse(page.name)
        yield from (reverse(f"{page.name}-part", args=[part]) for part in page.parts[1:])
    yield from map(reverse, ("targets", "restatements", "dashboards", "intake", "events", "jobs", "customers"))

    one = Customer.objects.order_by("pk")[0]
    yield reverse("customer", args=[one.public_id])
    yield from (f"{reverse('customers')}?{asked}" for asked in ("order=order", "risk=none", f"q={one.customer_id[:5]}"))
    yield reverse("figure", args=["crr"])
    yield f"{reverse('figure-customers', args=['crr'])}?state=retained"


if __name__ == "__main__":
    main()
