"""Who may leave: a model learned from the facts before a day, and what it says of the customers of that day.

Features and models are in `churn`; this brings them together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit
from okaeri.metrics.timetable import day_number
from okaeri.predictions.churn.choosing import only_features
from okaeri.predictions.churn.examples import Examples, Flags, Floats, Ints
from okaeri.predictions.churn.features import examples_of, training_days
from okaeri.predictions.churn.features.family import ATTRIBUTE
from okaeri.predictions.churn.folds import outcomes_of
from okaeri.predictions.churn.hazard import HazardModel, fit_hazard
from okaeri.predictions.churn.learning import LEAST_OUTCOMES, NotEnough, learn
from okaeri.predictions.churn.model import ChurnModel
from okaeri.predictions.churn.undated import dated_only
from okaeri.predictions.outcomes import outcomes, present_on

if TYPE_CHECKING:
    from okaeri.metrics.measuring import Measurer
    from okaeri.metrics.presence import Presence

HORIZON_DAYS = 90
PERIOD_DAYS = 30
MOST_DAYS = 3650
LEARNED_ROWS = 60_000
Progress = Callable[[Text, float], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Leaving:
    """The customers of `as_of` as they were known then, the chance that each leaves, and the model that says so.

    `model` is None where there is not enough to learn from: then `chance` is None too and `reason` says why. `when`
    tells when they leave, in periods of 30 days. `learned_on` is the day the model was learned as of.
    `can_leave` counts those who can be seen to have left by the horizon's end: under a rule of silence the others came
    too lately.
    """

    as_of: date
    horizon_days: int
    presence: Presence
    examples: Examples
    model: ChurnModel | None = None
    chance: Floats | None = None
    when: HazardModel | None = None
    learned_on: date = date.min
    can_leave: int = 0
    reason: Text | None = None

    @property
    def customer(self) -> Ints:
        """The customers' codes, ascending."""
        return self.examples.customer

    def __len__(self) -> int:
        return len(self.examples)

    def only(self, places: Ints) -> Leaving:
        """The same, said of some of the customers."""
        chance = None if self.chance is None else self.chance[places]
        return replace(self, examples=self.examples.only(places), chance=chance)


def predict_leaving(
    measurer: Measurer,
    *,
    horizon_days: int = HORIZON_DAYS,
    presence: str | None = None,
    cutoff: date | None = None,
    keep: Collection[str] = (),
    seed: int = 7,
    timing: bool = False,
    attributes: bool = True,
    challenger: bool = True,
    progress: Progress | None = None,
) -> Leaving:
    """Learn who leaves within the horizon from the facts before `cutoff`, and say it of the customers of that day.

    `keep` names columns to use although they may know the outcome; `timing` also learns when customers leave; without
    `attributes` only dated facts are learned from, without `challenger` only the default model. Raises `OkaeriError`
    for a horizon that cannot be, or a day the facts do not reach.
    """
    _check(horizon_days)
    tell = progress or (lambda _stage, _done: None)
    as_of = measurer.seen_until(cutoff)
    rule = measurer.presence(presence, cutoff=as_of)
    asked: dict[str, Any] = {"horizon_days": horizon_days, "presence": rule, "cutoff": as_of}
    tell(_("Looking at today's customers"), 0.0)
    now = examples_of(measurer, [as_of], **asked)
    able = can_leave(measurer, rule, as_of=as_of, horizon_days=horizon_days)
    found = Leaving(as_of=as_of, horizon_days=horizon_days, presence=rule, examples=now, can_leave=able)
    days = training_days(measurer, **asked)
    if not days:
        return replace(found, reason=_TOO_YOUNG.format(days=horizon_days))
    tell(_("Looking back at {n} earlier days").format(n=len(days)), 0.1)
    past = examples_of(measurer, days, **asked, at_most=LEARNED_ROWS)
    if not attributes:
        past = dated_only(past)
    tell(_("Learning who left"), 0.5)
    how: dict[str, Any] = {"horizon_days": horizon_days, "challenger": challenger, "seed": seed}
    named = [name for name in keep if _is_attribute(name, past)]
    learned = learn(past, keep=keep, use=named, trusted=_dated(past), **how)
    if isinstance(learned, NotEnough):
        return replace(found, reason=learned.reason)
    tell(_("Saying it of each customer"), 0.95)
    return replace(
        found,
        model=learned,
        learned_on=as_of,
        chance=learned.predict(now),
        when=_when(measurer, only_features(past, *learned.model.ids), rule, as_of, seed=seed) if timing else None,
    )


