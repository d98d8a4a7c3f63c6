"""Sentences that are kept and shown later in whatever language is asked for, and what tables are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.base.units import Shown
from okaeri.predictions.churn.words import text_as_data, text_from_data

TABLE_NAMES: dict[str, Text] = {
    "orders": _("Orders and returns"),
    "customers": _("Customers"),
    "subscriptions": _("Subscriptions"),
    "events": _("Events"),
    "tickets": _("Support tickets"),
    "answers": _("Survey answers"),
    "mentions": _("Reviews and posts"),
    "spend": _("Marketing spend"),
    "memberships": _("Programme memberships"),
    "points": _("Points gained and spent"),
    "rewards": _("Rewards"),
    "touches": _("Messages to customers"),
    "assignments": _("Experiment groups"),
    "steps": _("Finished steps"),
    "identities": _("Ids of one customer"),
    "labels": _("Customer labels"),
    "scores": _("Predictions that were told"),
}
LINE_DOC = _("What tells the lines of one order apart, where an order has several.")
TABLES_TO_BRING = tuple(name for name in TABLE_NAMES if name != "scores" and name != "labels")


def table_name(table: str) -> str:
    """What a table is called on screen."""
    return str(TABLE_NAMES.get(table, table))


def trouble_as_data(error: OkaeriError, **renamed: str) -> dict[str, Any]:
    """What stood in the way and what helps; `renamed` replaces values such as the name a file lies under."""
    return {"what": _kept(error.what, renamed), "advice": _kept(error.advice, renamed)}


def _kept(words: Text | str, renamed: Mapping[str, str]) -> dict[str, Any]:
    if not isinstance(words, Text):
        return {"message": str(words).replace("{", "{{").replace("}", "}}"), "values": {}}
    plain = tuple((name, _plain(renamed.get(name, value))) for name, value in words.values)
    return text_as_data(Text(words.message, plain))


def _plain(value: object) -> Any:
    return value if isinstance(value, str | int | float | Text | Shown) or value is None else str(value)


def told(kept: Mapping[str, Any] | None) -> tuple[str, str]:
    """What stood in the way and what helps, in the current language."""
    if not kept:
        return "", ""
    return str(text_from_data(kept["what"])), str(text_from_data(kept["advice"])) if kept["advice"] else ""


def notes_as_data(notes: tuple[Text, ...]) -> list[dict[str, Any]]:
    """Sentences of an import, kept."""
    return [_kept(each, {}) for each in notes]


def notes_told(kept: list[dict[str, Any]]) -> list[str]:
    """Sentences of an import in the current language."""
    return [str(text_from_data(each)) for each in kept]
