"""A model of churn one can keep, ask and question; it is plain data, never a pickle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from okaeri.base.errors import OkaeriError
from okaeri.base.measurement import Interval
from okaeri.base.text import _
from okaeri.predictions.churn.calibration import Calibration, chances
from okaeri.predictions.churn.card import Card
from okaeri.predictions.churn.examples import Examples, Floats
from okaeri.predictions.churn.judging import Bin
from okaeri.predictions.churn.models.kinds import Model, model_from_data
from okaeri.predictions.churn.reasons import TOP, Contributions, Reasons, reasons_of

_VERSION = 1
_SURE = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class ChurnModel:
    """The chance of leaving within the card's horizon, and why."""

    model: Model
    calibration: Calibration
    card: Card

    def predict(self, examples: Examples) -> Floats:
        """The chance that each row's customer leaves within the horizon, shape (rows,).

        Raises `OkaeriError` when a feature is missing that the model was learned with.
        """
        self._check(examples)
        return chances(self.calibration(self.model.log_odds(examples)))

    def seen_near(self, probability: float) -> Bin:
        """What became of customers with a similar probability whom the model had not learned from."""
        return self.card.judgement.bin_of(probability)

    def range_of(self, probability: float) -> Interval:
        """Where such a chance may lie, by what became of customers with a similar one, moved to this very chance.

        The distance of both ends from what was said of those customers is kept on the log-odds; where they did not
        fare as was said, the range reaches from this chance to where theirs lay.
        """
        near = self.seen_near(probability)
        moved = _log_odds(probability) - _log_odds(near.said)
        low, high = (
            None if end is None else float(chances(np.asarray(_log_odds(end) + moved)))
            for end in (near.interval.low, near.interval.high)
        )
        return Interval(
            low=None if low is None else min(low, probability),
            high=None if high is None else max(high, probability),
            method=near.interval.method,
            level=near.interval.level,
        )

    def contributions(self, examples: Examples) -> Contributions:
        """What each feature adds to the calibrated log-odds of each row."""
        self._check(examples)
        base, added = self.model.contributions(examples)
        line = self.calibration
        return Contributions(ids=self.model.ids, base=line.moved + line.stretched * base, added=line.stretched * added)

    def reasons(self, examples: Examples, *, top: int = TOP) -> tuple[Reasons, ...]:
        """At most `top` reasons for leaving and for staying of each row, the strongest first.

        Only features lend their words whose importance on unseen rows is more than chance.
        """
        return reasons_of(examples, self.contributions(examples), named=self.card.named, top=top)

    def as_data(self) -> dict[str, Any]:
        """JSON-ready: all that is needed to score again, bit for bit."""
        return {
            "version": _VERSION,
            "model": self.model.as_data(),
            "calibration": self.calibration.as_data(),
            "card": self.card.as_data(),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> ChurnModel:
        """What `as_data` gave; raises `OkaeriError` when it comes from another version."""
        if data.get("version") != _VERSION:
            raise OkaeriError(
                _("This model of churn was stored by another version of Okaeri."), advice=_("Learn it again.")
            )
        return cls(
            model=model_from_data(data["model"]),
            calibration=Calibration.from_data(data["calibration"]),
            card=Card.from_data(data["card"]),
        )

    def _check(self, examples: Examples) -> None:
        missing = [name for name in self.model.ids if name not in {*examples.numbers, *examples.labels}]
        if missing:
            raise OkaeriError(
                _("The model was learned with features that are not there: {names}.").format(names=", ".join(missing)),
                advice=_("Gather the same features as then, or learn a new model."),
            )


def _log_odds(share: float) -> float:
    """The log-odds of a share, of 0 and 1 those of a share that lies as close to them as can be told."""
    sure = min(max(share, _SURE), 1 - _SURE)
    return float(np.log(sure / (1 - sure)))