def _check(horizon_days: int) -> None:
    if not 1 <= horizon_days <= MOST_DAYS:
        raise OkaeriError(
            _("A horizon of {days} days cannot be.").format(days=Shown(horizon_days, Unit.COUNT)),
            advice=_("Give a whole number of days from 1 to {most}, such as 90.").format(
                most=Shown(MOST_DAYS, Unit.COUNT)
            ),
        )


def why_not_yet(measurer: Measurer, *, horizon_days: int = HORIZON_DAYS) -> Text | None:
    """Why nothing can be learned about leaving yet, told without learning; None where something can."""
    as_of = measurer.until()
    rule = measurer.presence()
    days = training_days(measurer, horizon_days=horizon_days, presence=rule, cutoff=as_of)
    if not days:
        return _TOO_YOUNG.format(days=horizon_days)
    people = [present_on(measurer, day, presence=rule, cutoff=as_of) for day in days]
    customer = np.concatenate(people)
    day = np.repeat([day_number(each) for each in days], [len(each) for each in people])
    asked: dict[str, Any] = {"horizon_days": horizon_days, "presence": rule, "cutoff": as_of}
    left = outcomes(measurer, customer=customer, day=day, **asked).left
    if min(outcomes_of(customer, left)) >= LEAST_OUTCOMES:
        return None
    found = learn(Examples(features=(), customer=customer, day=day, numbers={}, left=left), horizon_days=horizon_days)
    return found.reason if isinstance(found, NotEnough) else None


_TOO_YOUNG = _("Not enough history yet: nobody can have been seen to stay or leave for {days} days.")


def can_leave(measurer: Measurer, presence: Presence, *, as_of: date, horizon_days: int) -> int:
    """How many of the customers of a day will be none at the horizon's end if nothing more is heard of them."""
    measurer.inputs.stays(presence, cutoff=day_number(as_of))
    today = day_number(as_of)
    if presence.rule.contractual:  # a contract can be ended on any day
        within = f"start_day < {today} and {today} <= end_day"
    else:
        within = f"start_day < {today} and {today} <= end_day and end_day < {today + horizon_days}"
    found: int = measurer.engine.query(f"select count(*) as n from stays where {within}").to_pylist()[0]["n"]
    return found


def _is_attribute(name: str, past: Examples) -> bool:
    """Whether a name, bare or as an id, is that of an attribute of these customers."""
    return f"{ATTRIBUTE}{name.removeprefix(ATTRIBUTE)}" in {feature.id for feature in past.features}


def _dated(past: Examples) -> tuple[str, ...]:
    """The features made of dated facts, of which only what lay before the day was read; attributes have no history."""
    return tuple(each.id for each in past.features if not each.id.startswith(ATTRIBUTE))


def _when(measurer: Measurer, past: Examples, presence: Presence, as_of: date, *, seed: int) -> HazardModel | None:
    """When customers leave, from one day of each, followed until they left or the facts end."""
    once = past.only(_one_day_each(past, seed))
    asked: dict[str, Any] = {"customer": once.customer, "day": once.day, "horizon_days": 1}
    came = outcomes(measurer, **asked, presence=presence, cutoff=as_of)
    gone = came.gone_after_days >= 0
    followed = np.where(gone, came.gone_after_days, (as_of - date(1970, 1, 1)).days - once.day)
    periods = np.where(gone, -(-followed // PERIOD_DAYS), followed // PERIOD_DAYS)
    seen = periods > 0
    if not (gone & seen).any() or (gone | ~seen).all():
        return None
    return fit_hazard(once.only(seen), periods_seen=periods[seen], gone=gone[seen], seed=seed)


def _one_day_each(past: Examples, seed: int) -> Flags:
    """One row of each customer, which one by the mixed bits of customer and day."""
    mixed = (past.customer * 2_654_435_761 + past.day * 40_503 + seed) % 1_000_003
    order = np.lexsort((mixed, past.customer))
    first = np.ones(len(order), np.bool_)
    first[1:] = past.customer[order][1:] != past.customer[order][:-1]
    chosen = np.zeros(len(order), np.bool_)
    chosen[order[first]] = True
    return chosen
