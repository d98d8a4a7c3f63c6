"""What can be done behind the pages: each room registers its jobs in its `tasks.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from okaeri.base.errors import unknown
from okaeri.base.text import Text, _

Progress = Callable[[float], None]
Work = Callable[[Mapping[str, Any], Progress], Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of job: `work` takes JSON arguments and a way to tell progress in 0..1, and gives a JSON result.

    It must be safe to run twice; after a crash it is. It is begun `tries` times at most. A `patient` job lets others,
    which somebody may be waiting for, go first. One that is `owed` to somebody cannot be called off.
    """

    name: str
    title: Text
    work: Work
    tries: int = 3
    patient: bool = False
    owed: bool = False


KINDS: dict[str, Kind] = {}


def job(name: str, *, title: Text, tries: int = 3, patient: bool = False, owed: bool = False) -> Callable[[Work], Work]:
    """Register a function as a kind of job."""

    def register(work: Work) -> Work:
        KINDS[name] = Kind(name=name, title=title, work=work, tries=tries, patient=patient, owed=owed)
        return work

    return register


def kind_of(name: str) -> Kind:
    """The kind called `name`; raises `OkaeriError` when there is none."""
    if name not in KINDS:
        raise unknown(_("job"), name, KINDS)
    return KINDS[name]


def owed_kinds() -> frozenset[str]:
    """The kinds that cannot be called off."""
    return frozenset(name for name, kind in KINDS.items() if kind.owed)
