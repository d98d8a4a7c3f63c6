"""`okaeri signals`: what deserves attention now, with its evidence, and how well each kind has foretold leaving."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.cli import output
from okaeri.cli.days import read_day
from okaeri.cli.help import described, option
from okaeri.cli.measuring import at_least
from okaeri.cli.session import Session, session_of

if TYPE_CHECKING:
    from okaeri.shop import Shop
    from okaeri.signals.now import SignalsNow
    from okaeri.signals.signal import Signal

SHOWN = 20
WITHIN = 30


@described(
    "signals",
    _("Show what deserves attention now: who, since when, on what evidence, and how well such signs foretold leaving."),
    details=_(
        "Each kind has a card from its own past: how many leavings it announced, how often it was right, how long "
        "before, and by how much more than chance, with an interval. A kind, a customer or both can be silenced, for "
        "good or until a day; what is silenced is counted and never dropped without a word."
    ),
    examples=(
        ("okaeri signals", _("The weightiest of the last 30 days")),
        ("okaeri signals --kind late_reply --within 7", _("One kind, the last week")),
        ("okaeri signals --cards", _("How well each kind has foretold leaving")),
        ("okaeri signals --silence neutral_rating --until 2027-01-01", _("Do not show one kind for a while")),
        ("okaeri signals --silence --customer C-1042", _("Do not show one customer")),
        ("okaeri signals --json", _("For a program")),
    ),
)
def signals(
    context: typer.Context,
    kind: Annotated[list[str] | None, option("--kind", _("Only this kind; may be said again."), metavar="KIND")] = None,
    within: Annotated[int, option("--within", _("How many days to look back."), metavar="DAYS")] = WITHIN,
    limit: Annotated[int, option("--limit", _("How many to show."), metavar="N")] = SHOWN,
    cards: Annotated[bool, option("--cards", _("Show how well each kind has foretold leaving."))] = False,
    silence: Annotated[
        bool, option("--silence", _("Stop showing --kind, --customer, or one kind of one customer."))
    ] = False,
    unsilence: Annotated[bool, option("--unsilence", _("Show again what was silenced."))] = False,
    customer: Annotated[str | None, option("--customer", _("Whom to silence, by id."), metavar="CUSTOMER")] = None,
    until: Annotated[str | None, option("--until", _("Silence until this day."), metavar="DAY")] = None,
) -> None:
    """Show signals, their cards, or change what is silenced."""
    session = session_of(context)
    from okaeri.shop import open as open_shop

    shop = open_shop(session.folder)
    at_least(within, 1, "--within")
    at_least(limit, 0, "--limit")
    if silence or unsilence:
        _change(shop, session, kinds=kind or [None], customer=customer, until=until, again=unsilence)
        return
    with output.progress(_("Looking for signals")):
        found = shop.signals(kinds=kind, within_days=within, limit=limit)
    if session.as_json:
        from okaeri.signals.telling import as_json

        output.emit(as_json(found))
    elif cards:
        _show_cards(found)
    else:
        _show(found)


def _change(
    shop: Shop, session: Session, *, kinds: list[Any], customer: str | None, until: str | None, again: bool
) -> None:
    from okaeri.signals.silences import silence, silences, unsilence

    day = read_day(until, "--until")
    for kind in kinds:
        if again:
            if not unsilence(shop.workspace, kind=kind, customer=customer):
                raise OkaeriError(
                    _("Nothing of that name was silenced."), advice=_("`okaeri signals --json` lists what is.")
                )
        else:
            silence(shop.workspace, kind=kind, customer=customer, until=day, now=shop.now())
    if session.as_json:
        output.emit({"silences": [asdict(each) for each in silences(shop.workspace)]})
        return
    output.say(_("✓ They are shown again.") if again else _("✓ They are no longer shown."), style="fine")


def _show(found: SignalsNow) -> None:
    from okaeri.signals import telling

    narrow = [0, 1, 2, 3, 6]  # precision and lead time stand on the cards
    table = output.grid([telling.KINDS_HEAD[place] for place in narrow], numbers=[1, 2, 3])
    for row in telling.kind_rows(found):
        table.add_row(*(row[place] for place in narrow))
    output.show_table(table, title=telling.kinds_title(found))
    for signal in found.signals:
        _show_one(signal)
    for note in (*found.notes, *telling.unasked(found)):
        output.say(f"  · {note}", style="quiet")
    output.say(f"  {_('Who counts')}: {found.presence}", style="quiet")
    output.remark(_("  Next: {command}").format(command="okaeri signals --cards"), style="try")


def _show_one(signal: Signal) -> None:
    from okaeri.signals.catalogue import KINDS

    output.say(f"{signal.customer} · {KINDS[signal.kind].label} · {signal.seen_on}", style="brand")
    output.say(f"  {signal.says}")
    for evidence in signal.because:
        output.say(f"  · {evidence.says}", style="quiet")
    output.say(f"  → {signal.advice}")
    output.say("")


def _show_cards(found: SignalsNow) -> None:
    from okaeri.signals.catalogue import KINDS
    from okaeri.signals.telling import figures_of

    for kind, card in found.cards.items():
        output.say(f"{KINDS[kind].label}  ({kind})", style="brand")
        output.say(f"  {KINDS[kind].definition}")
        output.say(f"  {card.sentence}")
        for name, value in figures_of(card):
            output.say(f"  · {name}: {value}")
        for caveat in card.caveats:
            output.say(f"  · {caveat}", style="quiet")
        output.say("")
