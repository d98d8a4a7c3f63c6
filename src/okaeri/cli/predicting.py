"""`okaeri predict`: who may leave, what customers will bring, and whom a treatment moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.cli import foretold, output
from okaeri.cli.days import read_day
from okaeri.cli.help import argument, described, option
from okaeri.cli.measuring import Cutoff, PresenceRule, at_least, one_of
from okaeri.cli.session import Session, session_of

if TYPE_CHECKING:
    from datetime import date

    from okaeri.shop import Shop

WHAT = ("churn", "clv", "uplift")
OUTCOMES = ("stayed", "bought", "revenue")
HORIZONS = {"churn": 90, "clv": 365, "uplift": 60}


@described(
    "predict",
    _("Foretell who may leave, what customers will bring, or whom a treatment moves, and say how sure that is."),
    details=_(
        "churn learns from earlier days who left, names the reasons in plain words, and orders customers by value at "
        "risk. clv tries several models on this shop's own past and uses what served best. uplift reads an experiment "
        "and says whether targeting beats chance. Each says so when there is too little to learn from. What churn "
        "foretells is kept, so that `okaeri backtest` can hold it against what came."
    ),
    examples=(
        ("okaeri predict churn", _("Who may leave within 90 days, and why")),
        ("okaeri predict churn --horizon 30 --top 50 --json", _("Another horizon, for a program")),
        ("okaeri predict clv --horizon 180", _("What customers will bring in half a year")),
        ("okaeri predict uplift --campaign spring_letter --outcome bought", _("Whom a campaign moved to buy")),
        ("okaeri predict uplift --experiment offer --arms letter,control", _("The same of an experiment")),
    ),
)
def predict(
    context: typer.Context,
    what: Annotated[str, argument("churn|clv|uplift", _("What to foretell."))],
    horizon: Annotated[
        int | None,
        option("--horizon", _("How many days ahead: 90 for churn, 365 for clv, 60 for uplift."), metavar="DAYS"),
    ] = None,
    top: Annotated[int, option("--top", _("How many customers to list."), metavar="N")] = 10,
    presence: PresenceRule = None,
    cutoff: Cutoff = None,
    discount: Annotated[
        float, option("--discount", _("By how much a year ahead counts less, in clv: 0.1 for 10%."), metavar="SHARE")
    ] = 0.1,
    use: Annotated[
        list[str] | None,
        option("--use", _("A column to learn from although it may know the outcome; in churn."), metavar="COLUMN"),
    ] = None,
    keep: Annotated[
        bool, option("--keep/--no-keep", _("Keep the model for reports, and what churn foretells to be judged later."))
    ] = True,
    experiment: Annotated[str | None, option("--experiment", _("Which experiment; in uplift."), metavar="NAME")] = None,
    campaign: Annotated[
        str | None, option("--campaign", _("Which campaign with customers held out; in uplift."), metavar="NAME")
    ] = None,
    outcome: Annotated[
        str | None, option("--outcome", _("What should come of it; in uplift."), metavar="stayed|bought|revenue")
    ] = None,
    arms: Annotated[
        str | None, option("--arms", _("The treated arm, a comma, the control; in uplift."), metavar="ARM,ARM")
    ] = None,
) -> None:
    """Foretell one thing."""
    session = session_of(context)
    kind = one_of(what, WHAT, _("prediction"), command="predict") or "churn"
    from okaeri.shop import open as open_shop

    shop, day = open_shop(session.folder), read_day(cutoff, "--cutoff")
    at_least(top, 0, "--top")
    if not 0 <= discount < 1:
        raise OkaeriError(
            _("A discount of {share} is not a share.").format(share=discount), advice=_("Write 0.1 for 10%.")
        )
    days = HORIZONS[kind] if horizon is None else horizon
    if kind == "churn":
        _churn(shop, session, days=days, presence=presence, cutoff=day, use=use or [], keep=keep, top=top)
    elif kind == "clv":
        _clv(shop, session, days=days, cutoff=day, discount=discount, keep=keep, top=top)
    else:
        trial = {
            "experiment": experiment,
            "campaign": campaign,
            "outcome": one_of(outcome, OUTCOMES, _("outcome"), command="predict"),
        }
        _uplift(shop, session, days=days, presence=presence, cutoff=day, arms=_two(arms), **trial)


def _churn(
    shop: Shop,
    session: Session,
    *,
    days: int,
    presence: str | None,
    cutoff: date | None,
    use: list[str],
    keep: bool,
    top: int,
) -> None:
    from okaeri.foretelling import staleness

    with output.progress(_("Foretelling who may leave")) as progress:
        found = shop.predict_churn(
            horizon_days=days, presence=presence, cutoff=cutoff, use=use, keep=keep, progress=progress
        )
    told = shop.ask(lambda measurer: found.top(measurer.engine, n=top)) if found.leaving.model else ()
    if session.as_json:
        output.emit(foretold.churn_json(found, told))
    else:
        foretold.show_churn(found, told, warnings=staleness(shop, found.as_of))


def _clv(
    shop: Shop, session: Session, *, days: int, cutoff: date | None, discount: float, keep: bool, top: int
) -> None:
    from okaeri.foretelling import foretell_contracts, staleness

    with output.progress(_("Trying models on past days")):
        bound = foretell_contracts(shop, horizon_days=days, discount=discount, cutoff=cutoff)
        if bound is None:
            found = shop.predict_value(horizon_days=days, discount=discount, cutoff=cutoff, keep=keep)
    if bound:
        foretold.tell_contracts(bound, as_json=session.as_json, warnings=staleness(shop, bound.as_of))
        return
    names = shop.ask(lambda measurer: foretold.best_customers(found, measurer.engine, n=top))
    if session.as_json:
        output.emit(foretold.value_json(found, names))
    else:
        foretold.show_value(found, names, warnings=staleness(shop, found.as_of))


def _uplift(
    shop: Shop,
    session: Session,
    *,
    days: int,
    presence: str | None,
    cutoff: date | None,
    arms: tuple[str, str] | None,
    experiment: str | None,
    campaign: str | None,
    outcome: str | None,
) -> None:
    with output.progress(_("Learning whom it moves")):
        found = shop.predict_uplift(
            experiment=experiment,
            campaign=campaign,
            outcome=outcome or "bought",
            horizon_days=days,
            arms=arms,
            presence=presence,
            cutoff=cutoff,
        )
    if session.as_json:
        output.emit(foretold.uplift_json(found))
    else:
        foretold.show_uplift(found)


def _two(arms: str | None) -> tuple[str, str] | None:
    if arms is None:
        return None
    names = [name.strip() for name in arms.split(",")]
    if len(names) != 2 or not all(names):
        raise OkaeriError(
            _("{option} cannot use that value.").format(option="--arms"),
            advice=_("Name the two arms: the treated one, then the control."),
        )
    return names[0], names[1]
