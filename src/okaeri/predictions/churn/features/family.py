"""What a family of features is, and the walk that finds them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from pkgutil import iter_modules
from typing import Any

from okaeri.predictions.churn.examples import Feature

ATTRIBUTE = "attribute:"
"""How the ids of features begin that are today's values without a history."""
SLOTS = 8
"""How many kinds (topics of tickets, names of events, steps) become features of their own: the most frequent ones."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What the facts before the cutoff say about a family as a whole, never about who left.

    `currency` is the one most orders are in, "" when unknown; `kinds` are the rows of the family's kinds, most
    frequent first.
    """

    currency: str = ""
    kinds: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Family:
    """Features that one query gives: `<name>.sql` with one row per place of `asked`, for all places.

    `tables` are the facts without which the family says nothing; `columns` names the query's columns and the feature
    each is. With `kinds` the query `<name>_kinds.sql` is asked first, and stands as a table of that name.
    """

    name: str
    tables: tuple[str, ...]
    columns: Callable[[Found], Mapping[str, Feature]]
    kinds: bool = False

    @property
    def sql(self) -> str:
        """The text of the family's query."""
        return sql_of(self.name)


def by_id(*features: Feature) -> dict[str, Feature]:
    """Features under the columns of the same name.

    >>> by_id()
    {}
    """
    return {feature.id: feature for feature in features}


def sql_of(name: str) -> str:
    """The text of one query of this room.

    >>> "asked" in sql_of("buying")
    True
    """
    return files("okaeri.predictions.churn.features").joinpath("sql", f"{name}.sql").read_text("utf-8")


@cache
def every_family() -> tuple[Family, ...]:
    """All families, in the order of their names.

    >>> [family.name for family in every_family()][:3]
    ['buying', 'contract', 'membership']
    """
    package = import_module("okaeri.predictions.churn.features.families")
    modules = (import_module(f"{package.__name__}.{found.name}") for found in iter_modules(package.__path__))
    return tuple(sorted((module.FAMILY for module in modules), key=lambda family: family.name))
