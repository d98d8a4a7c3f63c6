"""The parts of a report that look ahead: who deserves attention, who may leave, what comes in, how good that was.

They lay out what was foretold; what cannot be told says why. Foretelling itself is `predictions` and `signals`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from okaeri.base.text import Text, _
from okaeri.charts.figure import Figure
from okaeri.charts.foretold import calibration, foretold_by_month
from okaeri.charts.words import Listed
from okaeri.predictions import contract_telling, value_telling
from okaeri.predictions.clv.contractual import ContractForecast
from okaeri.predictions.clv.results import ValueForecast
from okaeri.predictions.risk import telling as risk_telling
from okaeri.predictions.risk.listing import AtRisk, RiskList
from okaeri.predictions.risk.record import Record
from okaeri.predictions.segments import Segmentation
from okaeri.predictions.segments import telling as group_telling
from okaeri.reports.contents import Section
from okaeri.reports.tables import TableView, filled
from okaeri.signals import telling as signal_telling
from okaeri.signals.card import NO_CAUSE
from okaeri.signals.now import SignalsNow

SHOWN = 15
LEAVING_HEAD = (
    *(_("Customer"), _("Chance of leaving"), _("95% interval")),
    *(_("Expected within a year"), _("Value at risk"), _("Reasons"), _("Next step")),
)


@dataclass(frozen=True, kw_only=True)
class AtRiskNow:
    """The risk list with the customers told of, the most at risk first."""

    found: RiskList
    told: tuple[AtRisk, ...]


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a report says of the days to come; a sentence stands where something cannot be told, None leaves it out."""

    signals: SignalsNow | Text | None = None
    leaving: AtRiskNow | Text | None = None
    value: ValueForecast | ContractForecast | Text | None = None
    record: Record | Text | None = None
    groups: tuple[Segmentation, ...] | Text | None = None


def look_ahead(outlook: Outlook) -> tuple[Section, ...]:
    """The parts in reading order, in words of the current language; raises nothing for what is not there.

    >>> look_ahead(Outlook())
    ()
    """
    found = (
        _attention(outlook.signals),
        _leaving(outlook.leaving),
        _value(outlook.value),
        _record(outlook.record),
        _groups(outlook.groups),
    )
    return tuple(section for section in found if section)


def _attention(found: SignalsNow | Text | None) -> Section | None:
    title = _("Who deserves attention")
    words = _("Signs seen lately in customers who are still there, and how well such signs have foretold leaving.")
    if not isinstance(found, SignalsNow):
        return _only_said("attention", title, words, found)
    kinds = filled(
        signal_telling.kinds_title(found),
        signal_telling.KINDS_HEAD,
        tuple(signal_telling.kind_rows(found)),
        prose=frozenset({6}),
    )
    newest = filled(
        _("The weightiest of them"),
        signal_telling.LIST_HEAD,
        tuple(signal_telling.signal_rows(found.signals[:SHOWN])),
        prose=frozenset({2, 3, 4}),
        stacked=True,
    )
    remarks = (*found.notes, *signal_telling.unasked(found), NO_CAUSE)
    return _section("attention", title, words, tables=(kinds, newest), remarks=remarks)


def _leaving(found: AtRiskNow | Text | None) -> Section | None:
    title = _("Who may leave")
    words = _("Customers by value at risk: the chance that they leave times what they are expected to spend.")
    if not isinstance(found, AtRiskNow):
        return _only_said("leaving", title, words, found)
    model = found.found.leaving.model
    assert model is not None, "a list has an order only where a model was learned"
    customers = filled(
        risk_telling.title(found.found),
        LEAVING_HEAD,
        tuple(_at_risk(each) for each in found.told[:SHOWN]),
        prose=frozenset({5, 6}),
        stacked=True,
    )
    trust = filled(risk_telling.TRUST, risk_telling.CARD_HEAD, tuple(risk_telling.card_rows(model.card)))
    return _section(
        "leaving",
        title,
        words,
        tables=(customers, trust),
        remarks=_card_words(found.found),
        pictures=(calibration(model.card.judgement, horizon_days=model.card.horizon_days),),
    )


def _at_risk(each: AtRisk) -> tuple[str, ...]:
    shares = (risk_telling.chance_of(each), risk_telling.around(each))
    worth = (risk_telling.worth_of(each), risk_telling.at_risk_of(each))
    return each.customer_id, *shares, *worth, str(Listed(each.reasons.told(), sentences=True)), str(each.step)


