"""The words a report uses that a reader may want explained."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from okaeri.base.text import Text, _
from okaeri.metrics.metric import Metric


@dataclass(frozen=True, slots=True)
class Term:
    """A word and what it means; `metrics` and `parts` are those that use it, none of either for all."""

    name: Text
    meaning: Text
    metrics: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()


_RATES = frozenset(
    {"crr", "churn", "churn_total_base", "churn_could_have", "churn_same_window", "churn_to_acquisition"}
)
_COHORTS = frozenset({"cohort", "cohort_unbounded", "cohort_revenue"})
_WAITS = frozenset({"survival", "time_to_second"})
TERMS = (
    Term(
        _("Customer"),
        _("Somebody who counts as a customer on a given day; the rule stands at the top of this report."),
    ),
    Term(
        _("Period"),
        _(
            "The days from its first to its last, in the workspace’s time zone. "
            "Whatever happens on the next day belongs to the next period."
        ),
    ),
    Term(
        _("Partial period"),
        _("A period that ends after the data does. It is shown hatched, and never compared or averaged."),
    ),
    Term(
        _("Undefined"),
        _("There is nothing to divide by, so there is no figure. That is not the same as zero."),
    ),
    Term(
        _("95% interval"),
        _("The range that would hold the true figure in 95 of 100 such samples. The fewer customers, the wider it is."),
    ),
    Term(_("n"), _("How many customers, or orders, a figure is counted on.")),
    Term(
        _("Data until"),
        _("The last day that was observed. Nothing after it is known, so nothing after it is told."),
    ),
    Term(
        _("CS, CE and CN"),
        _("Customers at the start, customers at the end, and those of the latter who were not there at the start."),
        _RATES,
    ),
    Term(
        _("Came and went"),
        _(
            "Customers who came after the start and left before the end. "
            "They are reported beside the rate and are not part of it."
        ),
        _RATES,
    ),
    Term(_("Cohort"), _("All customers whose first period is the same."), _COHORTS),
    Term(
        _("Exact and on-or-after"),
        _("Exact counts who is there in that very period; on-or-after counts who is there then or at any later time."),
        _COHORTS,
    ),
    Term(
        _("Censored"),
        _("Not observed for long enough to know. It counts neither as staying nor as leaving."),
        _COHORTS | _WAITS,
    ),
    Term(
        _("Kaplan–Meier estimate"),
        _("The share still here after each day, counting everybody for exactly as long as they were observed."),
        _WAITS,
    ),
    Term(
        _("Lift"),
        _(
            "How many times as often customers left after a signal as comparable customers did. "
            "Where the interval covers 1, the signal may say nothing."
        ),
        parts=frozenset({"attention"}),
    ),
    Term(
        _("Value at risk"),
        _("The chance that a customer leaves times what they are expected to spend. It orders the list."),
        parts=frozenset({"leaving"}),
    ),
    Term(
        _("Calibration"),
        _("Whether of the customers said to leave with a chance of 20% about 20% leave."),
        parts=frozenset({"leaving", "record"}),
    ),
    Term(
        _("90% range"),
        _(
            "The range that held what came in nine of ten past forecasts, as far as past days could be tried; "
            "else the model's own, made wider."
        ),
        parts=frozenset({"leaving", "expected"}),
    ),
)


def glossary(metrics: Iterable[Metric], *, parts: Collection[str] = ()) -> tuple[tuple[str, str], ...]:
    """(word, meaning) for the given metrics, the parts beside them and the terms these need, in the current language.

    >>> [word for word, _ in glossary([])][:2]
    ['Customer', 'Period']
    """
    used = {metric.id: metric for metric in metrics}
    terms = [(str(term.name), str(term.meaning)) for term in TERMS if _needed(term, used.keys(), parts)]
    return tuple(terms + [(str(metric.label), str(metric.definition)) for metric in used.values()])


def _needed(term: Term, metrics: Collection[str], parts: Collection[str]) -> bool:
    everywhere = not term.metrics and not term.parts
    return everywhere or not term.metrics.isdisjoint(metrics) or not term.parts.isdisjoint(parts)
