"""What a report says of the days to come, asked of one state of the facts; models are taken up, never learned here.

Learning takes minutes and a report must not; what is missing is said, with the command that brings it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.reports.outlook import SHOWN, AtRiskNow, Outlook

if TYPE_CHECKING:
    from okaeri.metrics.measuring import Measurer
    from okaeri.predictions.clv.contractual import ContractForecast
    from okaeri.predictions.clv.results import ValueForecast
    from okaeri.predictions.risk.listing import RiskList
    from okaeri.predictions.risk.record import Record
    from okaeri.shop import Shop
    from okaeri.signals.now import SignalsNow

T = TypeVar("T")
NOT_LEARNED = _("Who may leave has not been learned lately; `okaeri predict churn` does it, and it stands here then.")
NOT_FORETOLD = _("This has not been foretold lately; `okaeri predict clv` does it, and it stands here then.")


def outlook_of(shop: Shop, measurer: Measurer) -> Outlook:
    """Ask each family that looks ahead; one that fails says so, and facts without customers leave all of them out."""
    if not measurer.can("churn"):
        return Outlook()
    from okaeri.foretelling import kept_risk_list, segmentations
    from okaeri.predictions.risk.leaving import HORIZON_DAYS
    from okaeri.predictions.risk.record import record

    listed = _tried(lambda: kept_risk_list(shop, measurer))
    risk = None if isinstance(listed, Text) else listed
    judged = _tried(lambda: record(measurer, horizon_days=HORIZON_DAYS))
    return Outlook(
        signals=_tried(lambda: _signals(shop, measurer)),
        leaving=listed if isinstance(listed, Text) else _tried(lambda: _leaving(shop, measurer, risk)),
        value=_tried(lambda: _value(shop, measurer)),
        record=judged if risk or not _is_empty(judged) else None,
        groups=_tried(lambda: segmentations(measurer, risk=risk)),
    )


def _tried(ask: Callable[[], T]) -> T | Text:
    """The answer, or why there is none: a report is not held up by what cannot be foretold."""
    try:
        return ask()
    except OkaeriError as error:
        return Text("{what} {advice}").format(what=error.what, advice=error.advice)


def _signals(shop: Shop, measurer: Measurer) -> SignalsNow | None:
    from okaeri.foretelling import still_there
    from okaeri.signals.now import signals_now
    from okaeri.signals.silences import silences

    evidence = still_there(shop, measurer)
    found = signals_now(measurer, limit=SHOWN, silences=silences(shop.workspace), evidence=evidence)
    return found if found.counts else None


def _leaving(shop: Shop, measurer: Measurer, risk: RiskList | None) -> AtRiskNow | Text | None:
    from okaeri.predictions.risk.leaving import why_not_yet

    if risk:
        return AtRiskNow(found=risk, told=risk.top(measurer.engine, n=SHOWN))
    # as of an earlier moment nothing that is kept may be used
    return None if shop.as_of else why_not_yet(measurer) or NOT_LEARNED


def _value(shop: Shop, measurer: Measurer) -> ValueForecast | ContractForecast | Text | None:
    from okaeri.foretelling import kept_value_forecast
    from okaeri.predictions.clv.contractual import contractual, predict_contracts

    if contractual(measurer)[0]:
        return predict_contracts(measurer)
    if shop.as_of or "orders" not in measurer.facts.has:
        return None
    return kept_value_forecast(shop, measurer) or NOT_FORETOLD


def _is_empty(found: Record | Text) -> bool:
    return not isinstance(found, Text) and not found.n and not found.waiting
