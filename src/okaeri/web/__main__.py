"""`python -m okaeri.web <command>`: what the command line starts when it serves, works, backs up or restores."""

from __future__ import annotations

import os
import sys

from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.base.text import use_language
from okaeri.web.project import restoring


def main() -> None:
    """Run one of the web application's commands."""
    with use_language(os.environ.get("OKAERI_LANG", "en")):
        try:
            _run(sys.argv[1:])
        except OkaeriError as error:
            print(f"✗ {error.what}\n  {error.advice}", file=sys.stderr)
            sys.exit(1 if isinstance(error, NothingUsable) else 2)


def _run(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "okaeri.web.project.settings")
    if arguments[:1] == ["restore"]:  # there is no workspace yet, so no settings
        restoring.main(arguments[1:])
        return
    from django.core.management import execute_from_command_line  # heavy, and needs the settings named above

    execute_from_command_line(["okaeri", *arguments])


if __name__ == "__main__":
    main()
