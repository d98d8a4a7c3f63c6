"""Where the operational store lies: SQLite in the workspace, or PostgreSQL by URL."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# FULL: what was acknowledged survives a power cut, not only a crash of the process.
_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=20000;"
STORE = "okaeri.sqlite3"


def database(url: str, *, workspace: Path) -> dict[str, Any]:
    """Django's settings for the URL of a PostgreSQL; "" is the SQLite file of the workspace.

    >>> database("postgresql://aki@db.example/shop", workspace=Path("shop"))["NAME"]
    'shop'
    """
    if not url:
        options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": _PRAGMAS}
        name = str(workspace / STORE)
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "CONN_MAX_AGE": 60, "OPTIONS": options}
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "okaeri",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": asked.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": asked,
    }
