"""`python -m bench.pages_ready FOLDER PARQUET ZONE`: a workspace with its pages measured and somebody signed in."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import okaeri
from okaeri.facts.workspace import SETTINGS_FILE

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def main() -> None:
    """Make what is missing and print the session's key and how long measuring took."""
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
    print(json.dumps({"workspace": str(folder), "session": _session(), "seconds": _measured()}))


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


def _measured() -> float:
    from okaeri.web.insights.measuring import measure_pages

    began = time.perf_counter()
    measure_pages(now=NOW)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
