"""What happens, as other programs may hear of it: whoever does it says so, whoever passes it on listens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.dispatch import Signal

happened = Signal()
"""Sent with `event`, such as "customer.merged", a JSON-ready `payload`, and `now`."""


def tell(event: str, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Say that something happened; call it inside the transaction it is about, so that both are there or neither."""
    happened.send(sender=None, event=event, payload=payload, now=now)
