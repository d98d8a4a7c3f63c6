"""What a model of churn was learned from, how good it is beside simpler ones, and what a reader must know first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from okaeri.base.differences import Difference
from okaeri.base.measurement import Interval
from okaeri.base.text import Text
from okaeri.predictions.churn.drivers import Driver
from okaeri.predictions.churn.judging import Figure, Judgement
from okaeri.predictions.churn.leakage import Suspect
from okaeri.predictions.churn.words import text_as_data, text_from_data


@dataclass(frozen=True, kw_only=True, slots=True)
class Baseline:
    """A simpler forecast on the same rows; `gain` is by how much the model's log-loss is smaller.

    `features` names what it looks at: nothing for the base rate, else the strongest feature of each fold.
    """

    features: tuple[str, ...]
    log_loss: Figure
    auc: Figure
    gain: Difference

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Baseline:
        """What `dataclasses.asdict` gave."""
        return cls(
            features=tuple(data["features"]),
            log_loss=Figure.from_data(data["log_loss"]),
            auc=Figure.from_data(data["auc"]),
            gain=_gain(data["gain"]),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A model's judgement. Days are integers since 1970-01-01; `rows`, `customers` and `left` are what it learned from.

    `over_time` says that each judged day lay after all that was learned for it; else folds held whole customers.
    `challenger_gain` is by how much the trees lost less than the default, None when they were not tried;
    `calibration_gain` is what a line on the log-odds gained out of fold, None when nobody could tell.
    """

    kind: str
    horizon_days: int
    rows: int
    customers: int
    left: int
    first_day: int
    last_day: int
    over_time: bool
    folds: int
    judgement: Judgement
    base_rate: Baseline
    single: Baseline
    challenger_gain: Difference | None
    calibration_gain: Difference | None
    drivers: tuple[Driver, ...]
    suspects: tuple[Suspect, ...]
    notes: tuple[Text, ...]

    @property
    def tells(self) -> bool:
        """Whether the model beats the base rate by more than chance."""
        return self.base_rate.gain.value > 0 and bool(self.base_rate.gain.distinguishable)

    @property
    def named(self) -> tuple[str, ...]:
        """The features that may be named as reasons."""
        return tuple(driver.feature for driver in self.drivers if driver.stands_out)

    def as_data(self) -> dict[str, Any]:
        """JSON-ready."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name not in _OTHERS}
        return {
            **plain,
            "judgement": self.judgement.as_data(),
            "base_rate": asdict(self.base_rate),
            "single": asdict(self.single),
            "challenger_gain": self.challenger_gain and asdict(self.challenger_gain),
            "calibration_gain": self.calibration_gain and asdict(self.calibration_gain),
            "drivers": [driver.as_data() for driver in self.drivers],
            "suspects": [suspect.as_data() for suspect in self.suspects],
            "notes": [text_as_data(note) for note in self.notes],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Card:
        """What `as_data` gave."""
        others = {
            "judgement": Judgement.from_data(data["judgement"]),
            "base_rate": Baseline.from_data(data["base_rate"]),
            "single": Baseline.from_data(data["single"]),
            "challenger_gain": data["challenger_gain"] and _gain(data["challenger_gain"]),
            "calibration_gain": data["calibration_gain"] and _gain(data["calibration_gain"]),
            "drivers": tuple(Driver.from_data(driver) for driver in data["drivers"]),
            "suspects": tuple(Suspect.from_data(suspect) for suspect in data["suspects"]),
            "notes": tuple(text_from_data(note) for note in data["notes"]),
        }
        return cls(**{**data, **others})


_OTHERS = frozenset("judgement base_rate single challenger_gain calibration_gain drivers suspects notes".split())


def _gain(data: Mapping[str, Any]) -> Difference:
    interval = data["interval"]
    return Difference(value=data["value"], interval=interval and Interval(**interval))
