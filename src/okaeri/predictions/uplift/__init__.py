"""Whom a treatment moves: effects per customer, and whether targeting by them beats choosing at random.

Everything here rests on chance having chosen who was treated, or on an account of how they were chosen.
"""

from okaeri.predictions.uplift.curves import QiniCurve, auuc, qini_area, qini_coefficient, qini_curve
from okaeri.predictions.uplift.estimates import Estimate
from okaeri.predictions.uplift.fitting import Uplift, UpliftFit
from okaeri.predictions.uplift.responders import Contrast, responders
from okaeri.predictions.uplift.trials import Trial, from_facts, trial_of
from okaeri.predictions.uplift.verdict import Verdict

__all__ = [
    "Contrast",
    "Estimate",
    "QiniCurve",
    "Trial",
    "Uplift",
    "UpliftFit",
    "Verdict",
    "auuc",
    "from_facts",
    "qini_area",
    "qini_coefficient",
    "qini_curve",
    "responders",
    "trial_of",
]
