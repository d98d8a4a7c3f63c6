"""Help pages and the words for a command line that does not fit; both in the reader's language.

A command brings its words as a `Page`; the parser brings the options.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import typer
from typer.core import TyperCommand

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _

if TYPE_CHECKING:  # typer keeps the parser it is built on private
    from rich.console import Console
    from typer._click import Context, HelpFormatter, Parameter

Function = TypeVar("Function", bound=Callable[..., None])


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A command's words: one sentence, a paragraph when needed, and lines to try."""

    summary: Text
    details: Text | None = None
    examples: tuple[tuple[str, Text], ...] = ()


PAGES: dict[str, Page] = {}


def described(name: str, summary: Text, **words: Any) -> Callable[[Function], Function]:
    """Give the command `name` its help page."""
    PAGES[name] = Page(summary=summary, **words)
    return lambda function: function


def option(name: str, words: Text, *, metavar: str | None = None, **more: Any) -> Any:
    """An option of a command, with its words."""
    return typer.Option(name, help=words.message, metavar=metavar, **more)


def argument(metavar: str, words: Text) -> Any:
    """An argument of a command, with its words."""
    return typer.Argument(metavar=metavar, help=words.message)


class Command(TyperCommand):
    """A command whose help is one of our pages."""

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the page."""
        formatter.write(rendered(lambda console: _command_page(console, self, ctx)))


def rendered(draw: Callable[[Console], None]) -> str:
    """What `draw` prints, with colours when stdout is a terminal."""
    from rich.console import Console
    from rich.theme import Theme

    from okaeri.cli.output import STYLES

    stream = io.StringIO()
    console = Console(
        file=stream, theme=Theme(STYLES), markup=False, highlight=False, emoji=False,
        force_terminal=sys.stdout.isatty() or None,
    )  # fmt: skip
    console.width = min(console.width, 100)
    draw(console)
    return "\n".join(line.rstrip() for line in stream.getvalue().split("\n"))


def draw_list(console: Console, title: Text, lines: list[tuple[str, str]]) -> None:
    """Print a heading and, under it, names beside their words."""
    from rich.padding import Padding
    from rich.table import Table

    console.print(f"\n{title}", style="brand")
    table = Table.grid(padding=(0, 3))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for name, words in lines:
        table.add_row(name, words)
    console.print(Padding(table, (0, 0, 0, 2)))


def draw_options(console: Console, title: Text, parameters: list[Parameter]) -> None:
    """Print the options among `parameters`."""
    options = [p for p in parameters if p.param_type_name == "option" and not getattr(p, "hidden", False)]
    if options:
        draw_list(console, title, [(_option_name(o), _words(o)) for o in options])


def draw_examples(console: Console, page: Page) -> None:
    """Print the lines to try, each under what it does."""
    if not page.examples:
        return
    console.print(f"\n{_('Examples')}", style="brand")
    for line, words in page.examples:
        console.print(f"  # {words}", style="quiet")
        console.print(f"  {line}")


def usage_error(error: Exception, *, path: str) -> OkaeriError:
    """The parser's complaint about the command line in our words; `path` is the command, e.g. `okaeri import`."""
    kind, message = type(error).__name__, getattr(error, "message", str(error))
    advice = _("`{command}` shows how it is written.").format(command=f"{path} --help")
    if kind == "NoSuchOption":
        near: list[str] = sorted(getattr(error, "possibilities", None) or [])
        what = _("There is no option called {option}.").format(option=getattr(error, "option_name", ""))
        return OkaeriError(what, advice=_("Use {near!r}.").format(near=near[0]) if near else advice)
    name = _parameter_name(error)
    if kind == "MissingParameter":
        return OkaeriError(_("{name} is missing.").format(name=name), advice=advice)
    if kind == "BadOptionUsage":
        return OkaeriError(_("{option} needs a value.").format(option=name), advice=advice)
    if kind == "BadParameter":
        return OkaeriError(_("{option} cannot use that value.").format(option=name), advice=advice)
    if "unexpected extra argument" in message:
        rest = message.partition("(s) (")[2].rstrip(")")
        return OkaeriError(_("The line says more than the command can use: {rest}").format(rest=rest), advice=advice)
    return OkaeriError(message, advice=advice)


def _command_page(console: Console, command: TyperCommand, context: Context) -> None:
    page = PAGES[command.name or ""]
    console.print(str(page.summary), style="bold")
    if page.details:
        console.print(f"\n{page.details}")
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    names = " ".join(_argument_name(p) for p in arguments)
    line = " ".join(part for part in (context.command_path, names, f"[{_('options')}]") if part)
    console.print(f"\n{_('Usage')}", style="brand")
    console.print(f"  {line}")
    if arguments:
        draw_list(console, _("Arguments"), [(_argument_name(p).strip("[]"), _words(p)) for p in arguments])
    draw_options(console, _("Options"), command.params)
    root = context.find_root().command
    draw_options(console, _("Shared options, anywhere on the line"), [*root.params, *_help_option(command, context)])
    draw_examples(console, page)


def _help_option(command: TyperCommand, context: Context) -> list[Parameter]:
    option = command.get_help_option(context)
    return [option] if option else []


def _argument_name(parameter: Parameter) -> str:
    name = parameter.metavar or parameter.name.upper()
    return name if parameter.required else f"[{name}]"


def _option_name(parameter: Parameter) -> str:
    names = ", ".join(parameter.opts)
    return names if getattr(parameter, "is_flag", False) else f"{names} {parameter.metavar or parameter.name.upper()}"


def _words(parameter: Parameter) -> str:
    if "--help" in parameter.opts:
        return str(_("Show this page."))
    words: str | None = getattr(parameter, "help", None)
    return str(Text(words)) if words else ""


def _parameter_name(error: Exception) -> str:
    parameter = getattr(error, "param", None)
    if parameter is None:
        return str(getattr(error, "option_name", ""))
    return _argument_name(parameter) if parameter.param_type_name == "argument" else str(parameter.opts[0])


TyperError = typer.TyperException