def _card_words(found: RiskList) -> Iterator[Text]:
    model = found.leaving.model
    assert model is not None
    yield from risk_telling.summary(found)
    yield from risk_telling.learned(model.card)
    if drivers := list(risk_telling.drivers_of(model.card, found.leaving.examples.features)):
        listed = " · ".join(map(str, drivers))
        yield Text("{what}: {drivers}").format(what=risk_telling.DRIVERS, drivers=listed)
    yield from risk_telling.warnings_of(model.card)


def _value(found: ValueForecast | ContractForecast | Text | None) -> Section | None:
    title = _("What customers will bring")
    words = _("The purchases and the spend to expect, by what has served best on this shop's own past.")
    if isinstance(found, ContractForecast):
        return _contracts(title, found)
    if not isinstance(found, ValueForecast):
        return _only_said("expected", title, words, found)
    totals = filled(
        value_telling.title(found), value_telling.TOTALS_HEAD, tuple(value_telling.totals_rows(found)), stacked=True
    )
    choice = filled(
        value_telling.CHOICE,
        value_telling.CHOICE_HEAD,
        tuple(value_telling.choice_rows(found.choice)),
        prose=frozenset({5}),
        stacked=True,
    )
    remarks = (*found.notes, *value_telling.choice_words(found.choice), *found.doubts)
    return _section("expected", title, words, tables=(totals, choice), remarks=remarks)


def _contracts(title: Text, found: ContractForecast) -> Section | None:
    words = _("The months and the money to expect of running contracts, by the model that served best in the past.")
    rows = tuple(contract_telling.totals_rows(found))
    totals = filled(contract_telling.title(found), value_telling.TOTALS_HEAD, rows, stacked=True)
    models = filled(value_telling.CHOICE, contract_telling.CHOICE_HEAD, tuple(contract_telling.choice_rows(found)))
    remarks = (*found.notes, contract_telling.RULE, *found.doubts)
    return _section("expected", title, words, tables=(totals, models), remarks=remarks)


def _record(found: Record | Text | None) -> Section | None:
    title = _("How good were we")
    words = _("What was foretold and kept, held against what came.")
    if not isinstance(found, Record):
        return _only_said("record", title, words, found)
    judged = found.judgement
    figures = map(Text, risk_telling.record_figures(judged)) if judged else ()
    return _section(
        "record",
        title,
        words,
        remarks=(*figures, *risk_telling.record_notes(found)),
        pictures=tuple(_record_pictures(found)),
    )


def _record_pictures(found: Record) -> Iterator[Figure]:
    if found.months:
        yield foretold_by_month(found.months, horizon_days=found.horizon_days)
    if found.judgement:
        yield calibration(found.judgement, horizon_days=found.horizon_days, kept=True)


def _groups(found: tuple[Segmentation, ...] | Text | None) -> Section | None:
    title = _("Groups of customers")
    words = _(
        "Groups made from all that was known of customers; once they are kept, every figure can be split by them."
    )
    if not isinstance(found, tuple):
        return _only_said("groups", title, words, found)
    tables = (
        filled(
            group_telling.scheme_name(each.scheme),
            group_telling.head(each),
            tuple(group_telling.rows(each)),
            stacked=True,
        )
        for each in found
    )
    reasons = (
        Text("{name}: {reason}").format(name=group_telling.scheme_name(each.scheme), reason=each.reason)
        for each in found
        if each.reason
    )
    # each note once, however many of the ways of dividing it holds for
    divided = dict.fromkeys(note for each in found if each.groups for note in group_telling.notes(each))
    return _section("groups", title, words, tables=tables, remarks=(*divided, *reasons))


def _only_said(id: str, title: Text, introduction: Text, why: Text | None) -> Section | None:
    return _section(id, title, introduction, remarks=(why,)) if why else None


def _section(
    id: str,
    title: Text,
    introduction: Text,
    *,
    tables: Iterable[TableView | None] = (),
    remarks: Iterable[Text] = (),
    pictures: tuple[Figure, ...] = (),
) -> Section:
    return Section(
        id=id,
        title=title,
        introduction=introduction,
        tables=tuple(table for table in tables if table),
        remarks=tuple(str(remark) for remark in remarks),
        pictures=pictures,
    )
