"""From wall-clock time to UTC as one SQL expression. A time that comes twice means the first; one that never comes
is read with the offset before the gap (Python's fold=0, the same rule as `Calendar.start_of`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_STRIDE = timedelta(days=7)


def to_utc(local: str, zone: str, *, first: datetime = _FIRST, last: datetime = _LAST) -> str:
    """SQL for the UTC timestamp of a local timestamp expression that lies between `first` and `last`.

    >>> to_utc("t", "Asia/Tokyo", first=datetime(2020, 1, 1), last=datetime(2024, 1, 1))
    "(t - interval '32400 seconds')"
    """
    offsets = _offsets(zone)
    low, high = first.replace(tzinfo=None), last.replace(tzinfo=None)
    start = max((place for place, (begins, _seconds) in enumerate(offsets) if begins <= low), default=0)
    within = [entry for place, entry in enumerate(offsets) if place == start or (place > start and entry[0] <= high)]
    return f"({local} - {_chosen(local, tuple(within))})"


def _chosen(local: str, offsets: tuple[tuple[datetime, int], ...]) -> str:
    """A balanced tree of comparisons: hundreds of changes of the clock cost ten steps a row."""
    if len(offsets) == 1:
        return f"interval '{offsets[0][1]} seconds'"
    half = len(offsets) // 2
    before, after = _chosen(local, offsets[:half]), _chosen(local, offsets[half:])
    return f"case when {local} < timestamp '{offsets[half][0].isoformat(' ')}' then {before} else {after} end"


@cache
def _offsets(zone: str) -> tuple[tuple[datetime, int], ...]:
    """From which local time on which offset, in seconds east of UTC, holds; in rising order."""
    place = ZoneInfo(zone)
    at, known = _FIRST, _offset(place, _FIRST)
    found = [(datetime.min, known)]
    while at < _LAST:
        later = min(at + _STRIDE, _LAST)
        offset = _offset(place, later)
        if offset != known:
            change = _change(place, at, later)
            found.append((change.replace(tzinfo=None) + timedelta(seconds=max(known, offset)), offset))
        at, known = later, offset
    return tuple(found)


def _change(place: ZoneInfo, before: datetime, after: datetime) -> datetime:
    old = _offset(place, before)
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(place, datetime.fromtimestamp(middle, UTC)) == old:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def _offset(place: ZoneInfo, at: datetime) -> int:
    offset = at.astimezone(place).utcoffset()
    return int(offset.total_seconds()) if offset else 0
