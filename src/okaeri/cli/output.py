"""How answers look: tables and sentences for people, JSON for programs, progress and errors.

Answers go to stdout; whatever is said beside them goes to stderr.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

BRAND = "#d9703f"  # readable on a light and on a dark terminal
STYLES = {
    "brand": f"bold {BRAND}",
    "quiet": "dim",
    "partial": "yellow",
    "wrong": "bold red",
    "fine": "green",
    "try": "cyan",
}
UNLIMITED = 200  # columns when nobody's terminal sets the limit
Progress = Callable[[Any, float], None]


def page() -> Console:
    """Where answers are printed: stdout."""
    return _console(sys.stdout)


def aside() -> Console:
    """Where everything beside the answer is printed: stderr."""
    return _console(sys.stderr)


def on_terminal() -> bool:
    """Whether a person sits at both ends, so that a question may be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def emit(payload: Any) -> None:
    """Print one JSON document, alone, to stdout; dates and paths become text."""
    indent = 2 if sys.stdout.isatty() else None
    words = json.dumps(payload, ensure_ascii=False, allow_nan=False, indent=indent, default=_plain)
    sys.stdout.write(words + "\n")


def grid(headings: Sequence[Text | str], *, numbers: Iterable[int] = ()) -> Table:
    """An empty table with translated headings; `numbers` are the columns that align right."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, header_style="bold", pad_edge=False)
    right = set(numbers)
    for place, heading in enumerate(headings):
        table.add_column(str(heading), justify="right" if place in right else "left", overflow="fold")
    return table


def show_table(table: Table, *, title: Text | str | None = None) -> None:
    """Print a table of the answer, and its title above it."""
    if title:
        say(title, style="brand")
    console = page()
    with console.capture() as drawn:
        console.print(table)
    lines = drawn.get().splitlines()
    sys.stdout.write("\n".join(lines if console.is_terminal else map(str.rstrip, lines)) + "\n\n")


def say(sentence: Text | str, *, style: str = "") -> None:
    """Print one line of the answer; its indent is kept where a terminal wraps it."""
    from rich.padding import Padding

    console, words = page(), str(sentence)
    if console.is_terminal:
        indent = len(words) - len(words.lstrip(" "))
        console.print(Padding(words[indent:], (0, 0, 0, indent), style=style, expand=False))
    else:
        console.print(words, style=style, soft_wrap=True)


def remark(sentence: Text | str, *, style: str = "quiet") -> None:
    """Print one line beside the answer."""
    console = aside()
    console.print(str(sentence), style=style, soft_wrap=not console.is_terminal)


def show_error(error: OkaeriError, *, as_json: bool) -> None:
    """Say what happened and what to try; with JSON also as one document on stdout."""
    if as_json:
        emit({"error": str(error.what), "advice": str(error.advice)})
    console = aside()
    console.print(f"✗ {error.what}", style="wrong", soft_wrap=True)
    console.print(f"  {error.advice}", style="try", soft_wrap=True)


@contextmanager
def progress(title: Text | str) -> Iterator[Progress | None]:
    """A bar on stderr for work that takes a while; None when nobody watches.

    What it yields takes a stage's name and how much of it is done, 0..1.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(complete_style=BRAND),
        TextColumn("{task.percentage:>3.0f}%"),
    )
    with Bars(*columns, TimeElapsedColumn(), console=aside(), transient=True) as bars:
        task = bars.add_task(str(title), total=1.0)

        def advance(stage: Any, done: float) -> None:
            bars.update(task, description=str(stage) or str(title), completed=done)

        yield advance


def _console(stream: Any) -> Console:
    from rich.console import Console
    from rich.theme import Theme

    console = Console(file=stream, theme=Theme(STYLES), markup=False, highlight=False, emoji=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = UNLIMITED
    return console


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)
