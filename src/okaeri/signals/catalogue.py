"""Every kind of signal there is: the files of `kinds/`, found by walking the package."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from okaeri.base.errors import unknown
from okaeri.base.text import _
from okaeri.signals import kinds
from okaeri.signals.kind import Kind


def discover() -> dict[str, Kind]:
    """The kinds declared in `kinds/`, by id in alphabetical order.

    >>> "silence" in discover()
    True
    """
    names = sorted(found.name for found in pkgutil.iter_modules(kinds.__path__))
    declared: list[Kind] = [import_module(f"{kinds.__name__}.{name}").KIND for name in names]
    return {kind.id: kind for kind in declared}


KINDS = discover()


def find(kind_id: str) -> Kind:
    """The kind called `kind_id`; raises `OkaeriError` with the nearest name.

    >>> find("late_reply").severity.name
    'RISK'
    """
    if kind_id not in KINDS:
        raise unknown(_("kind of signal"), kind_id, KINDS)
    return KINDS[kind_id]
