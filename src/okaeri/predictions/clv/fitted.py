"""What every fitted model of contracts, opportunities and spending keeps, and how it becomes plain data and comes back.

The models themselves are elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self

from okaeri.base.text import Text
from okaeri.predictions.clv.fitting import Optimum


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A model with its parameters; `customers` is how many it learnt from, `doubts` whatever is not as it should be.

    `standard_errors` has one per parameter, NaN where there is none. `covariance` is that of the logarithms of the
    parameters, shape (parameters, parameters), empty where the likelihood was flat or the parameters were given.
    """

    NAMES: ClassVar[tuple[str, ...]]

    log_likelihood: float = math.nan
    customers: float = 0.0
    standard_errors: Mapping[str, float] = field(default_factory=dict)
    covariance: tuple[tuple[float, ...], ...] = ()
    doubts: tuple[Text, ...] = ()

    @property
    def parameters(self) -> dict[str, float]:
        """The model's parameters by name."""
        return {name: getattr(self, name) for name in self.NAMES}

    def as_data(self) -> dict[str, Any]:
        """The fit as values that JSON can hold; `from_data` gives it back."""
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The fit that `as_data` described."""
        return cls(**{each.name: _restored(data[each.name]) for each in fields(cls)})


def outcome(optimum: Optimum, values: Mapping[str, float], *, customers: float) -> dict[str, Any]:
    """What a `Fitted` is made of: a search's end, all of it on the scale of logarithms, and the natural parameters."""
    covariance = () if optimum.covariance is None else tuple(map(tuple, optimum.covariance.tolist()))
    # a parameter at the end of what is searched has no spread that means anything
    errors = optimum.standard_errors(values, logged=optimum.names) | dict.fromkeys(optimum.at_bound, math.nan)
    return {
        **values,
        "log_likelihood": optimum.log_likelihood,
        "customers": customers,
        "standard_errors": errors,
        "covariance": covariance,
        "doubts": optimum.doubts,
    }


def _plain(value: Any) -> Any:
    match value:
        case Text():
            return {"message": value.message, "values": {name: _plain(each) for name, each in value.values}}
        case float():
            return value if math.isfinite(value) else None
        case tuple():
            return [_plain(each) for each in value]
        case Mapping():
            return {name: _plain(each) for name, each in value.items()}
    return value


def _restored(value: Any) -> Any:
    match value:
        case None:
            return math.nan
        case {"message": str(message), "values": values}:
            return Text(message, tuple(values.items()))
        case list():
            return tuple(_restored(each) for each in value)
        case Mapping():
            return {name: _restored(each) for name, each in value.items()}
    return value
