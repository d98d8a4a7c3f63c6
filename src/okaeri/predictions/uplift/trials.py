"""From the facts to treated and untreated customers, what was known of them, and what became of them.

Everybody counts in the arm chance put them in, whether or not the message reached them (intention to treat).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from okaeri.base.errors import NothingUsable, OkaeriError, unknown
from okaeri.base.text import _
from okaeri.metrics.timetable import day_number
from okaeri.predictions.outcomes import outcomes
from okaeri.predictions.uplift.curves import Flags, Floats
from okaeri.predictions.uplift.fitting import Uplift, UpliftFit

if TYPE_CHECKING:
    from okaeri.metrics.measuring import Measurer
    from okaeri.predictions.churn.examples import Examples

Ints = NDArray[np.int64]
Features = Mapping[str, NDArray[np.float64] | NDArray[np.str_]]
Outcome = Literal["stayed", "bought", "revenue"]
CONTROLS = ("control", "held_out", "holdout", "none", "no_contact")
_UPLIFT = Uplift()
_DAYS = 1_000_000
_FEW = 6


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A trial as the facts tell it; every array has shape (customers,).

    `day` is the day of assignment, `outcome` what came within `horizon_days` from that day on: 1 or 0, or an amount.
    `unseen` counts those whose horizon has not ended by the cutoff, `absent` those who were no customers on the day
    and so could not stay; both are left out. A customer of whom there is no other fact has a code below 0.
    """

    name: str
    measured: Outcome
    horizon_days: int
    cutoff: date
    customer: Ints
    day: Ints
    treated: Flags
    outcome: Floats
    unseen: int
    absent: int

    def __len__(self) -> int:
        return len(self.customer)


@dataclass(frozen=True, kw_only=True)
class TrialUplift:
    """A trial with the features that were known on the day, and the uplift learnt from it."""

    trial: Trial
    features: Features
    fit: UpliftFit


def from_facts(
    measurer: Measurer,
    *,
    experiment: str | None = None,
    campaign: str | None = None,
    outcome: Outcome,
    horizon_days: int,
    arms: tuple[str, str] | None = None,
    presence: str | None = None,
    currency: str = "",
    cutoff: date | None = None,
    examples: Callable[[Ints, Ints], Examples] | None = None,
    uplift: Uplift = _UPLIFT,
) -> TrialUplift:
    """Read a trial and learn from it; `examples` gives features by customer and day, else orders and visits serve.

    Examples of more customers and days do no harm, and who has none is taken with gaps.

    Raises `OkaeriError` as `trial_of` does.
    """
    trial = trial_of(
        measurer,
        experiment=experiment,
        campaign=campaign,
        outcome=outcome,
        horizon_days=horizon_days,
        arms=arms,
        presence=presence,
        currency=currency,
        cutoff=cutoff,
    )
    features: Features = (
        known_before(measurer, trial) if examples is None else _of_examples(examples(trial.customer, trial.day), trial)
    )
    fit = uplift.fit(features, treated=trial.treated, outcome=trial.outcome, customer=trial.customer)
    return TrialUplift(trial=trial, features=features, fit=fit)


def trial_of(
    measurer: Measurer,
    *,
    experiment: str | None = None,
    campaign: str | None = None,
    outcome: Outcome,
    horizon_days: int,
    arms: tuple[str, str] | None = None,
    presence: str | None = None,
    currency: str = "",
    cutoff: date | None = None,
) -> Trial:
    """The customers of an experiment (`assignments`) or of a campaign with customers held out (`touches`).

    `arms` names the treated arm and the control; without it the control is the arm called so. Raises `OkaeriError`
    for an unknown name, arms that cannot be told apart, several currencies, or when nobody's horizon has ended.
    """
    if outcome not in get_args(Outcome):
        raise unknown(_("outcome"), outcome, list(get_args(Outcome)))
    known_until = measurer.seen_until(cutoff)
    customer, day, treated = _arms(measurer, experiment, campaign, arms)
    seen = day + horizon_days <= day_number(known_until)
    _refuse_nobody(seen, experiment or campaign or "", horizon_days)
    customer, day, treated = customer[seen], day[seen], treated[seen]
    if outcome == "stayed":
        rule = measurer.presence(presence, cutoff=cutoff)
        became = outcomes(
            measurer, customer=customer, day=day, horizon_days=horizon_days, presence=rule, cutoff=known_until
        )
        keep, made = became.present, (~became.left).astype(np.float64)
    else:
        keep = np.ones(len(customer), np.bool_)
        made = _bought(measurer, customer, day, horizon_days, outcome, currency)
    return Trial(
        name=experiment or campaign or "",
        measured=outcome,
        horizon_days=horizon_days,
        cutoff=known_until,
        customer=customer[keep],
        day=day[keep],
        treated=treated[keep],
        outcome=made[keep],
        unseen=int((~seen).sum()),
        absent=int((~keep).sum()),
    )


def known_before(measurer: Measurer, trial: Trial) -> dict[str, Floats]:
    """What orders and visits said of the customers on the morning of their assignment, NaN where nothing is known."""
    _ask(measurer, trial.customer, trial.day, trial.horizon_days, "")
    found = measurer.engine.query(_sql("bought_before"))
    several = measurer.facts.currencies > 1
    names = [name for name in found.column_names if name != "place" and not (several and name == "revenue")]
    return {name: np.asarray(found[name].to_numpy(), np.float64) for name in names}


