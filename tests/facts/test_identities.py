"""Which id is kept, by what the table of identities says."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.facts.identities import kept_ids

IDS = st.sampled_from(["aki", "ben", "chiyo", "dai", "eri", "日本"])


def kept(*rows: tuple[str, str]) -> dict[str, str]:
    told = pa.table({"customer_id": [one for one, _ in rows], "same_as": [other for _, other in rows]})
    found = kept_ids(told.cast(pa.schema([("customer_id", pa.string()), ("same_as", pa.string())])))
    return dict(zip(found["customer_id"].to_pylist(), found["kept_id"].to_pylist(), strict=True))


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], {}),
        ([("aki", "ben")], {"aki": "ben", "ben": "ben"}),
        ([("aki", "ben"), ("ben", "chiyo")], {"aki": "chiyo", "ben": "chiyo", "chiyo": "chiyo"}),
        ([("aki", "aki")], {}),
        ([("ben", "chiyo"), ("chiyo", "ben")], {"ben": "ben", "chiyo": "ben"}),
        ([("aki", "chiyo"), ("chiyo", "ben"), ("ben", "chiyo")], {"aki": "ben", "ben": "ben", "chiyo": "ben"}),
        ([("aki", "ben"), ("aki", "aki")], {}),
    ],
    ids=["nothing", "one", "a chain", "themselves", "a ring", "a way into a ring", "the later row holds"],
)
def test_a_chain_leads_to_its_end_and_a_ring_to_its_first(
    rows: Sequence[tuple[str, str]], found: dict[str, str]
) -> None:
    assert kept(*rows) == found


@given(st.dictionaries(IDS, IDS))
def test_whoever_is_named_together_is_one(rows: dict[str, str]) -> None:
    found = kept(*rows.items())

    assert all(found.get(one, one) == found.get(other, other) for one, other in rows.items())
    assert all(found[one] == one for one in found.values())
    assert set(found) <= {*rows, *rows.values()}


def test_a_long_chain_is_followed_to_its_end() -> None:
    names = [f"{number:04}" for number in range(1500)]

    assert set(kept(*pairwise(names)).values()) == {names[-1]}
