"""The named inputs that the kinds' queries read, made in the engine when a query first names them.

Besides these a query may read every fact table, its `local_` view, `customer_codes`, `customer_days`, `stays` and
`cutoff`.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from okaeri.engines.engine import Columns
from okaeri.metrics.presence import Presence
from okaeri.metrics.timetable import day_number
from okaeri.signals.words import WORDS, folded

if TYPE_CHECKING:
    from okaeri.metrics.measuring import Measurer

VIEWS = ("ratings", "known_events", "visits", "event_lists", "topic_lists", "change_requests")
_FREEDOM = 2_000  # beyond as many gaps the quantile of Student's t is that of the normal to three digits


class SignalInputs:
    """Makes the inputs for one measurer, presence and cutoff; each once."""

    def __init__(self, measurer: Measurer, *, presence: Presence, cutoff: date) -> None:
        self._measurer = measurer
        self._presence = presence
        self._cutoff = cutoff
        self._made: set[str] = set()

    def make_for(self, sql: str) -> None:
        """Make every input a query names, and what those are made of."""
        self._measurer.inputs.stays(self._presence, cutoff=day_number(self._cutoff))
        self._walk(sql)

    def _walk(self, sql: str) -> None:
        for name in VIEWS:
            if name not in self._made and _names(sql, name):
                text = _sql(name)
                self._walk(text)
                self._measurer.engine.define(name, text)
                self._made.add(name)
        for name, columns in self._small().items():
            if name not in self._made and _names(sql, name):
                self._measurer.engine.put(name, columns)
                self._made.add(name)

    def _small(self) -> dict[str, Columns]:
        rule, has = self._presence.rule, self._measurer.facts.has
        listed = [(name, folded(word)) for name, words in WORDS.items() for word in words]
        return {
            "signal_rules": _numbers(asdict(self._measurer.facts.rules)),
            "signal_words": {
                "list": ("varchar", [name for name, _word in listed]),
                "word": ("varchar", [word for _name, word in listed]),
            },
            "visit_rule": {
                "counts_orders": ("boolean", [rule.source == "orders" or (rule.contractual and "orders" in has)]),
                "counts_events": ("boolean", [rule.source == "events" or rule.contractual]),
            },
            "student": _student(),
        }


def _numbers(values: dict[str, object]) -> Columns:
    kinds = {int: "integer", float: "double"}
    return {name: (kinds[type(value)], [value]) for name, value in values.items() if type(value) in kinds}


def _student() -> Columns:
    from scipy.special import stdtrit  # heavy

    freedom = np.arange(1, _FREEDOM + 1)
    return {"freedom": ("integer", freedom.tolist()), "t95": ("double", stdtrit(freedom, 0.95).tolist())}


def _names(sql: str, name: str) -> bool:
    return re.search(rf"\b(from|join) {name}\b", sql) is not None


def _sql(name: str) -> str:
    return files("okaeri.signals").joinpath("sql", f"{name}.sql").read_text("utf-8")
