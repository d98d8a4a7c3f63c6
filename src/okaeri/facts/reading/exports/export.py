"""One product's export, as its TOML file describes it: headers, columns, headers that are made, rows passed over."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from okaeri.base.text import Text, _
from okaeri.facts.reading.names import plain

_HEADER = re.compile(r"\{([^{}]+?)(\?)?\}")
_WHAT: dict[str, Text] = {
    "orders": _("orders"),
    "payments": _("payments"),
    "transactions": _("transactions"),
    "items sold": _("items sold"),
    "opportunities": _("opportunities"),
    "subscriptions": _("subscriptions"),
    "customers": _("customers"),
    "contacts": _("contacts"),
    "accounts": _("accounts"),
    "tickets": _("tickets"),
    "conversations": _("conversations"),
}
_PASSED_OVER: dict[str, Text] = {
    "further_item": _("Lines that only name further items of the order above, passed over: {n}."),
    "never_paid": _("Payments that failed, wait or were called off before any money moved, passed over: {n}."),
    "never_began": _("Subscriptions that were never paid for and so never began, passed over: {n}."),
    "not_won": _("Opportunities that are open or lost, passed over: {n}."),
    "deleted": _("Rows that were deleted there, passed over: {n}."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PassedOver:
    """Rows that are no facts at all: `when` is SQL over `{header}`, `code` names the reason."""

    code: str
    when: str

    def told(self, n: object) -> Text:
        """How many there were, as a sentence."""
        return _PASSED_OVER[self.code].format(n=n)


@dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """What a product writes. `headers` all have to be there, `a|b` meaning either; parentheses do not count.

    `columns` gives column → header or arithmetic; `made` are further headers, as SQL over `{header}` (`{header?}` may
    be missing and is NULL then). `zone` is the zone of times without an offset: a name, or the header that tells it.
    """

    id: str
    vendor: str
    what: str
    table: str
    headers: tuple[str, ...]
    columns: Mapping[str, str]
    made: Mapping[str, str]
    passed_over: tuple[PassedOver, ...]
    zone: str = ""
    version: int = 1

    @property
    def name(self) -> Text:
        """What it is, as a sentence.

        >>> str(exports()["shopify_orders"].name)
        'This looks like Shopify’s export of orders.'
        """
        return _("This looks like {vendor}’s export of {what}.").format(vendor=self.vendor, what=_WHAT[self.what])

    def fits(self, headers: Sequence[str]) -> bool:
        """Whether a file with these headers is such an export."""
        return all(header_of(wanted, headers) is not None for wanted in self.headers)

    def sql(self, text: str, headers: Sequence[str]) -> str:
        """SQL with each `{header}` as text in place; a header that may be missing is NULL where it is."""

        def replace(match: re.Match[str]) -> str:
            place = header_of(match[1], headers)
            return "null::varchar" if place is None else f"h{place}::varchar"

        return _HEADER.sub(replace, text)

    def can_make(self, text: str, headers: Sequence[str]) -> bool:
        """Whether every header that may not be missing is there."""
        return all(optional or header_of(name, headers) is not None for name, optional in _HEADER.findall(text))


def header_of(wanted: str, headers: Sequence[str]) -> int | None:
    """The place of a header; `a|b` is the first of them that is there, capitals and parentheses do not count.

    >>> header_of("Created (UTC)|Created", ["id", "created"])
    1
    """
    for name in wanted.split("|"):
        folded = [header.strip().casefold() for header in headers]
        if name.strip().casefold() in folded:
            return folded.index(name.strip().casefold())
        bare = [plain(header) for header in headers]
        if plain(name) in bare:
            return bare.index(plain(name))
    return None


@cache
def exports() -> dict[str, Export]:
    """Every export there is a file for, the ones with more headers to be known by first."""
    folder = files(__package__)
    found = [
        _read(path.name.removesuffix(".toml"), path.read_text("utf-8"))
        for path in sorted(folder.iterdir(), key=lambda each: each.name)
        if path.name.endswith(".toml")
    ]
    return {each.id: each for each in sorted(found, key=lambda each: -len(each.headers))}


def _read(name: str, text: str) -> Export:
    said = tomllib.loads(text)
    return Export(
        id=name,
        vendor=said["vendor"],
        what=said["what"],
        table=said["table"],
        headers=tuple(said["headers"]),
        columns=said["columns"],
        made=said.get("made", {}),
        passed_over=tuple(PassedOver(**each) for each in said.get("passed_over", ())),
        zone=said.get("zone", ""),
        version=said.get("version", 1),
    )
