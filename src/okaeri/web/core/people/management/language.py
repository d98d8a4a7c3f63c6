"""The language of the machine, in which commands speak."""

from __future__ import annotations

import os

from okaeri.base.text import LANGUAGES


def machine_language() -> str:
    """OKAERI_LANG, else the machine's locale, else English."""
    words = next((os.environ[name] for name in ("OKAERI_LANG", "LC_ALL", "LANG") if os.environ.get(name)), "en")
    return words[:2] if words[:2] in LANGUAGES else "en"
