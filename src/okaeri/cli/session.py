"""What every command shares: the workspace, the form of the answer and the language.

These options may stand anywhere on the line, so they are lifted to its front before it is parsed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import LANGUAGES, _

if TYPE_CHECKING:
    from okaeri.facts.workspace import Workspace

DEFAULT_WORKSPACE = Path("okaeri-workspace")
VALUED, FLAGS = ("--workspace", "--lang"), ("--json",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """One run of the command line: where, and whether the answer is JSON.

    `workspace` is None when the person named none.

    >>> Session(workspace=None, as_json=False).folder
    PosixPath('okaeri-workspace')
    """

    workspace: Path | None
    as_json: bool

    @property
    def folder(self) -> Path:
        """The workspace folder to use.

        >>> str(Session(workspace=Path("shop"), as_json=True).folder)
        'shop'
        """
        return self.workspace or DEFAULT_WORKSPACE

    def open(self) -> Workspace:
        """Open the workspace; raises `OkaeriError` when there is none."""
        from okaeri.facts.workspace import Workspace

        return Workspace.open(self.folder)


def session_of(context: typer.Context) -> Session:
    """The session a command runs in."""
    session: Session = context.find_object(Session) or Session(workspace=None, as_json=False)
    return session


def lift(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The shared options, and all the rest, of a command line.

    >>> lift(["measure", "crr", "--json", "--lang", "ja", "--by", "week"])
    (['--json', '--lang', 'ja'], ['measure', 'crr', '--by', 'week'])
    """
    shared: list[str] = []
    rest: list[str] = []
    left = iter(arguments)
    for argument in left:
        name = argument.split("=", 1)[0]
        if argument == "--":
            return shared, [*rest, argument, *left]
        if argument in FLAGS or (name in VALUED and name != argument):
            shared.append(argument)
        elif name in VALUED:
            shared += [argument, _value_after(name, next(left, None))]
        else:
            rest.append(argument)
    return shared, rest


def language_for(shared: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language to speak: `--lang`, else OKAERI_LANG, else the machine's locale, else English.

    Raises `OkaeriError` when `--lang` names a language that is not there.

    >>> language_for(["--lang=ko"], {}), language_for([], {"LANG": "ja_JP.UTF-8"}), language_for([], {"LANG": "C"})
    ('ko', 'ja', 'en')
    """
    asked = _last_value(shared, "--lang")
    if asked is not None:
        if asked not in LANGUAGES:
            raise unknown(_("language"), asked, LANGUAGES, listed_by="okaeri --help")
        return asked
    for name in ("OKAERI_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            language = environment[name].replace("-", "_").split("_")[0].split(".")[0].lower()
            return language if language in LANGUAGES else "en"
    return "en"


def _value_after(name: str, value: str | None) -> str:
    if value is None or value.startswith("--"):
        raise OkaeriError(
            _("{option} needs a value.").format(option=name),
            advice=_("`{command}` shows how it is written.").format(command="okaeri --help"),
        )
    return value


def _last_value(shared: Sequence[str], name: str) -> str | None:
    found = None
    for place, argument in enumerate(shared):
        if argument == name:
            found = shared[place + 1]
        elif argument.startswith(name + "="):
            found = argument.split("=", 1)[1]
    return found
