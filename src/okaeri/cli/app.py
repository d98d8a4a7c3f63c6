"""The command line's root: shared options, the commands in their rooms, and what is said when a run ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from okaeri import __version__
from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import Text, _, use_language
from okaeri.cli import (
    backtesting,
    checking,
    customer,
    demo,
    doctor,
    explaining,
    exporting,
    forgetting,
    importing,
    init,
    listing,
    measuring,
    output,
    predicting,
    reporting,
    restating,
    segmenting,
    serving,
    signals,
    switchboard,
)
from okaeri.cli.endings import Ending, ending_of
from okaeri.cli.help import (
    PAGES,
    Command,
    Page,
    TyperError,
    draw_examples,
    draw_list,
    draw_options,
    option,
    rendered,
    usage_error,
)
from okaeri.cli.session import Session, language_for, lift

if TYPE_CHECKING:  # typer keeps the parser it is built on private
    from rich.console import Console
    from typer._click import Command as AnyCommand
    from typer._click import Context, HelpFormatter

ROOMS: tuple[tuple[Text, dict[str, Callable[..., None]]], ...] = (
    (_("Begin"), {"demo": demo.demo, "init": init.init, "import": importing.import_file, "tables": listing.tables}),
    (
        _("Understand"),
        {
            "metrics": listing.metrics,
            "explain": explaining.explain,
            "measure": measuring.measure,
            "switchboard": switchboard.switchboard,
            "report": reporting.report,
            "export": exporting.export,
            "restatements": restating.restatements,
        },
    ),
    (
        _("Look ahead"),
        {
            "signals": signals.signals,
            "predict": predicting.predict,
            "customer": customer.customer,
            "segments": segmenting.segments,
            "backtest": backtesting.backtest,
        },
    ),
    (_("Serve"), {"serve": serving.serve, "worker": serving.worker, "createuser": serving.createuser}),
    (_("Hold to account"), {"target": checking.target, "check": checking.check}),
    (
        _("Take care"),
        {
            "backup": serving.backup,
            "restore": serving.restore,
            "forget": forgetting.forget,
            "doctor": doctor.doctor,
        },
    ),
)
OPENING = Page(
    summary=_("Okaeri shows which customers come back, who left, and what each is worth, with every figure explained."),
    examples=(
        ("okaeri demo", _("Look around in a simulated shop")),
        ("okaeri init --zone Asia/Tokyo --currency JPY", _("Make a workspace of your own")),
        ("okaeri import orders.csv --as orders", _("Bring in an export of orders")),
        ("okaeri measure crr --by month", _("How many customers stayed, month by month")),
        ("okaeri report --out report.html", _("Everything on one page to pass on")),
    ),
)


class Root(TyperGroup):
    """All of `okaeri`: finds the language first, then runs the command, then says how it ended."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line and leave with its exit code; only `args` is looked at."""
        arguments = list(sys.argv[1:] if args is None else args)
        as_json = "--json" in arguments
        try:
            shared, rest = lift(arguments)
            language = language_for(shared, os.environ)
        except OkaeriError as error:
            output.show_error(error, as_json=as_json)
            sys.exit(ending_of(error))
        with use_language(language):
            sys.exit(_run(self, [*shared, *rest], as_json=as_json))

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, AnyCommand | None, list[str]]:
        """Find the command, or say which one is near."""
        if args[0] not in self.commands:
            raise unknown(_("command"), args[0], self.commands, listed_by="okaeri --help")
        return args[0], self.commands[args[0]], args[1:]

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the opening page."""
        formatter.write(rendered(lambda console: _opening_page(console, self)))


app = typer.Typer(
    cls=Root,
    name="okaeri",
    add_completion=False,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["--help", "-h"]},
)


@app.callback()
def okaeri(
    context: typer.Context,
    workspace: Annotated[
        Path | None,
        option(
            "--workspace",
            _("The workspace folder; else OKAERI_WORKSPACE, else ./okaeri-workspace."),
            metavar="DIR",
            envvar="OKAERI_WORKSPACE",
        ),
    ] = None,
    as_json: Annotated[bool, option("--json", _("Print the answer as JSON, alone on stdout."))] = False,
    lang: Annotated[
        str | None,
        option("--lang", _("The language; else OKAERI_LANG, else the machine's locale."), metavar="en|ja|ko"),
    ] = None,
    version: Annotated[bool, option("--version", _("Print the version and stop."))] = False,
) -> None:
    """Hold the options every command shares; `lang` has been read already, before the first word was said."""
    context.obj = Session(workspace=workspace, as_json=as_json)
    if version:
        output.say(f"okaeri {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


for _room, _commands in ROOMS:
    for _name, _function in _commands.items():
        app.command(_name, cls=Command, rich_help_panel=_room.message)(_function)


def _run(root: Root, arguments: list[str], *, as_json: bool) -> int:
    path = "okaeri"
    try:
        with root.make_context("okaeri", arguments) as context:
            path = _path_of(root, context.args, context)
            root.invoke(context)
        sys.stdout.flush()
        return Ending.DONE
    except typer.Exit as stop:
        return stop.exit_code
    except OkaeriError as error:
        output.show_error(error, as_json=as_json)
        return ending_of(error)
    except TyperError as error:
        output.show_error(usage_error(error, path=path), as_json=as_json)
        return Ending.WRONG
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except BrokenPipeError:  # `okaeri … | head` has read enough; what is still buffered goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Ending.DONE
    except OSError as error:
        output.show_error(_system_error(error), as_json=as_json)
        return ending_of(error)
    except RuntimeError as error:
        if "interrupt" not in type(error).__name__.lower() and "interrupted" not in str(error).lower():
            raise
        return _interrupted()  # DuckDB tells Ctrl-C in its own way


def _path_of(root: TyperGroup, left: list[str], context: Context) -> str:
    names = [*getattr(context, "_protected_args", []), *left]
    return f"okaeri {names[0]}" if names and names[0] in root.commands else "okaeri"


def _interrupted() -> int:
    output.remark(_("Stopped as you asked. What had landed stays, the rest did not land; the lake is whole."), style="")
    return Ending.STOPPED


def _system_error(error: OSError) -> OkaeriError:
    what = f"{error.strerror or error}: {error.filename}" if error.filename else str(error)
    return OkaeriError(
        what, advice=_("See that the path is right, that you may use it, and that the disk is not full.")
    )


def _opening_page(console: Console, root: Root) -> None:
    console.print(str(OPENING.summary), style="bold")
    console.print(f"\n{_('Usage')}", style="brand")
    console.print(f"  okaeri {_('command')} [{_('options')}]")
    for room, commands in ROOMS:
        draw_list(console, room, [(name, str(PAGES[name].summary)) for name in commands])
    draw_options(console, _("Options, anywhere on the line"), root.params)
    draw_examples(console, OPENING)
    console.print(f"\n{_('Exit codes')}", style="brand")
    words = _(
        "0 done · 1 the facts or the file cannot give it, or a target is missed · 2 the line has to be written "
        "differently"
    )
    console.print(f"  {words}")
    console.print("\n" + str(_("`{command}` tells more about one of them.").format(command="okaeri import --help")))