def _arms(
    measurer: Measurer, experiment: str | None, campaign: str | None, named: tuple[str, str] | None
) -> tuple[Ints, Ints, Flags]:
    if (experiment is None) == (campaign is None):
        raise _not_one(measurer)
    _put_rule(measurer, name=experiment or campaign or "")
    found = measurer.engine.query(_sql("arms_of_experiment" if experiment else "arms_of_campaign"))
    if not found.num_rows:
        raise _no_such(measurer, experiment, campaign)
    arm = np.asarray(found["arm"].to_pylist(), dtype=np.str_)
    treated, control = named or _told_apart(sorted(set(arm.tolist())))
    keep = (arm == treated) | (arm == control)
    numbers = [found[name].to_numpy().astype(np.int64)[keep] for name in ("customer", "day")]
    return numbers[0], numbers[1], arm[keep] == treated


def _not_one(measurer: Measurer) -> OkaeriError:
    """What there is to name, or that there is nothing."""
    sql = """
        select distinct experiment as name, '--experiment' as option from assignments
        union select distinct campaign, '--campaign' from touches where held_out
        order by option desc, name
    """
    known = [f"{row['option']} {row['name']}" for row in measurer.engine.query(sql).to_pylist()]
    if not known:
        return NothingUsable(
            _("There is no experiment, and no campaign with customers held out, to learn from."),
            advice=_("Import `assignments`, or `touches` with the ones that were held back on purpose."),
        )
    return OkaeriError(
        _("A trial is one experiment or one campaign."),
        advice=_("Name one of: {names}.").format(names=", ".join(known[:_FEW]) + (" …" if len(known) > _FEW else "")),
    )


def _told_apart(arms: list[str]) -> tuple[str, str]:
    controls = [arm for arm in arms if arm.casefold() in CONTROLS]
    others = [arm for arm in arms if arm not in controls]
    if len(controls) == 1 and len(others) == 1:
        return others[0], controls[0]
    raise OkaeriError(
        _("Which of the arms {arms} was treated, and which was not, cannot be told.").format(arms=", ".join(arms)),
        advice=_("Name the two arms: the treated one, then the control."),
    )


def _no_such(measurer: Measurer, experiment: str | None, campaign: str | None) -> OkaeriError:
    table, column = ("assignments", "experiment") if experiment else ("touches", "campaign")
    rows = measurer.engine.query(f"select distinct {column} as name from {table} order by name").to_pylist()
    if not rows:
        return NothingUsable(
            _("There are no {table} to learn from.").format(table=table),
            advice=_("Import some: `okaeri import FILE --as {table}`.").format(table=table),
        )
    kind = _("experiment") if experiment else _("campaign")
    return unknown(kind, experiment or campaign or "", [row["name"] for row in rows])


def _refuse_nobody(seen: Flags, name: str, horizon_days: int) -> None:
    if not seen.any():
        raise NothingUsable(
            _("Nobody in {name} was assigned {days} days or more before the data ends.").format(
                name=name, days=horizon_days
            ),
            advice=_("Wait, or choose a shorter horizon."),
        )


def _bought(
    measurer: Measurer, customer: Ints, day: Ints, horizon_days: int, outcome: Outcome, currency: str
) -> Floats:
    if outcome == "revenue" and measurer.facts.currencies > 1 and not currency:
        raise OkaeriError(
            _("There are several currencies, which are never added."), advice=_("Name the currency to count.")
        )
    _ask(measurer, customer, day, horizon_days, currency)
    found = measurer.engine.query(_sql("bought_within"))
    revenue, orders = (np.asarray(found[name].to_numpy(), np.float64) for name in ("revenue", "orders"))
    return revenue if outcome == "revenue" else (orders > 0).astype(np.float64)


def _ask(measurer: Measurer, customer: Ints, day: Ints, horizon_days: int, currency: str) -> None:
    import pyarrow as pa  # heavy

    measurer.engine.take("asked", pa.table({"place": np.arange(len(customer)), "customer": customer, "day": day}))
    _put_rule(measurer, horizon_days=horizon_days, currency=currency)


def _put_rule(measurer: Measurer, *, name: str = "", horizon_days: int = 0, currency: str = "") -> None:
    measurer.engine.put(
        "trial_rule",
        {"name": ("varchar", [name]), "horizon_days": ("integer", [horizon_days]), "currency": ("varchar", [currency])},
    )


def _of_examples(examples: Examples, trial: Trial) -> Features:
    """The examples' columns in the trial's order, with gaps for those who have no example.

    Raises `OkaeriError` when nobody has one, for then the days are not those of the assignment.
    """
    keys = examples.customer * _DAYS + examples.day
    order = np.argsort(keys, kind="stable")
    asked = trial.customer * _DAYS + trial.day
    place = np.minimum(np.searchsorted(keys[order], asked), max(len(keys) - 1, 0))
    known = keys[order][place] == asked if len(keys) else np.zeros(len(trial), np.bool_)
    if not known.any():
        raise OkaeriError(
            _("Nobody in {name} has features for the day of their assignment.").format(name=trial.name),
            advice=_("Build the features for the very customers and days of the trial."),
        )
    rows = order[place[known]]
    found: dict[str, NDArray[np.float64] | NDArray[np.str_]] = {}
    for name, values in examples.numbers.items():
        column = np.full(len(trial), np.nan)
        column[known] = values[rows]
        found[name] = column
    for name, labels in examples.labels.items():
        texts = np.full(len(trial), "", dtype=object)
        texts[known] = labels[rows]
        found[name] = texts.astype(np.str_)
    return found


def _sql(name: str) -> str:
    return files("okaeri.predictions.uplift").joinpath("sql", f"{name}.sql").read_text("utf-8")
