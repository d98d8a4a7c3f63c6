"""What one purchase of each customer brings: Gamma-Gamma or something simpler, whichever the past speaks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.predictions.clv.gammagamma import GammaGamma, GammaGammaFit
from okaeri.predictions.clv.summary import Floats, Summary


class Spending(Protocol):
    """Whatever can say what a purchase of each customer brings."""

    def per_purchase(self, summary: Summary) -> Floats:
        """Spend to expect of one purchase of each customer, never below 0; shape (customers,)."""

    def as_data(self) -> dict[str, Any]:
        """What it learnt, as values that JSON can hold."""


@dataclass(frozen=True, kw_only=True)
class MeanSpend:
    """Every purchase brings the mean of all."""

    mean: float

    @classmethod
    def learn(cls, summary: Summary) -> MeanSpend:
        """The mean of repeat purchases, or of first ones where nobody came back."""
        again = float(summary.frequency.sum())
        spent = summary.repeat_spend.sum() / again if again else np.mean(summary.first_spend)
        return cls(mean=float(max(spent, 0.0)))

    def per_purchase(self, summary: Summary) -> Floats:
        """The same for everybody."""
        return np.full(len(summary), self.mean)

    def as_data(self) -> dict[str, Any]:
        """The mean."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class ShrunkSpend:
    """The mean of a customer's own purchases, the first one too, drawn to everybody's as if it had `weight` more."""

    mean: float
    weight: float

    @classmethod
    def learn(cls, summary: Summary) -> ShrunkSpend:
        """Means of n purchases vary by what customers differ and by an n-th of what purchases do: solved for both."""
        from scipy.optimize import nnls

        bought, own = _own(summary)
        mean = float(np.average(own, weights=bought))
        squares = (own - mean) ** 2
        squares = np.minimum(squares, np.quantile(squares, 0.99))
        (customers, purchases), _left = nnls(np.stack([np.ones(len(own)), 1 / bought], axis=1), squares)
        weight = purchases / customers if customers > 0 else np.inf
        return cls(mean=max(mean, 0.0), weight=float(min(weight, 1e6)))

    def per_purchase(self, summary: Summary) -> Floats:
        """Between their own mean and everybody's."""
        bought, own = _own(summary)
        return np.maximum((own * bought + self.mean * self.weight) / (bought + self.weight), 0.0)

    def as_data(self) -> dict[str, Any]:
        """The mean and its weight."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class GammaSpend:
    """Gamma-Gamma over repeat purchases."""

    fit: GammaGammaFit

    @classmethod
    def learn(cls, summary: Summary) -> GammaSpend:
        """Returns that outweigh the purchases count as nothing spent; raises `OkaeriError` where nobody spent."""
        return cls(fit=GammaGamma().fit(frequency=summary.frequency, mean_spend=np.maximum(summary.mean_spend, 0.0)))

    @property
    def doubts(self) -> tuple[Text, ...]:
        """What the fit itself doubts."""
        return self.fit.doubts

    def per_purchase(self, summary: Summary) -> Floats:
        """The model's expectation given each customer's mean."""
        return self.fit.expected_spend(frequency=summary.frequency, mean_spend=np.maximum(summary.mean_spend, 0.0))

    def as_data(self) -> dict[str, Any]:
        """The fit."""
        return self.fit.as_data()


@dataclass(frozen=True, kw_only=True)
class SpendWay:
    """One way to expect spending, from the simplest to the most involved."""

    name: Text
    learn: Callable[[Summary], Spending]
    restore: Callable[[Mapping[str, Any]], Spending]


SPEND_WAYS: dict[str, SpendWay] = {
    "mean_spend": SpendWay(
        name=_("Every purchase brings the mean of all"),
        learn=MeanSpend.learn,
        restore=lambda data: MeanSpend(**data),
    ),
    "shrunk_spend": SpendWay(
        name=_("The customer's own mean, drawn to everybody's"),
        learn=ShrunkSpend.learn,
        restore=lambda data: ShrunkSpend(**data),
    ),
    "gammagamma": SpendWay(
        name=Text("Gamma-Gamma"),
        learn=GammaSpend.learn,
        restore=lambda data: GammaSpend(fit=GammaGammaFit.from_data(data)),
    ),
}


@dataclass(frozen=True, kw_only=True)
class SpendStanding:
    """One way over all origins: `rmse` is the error of the mean of a buyer's purchases, each purchase counting."""

    way: str
    name: Text
    chosen: bool
    rmse: float | None
    why_not: Text | str | None = None

    def as_row(self) -> dict[str, Any]:
        """The standing as one flat JSON-ready row."""
        why = str(self.why_not) if self.why_not else None
        return {"way": self.way, "name": str(self.name), "chosen": self.chosen, "rmse": self.rmse, "why_not": why}


def choose_spending(windows: Sequence[Summary], *, today: Summary) -> tuple[str, tuple[SpendStanding, ...]]:
    """The way with the least error on past days; a more involved one only when it is better by a standard error.

    Without any past it is the customer's own mean, drawn to everybody's.
    """
    errors: dict[str, Floats] = {}
    why_not: dict[str, Text | str] = {}
    for name, way in SPEND_WAYS.items():
        try:
            way.learn(today)
            errors[name] = _squares(windows, way)
        except OkaeriError as error:
            why_not[name] = error.what
    chosen = _best(errors) if windows else "shrunk_spend"
    return chosen, tuple(
        SpendStanding(
            way=name,
            name=way.name,
            chosen=name == chosen,
            rmse=float(np.sqrt(np.mean(errors[name]))) if len(errors.get(name, ())) else None,
            why_not=why_not.get(name),
        )
        for name, way in SPEND_WAYS.items()
    )


def _best(errors: Mapping[str, Floats]) -> str:
    chosen = next(iter(errors))
    for name, squares in errors.items():
        gain = errors[chosen] - squares
        if len(gain) > 1 and float(gain.mean()) > float(gain.std() / np.sqrt(len(gain))):
            chosen = name
    return chosen


def _squares(windows: Sequence[Summary], way: SpendWay) -> Floats:
    """The squared error of each buyer's mean spend, times their purchases, in all windows; infinite never."""
    found = []
    for window in windows:
        bought = window.purchases > 0
        said = way.learn(window).per_purchase(window)[bought]
        if not np.isfinite(said).all():
            raise OkaeriError(
                _("The mean of what customers spend is infinite under this model."),
                advice=_("Learn spending from more customers."),
            )
        y = window.purchases[bought]
        missed = window.spend[bought] / y - said
        # the largest amounts would decide alone
        found.append(y * np.minimum(missed**2, _cut(window)))
    return np.concatenate(found) if found else np.zeros(0)


def _cut(window: Summary) -> float:
    bought = window.purchases > 0
    each = window.spend[bought] / window.purchases[bought]
    return float(np.quantile((each - np.median(each)) ** 2, 0.99)) if bought.any() else 0.0


def _own(summary: Summary) -> tuple[Floats, Floats]:
    bought = summary.frequency + 1
    return bought, (summary.first_spend + summary.repeat_spend) / bought
