"""Reads a Markdown page as a walkthrough: files to write, commands to run, Python to try.

A fence says what it is: `csv orders.csv` writes that file, `console` runs each line after `$ ` and compares what it
prints, `python` runs in one namespace for the page. `…` in printed text stands for anything.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One fenced block: `kind` is the first word after the fence, `name` the second."""

    kind: str
    name: str
    body: str
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """One line typed in a shell and what the page says it prints."""

    typed: str
    printed: str


def steps(page: Path) -> Iterator[Step]:
    """The fenced blocks of a page in order."""
    text = page.read_text("utf-8")
    for found in FENCE.finditer(text):
        kind, _, name = found["info"].partition(" ")
        yield Step(kind=kind, name=name.strip(), body=found["body"], line=text[: found.start()].count("\n") + 1)


def commands(body: str) -> Iterator[Command]:
    """The commands of a console block; a line that ends in a backslash goes on in the next."""
    for chunk in re.split(r"^\$ ", body.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
        typed, _, printed = chunk.partition("\n")
        yield Command(typed=typed, printed=printed.strip())


def words_of(typed: str) -> list[str]:
    """The words of a line that starts one program; none when it takes a shell to read the line.

    >>> words_of("okaeri measure crr --segment 'how they found us'")
    ['okaeri', 'measure', 'crr', '--segment', 'how they found us']
    >>> words_of("okaeri import a.csv & okaeri import b.csv; wait"), words_of("okaeri import *.csv")
    ([], [])
    """
    reader = shlex.shlex(typed, posix=True, punctuation_chars=True)
    reader.whitespace_split = True
    words = list(reader)
    return [] if re.search(r"[$*?~`]", typed) or {"&", ";", "|", ">", ">>", "<"} & set(words) else words


def says(printed: str, expected: str) -> bool:
    """Whether the output has the expected text in it; `…` stands for anything and spaces for any space."""
    pieces = [r"\s+".join(map(re.escape, piece.split())) for piece in expected.split("…")]
    return re.search(r".*?".join(pieces), printed, re.DOTALL) is not None
