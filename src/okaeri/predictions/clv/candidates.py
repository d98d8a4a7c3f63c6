"""The ways of expecting purchases that are tried on a shop's past, from the simplest to the most involved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from okaeri.base.text import Text, _
from okaeri.predictions.clv.baselines import Expecting, OwnRate, PopulationMean, RecentOnly
from okaeri.predictions.clv.mbgcnbd import MBGCNBD, MBGCNBDFit
from okaeri.predictions.clv.purchases import PurchaseFit
from okaeri.predictions.clv.summary import Floats, Summary

FEW_REPEATERS = 10
MOST_REGULAR = 8


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One way; `simplicity` counts up from the simplest, `against` is a reason not to try it on some customers."""

    id: str
    name: Text
    simplicity: int
    learn: Callable[[Summary], Expecting]
    restore: Callable[[Mapping[str, Any]], Expecting]
    is_model: bool = False
    against: Callable[[Summary], Text | None] = lambda summary: None


@dataclass(frozen=True, kw_only=True)
class Model:
    """A purchase model fitted in days."""

    fit: PurchaseFit

    @property
    def doubts(self) -> tuple[Text, ...]:
        """What the fit itself doubts."""
        return self.fit.doubts

    def expected(self, summary: Summary, *, horizon_days: float) -> Floats:
        """The model's expectation given each history; shape (customers,)."""
        return self.fit.expected_purchases(horizon_days, **summary.histories)

    def discounted(self, summary: Summary, *, horizon_days: float, force: float) -> Floats:
        """The same, each purchase counted less the later it is expected; shape (customers,)."""
        return self.fit.discounted_purchases(horizon_days, force=force, **summary.histories)

    def p_alive(self, summary: Summary) -> Floats:
        """The probability that each customer has not left; shape (customers,)."""
        return self.fit.p_alive(**summary.histories)

    def as_data(self) -> dict[str, Any]:
        """The fit."""
        return self.fit.as_data()


def _model(id: str, name: Text, simplicity: int, made: str) -> Candidate:
    home = import_module(f"okaeri.predictions.clv.{id}")

    def learn(summary: Summary) -> Model:
        fit: PurchaseFit = getattr(home, made)().fit(**summary.histories)
        return Model(fit=fit)

    def restore(data: Mapping[str, Any]) -> Model:
        return Model(fit=getattr(home, f"{made}Fit").from_data(data))

    return Candidate(id=id, name=name, simplicity=simplicity, learn=learn, restore=restore, is_model=True)


def _regular(summary: Summary) -> Model:
    """The most likely regularity: the likelihood rises with k and then falls, so the search ends where it falls."""
    best = _at(summary, 2)
    while best.k < MOST_REGULAR:
        following = _at(summary, best.k + 1)
        if following.log_likelihood <= best.log_likelihood:
            break
        best = following
    return Model(fit=best)


def _too_random(summary: Summary) -> Text | None:
    """Why a rhythm is not looked for: the likelihood knows k = 1, which is MBG/NBD."""
    one, two = (_at(summary, k).log_likelihood for k in (1, 2))
    return None if two > one else _("These customers buy at random times rather than in a rhythm.")


def _at(summary: Summary, k: int) -> MBGCNBDFit:
    return MBGCNBD().fit(**summary.histories, log_gaps=summary.log_gaps, k=k)


CANDIDATES: dict[str, Candidate] = {
    each.id: each
    for each in (
        Candidate(
            id="population_mean",
            name=_("Everybody buys alike"),
            simplicity=0,
            learn=PopulationMean.learn,
            restore=PopulationMean.from_data,
        ),
        Candidate(
            id="own_rate",
            name=_("Everybody goes on at their own rate of the last year"),
            simplicity=1,
            learn=OwnRate.learn,
            restore=OwnRate.from_data,
        ),
        Candidate(
            id="recent_only",
            name=_("Who bought lately goes on at their own rate, the others have left"),
            simplicity=2,
            learn=RecentOnly.learn,
            restore=RecentOnly.from_data,
        ),
        _model("bgnbd", Text("BG/NBD"), 3, "BGNBD"),
        _model("mbgnbd", Text("MBG/NBD"), 4, "MBGNBD"),
        _model("paretonbd", Text("Pareto/NBD"), 5, "ParetoNBD"),
        Candidate(
            id="mbgcnbd",
            name=Text("MBG/CNBD-k"),
            simplicity=6,
            learn=_regular,
            restore=lambda data: Model(fit=MBGCNBDFit.from_data(data)),
            is_model=True,
            against=_too_random,
        ),
    )
}


def usable(summary: Summary) -> tuple[dict[str, Candidate], dict[str, Text]]:
    """The candidates these customers can teach, and why the others cannot be tried."""
    few = int(np.sum(summary.frequency > 0)) < FEW_REPEATERS
    against: dict[str, Text] = {}
    for name, each in CANDIDATES.items():
        why = _("Fewer than {n} customers bought again.").format(n=FEW_REPEATERS) if few and each.is_model else None
        why = why or each.against(summary)
        if why:
            against[name] = why
    return {name: each for name, each in CANDIDATES.items() if name not in against}, against
