"""Scorecards of agents: the counts by hand, and shares that three lucky tickets cannot win."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

import okaeri as ok
from okaeri.base.errors import OkaeriError
from okaeri.base.shrinkage import shrunken_shares
from okaeri.metrics.metric import find
from tests.metrics.tickets import Ticket, as_known, end_of_data, quantile_by_hand, table, worlds

MONDAY = datetime(2024, 1, 8, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
AFTER = Ticket("z", MONDAY + 200 * HOUR, agent="")


def answered(agent: str, *, kept: int, broken: int = 0) -> list[Ticket]:
    late = [25 * HOUR] * broken
    return [Ticket(f"{agent}{n}", MONDAY, MONDAY + wait, agent=agent) for n, wait in enumerate([HOUR] * kept + late)]


def ask(log: list[Ticket], **question: object) -> ok.Result:
    return ok.measure("agent_scorecard", tickets=table(log), **question)  # type: ignore[arg-type]  # differs from test to test


@pytest.mark.parametrize("by", ["month", "all"])
def test_a_scorecard_equals_the_counts_by_hand_and_their_shrunken_shares(by: str) -> None:
    log = [t for each in worlds(Random(f"cards {by}"), 6).values() for t in each]

    result = ask(log, by=by)

    known = list(as_known(log, zone="UTC", cutoff=result.cutoff))
    for period in {m.period for m in result.measurements if m.period}:
        cards = {m.segment: m for m in result.measurements if m.period == period}
        mine = {
            agent: [t for t in known if t.agent == agent and period.start <= t.opened.date() < period.end]
            for agent in cards
        }
        due = {agent: promises(tickets, end_of_data(result.cutoff, "UTC")) for agent, tickets in mine.items()}
        judged = [agent for agent in due if sum(due[agent])]
        shares = shrunken_shares([due[a][0] for a in judged], [sum(due[a]) for a in judged]).estimate
        for agent, share in zip(judged, shares, strict=True):
            assert cards[agent].value == pytest.approx(float(share))
        for agent, card in cards.items():
            assert (card.inputs["kept"], card.inputs["broken"]) == due[agent]
            assert card.inputs["tickets"] == len(mine[agent])
            assert card.inputs["reopened"] == sum(t.reopened > 0 for t in mine[agent])


def promises(log: list[Ticket], closing: datetime) -> tuple[int, int]:
    due = [t for t in log if closing > t.opened + 24 * HOUR]
    kept = [t for t in due if t.replied and t.replied <= t.opened + 24 * HOUR]
    closed = [t for t in due if not t.replied and t.resolved and t.resolved <= t.opened + 24 * HOUR]
    return len(kept), len(due) - len(kept) - len(closed)


def test_three_lucky_tickets_put_nobody_first() -> None:
    log = [*answered("Kim", kept=3), *answered("Sato", kept=95, broken=5), *answered("Lee", kept=60, broken=40), AFTER]

    cards = {m.segment: m for m in ask(log).measurements}

    assert cards["Kim"].inputs["kept_raw"] == 1.0
    assert (cards["Kim"].value or 0) < (cards["Sato"].value or 0)
    assert cards["Kim"].interval and cards["Sato"].interval
    width = [(m.interval.high or 0) - (m.interval.low or 0) for m in cards.values() if m.interval]
    assert max(width) == (cards["Kim"].interval.high or 0) - (cards["Kim"].interval.low or 0)


def test_a_scorecard_gives_the_number_its_page_prints() -> None:
    log = [*answered("Kim", kept=2, broken=1), *answered("Lee", kept=45, broken=5), AFTER]

    found = ask(log, segment="agent").measurements

    kim = next(m for m in found if m.segment == "Kim")
    assert kim.value == pytest.approx(find("agent_scorecard").example.expect, abs=5e-5)


def test_the_first_reply_on_a_card_is_the_median_of_that_agent() -> None:
    waits = (1, 2, 30)
    log = [Ticket(f"c{h}", MONDAY, MONDAY + h * HOUR, agent="Kim") for h in waits] + answered("Sato", kept=2)

    card = ask([*log, AFTER]).measurements[0]

    assert (card.segment, card.inputs["p50"]) == ("Kim", quantile_by_hand([(h, True) for h in waits], 0.5)[0])


def test_tickets_without_an_agent_are_on_no_card() -> None:
    found = ask([*answered("Kim", kept=2), *answered("", kept=9), AFTER]).measurements

    assert [(m.segment, m.inputs["tickets"]) for m in found] == [("Kim", 2)]


def test_an_agent_of_whom_nothing_is_due_has_a_card_without_a_share() -> None:
    log = [*answered("Kim", kept=2), Ticket("z", MONDAY + 48 * HOUR, agent="Lee")]

    cards = {m.segment: m for m in ask(log).measurements}

    assert (cards["Lee"].value, cards["Lee"].inputs["tickets"]) == (None, 1)


def test_a_card_is_refused_for_anything_but_agents() -> None:
    log = [*answered("Kim", kept=2), AFTER]

    with pytest.raises(OkaeriError, match="Leave the split out"):
        ask(log, segment="topic")


def test_cards_can_be_asked_by_month() -> None:
    later = [Ticket("c", MONDAY + 30 * 24 * HOUR, agent="Lee"), Ticket("z", MONDAY + 40 * 24 * HOUR, agent="Lee")]

    found = ask([*answered("Kim", kept=2), *later], by="month", cutoff=date(2024, 2, 20)).measurements

    assert [(m.segment, m.value is None) for m in found] == [
        ("Kim", False),
        ("Kim", True),
        ("Lee", True),
        ("Lee", False),
    ]


def test_the_cards_of_all_agents_add_up_to_the_promises_kept() -> None:
    log = [replace(t, agent=t.agent or "Lee") for each in worlds(Random("sum"), 5).values() for t in each]

    cards = ask(log).measurements
    whole = ok.measure("promise_kept", tickets=table(log), by="all").measurements[0]

    assert sum(m.inputs["kept"] for m in cards) == whole.inputs["kept"]
    assert sum(m.inputs["broken"] for m in cards) == whole.inputs["broken"]


def test_a_card_shows_what_its_estimate_is_made_of() -> None:
    cards = {
        m.segment: m
        for m in ask([*answered("Kim", kept=2, broken=1), *answered("Lee", kept=45, broken=5)]).measurements
    }

    kim, lee = cards["Kim"].inputs, cards["Lee"].inputs
    assert 0 < lee["borrowed"] < kim["borrowed"] < 1
    assert kim["common"] == lee["common"]
    assert (kim["kept_raw"], lee["kept_raw"]) == (pytest.approx(2 / 3), pytest.approx(0.9))
