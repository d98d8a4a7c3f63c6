"""The uplift model: what a treatment does on average and to each customer, and whether targeting by it pays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from okaeri.base.differences import Difference
from okaeri.base.errors import OkaeriError
from okaeri.base.measurement import Interval
from okaeri.base.text import Text, _
from okaeri.predictions.uplift.average import average_effect, chances, imbalance, plain_effect
from okaeri.predictions.uplift.coins import codes_of
from okaeri.predictions.uplift.curves import Floats
from okaeri.predictions.uplift.encoding import Encoding, encoding_of
from okaeri.predictions.uplift.estimates import Estimate
from okaeri.predictions.uplift.judging import Judgement, best, choose, judged
from okaeri.predictions.uplift.learners import Kind, Learnt, Sample, learn
from okaeri.predictions.uplift.verdict import Verdict, shortage, verdict_of

_UNLIKELY = 0.001
_MOST_JUDGED = 50_000
_NOT_DEALT = _("The arms differed before the treatment by more than chance deals, so the effects may not be its own.")
_ASSUMED = _("Nobody drew lots for the treatment: the effects hold only if the features say all that chose it.")


@dataclass(frozen=True, kw_only=True)
class Uplift:
    """The model before it has seen customers.

    `randomised` says that chance dealt the arms; else each one's chance of treatment is estimated from the features.
    `splits` is how often the customers are halved to judge the scores, the more of them the steadier the verdict.

    >>> rng = np.random.default_rng(1)
    >>> loyal, mailed = rng.random(4000) < 0.5, rng.random(4000) < 0.5
    >>> came = rng.random(4000) < 0.1 + 0.3 * (loyal & mailed)
    >>> fit = Uplift(splits=2).fit({"loyal": loyal}, treated=mailed, outcome=came)
    >>> fit.verdict.kind, fit.effect({"loyal": [True, False]}).round(1).tolist()
    ('beats_random', [0.3, 0.0])
    """

    randomised: bool = True
    splits: int = 10
    seed: int = 7

    def fit(
        self,
        features: Mapping[str, ArrayLike],
        *,
        treated: ArrayLike,
        outcome: ArrayLike,
        customer: ArrayLike | None = None,
    ) -> UpliftFit:
        """Learn from customers, one place each; `features` are arrays of numbers or texts known before the treatment.

        The outcome is a yes or no (0 and 1) or an amount. `customer` are codes or ids, by which halves are drawn;
        without them the order of rows matters. Raises `OkaeriError` for arrays that do not fit together.
        """
        sample, encoding = self._sample(features, treated, outcome, customer)
        short = shortage(sample)
        candidates = {} if short else choose(self._some(sample), splits=(self.splits + 1) // 2)
        judgement = None if short else judged(self._some(sample), splits=self.splits, seed=self.seed)
        qini = judgement.qini if judgement else None
        return UpliftFit(
            encoding=encoding,
            learnt=None if short else learn(best(candidates), sample),
            average=None if short else average_effect(sample),
            apart=plain_effect(sample),
            judgement=judgement,
            verdict=verdict_of(qini, short=short),
            candidates=candidates,
            customers=len(sample),
            treated=int(sample.treated.sum()),
            doubts=self._doubts(sample),
        )

    def _sample(
        self, features: Mapping[str, ArrayLike], treated: ArrayLike, outcome: ArrayLike, customer: ArrayLike | None
    ) -> tuple[Sample, Encoding]:
        given, made = np.asarray(treated, np.float64), np.asarray(outcome, np.float64)
        if not np.isin(given, (0.0, 1.0)).all():
            raise OkaeriError(
                _("A treatment is neither 0 nor 1."),
                advice=_("Give 1 for customers who were treated, and 0 for the others."),
            )
        arm = given == 1
        whose = np.arange(len(made)) if customer is None else np.asarray(customer)
        _check(arm, made, [*(np.asarray(values) for values in features.values()), whose])
        encoding = encoding_of(features)
        matrix = encoding.matrix(features) if features else np.empty((len(made), 0))
        sample = Sample(
            matrix=matrix,
            treated=arm,
            outcome=made,
            propensity=chances(matrix, arm, randomised=self.randomised),
            code=codes_of(whose, seed=self.seed),
            binary=bool(np.isin(made, (0.0, 1.0)).all()),
        )
        order = np.argsort(sample.code, kind="stable")
        return sample.only(order), encoding

    def _some(self, sample: Sample) -> Sample:
        """At most so many customers, by their codes: more would make the verdict slower and hardly surer."""
        return sample.only(np.arange(min(len(sample), _MOST_JUDGED)))

    def _doubts(self, sample: Sample) -> tuple[Text, ...]:
        if not self.randomised:
            return (_ASSUMED,)
        return (_NOT_DEALT,) if imbalance(sample.matrix, sample.treated) < _UNLIKELY else ()


@dataclass(frozen=True, kw_only=True)
class UpliftFit:
    """What was learnt: `average` effect, `verdict`, the held-out figures, and the model of each customer's effect.

    `candidates` has the held-out Qini area of each learner, best first; `doubts` what a reader must know before
    trusting it. `judgement`, `average` and `learnt` are None when there was too little to learn from, and then nobody's
    effect is known; `apart` is how far the arms' means lie apart all the same, with what chance leaves of it.
    """

    encoding: Encoding
    learnt: Learnt | None
    average: Estimate | None
    apart: Difference
    judgement: Judgement | None
    verdict: Verdict
    candidates: Mapping[Kind, float]
    customers: int
    treated: int
    doubts: tuple[Text, ...]

    @property
    def learner(self) -> Kind | None:
        """Which learner the effects come from: s, t or dr; None when there was too little to learn from."""
        return self.learnt.kind if self.learnt else None

    @property
    def qini(self) -> Estimate | None:
        """The held-out Qini coefficient, 1 for a perfect order and 0 for a random one; None when it is not known."""
        return self.judgement.qini if self.judgement else None

    @property
    def auuc(self) -> Estimate | None:
        """The held-out area under the uplift curve in outcomes per customer; random is half the average effect."""
        return self.judgement.auuc if self.judgement else None

    def effect(self, features: Mapping[str, ArrayLike]) -> Floats:
        """How much the treatment is expected to add to each customer's outcome, shape (rows,).

        Without evidence in `verdict` the differences between customers are no reason to treat some and not others; NaN
        when there was too little to learn from.
        """
        matrix = self.encoding.matrix(features)
        return self.learnt.effect(matrix) if self.learnt else np.full(len(matrix), np.nan)

    def as_data(self) -> dict[str, Any]:
        """The fit as a JSON-ready mapping."""
        return {
            "encoding": self.encoding.as_data(),
            "learnt": self.learnt.as_data() if self.learnt else None,
            "average": self.average.as_data() if self.average else None,
            "apart": asdict(self.apart),
            "judgement": self.judgement.as_data() if self.judgement else None,
            "verdict": {"kind": self.verdict.kind, "text": _told(self.verdict.text)},
            "candidates": [[kind, area] for kind, area in self.candidates.items()],
            "customers": self.customers,
            "treated": self.treated,
            "doubts": [doubt.message for doubt in self.doubts],
        }

    @classmethod
    def from_data(cls, kept: Mapping[str, Any]) -> UpliftFit:
        """The fit that `as_data` gave."""
        judgement = Judgement.from_data(kept["judgement"]) if kept["judgement"] else None
        kind, told = kept["verdict"]["kind"], kept["verdict"]["text"]
        short = Text(told["message"], tuple(told["values"].items())) if kind == "too_few" else None
        return cls(
            encoding=Encoding.from_data(kept["encoding"]),
            learnt=Learnt.from_data(kept["learnt"]) if kept["learnt"] else None,
            average=Estimate.from_data(kept["average"]) if kept["average"] else None,
            apart=_difference(kept["apart"]),
            judgement=judgement,
            verdict=verdict_of(judgement.qini if judgement else None, short=short),
            candidates=dict(kept["candidates"]),
            customers=kept["customers"],
            treated=kept["treated"],
            doubts=tuple(Text(message) for message in kept["doubts"]),
        )


def _difference(kept: Mapping[str, Any]) -> Difference:
    return Difference(value=kept["value"], interval=Interval(**kept["interval"]) if kept["interval"] else None)


def _told(text: Text) -> dict[str, Any]:
    values = {name: value for name, value in text.values if isinstance(value, int)}
    return {"message": text.message, "values": values}


def _check(arm: np.ndarray[Any, Any], made: Floats, others: list[np.ndarray[Any, Any]]) -> None:
    if any(each.ndim != 1 or len(each) != len(made) for each in (arm, *others)):
        raise OkaeriError(
            _("Features, treatment and outcome are not of one length."),
            advice=_("Give one value of each per customer."),
        )
    if not np.isfinite(made).all():
        raise OkaeriError(
            _("An outcome is missing or not finite."), advice=_("Leave customers without an outcome out.")
        )
    if arm.all() or not arm.any():
        raise OkaeriError(
            _("All customers are in one arm, so there is nothing to compare."),
            advice=_("Give customers who were treated and customers who were not."),
        )
