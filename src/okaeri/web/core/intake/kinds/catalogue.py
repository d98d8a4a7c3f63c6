"""Every kind of place, in the order they are offered."""

from __future__ import annotations

from okaeri.base.errors import unknown
from okaeri.base.text import _
from okaeri.web.core.intake.kinds.database import DATABASE
from okaeri.web.core.intake.kinds.files import FILES
from okaeri.web.core.intake.kinds.kind import Place

KINDS: dict[str, Place] = {each.name: each for each in (DATABASE, FILES)}


def place_of(name: str) -> Place:
    """The kind of that name; raises `OkaeriError` when there is none."""
    if name not in KINDS:
        raise unknown(_("kind of connection"), name, KINDS)
    return KINDS[name]
