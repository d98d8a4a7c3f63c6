"""`okaeri init`: make a workspace. It asks nothing; what was assumed is said."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import _
from okaeri.cli import output
from okaeri.cli.help import described, option
from okaeri.cli.session import session_of

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Name = Annotated[str, option("--name", _("What the business is called; else the folder's name."), metavar="NAME")]
Zone = Annotated[
    str | None,
    option("--zone", _("IANA time zone such as Asia/Tokyo; else UTC."), metavar="ZONE"),
]
Currency = Annotated[
    str,
    option("--currency", _("Currency (ISO 4217) of amounts that come without one."), metavar="CODE"),
]
WeekStart = Annotated[str, option("--week-start", _("First day of the week; monday unless named."), metavar="DAY")]
FiscalMonth = Annotated[
    int,
    option("--fiscal-month", _("First month of the fiscal year; 1 unless named."), metavar="1..12"),
]
PresenceRule = Annotated[
    str,
    option(
        "--presence",
        _("Who counts as a customer: auto, subscriptions, orders:90d, orders:auto or events:30d."),
        metavar="RULE",
    ),
]


@described(
    "init",
    _("Make a workspace: one folder for one business."),
    details=_(
        "Nothing is asked. The time zone decides which day an order belongs to, so name your own; without --zone it "
        "is UTC. All of it can be changed later in okaeri.toml."
    ),
    examples=(
        ("okaeri init", _("A workspace in ./okaeri-workspace")),
        ("okaeri init --workspace shop --name 'Aki no Mise' --zone Asia/Tokyo --currency JPY", _("A shop in Tokyo")),
        ("okaeri init --fiscal-month 4 --week-start sunday", _("Years from April, weeks from Sunday")),
        ("okaeri init --presence subscriptions", _("A business whose customers hold contracts")),
    ),
)
def init(
    context: typer.Context,
    name: Name = "",
    zone: Zone = None,
    currency: Currency = "",
    week_start: WeekStart = "monday",
    fiscal_month: FiscalMonth = 1,
    presence: PresenceRule = "auto",
) -> None:
    """Make the workspace and say what to do next."""
    from okaeri.base.calendar import Calendar
    from okaeri.facts.workspace import Workspace

    session = session_of(context)
    if presence != "auto":
        from okaeri.metrics.presence import PresenceRule as Rule

        Rule.parse(presence)
    first_day = _weekday(week_start)
    Calendar(zone=zone or "UTC", week_start=first_day, fiscal_month=fiscal_month)  # refused before anything is written
    chosen = {"name": name} if name else {}
    workspace = Workspace.create(
        session.folder,
        zone=zone or "UTC",
        currency=_currency(currency),
        week_start=first_day,
        fiscal_month=fiscal_month,
        presence=presence,
        **chosen,
    )
    settings = workspace.settings
    if session.as_json:
        output.emit({"workspace": str(workspace.path), **asdict(settings)})
        return
    output.say(
        _("✓ The workspace {name} is ready in {path}.").format(name=settings.name, path=workspace.path), style="fine"
    )
    if zone is None:
        output.say(
            _("  Days are counted in UTC. If yours begin elsewhere, change `zone` in okaeri.toml before importing.")
        )
    output.say(
        _("  Next: {command}").format(command=next_step("import FILE --as orders", session.workspace)), style="try"
    )
    output.say(_("  Or in the browser: {command}").format(command=next_step("serve", session.workspace)), style="try")


def next_step(command: str, workspace: object | None) -> str:
    """A command to run next, with the workspace the person named.

    >>> next_step("tables", None), next_step("tables", "shop")
    ('okaeri tables', 'okaeri tables --workspace shop')
    """
    return f"okaeri {command}" + (f" --workspace {workspace}" if workspace else "")


def _weekday(text: str) -> int:
    near = [place for place, day in enumerate(WEEKDAYS) if len(text) >= 2 and day.startswith(text.lower())]
    if not near:
        raise unknown(_("weekday"), text, WEEKDAYS, listed_by="okaeri init --help")
    return near[0]


def _currency(text: str) -> str:
    from babel.numbers import is_currency  # heavy: only when a workspace is made

    code = text.upper()
    if code and not is_currency(code):
        raise OkaeriError(
            _("There is no currency {code}.").format(code=text),
            advice=_("Use an ISO 4217 code such as JPY, KRW or USD."),
        )
    return code
