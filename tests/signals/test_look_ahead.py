"""Nothing is seen before it could be known."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from operator import attrgetter

import numpy as np
import pytest

from okaeri.signals.catalogue import KINDS
from okaeri.signals.history import History
from okaeri.signals.kind import Kind
from tests.signals.seen import example_of, measurer_over, seen_in
from tests.signals.worlds import BEGIN, DAYS, as_known, company

REMEMBERING = [kind for kind in KINDS.values() if kind.remembers]
FORGETTING = [kind for kind in KINDS.values() if not kind.remembers]


@pytest.mark.parametrize("presence", ["subscriptions", "orders:60d", "events:45d"])
@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_signals_up_to_a_day_are_those_of_the_facts_known_on_it(presence: str, zone: str) -> None:
    rng = np.random.default_rng(len(presence) + len(zone))
    everything = company(rng)
    now = History(measurer_over(everything, zone=zone), presence=presence)
    days = [(BEGIN + timedelta(days=int(n))).date() for n in rng.integers(150, DAYS, 4)]
    seen: Counter[str] = Counter()

    for day in days:
        then = History(measurer_over(as_known(everything, day), zone=zone), cutoff=day, presence=presence)
        for kind in REMEMBERING:
            found = seen_in(then, kind)
            seen[kind.id] += len(found)
            assert seen_in(now, kind, until=day) == found, (kind.id, day)
    assert not [kind.id for kind in REMEMBERING if not seen[kind.id]], "every kind is put to the test"


def test_an_earlier_cutoff_shows_what_was_seen_until_then() -> None:
    facts = measurer_over(company(np.random.default_rng(5)))
    day = (BEGIN + timedelta(days=250)).date()

    whole, earlier = History(facts, presence="subscriptions"), History(facts, presence="subscriptions", cutoff=day)
    told = {kind.id: seen_in(whole, kind, until=day) for kind in REMEMBERING}

    assert {kind.id: seen_in(earlier, kind) for kind in REMEMBERING} == told


@pytest.mark.parametrize("kind", FORGETTING, ids=attrgetter("id"))
def test_what_keeps_only_the_newest_date_is_never_seen_after_the_cutoff(kind: Kind) -> None:
    days = [day for days in seen_in(example_of(kind), kind).values() for day in days]

    assert days
    assert max(days) <= kind.example.cutoff.isoformat()
