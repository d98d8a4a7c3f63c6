"""Two penalised regressions in closed form or a few Newton steps: of a yes or no, and of an amount.

A column of ones is added here; matrices come standardised, shape (rows, columns).
"""

from __future__ import annotations

import numpy as np

from okaeri.predictions.uplift.curves import Floats

_STEPS = 40
_CLOSE = 1e-8
_FIRM = 1e-6
_PENALTIES = np.logspace(-2, 5, 29)


def logistic(matrix: Floats, outcome: Floats, *, penalty: float = 1.0) -> Floats:
    """Coefficients of a ridge logistic regression, the intercept first; shape (columns + 1,).

    Newton's method with halved steps; a half of `penalty` times the squared coefficients is taken off the likelihood.
    """
    design = _with_ones(matrix)
    ridge = np.full(design.shape[1], penalty)
    ridge[0] = _FIRM  # keeps an arm in which nobody or everybody did it away from infinity
    beta = np.zeros(design.shape[1])
    loss = _loss(design, outcome, ridge, beta)
    for _step in range(_STEPS):
        chance = sigmoid(design @ beta)
        slope = design.T @ (chance - outcome) + ridge * beta
        bend = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(ridge)
        move = np.linalg.solve(bend, slope)
        tried = _loss(design, outcome, ridge, beta - move)
        while tried > loss + _CLOSE and np.abs(move).max() > _CLOSE:
            move = move / 2
            tried = _loss(design, outcome, ridge, beta - move)
        beta, loss = beta - move, tried
        if np.abs(move).max() < _CLOSE:
            break
    return beta


def ridge(matrix: Floats, outcome: Floats) -> Floats:
    """Coefficients of a ridge regression, the intercept first, its penalty chosen by generalised cross-validation.

    Source: Golub, Heath & Wahba (1979), Technometrics 21(2).

    >>> ridge(np.array([[-1.0], [0.0], [1.0], [0.0]]), np.array([1.0, 2.0, 3.0, 2.0])).round(2).tolist()
    [2.0, 1.0]
    """
    middle, mean = matrix.mean(axis=0), outcome.mean()
    centred, rest = matrix - middle, outcome - mean
    values, vectors = np.linalg.eigh(centred.T @ centred)
    values = np.maximum(values, 0.0)
    projected = vectors.T @ (centred.T @ rest)
    total, rows = float(rest @ rest), len(outcome)
    best = min(_PENALTIES, key=lambda penalty: _cross_validation(float(penalty), values, projected, total, rows))
    slopes = vectors @ (projected / (values + best))
    return np.append(mean - middle @ slopes, slopes)


def linear(matrix: Floats, coefficients: Floats) -> Floats:
    """What coefficients say of each row, shape (rows,)."""
    found: Floats = coefficients[0] + matrix @ coefficients[1:]
    return found


def sigmoid(score: Floats) -> Floats:
    """The chance that belongs to log odds, without overflow."""
    from scipy.special import expit

    chance: Floats = expit(score)
    return chance


def _cross_validation(penalty: float, values: Floats, projected: Floats, total: float, rows: int) -> float:
    shrunk = projected / (values + penalty)
    residual = max(total - 2 * float(projected @ shrunk) + float(values @ shrunk**2), 0.0)
    free = rows - 1 - float((values / (values + penalty)).sum())
    return rows * residual / free**2 if free > 0 else np.inf


def _loss(design: Floats, outcome: Floats, ridge: Floats, beta: Floats) -> float:
    score = design @ beta
    return float(np.logaddexp(0.0, score).sum() - outcome @ score + (ridge * beta**2).sum() / 2)


def _with_ones(matrix: Floats) -> Floats:
    return np.column_stack([np.ones(len(matrix)), matrix])
