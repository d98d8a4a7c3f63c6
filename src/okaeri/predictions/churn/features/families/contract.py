"""Contracts: what runs, since when, what it brings in, and what happened to its price."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from okaeri.base.text import _
from okaeri.predictions.churn.examples import Feature
from okaeri.predictions.churn.features.family import Family, Found, by_id
from okaeri.predictions.churn.features.wording import days, label, money, sentence, share, times

_feature = partial(Feature, theme="contract")
_NONE_RUNS = _("No contract of theirs is running.")
_NEVER = _("They have never had a contract.")
_NO_RISE = _("They have seen no price rise.")


def _columns(found: Found) -> Mapping[str, Feature]:
    return by_id(*_running(found.currency), *_dates(), *_price(), *_past())


def _running(currency: str) -> tuple[Feature, ...]:
    return (
        _feature(
            id="contracts_running",
            name=_("Running contracts"),
            says=sentence(
                _("{n} contracts of theirs are running."),
                one=_("One contract of theirs is running."),
                none=_NONE_RUNS,
            ),
        ),
        _feature(
            id="plan",
            name=_("Plan"),
            says=label(_("Their plan is '{label}'."), unknown=_("They have no plan.")),
            labelled=True,
        ),
        _feature(
            id="mrr",
            name=_("Money per month"),
            says=sentence(
                _("They pay {n} per month under contract."),
                none=_("They pay nothing per month under a contract."),
                unknown=_("It is not known what they pay per month."),
                show=money(currency),
            ),
        ),
    )


def _dates() -> tuple[Feature, ...]:
    return (
        _feature(
            id="contract_days",
            name=_("Days under contract without a gap"),
            says=sentence(_("They have been under contract for {n} without a gap."), unknown=_NONE_RUNS, show=days),
        ),
        _feature(
            id="days_to_anniversary",
            name=_("Days until the contract has run for another full year"),
            says=sentence(
                _("Their contract completes another year in {n}."),
                none=_("Their contract completes another year today."),
                unknown=_NONE_RUNS,
                show=days,
            ),
        ),
        _feature(
            id="days_without_contract",
            name=_("Days since the last contract ended"),
            says=sentence(
                _("Their last contract ended {n} ago."), unknown=_("No contract of theirs has run out."), show=days
            ),
        ),
    )


def _price() -> tuple[Feature, ...]:
    return (
        _feature(
            id="days_since_price_rise",
            name=_("Days since the price of their plan rose"),
            says=sentence(_("The price of their plan rose {n} ago."), unknown=_NO_RISE, show=days),
        ),
        _feature(
            id="price_rise",
            name=_("How much the price of their plan rose"),
            says=sentence(_("The price of their plan last rose by {n}."), unknown=_NO_RISE, show=share),
        ),
    )


def _past() -> tuple[Feature, ...]:
    return (
        _feature(
            id="contracts_ever",
            name=_("Contracts so far"),
            says=sentence(
                _("They have had {n} contracts so far."), one=_("They have had one contract so far."), none=_NEVER
            ),
        ),
        _feature(
            id="contract_gaps",
            name=_("Gaps between contracts"),
            says=sentence(
                _("They have been without a contract in between {n}."),
                none=_("There was no gap between contracts of theirs."),
                show=times,
            ),
        ),
        _feature(
            id="end_reason",
            name=_("Reason for the last end of a contract"),
            says=label(
                _("The reason given for the last end of a contract was '{label}'."),
                unknown=_("No reason for an end of a contract was given."),
            ),
            labelled=True,
        ),
    )


FAMILY = Family(name="contract", tables=("subscriptions",), columns=_columns)
