"""What is known about customers besides their purchases, as multipliers of a model's parameters.

Source: Fader & Hardie (2007), "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.predictions.clv.histories import Floats, Number

Values = Mapping[str, Number]
"""A model's parameters: one number for everybody, or one per customer."""


@dataclass(frozen=True, kw_only=True)
class Design:
    """How a searched point becomes parameters: logarithms first, then for each moved one its k coefficients.

    `moved` says which parameters covariates move, and with which sign their coefficients enter.

    >>> Design(names=("r", "alpha"), moved={"alpha": -1.0}, covariates=1).searched
    ('r', 'alpha', 'alpha_1')
    """

    names: tuple[str, ...]
    moved: Mapping[str, float] = field(default_factory=dict)
    covariates: int = 0

    @property
    def searched(self) -> tuple[str, ...]:
        """A name for each place of a searched point."""
        moved = [f"{name}_{k + 1}" for name in self.moved for k in range(self.covariates)]
        return (*self.names, *moved)

    def values(self, theta: Floats, covariates: Floats) -> Values:
        """The parameters of customers with these covariates, shape (customers, k)."""
        plain = {name: float(np.exp(log)) for name, log in zip(self.names, theta, strict=False)}
        return moved_by(plain, self.coefficients(theta), covariates, signs=self.moved)

    def coefficients(self, theta: Floats) -> dict[str, Floats]:
        """The coefficients of each moved parameter, shape (k,)."""
        parts = theta[len(self.names) :].reshape(-1, self.covariates) if self.covariates else ()
        return dict(zip(self.moved, parts, strict=False))

    def gradient(self, slopes: Values, weight: Floats, covariates: Floats) -> Floats:
        """The mean slope at each place of a searched point, from the slopes by log-parameter of each row."""
        whole = weight.sum()
        straight = [weight @ slopes[name] for name in self.names]
        moved = [sign * ((weight * slopes[name]) @ covariates) for name, sign in self.moved.items() if self.covariates]
        found: Floats = np.concatenate([straight, *moved]) / whole
        return found


def moved_by(
    parameters: Mapping[str, float],
    coefficients: Mapping[str, ArrayLike],
    covariates: Floats,
    *,
    signs: Mapping[str, float],
) -> Values:
    """The parameters of customers with these covariates, shape (customers, k).

    >>> moved_by({"alpha": 2.0}, {"alpha": [0.0]}, np.array([[1.0]]), signs={"alpha": -1.0})["alpha"].tolist()
    [2.0]
    """
    found: dict[str, Number] = dict(parameters)
    for name, each in coefficients.items():
        found[name] = found[name] * np.exp(signs[name] * (covariates @ np.asarray(each)))
    return found


def as_covariates(given: ArrayLike | None, customers: int, expected: int | None = None) -> Floats:
    """Covariates as an array of shape (customers, k), with k = 0 for None; raises `OkaeriError` when they do not fit.

    >>> as_covariates([1.0, 0.0], 2).shape
    (2, 1)
    """
    table = np.empty((customers, 0)) if given is None else np.asarray(given, np.float64)
    table = table[:, None] if table.ndim == 1 else table
    if len(table) == 1 and customers != 1:
        table = np.repeat(table, customers, axis=0)
    wanted = table.shape[1] if expected is None else expected
    if table.shape != (customers, wanted) or not np.isfinite(table).all():
        raise OkaeriError(
            _(
                "The covariates have the shape {shape}, and {customers} customers with {wanted} each were expected."
            ).format(shape=table.shape, customers=customers, wanted=wanted),
            advice=_("Give one row of finite numbers per customer, the same ones the model was fitted with."),
        )
    return table
