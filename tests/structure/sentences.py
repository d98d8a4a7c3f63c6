"""Every sentence the library may say, found in its source, and its translations."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from tests.structure.tree import SOURCE, modules, parsed, short

TRANSLATED = ("ja", "ko")
IN_TEMPLATE = re.compile(r"""\b_\((?P<quote>["'])(?P<message>.*?)(?P=quote)\)""")


@cache
def spoken() -> Mapping[str, tuple[str, ...]]:
    """Each sentence marked with `_`, and the files that say it."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in modules():
        for message in marked(path):
            places[message].append(short(path))
    for path in sorted(
        [*SOURCE.rglob("templates/*.html"), *(path for path in SOURCE.rglob("jinja2/**/*") if path.is_file())]
    ):
        for found in IN_TEMPLATE.finditer(path.read_text("utf-8")):
            places[found["message"]].append(short(path))
    return {message: tuple(found) for message, found in places.items()}


def marked(path: Path) -> Iterator[str]:
    """The sentences one file marks."""
    for call in marks(path):
        if call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
            yield call.args[0].value


def marks(path: Path) -> Iterator[ast.Call]:
    """Every call of `_` in one file."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            yield node


@cache
def catalogues(language: str) -> Mapping[str, tuple[Message, ...]]:
    """The entries of each catalogue of a language, by file name."""
    found = {}
    for path in sorted((SOURCE / "locale" / language).glob("*.po")):
        with path.open("rb") as stream:
            found[path.name] = tuple(
                entry for entry in read_po(stream, locale=language, abort_invalid=True) if entry.id
            )
    return found


def entries(language: str) -> Iterator[tuple[str, Message]]:
    """Every entry of a language with its file."""
    return ((name, entry) for name, messages in catalogues(language).items() for entry in messages)


def placeholders(sentence: str) -> set[str]:
    """The names a sentence leaves open."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}
