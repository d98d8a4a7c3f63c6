"""`okaeri customer`: one customer's whole story, how they are, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from okaeri.base.text import _
from okaeri.base.units import Unit, show
from okaeri.cli import output
from okaeri.cli.help import argument, described, option
from okaeri.cli.session import session_of

if TYPE_CHECKING:
    from okaeri.customers.page import CustomerPage
    from okaeri.customers.portrait import Portrait
    from okaeri.customers.story import Entry

SHOWN = 25
_MARKS = {"here": "█", "gone": "·"}


@described(
    "customer",
    _("Tell one customer's story: what happened, how they are, what may come and what to do next."),
    details=_(
        "The customer is named by id, or by the whole of an attribute such as a name. The line of months shows when "
        "they were a customer (█) and when not (·). Health is the calibrated chance to still be one after 90 days."
    ),
    examples=(
        ("okaeri customer C-1042", _("By id")),
        ("okaeri customer '森 あき' --all", _("By name, with everything that happened")),
        ("okaeri customer C-1042 --json", _("For a program")),
    ),
)
def customer(
    context: typer.Context,
    who: Annotated[str, argument("CUSTOMER", _("The customer's id, or a name or other attribute."))],
    everything: Annotated[bool, option("--all", _("All that happened, not only the latest."))] = False,
) -> None:
    """Show one customer's page."""
    session = session_of(context)
    from okaeri.shop import open as open_shop

    with output.progress(_("Reading the story")):
        page = open_shop(session.folder).customer(who)
    if session.as_json:
        output.emit(page.as_row())
        return
    _show_portrait(page.portrait)
    _show_outlook(page)
    _show_story(page.story, everything=everything)


def _show_portrait(found: Portrait) -> None:
    name = found.attributes.get("name", "")
    output.say(f"{found.customer_id}  {name}".rstrip(), style="brand")
    told = [f"{key}: {value}" for key, value in found.attributes.items() if key != "name"]
    if told:
        output.say("  " + " · ".join(told), style="quiet")
    here = _("A customer on {day}.") if found.is_customer else _("No customer any more on {day}.")
    output.say(f"  {here.format(day=found.cutoff)}")
    spent = ", ".join(show(amount, Unit.MONEY, currency=currency or None) for currency, amount in found.spent.items())
    if found.orders:
        words = _("{orders} orders for {spent} in all; the last one {days} days ago.")
        output.say(f"  {words.format(orders=found.orders, spent=spent, days=found.days_since_last_order)}")
    if found.months:
        line = "".join(_MARKS[state] for _label, state in found.months)
        output.say(f"  {found.months[0][0]} {line} {found.months[-1][0]}")
    output.say("")


def _show_outlook(page: CustomerPage) -> None:
    from okaeri.predictions.risk.telling import worth_of

    health = page.health
    if health:
        between = ""
        if health.interval:
            between = f" ({' – '.join(show(end, Unit.COUNT) for end in (health.interval.low, health.interval.high))})"
        output.say(f"{_('Health')}: {show(health.value, Unit.COUNT)}{between}", style="brand")
        output.say(f"  {health.says}", style="quiet")
        if abs(health.unknown) >= 1:
            words = _("What is not known about them has moved it by {points} points.")
            output.say(f"  {words.format(points=show(health.unknown, Unit.COUNT))}", style="quiet")
        if health.reason:
            output.say(f"  {health.reason}", style="quiet")
    if page.at_risk:
        for sentence in page.at_risk.reasons.told():
            output.say(f"  {sentence}")
        if page.at_risk.value is not None:
            output.say(f"  {_('Expected to bring within a year, discounted')}: {worth_of(page.at_risk)}")
        if page.at_risk.when:
            output.say(f"  {page.at_risk.when}")
        output.say(f"  → {page.at_risk.step}")
    if len(page.said) > 1:
        line = " · ".join(
            f"{each.as_of:%Y-%m-%d} {show(each.health, Unit.COUNT)}{' ↺' if each.replayed else ''}"
            for each in page.said[-12:]
        )
        output.say(f"  {_('Health so far')}: {line}", style="quiet")
        if any(each.replayed for each in page.said[-12:]):
            output.say(f"  {_('↺ worked out later, from the facts before that day alone')}", style="quiet")
    for signal in page.signals:
        output.say(f"  ! {signal.seen_on} {signal.says}", style="partial")
    if health or page.signals:
        output.say("")


def _show_story(entries: Sequence[Entry], *, everything: bool) -> None:
    shown = entries if everything else entries[-SHOWN:]
    output.say(_("What happened"), style="brand")
    if len(shown) < len(entries):
        words = _("  {n} earlier entries are not shown; --all shows them.")
        output.say(words.format(n=len(entries) - len(shown)), style="quiet")
    for entry in shown:
        moment = f"{entry.at:%Y-%m-%d %H:%M}" if isinstance(entry.at, datetime) else f"{entry.at:%Y-%m-%d}      "
        output.say(f"  {moment}  {entry.says}")
