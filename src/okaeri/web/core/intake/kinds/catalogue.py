"""Every kind of place, in the order they are offered."""

from __future__ import annotations

from okaeri.web.core.intake.kinds.database import DATABASE
from okaeri.web.core.intake.kinds.files import FILES
from okaeri.web.core.intake.kinds.kind import Place

KINDS: dict[str, Place] = {each.name: each for each in (DATABASE, FILES)}
