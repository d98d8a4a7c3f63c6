"""When something happened: the sender's clock, put right by when it says it sent and when that arrived."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from okaeri.web.core.events.problems import Refusal

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LEEWAY = timedelta(minutes=5)


def moment_of(value: object, *, field: str) -> datetime | None:
    """An ISO 8601 moment; None when there is none. Without a zone it is UTC. Raises `Refusal`.

    >>> moment_of("2026-05-01T18:30:00.25+09:00", field="timestamp").isoformat()
    '2026-05-01T09:30:00.250000+00:00'
    """
    if value is None or value == "":
        return None
    try:
        found = datetime.fromisoformat(value if isinstance(value, str) else "")
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refusal("bad_time", field=field) from None


def occurred(original: datetime | None, *, sent: datetime | None, received: datetime) -> datetime:
    """received - (sent - original), as the spec has it; without `sent` the sender's clock is believed.

    A moment up to five minutes after `received` becomes `received`. Raises `Refusal` for one further ahead, and for
    one before 1970.

    >>> noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    >>> wrong = timedelta(days=400)
    >>> occurred(noon - wrong, sent=noon - wrong + timedelta(seconds=9), received=noon).isoformat()
    '2026-05-01T11:59:51+00:00'
    """
    if original is None:
        return received
    try:
        at = received - (sent - original) if sent else original
    except OverflowError:
        raise Refusal("ancient") from None
    if at > received + LEEWAY:
        raise Refusal("future")
    if at < EARLIEST:
        raise Refusal("ancient")
    return min(at, received)
