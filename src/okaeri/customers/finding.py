"""From what a person typed to one customer: an id, or something their profile says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.base.text import _

if TYPE_CHECKING:
    from okaeri.engines.engine import Engine

_FEW = 5
_BY_ID = """
select c.customer_id
from asked a
left join kept_ids k on k.customer_id = a.words
join customer_codes c on c.customer_id = coalesce(k.kept_id, a.words)
"""
_BY_PROFILE = """
select distinct f.customer_id
from customers f
cross join asked a
where list_contains(
    list_transform(json_extract(f.attributes, '$.*'), lambda value : lower(value ->> '$')), lower(a.words)
)
order by f.customer_id
limit 6
"""
_NEAR = """
select c.customer_id
from customer_codes c
cross join asked a
order by levenshtein(lower(c.customer_id), lower(a.words)), c.customer_id
limit 3
"""


def id_of(engine: Engine, customer_id: str) -> str | None:
    """The id under which the customer with an id is counted, None when no fact knows them."""
    engine.put("asked", {"words": ("varchar", [customer_id])})
    found = engine.query(_BY_ID)["customer_id"].to_pylist()
    return str(found[0]) if found else None


def find_customer(engine: Engine, words: str) -> str:
    """The id of the customer called `words`: one of their ids, or the whole of one attribute such as a name.

    Raises `OkaeriError` with the nearest ids when nobody is, and with the ids when several are.
    """
    engine.put("asked", {"words": ("varchar", [words])})
    for sql in (_BY_ID, _BY_PROFILE):
        found = engine.query(sql)["customer_id"].to_pylist()
        if len(found) == 1:
            return str(found[0])
        if found:
            more = " …" if len(found) > _FEW else ""
            raise OkaeriError(
                _("Several customers are called {words!r}.").format(words=words),
                advice=_("Name one of them by id: {ids}.").format(ids=", ".join(found[:_FEW]) + more),
            )
    near = engine.query(_NEAR)["customer_id"].to_pylist()
    what = _("There is no customer called {words!r}.").format(words=words)
    if not near:
        raise NothingUsable(what, advice=_("Import some facts first: `okaeri import orders.csv --as orders`."))
    raise OkaeriError(what, advice=_("Ids that look alike: {ids}.").format(ids=", ".join(near)))
