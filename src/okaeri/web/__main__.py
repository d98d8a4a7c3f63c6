"""`python -m okaeri.web <command>`: what the command line starts when it serves, works, backs up or restores."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run one of the web application's commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "okaeri.web.project.settings")
    from django.core.management import execute_from_command_line  # heavy, and needs the settings named above

    execute_from_command_line(["okaeri", *sys.argv[1:]])


if __name__ == "__main__":
    main()
