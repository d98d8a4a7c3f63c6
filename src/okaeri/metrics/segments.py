"""Which label each customer carries: an attribute, what their latest contract says, or a label given to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

from okaeri.base.errors import NothingUsable, OkaeriError, unknown
from okaeri.base.text import Text, _
from okaeri.engines.duckdb import quoted
from okaeri.engines.engine import Engine
from okaeri.metrics.timetable import EPOCH

_FEW, _SHARED_BY = 50, 5  # an attribute with more values than that divides only where five customers share each
_CONTRACT_COLUMNS = ("plan", "end_reason")
NO_LABEL = "no_label"
"""The label that ends an earlier one: from then on the customer has none of the scheme."""
_EVERYBODY = "select customer, 'all' as segment from customer_codes"
_FROM_CONTRACTS = """
select c.customer, coalesce(f.label, '') as segment
from customer_codes c
left join (
    select customer_id, {column} as label,
           row_number() over (partition by customer_id order by started_at desc, subscription_id desc) as place
    from local_subscriptions
    where started_day < {cutoff}
) f on f.customer_id = c.customer_id and f.place = 1
"""
_FROM_ATTRIBUTES = """
select c.customer, coalesce(json_extract_string(f.attributes, {path}), '') as segment
from customer_codes c
left join customers f on f.customer_id = c.customer_id
"""
_FROM_LABELS = """
select c.customer, case when f.label <> {none} then f.label else '' end as segment
from customer_codes c
left join (
    select customer_id, label,
           row_number() over (partition by customer_id order by assigned_at desc, label_id desc) as place
    from local_labels
    where scheme = {scheme} and assigned_day <= {cutoff}
) f on f.customer_id = c.customer_id and f.place = 1
"""
_LABELLED = _("Everybody counts under their latest {scheme} label up to {day}, in all periods.")
_HINDSIGHT = _("A label that already knows what came of a customer says little about the periods before it.")
_NOT_LABELLED = _("Nobody had a {scheme} label by {day}.")


def known_columns(engine: Engine) -> tuple[str, ...]:
    """What customers can be split by: their attributes, then what contracts say, then the schemes of their labels."""
    attributes = _attributes(engine)
    contracts = _CONTRACT_COLUMNS if _any(engine, "subscriptions") else ()
    return tuple(dict.fromkeys((*attributes, *contracts, *_schemes(engine))))


def columns_to_offer(engine: Engine) -> tuple[str, ...]:
    """Those of `known_columns` that put customers into groups: not names, addresses or ids, nearly one per customer."""
    own = _own_to_each(engine)
    return tuple(column for column in known_columns(engine) if column not in own)


def segments_sql(engine: Engine, column: str | None, *, cutoff: int, besides: Sequence[str] = ()) -> str:
    """SQL for `segments(customer, segment)`: every customer exactly once, '' where nothing is known.

    An attribute of the customers table wins over a contract's column of the same name, and both over a scheme of
    labels; a contract counts when it began before the day `cutoff`, a label when it was given by the start of it or
    on it. `besides` are other columns the figure can be split by. Raises `OkaeriError` when
    there is no such column.
    """
    if column is None:
        return _EVERYBODY
    attributes = _attributes(engine)
    if column in attributes:
        return _FROM_ATTRIBUTES.format(path=_path(column))
    if column not in known_columns(engine):
        raise _no_such(column, (*columns_to_offer(engine), *besides))
    if _is_scheme(engine, column):
        return labels_sql(column, cutoff=cutoff)
    return _FROM_CONTRACTS.format(column=column, cutoff=cutoff)


def labels_sql(scheme: str, *, cutoff: int) -> str:
    """SQL for `segments(customer, segment)` by the latest label of a scheme given by the day `cutoff`."""
    return _FROM_LABELS.format(scheme=quoted(scheme), cutoff=cutoff, none=quoted(NO_LABEL))


def notes_on_labels(engine: Engine, column: str | None, *, cutoff: int) -> tuple[Text, ...]:
    """What a reader of a split by labels must know: of which day they are, and that they may know the outcome."""
    if column is None or not _is_scheme(engine, column):
        return ()
    mine = f"scheme = {quoted(column)} and assigned_day <= {cutoff}"
    last = engine.query(f"select max(assigned_day) as day from local_labels where {mine}").to_pylist()[0]["day"]
    if last is None:
        return (_NOT_LABELLED.format(scheme=column, day=EPOCH + timedelta(days=cutoff)),)
    return _LABELLED.format(scheme=column, day=EPOCH + timedelta(days=last)), _HINDSIGHT


def says_latest_contract(engine: Engine, column: str | None) -> bool:
    """Whether a split goes by each customer's latest contract, for all of their past."""
    return column in _CONTRACT_COLUMNS and column not in _attributes(engine)


def _no_such(column: str, known: tuple[str, ...]) -> OkaeriError:
    if not known:
        return NothingUsable(
            _("Nothing is known about customers to split them by {column}.").format(column=column),
            advice=_("Import a file of customers: `okaeri import customers.csv --as customers`."),
        )
    found = unknown(_("customer attribute"), column, known, listed_by="")
    return OkaeriError(found.what, advice=_("Use one of: {known}.").format(known=", ".join(known)))


def _attributes(engine: Engine) -> list[str]:
    rows = engine.query("select distinct unnest(json_keys(attributes)) as name from customers").to_pylist()
    return sorted(row["name"] for row in rows)


def _own_to_each(engine: Engine) -> set[str]:
    """The attributes with so many different values that a group would be one or two customers."""
    found = set()
    for name in _attributes(engine):
        value = f"json_extract_string(attributes, {_path(name)})"
        row = engine.query(f"select count({value}) as known, count(distinct {value}) as different from customers")
        known, different = row["known"].to_pylist()[0], row["different"].to_pylist()[0]
        if different > _FEW and known < _SHARED_BY * different:
            found.add(name)
    return found


def _path(attribute: str) -> str:
    return quoted(f"$.{json.dumps(attribute, ensure_ascii=False)}")


def _schemes(engine: Engine) -> list[str]:
    rows = engine.query("select distinct scheme from labels where scheme is not null").to_pylist()
    return sorted(row["scheme"] for row in rows)


def _is_scheme(engine: Engine, column: str) -> bool:
    """Whether the column is a scheme of labels, and nothing that wins over it."""
    other = column in _attributes(engine) or (column in _CONTRACT_COLUMNS and _any(engine, "subscriptions"))
    return not other and column in _schemes(engine)


def _any(engine: Engine, table: str) -> bool:
    return bool(engine.query(f"select 1 as one from {table} limit 1").num_rows)
