"""`python -m okaeri.web <command>`: what the command line starts when it serves, works, backs up or restores."""

from __future__ import annotations

import os
import sys

from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.base.text import use_language


def main() -> None:
    """Run one of the web application's commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "okaeri.web.project.settings")
    from django.core.management import execute_from_command_line  # heavy, and needs the settings named above

    with use_language(os.environ.get("OKAERI_LANG", "en")):
        try:
            execute_from_command_line(["okaeri", *sys.argv[1:]])
        except OkaeriError as error:
            print(f"✗ {error.what}\n  {error.advice}", file=sys.stderr)
            sys.exit(1 if isinstance(error, NothingUsable) else 2)


if __name__ == "__main__":
    main()
