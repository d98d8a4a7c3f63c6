"""`python -m okaeri.web <command>`: what the command line starts when it serves, works, backs up or restores."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.base.text import _, use_language
from okaeri.web.project import restoring

BEFORE_SERVING = ("createuser", "endtwosteps")
"""Commands that may be the first to touch the store; those that serve prepare it themselves."""


def main() -> None:
    """Run one of the web application's commands."""
    with use_language(os.environ.get("OKAERI_LANG", "en")):
        try:
            _run(sys.argv[1:])
        except OkaeriError as error:
            _give_up(error)
        except KeyboardInterrupt:
            sys.exit(130)


def _give_up(error: OkaeriError) -> NoReturn:
    print(f"✗ {error.what}\n  {error.advice}", file=sys.stderr)
    sys.exit(1 if isinstance(error, NothingUsable) else 2)


def _run(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "okaeri.web.project.settings")
    if arguments[:1] == ["restore"]:  # there is no workspace yet, so no settings
        restoring.main(arguments[1:])
        return
    from django.core.management import execute_from_command_line  # heavy, and needs the settings named above
    from django.db import OperationalError

    try:
        if arguments[:1] and arguments[0] in BEFORE_SERVING:
            _prepare_store()
        execute_from_command_line(["okaeri", *arguments])
    except OperationalError as error:
        raise NothingUsable(
            _("The database cannot be used: {why}.").format(why=str(error).strip().rstrip(".")),
            advice=_("See that it runs, that OKAERI_DATABASE names it, and that there is room on its disk."),
        ) from error


def _prepare_store() -> None:
    import django

    django.setup()
    from okaeri.web.project.preparing import prepare_store  # needs the rooms

    prepare_store()


if __name__ == "__main__":
    main()
