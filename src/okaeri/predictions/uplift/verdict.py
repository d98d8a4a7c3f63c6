"""What the held-out figures allow one to say about targeting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit
from okaeri.predictions.uplift.estimates import Estimate
from okaeri.predictions.uplift.learners import Sample

Kind = Literal["beats_random", "no_evidence", "too_few"]
LEAST_CUSTOMERS = 100
LEAST_OUTCOMES = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Whether targeting by predicted effects beats choosing at random, in one sentence."""

    kind: Kind
    text: Text

    @property
    def works(self) -> bool:
        """Whether there is evidence that targeting pays."""
        return self.kind == "beats_random"

    def __str__(self) -> str:
        return str(self.text)


def shortage(sample: Sample) -> Text | None:
    """Why there is too little to judge by, or None when there is enough of everything in each arm.

    A yes-or-no outcome needs customers with it and customers without it; an amount needs customers with any.
    """
    for arm in (sample.treated, ~sample.treated):
        if arm.sum() < LEAST_CUSTOMERS:
            return _("Not enough customers yet: {n} of {needed} in the smaller arm.").format(
                n=int(min(sample.treated.sum(), (~sample.treated).sum())), needed=LEAST_CUSTOMERS
            )
    n = _outcomes(sample)
    if n < LEAST_OUTCOMES:
        return _("Not enough outcomes yet: {n} of {needed} in one of the arms.").format(n=n, needed=LEAST_OUTCOMES)
    return None


def verdict_of(qini: Estimate | None, *, short: Text | None) -> Verdict:
    """The verdict: targeting works when the whole interval of the held-out Qini coefficient lies above 0.

    Shown to say so by mistake in at most 5 of 100 worlds in which the treatment moves everybody alike.
    """
    if short is not None:
        return Verdict(kind="too_few", text=short)
    if qini is None:
        return Verdict(kind="no_evidence", text=_("No evidence that targeting beats random: nobody's outcome differs."))
    better = qini.low > 0
    sentence = (
        _("Targeting beats random: the held-out Qini coefficient is {qini} ({low} to {high}).")
        if better
        else _("No evidence that targeting beats random: the held-out Qini coefficient is {qini} ({low} to {high}).")
    )
    shown = {name: Shown(value, Unit.RATIO, 3) for name, value in
             (("qini", qini.value), ("low", qini.low), ("high", qini.high))}  # fmt: skip
    return Verdict(kind="beats_random" if better else "no_evidence", text=sentence.format(**shown))


def _outcomes(sample: Sample) -> int:
    counted = []
    for arm in (sample.treated, ~sample.treated):
        made = sample.outcome[arm] != 0
        counted.append(int(np.sum(made)))
        if sample.binary:
            counted.append(int(np.sum(~made)))
    return min(counted)
