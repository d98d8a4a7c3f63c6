"""`okaeri serve`, `worker`, `createuser`, `backup` and `restore`: start the web application as a program of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _, current_language
from okaeri.cli import output
from okaeri.cli.help import argument, described, option
from okaeri.cli.session import session_of

_NEEDED = ("django", "granian", "django_q")


@described(
    "serve",
    _("Serve the web application and do its work in the background."),
    details=_(
        "Prepares what is missing, says the address, and runs the web server and the worker until Ctrl-C. One that "
        "dies is started again; work that was cut off is taken up again."
    ),
    examples=(
        ("okaeri serve", _("On this machine, at http://127.0.0.1:8765")),
        ("okaeri serve --port 9000", _("At another port")),
        ("okaeri createuser you@shop.example --role owner", _("Make the first account")),
    ),
)
def serve(
    context: typer.Context,
    host: Annotated[
        str, option("--host", _("The address to listen at; 127.0.0.1, this machine alone, unless named."))
    ] = "",
    port: Annotated[int, option("--port", _("The port; 8765 or the next free one unless named."), metavar="PORT")] = 0,
) -> None:
    """Become the web application."""
    check_port(port)
    session = session_of(context)
    session.open()
    become(session.folder, "serve", *_named(host=host, port=port), *(["--json"] if session.as_json else []))


@described(
    "worker",
    _("Do the work behind the pages, without serving them."),
    details=_("`okaeri serve` does this too. On its own it is for another machine that shares the stores."),
    examples=(("okaeri worker", _("Work until Ctrl-C")),),
)
def worker(context: typer.Context) -> None:
    """Become a worker."""
    session = session_of(context)
    session.open()
    become(session.folder, "work_alone")


@described(
    "createuser",
    _("Make an account."),
    details=_("The password is asked for, or read from OKAERI_PASSWORD or the first line of stdin."),
    examples=(("okaeri createuser aki@komorebi.example --name Aki --role owner", _("The owner's account")),),
)
def createuser(
    context: typer.Context,
    email: Annotated[str, argument("ADDRESS", _("The address to sign in with."))],
    name: Annotated[str, option("--name", _("What to call the person."))] = "",
    role: Annotated[
        str,
        option(
            "--role", _("What the person may do; owner unless named."), metavar="owner|analyst|marketer|agent|viewer"
        ),
    ] = "owner",
) -> None:
    """Make an account."""
    session = session_of(context)
    session.open()
    become(session.folder, "createuser", email, *_named(name=name, role=role))


@described(
    "backup",
    _("Keep everything of a workspace in one file."),
    details=_(
        "Facts, accounts, settings, models, and the key that signs sessions: one consistent state, also while the "
        "application runs. The file holds personal data; only you may read it."
    ),
    examples=(("okaeri backup okaeri-2024-06-01.tar.gz", _("Into a file of this folder")),),
)
def backup(
    context: typer.Context,
    file: Annotated[Path, argument("FILE", _("The file to write; it must not be there yet."))],
) -> None:
    """Write a backup."""
    session = session_of(context)
    session.open()
    _finish(_run(session.folder, "backup", str(file.absolute()), as_json=session.as_json))


@described(
    "restore",
    _("Bring a workspace back from a backup."),
    details=_("Every file is checked before anything is put in its place."),
    examples=(
        ("okaeri restore okaeri-2024-06-01.tar.gz --workspace shop", _("Into a new folder")),
        ("okaeri restore okaeri-2024-06-01.tar.gz --force", _("In place of the workspace that is there")),
    ),
)
def restore(
    context: typer.Context,
    file: Annotated[Path, argument("FILE", _("The backup."))],
    force: Annotated[bool, option("--force", _("Replace the workspace that is there."))] = False,
) -> None:
    """Restore a backup."""
    session = session_of(context)
    extra = ["--force"] if force else []
    _finish(_run(session.folder, "restore", str(file.absolute()), *extra, as_json=session.as_json))


def become(folder: Path, command: str, *arguments: str, extra: Mapping[str, str] | None = None) -> NoReturn:
    """Replace this process with a command of the web application."""
    check_installed()
    sys.stdout.flush()
    line, environment = _line(command, *arguments), {**_environment(folder), **(extra or {})}
    if sys.platform == "win32":
        raise typer.Exit(subprocess.call(line, env=environment))
    os.execve(line[0], line, environment)


def check_installed() -> None:
    """Say how to install the web application where it is not; raises `OkaeriError`."""
    if not all(find_spec(name) for name in _NEEDED):
        raise OkaeriError(
            _("The web application is not installed."), advice=_("Install it with: pip install 'okaeri[web]'")
        )


def check_port(port: int) -> None:
    """Refuse a port that cannot be; raises `OkaeriError`."""
    if not 0 <= port <= 65535:
        raise OkaeriError(_("There is no port {port}.").format(port=port), advice=_("Name one from 1 to 65535."))


def _run(folder: Path, command: str, *arguments: str, as_json: bool) -> subprocess.CompletedProcess[str]:
    check_installed()
    line = _line(command, *arguments, *(["--json"] if as_json else []))
    with output.progress(_("Working")):
        return subprocess.run(line, env=_environment(folder), capture_output=True, encoding="utf-8")


def _finish(ran: subprocess.CompletedProcess[str]) -> None:
    """Pass on what the command said and how it ended."""
    sys.stdout.write(ran.stdout)
    sys.stderr.write(ran.stderr)
    if ran.returncode:
        raise typer.Exit(ran.returncode)


def _line(command: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "okaeri.web", command, *arguments]


def _environment(folder: Path) -> dict[str, str]:
    around = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}  # not another's
    return {**around, "OKAERI_WORKSPACE": str(folder.absolute()), "OKAERI_LANG": current_language()}


def _named(**values: object) -> list[str]:
    return [f"--{name}={value}" for name, value in values.items() if value]
