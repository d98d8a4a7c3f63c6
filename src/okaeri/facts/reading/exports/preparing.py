"""A recognised export as a source whose rows are facts: made headers beside its own, rows that are none passed over."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text
from okaeri.base.units import Shown, Unit
from okaeri.facts.reading.arithmetic import formula
from okaeri.facts.reading.exports.export import Export, header_of
from okaeri.facts.reading.source import Connection, Source

_IN_PARENTHESES = re.compile(r"\(([^()]+)\)\s*$")
# As products write them: abbreviations that mean one place, and the names that Ruby on Rails gives.
_ZONES = {
    "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "Pacific Time (US & Canada)": "America/Los_Angeles",
    "MST": "America/Denver", "MDT": "America/Denver", "Mountain Time (US & Canada)": "America/Denver",
    "CDT": "America/Chicago", "Central Time (US & Canada)": "America/Chicago", "Arizona": "America/Phoenix",
    "EST": "America/New_York", "EDT": "America/New_York", "Eastern Time (US & Canada)": "America/New_York",
    "Hawaii": "Pacific/Honolulu", "Alaska": "America/Anchorage", "Atlantic Time (Canada)": "America/Halifax",
    "GMT": "Europe/London", "BST": "Europe/London", "London": "Europe/London", "Dublin": "Europe/Dublin",
    "CET": "Europe/Paris", "CEST": "Europe/Paris", "Paris": "Europe/Paris", "Madrid": "Europe/Madrid",
    "JST": "Asia/Tokyo", "Tokyo": "Asia/Tokyo", "Osaka": "Asia/Tokyo", "KST": "Asia/Seoul", "Seoul": "Asia/Seoul",
    "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney", "Sydney": "Australia/Sydney",
    "Melbourne": "Australia/Melbourne", "Brisbane": "Australia/Brisbane", "Perth": "Australia/Perth",
    "UTC": "UTC",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """An export over one file: `source` is what is read, `columns` what it maps."""

    export: Export
    source: Source
    columns: Mapping[str, str]
    opened: Source

    def zone(self, connection: Connection) -> str | None:
        """The zone that times without an offset are in, None when the file does not say."""
        if not self.export.zone:
            return None
        if _known(self.export.zone):
            return _known(self.export.zone)
        place = header_of(self.export.zone, self.opened.headers)
        if place is None:
            return None
        told = _IN_PARENTHESES.search(self.opened.headers[place])
        if told:
            return _known(told[1])
        found = connection.execute(
            f"select trim(h{place}::varchar) as zone from {self.opened.relation} "
            "where zone <> '' group by 1 order by count(*) desc, 1 limit 1"
        ).fetchone()
        return _known(found[0]) if found else None

    def passed_over(self, connection: Connection) -> tuple[Text, ...]:
        """What was passed over and why, one sentence for each reason that occurs."""
        reasons = self.export.passed_over
        if not reasons:
            return ()
        whens = " ".join(f"when {_sql(self.export, each.when, self.opened)} then {n}" for n, each in enumerate(reasons))
        found = connection.execute(
            f"select case {whens} end as reason, count(*) from {self.opened.relation} "
            "group by 1 having reason is not null order by 1"
        ).fetchall()
        return tuple(reasons[reason].told(Shown(number, Unit.COUNT)) for reason, number in found)


def prepare(export: Export, source: Source, connection: Connection) -> Prepared:
    """Lay an export over an opened file; nothing is read yet."""
    own = len(source.headers)
    taken = set(source.headers)
    made = {
        (name if name not in taken else f"({name})"): _sql(export, text, source)
        for name, text in export.made.items()
        if export.can_make(text, source.headers)
    }
    headers = (*source.headers, *made)
    kept = " and ".join(f"not coalesce({_sql(export, each.when, source)}, false)" for each in export.passed_over)
    numbered = f"(select row_number() over () - 1 as file_row, * from {source.relation})"
    columns = [
        *(f"h{place}" for place in range(own)),
        *(f"({sql})::varchar as h{own + n}" for n, sql in enumerate(made.values())),
    ]
    chosen = f"select {', '.join(columns)}, file_row from {numbered} where {kept or 'true'}"

    def lines(ordinals: Sequence[int]) -> Mapping[int, int]:
        rows = dict(
            connection.execute(
                f"select * from (select row_number() over (order by file_row) - 1 as place, file_row from ({chosen})) "
                "where place in (select unnest(?))",
                [list(ordinals)],
            ).fetchall()
        )
        found = source.lines(sorted(rows.values()))
        return {place: found[row] for place, row in rows.items() if row in found}

    changed = replace(
        source,
        headers=headers,
        types=(*source.types, *("VARCHAR",) * len(made)),
        relation=f"({chosen} order by file_row)" if export.passed_over else f"({chosen})",
        notes=(export.name, *source.notes),
        lines=lines if export.passed_over else source.lines,
    )
    return Prepared(export=export, source=changed, columns=_columns(export, headers), opened=source)


def _sql(export: Export, text: str, source: Source) -> str:
    return f"({export.sql(text, source.headers)})"


def _columns(export: Export, headers: tuple[str, ...]) -> dict[str, str]:
    """Column → header as this file writes it; what this file lacks is left open."""
    found = {}
    for column, text in export.columns.items():
        place = header_of(text, headers)
        if place is not None:
            found[column] = headers[place]
            continue
        with_headers = _arithmetic(text, headers)
        if with_headers is not None:
            found[column] = with_headers
    return found


def _arithmetic(text: str, headers: tuple[str, ...]) -> str | None:
    try:
        formula(text, headers=headers)
    except OkaeriError:
        return None
    return text


def _known(zone: str) -> str | None:
    name = _ZONES.get(zone.strip(), zone.strip())
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return name
