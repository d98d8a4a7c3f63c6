"""`okaeri forget`: erase a customer from every table, with a receipt."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.base.units import Unit, show
from okaeri.cli import output
from okaeri.cli.endings import Ending
from okaeri.cli.help import argument, described, option
from okaeri.cli.session import Session, session_of


@described(
    "forget",
    _("Erase one customer from every table, for good, with a receipt."),
    details=_(
        "The files that held the customer are written anew and the old ones removed, so nothing can bring the "
        "customer back but importing them again. On a terminal it asks first. Elsewhere, and with --json, it wants "
        "--yes."
    ),
    examples=(
        ("okaeri forget C-1042", _("Erase one customer; asks before it does")),
        ("okaeri forget C-1042 --yes --json", _("Without asking, with the receipt for a program")),
    ),
)
def forget(
    context: typer.Context,
    customer: Annotated[str, argument("CUSTOMER", _("The customer's id, as it was imported."))],
    yes: Annotated[bool, option("--yes", _("Do not ask."))] = False,
) -> None:
    """Erase one customer."""
    session = session_of(context)
    session.open()
    if not (yes or _agreed(customer, session)):
        output.say(_("Nothing was erased."))
        raise typer.Exit(Ending.NOTHING)
    from okaeri.shop import open as open_shop

    receipt = open_shop(session.folder).forget(customer)
    removed = {table: rows for table, rows in receipt.rows.items() if rows}
    if session.as_json:
        output.emit({"customer": customer, "removed": sum(removed.values()), **asdict(receipt)})
    elif removed:
        _show(customer, removed)
    else:
        output.show_error(_not_here(customer), as_json=False)
    if not removed:
        raise typer.Exit(Ending.NOTHING)


def _agreed(customer: str, session: Session) -> bool:
    """Whether the person says yes; where nobody can be asked, silence is no consent."""
    if session.as_json or not output.on_terminal():
        raise OkaeriError(
            _("Nothing was erased: nobody can be asked here whether {customer} may be.").format(customer=customer),
            advice=_("Say so with --yes: `{command}`.").format(command=f"okaeri forget {customer} --yes"),
        )
    from okaeri.facts.lake import Lake  # heavy: only where somebody is erased

    others = Lake(session.open().lake_path).ids_of(customer)[1:]
    if others:
        output.aside().print(_("Their other ids go too: {ids}.").format(ids=", ".join(others)))
    words = _("Everything about customer {customer} will be erased and cannot be brought back. Erase? [y/N]")
    output.aside().print(f"{words.format(customer=customer)} ", end="")
    return sys.stdin.readline().strip().lower() in ("y", "yes", "はい", "네", "예")


def _show(customer: str, removed: dict[str, int]) -> None:
    grid = output.grid([_("Where"), _("Rows erased")], numbers=[1])
    for table, rows in removed.items():
        grid.add_row(table, show(float(rows), Unit.COUNT))
    output.show_table(grid, title=_("Receipt for {customer}").format(customer=customer))
    output.say(_("✓ Customer {customer} is forgotten.").format(customer=customer), style="fine")


def _not_here(customer: str) -> OkaeriError:
    return OkaeriError(
        _("No table holds a customer called {customer}.").format(customer=customer),
        advice=_("See that the id is written as in the imported file."),
    )
