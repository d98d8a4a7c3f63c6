"""Work of the directory behind the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from okaeri.base.text import _
from okaeri.web.core.customers.erasing import erase
from okaeri.web.core.customers.syncing import sync_customers
from okaeri.web.core.customers.uniting import unite
from okaeri.web.core.jobs.kinds import Progress, job


@job("sync_customers", title=_("Bringing the customer directory up to date"))
def sync(arguments: Mapping[str, Any], progress: Progress) -> dict[str, int]:
    """Copy every customer of the lake into the directory."""
    return asdict(sync_customers(now=datetime.now(UTC), progress=progress))


@job("unite_customers", title=_("Telling the facts who is one customer"))
def tell_facts(arguments: Mapping[str, Any], progress: Progress) -> None:
    """Have a merge, or its undo, reach every figure."""
    unite(int(arguments["gone"]), now=datetime.now(UTC))


@job("erase_customer", title=_("Erasing a customer"), owed=True)
def forget(arguments: Mapping[str, Any], progress: Progress) -> dict[str, int]:
    """Erase one customer from the lake and the directory."""
    return erase(str(arguments["public_id"]), by=arguments.get("by"), now=datetime.now(UTC))
