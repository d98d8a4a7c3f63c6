"""The risk list, the model's card and the record as words, for every screen alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from okaeri.base.measurement import between
from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit, show
from okaeri.predictions.churn.card import Card
from okaeri.predictions.churn.examples import Feature
from okaeri.predictions.churn.judging import Figure, Judgement
from okaeri.predictions.churn.reasons import CAVEAT
from okaeri.predictions.risk.listing import AtRisk, RiskList
from okaeri.predictions.risk.record import Record

MOST_DRIVERS = 8
TRUST = _("How far to trust this")
CARD_HEAD = (_("Figure"), _("This model"), _("95% interval"), _("Base rate alone"), _("Best single sign"))
KINDS = {"splines": _("logistic regression on curves"), "trees": _("boosted trees")}
LOG_LOSS = _("Log-loss (lower is better)")
AUC = _("Area under the ROC curve")
DISTANCE = _("Calibration error")


def title(found: RiskList) -> Text:
    """What the list is about: within how many days, as of which day."""
    words = _("Who may leave within {days} days of {day}")
    return words.format(days=found.leaving.horizon_days, day=found.as_of)


def summary(found: RiskList) -> Iterator[Text]:
    """How many are expected to leave, and what is at risk with them."""
    if found.leaving.can_leave < len(found):
        yield _("{rule} Only {able} of {n} customers can be seen to have left within {days} days.").format(
            rule=found.leaving.presence.rule_sentence,
            able=Shown(found.leaving.can_leave, Unit.COUNT),
            n=Shown(len(found), Unit.COUNT),
            days=found.leaving.horizon_days,
        )
    leavers, around = found.expected_leavers
    yield _("Of {n} customers about {leavers} are expected to leave ({range}).").format(
        n=Shown(len(found), Unit.COUNT), leavers=Shown(leavers, Unit.COUNT), range=between(around, Unit.COUNT)
    )
    if found.total_at_risk is None or not found.expected:
        return
    yield _(
        "At stake: {value}, the sum of each one's chance of leaving times what they are expected to bring in {days} "
        "days, discounted; that expectation already allows for their leaving."
    ).format(
        value=Shown(found.total_at_risk, Unit.MONEY, None, found.expected.currency or None),
        days=found.expected.days,
    )
    if found.without_value:
        yield _("Nothing is expected of {n} of them, of whom no purchase or contract in {currency} is known.").format(
            n=Shown(found.without_value, Unit.COUNT), currency=found.expected.currency or _("the usual currency")
        )


def chance_of(each: AtRisk) -> str:
    """The chance of leaving."""
    return show(each.chance, Unit.RATE, digits=0)


def around(each: AtRisk) -> str:
    """Where the chance may lie."""
    return between(each.interval, Unit.RATE, digits=0)


def worth_of(each: AtRisk) -> str:
    """The expected value with its range, "–" where nothing can be said of it."""
    currency = each.currency or None
    worth = show(each.value, Unit.MONEY, currency=currency)
    return f"{worth} ({between(each.value_interval, Unit.MONEY, currency=currency)})" if each.value_interval else worth


def at_risk_of(each: AtRisk) -> str:
    """The value at risk, "–" where nothing can be said of it."""
    return show(each.at_risk, Unit.MONEY, currency=each.currency or None)


def learned(card: Card) -> Iterator[Text]:
    """What the model was learned from, and on whom it was judged."""
    words = _(
        "Learned from {rows} looks at {customers} customers, of which {left} were followed by leaving; model: {kind}."
    )
    yield words.format(
        rows=Shown(card.rows, Unit.COUNT),
        customers=Shown(card.customers, Unit.COUNT),
        left=Shown(card.left, Unit.COUNT),
        kind=KINDS.get(card.kind, Text(card.kind)),
    )
    yield _("Judged on later days only.") if card.over_time else _("Judged on customers it had not learned from.")


def card_rows(card: Card) -> Iterator[tuple[str, ...]]:
    """The figures of the card under `CARD_HEAD`: the model beside the base rate and the best single sign."""
    mine = card.judgement
    rows: tuple[tuple[Text, Figure, Figure | None, Figure | None], ...] = (
        (LOG_LOSS, mine.log_loss, card.base_rate.log_loss, card.single.log_loss),
        (AUC, mine.auc, card.base_rate.auc, card.single.auc),
        (DISTANCE, mine.ece, None, None),
    )
    for name, figure, base, single in rows:
        around = between(figure.interval, Unit.RATIO, digits=3)
        yield str(name), _shown(figure), around, _shown(base), _shown(single)


def drivers_of(card: Card, features: Iterable[Feature]) -> Iterator[Text]:
    """What tells most of all customers, by name, as far as it stands out from chance."""
    names = {feature.id: feature.name for feature in features}
    told = [driver for driver in card.drivers if driver.stands_out][:MOST_DRIVERS]
    for driver in told:
        grown = driver.importance
        yield Text("{name}: {value} ({range})").format(
            name=names.get(driver.feature, Text(driver.feature)),
            value=Shown(grown.value, Unit.RATIO, 4),
            range=between(grown.interval, Unit.RATIO, digits=4),
        )


DRIVERS = _("What tells most, by how much log-loss grows when it is shuffled")


def warnings_of(card: Card) -> Iterator[Text]:
    """What a reader must know first: that reasons are no causes, and the card's notes."""
    yield CAVEAT
    yield from card.notes


def record_figures(judged: Judgement) -> Iterator[str]:
    """How good kept predictions were, each figure with its interval."""
    for name, figure in ((AUC, judged.auc), (LOG_LOSS, judged.log_loss), (DISTANCE, judged.ece)):
        yield f"{name}: {_shown(figure)} ({between(figure.interval, Unit.RATIO, digits=3)})"


def record_notes(found: Record) -> Iterator[Text]:
    """What was replayed, why there is no judgement, and how many predictions wait."""
    if found.replayed:
        yield _("↺ {n} of {all} were replayed: worked out later, from the facts before their day alone.").format(
            n=Shown(found.replayed, Unit.COUNT), all=Shown(found.n, Unit.COUNT)
        )
    if found.reason:
        yield found.reason
    if found.waiting:
        yield _("{n} predictions still wait for their horizon to end.").format(n=Shown(found.waiting, Unit.COUNT))


def _shown(figure: Figure | None) -> str:
    return show(figure.value, Unit.RATIO, digits=3) if figure else "–"
