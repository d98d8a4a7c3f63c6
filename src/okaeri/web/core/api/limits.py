"""How often a token may ask: a fixed window of a minute, counted by this process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.http import HttpResponse

from okaeri.base.text import _
from okaeri.web.core.api.problems import TooMany

PER_MINUTE = 600
WINDOW_SECONDS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """What is left of a window, and how long it still lasts."""

    quota: int
    left: int
    seconds: int


def spend(who: str, *, now: datetime, quota: int | None = None) -> Allowance:
    """Count one request; raises `TooMany` when the window is used up."""
    quota = PER_MINUTE if quota is None else quota
    second = int(now.timestamp())
    key = f"api:{who}:{second // WINDOW_SECONDS}"
    cache.add(key, 0, WINDOW_SECONDS * 2)
    try:
        used = cache.incr(key)
    except ValueError:  # thrown out of a full cache between the two lines
        used = 1
    left = WINDOW_SECONDS - second % WINDOW_SECONDS
    if used > quota:
        raise TooMany(
            _("This token has asked {quota} times within a minute.").format(quota=quota),
            advice=_("Wait {n} seconds.").format(n=left),
            wait_seconds=left,
        )
    return Allowance(quota=quota, left=quota - used, seconds=left)


def tell(response: HttpResponse, allowance: Allowance) -> None:
    """Say in the headers how much is left."""
    response.headers["RateLimit-Policy"] = f'"token";q={allowance.quota};w={WINDOW_SECONDS}'
    response.headers["RateLimit"] = f'"token";r={allowance.left};t={allowance.seconds}'
