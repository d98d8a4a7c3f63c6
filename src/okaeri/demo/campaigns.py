"""Campaigns that come round every year, each with customers held out at random, and what each really does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from okaeri.demo.columns import Floats, Ints, chance, identifiers, instants, words
from okaeri.demo.month import Month, Rows
from okaeri.demo.people import People

HELD_OUT_SHARE = 0.2
_ASKED_SHARE = 0.35
_YOUNGEST_DAYS = 45
_OUTCOMES = ("delivered", "opened", "clicked", "bounced")
_OUTCOME_SHARES = (0.5, 0.32, 0.15, 0.03)


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    """A yearly campaign; in the `months` after its own, `comfort` multiplies the hazard and `appetite` the orders."""

    name: str
    channel: str
    month: int
    day: int
    comfort: float = 1.0
    appetite: float = 1.0
    months: int = 0


CAMPAIGNS = (
    Campaign(name="sticker_sheet", channel="mail", month=2, day=3),
    Campaign(name="spring_tasting", channel="mail", month=4, day=22, appetite=1.5, months=1),
    Campaign(name="anniversary_letter", channel="post", month=9, day=5, comfort=0.45, months=4),
    Campaign(name="gift_guide", channel="mail", month=11, day=18, appetite=1.6, months=2),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Moods:
    """How campaigns have moved every customer, and until which month; each array has shape (customers,)."""

    comfort: Floats
    appetite: Floats
    until: Ints

    @classmethod
    def calm(cls, customers: int) -> Moods:
        """Nobody has been written to yet."""
        return cls(comfort=np.ones(customers), appetite=np.ones(customers), until=np.zeros(customers, np.int64))

    def forget(self, month: int) -> None:
        """End the effects whose time is over."""
        over = self.until < month
        self.comfort[over] = 1.0
        self.appetite[over] = 1.0

    def take(self, campaign: Campaign, customers: Ints, month: int) -> None:
        """A campaign reaches these customers; the newest one counts."""
        if campaign.months:
            self.comfort[customers] = campaign.comfort
            self.appetite[customers] = campaign.appetite
            self.until[customers] = month + campaign.months


def run_campaigns(month: Month, moods: Moods, rng: np.random.Generator) -> Rows:
    """Send what is due this month to present customers, hold some out at random, and let it work on the others."""
    first_day = month.seasons.months[month.number]
    year, of_year = 2023 + month.number // 12, month.number % 12 + 1
    due = [(code, campaign) for code, campaign in enumerate(CAMPAIGNS) if campaign.month == of_year]
    if not due:
        return {name: np.zeros(0, np.int64) for name in ("customer", "day", "campaign", "year", "held_out")}
    code, campaign = due[0]
    day = int(first_day) + campaign.day - 1
    there = (month.low <= day) & (day < month.high) & (month.people.joined[month.who] + _YOUNGEST_DAYS < day)
    asked = month.who[there & (rng.random(len(month.who)) < _ASKED_SHARE)]
    held_out = rng.random(len(asked)) < HELD_OUT_SHARE
    moods.take(campaign, asked[~held_out], month.number)
    return {
        "customer": asked,
        "day": np.full(len(asked), day),
        "campaign": np.full(len(asked), code),
        "year": np.full(len(asked), year),
        "held_out": held_out.astype(np.int64),
    }


def touches_table(people: People, rows: Rows, *, first_id: int, seed: int) -> pa.Table:
    """One row per customer and campaign, held out or sent, with what came of it."""
    rng = chance(seed, people.first, "touches")
    count = len(rows["customer"])
    held_out = rows["held_out"] == 1
    outcome = rng.choice(len(_OUTCOMES), count, p=_OUTCOME_SHARES)
    seconds = rng.integers(0, 1_800, count)
    return pa.table(
        {
            "touch_id": identifiers("T", np.arange(count) + first_id, groups=3),
            "customer_id": people.ids(rows["customer"]),
            "channel": words([c.channel for c in CAMPAIGNS], rows["campaign"]),
            "campaign": _named(rows),
            "planned_at": instants(rows["day"], np.full(count, 10 * 3_600)),
            "sent_at": instants(rows["day"], 10 * 3_600 + seconds, missing=held_out),
            "outcome": words([*_OUTCOMES, ""], np.where(held_out, len(_OUTCOMES), outcome)),
            "held_out": pa.array(held_out),
        }
    )


def assignments_table(people: People, rows: Rows) -> pa.Table:
    """Who was given which arm: campaigns against their held-out, and the newsletter's two designs at joining."""
    everyone = np.arange(len(people))
    at_joining = pa.table(
        {
            "experiment": words(("newsletter_design",), np.zeros(len(people), np.int64)),
            "customer_id": people.ids(everyone),
            "arm": words(("botanical", "minimal"), people.design),
            "assigned_at": instants(people.joined, people.joined_second),
        }
    )
    by_campaign = pa.table(
        {
            "experiment": _named(rows),
            "customer_id": people.ids(rows["customer"]),
            "arm": words(("treated", "held_out"), rows["held_out"]),
            "assigned_at": instants(rows["day"], np.full(len(rows["day"]), 9 * 3_600)),
        }
    )
    return pa.concat_tables([at_joining, by_campaign])


def campaign_truth() -> pa.Table:
    """What each campaign really does: hazard × `comfort` and orders × `appetite` for `months`."""
    return pa.table(
        {
            "campaign": [c.name for c in CAMPAIGNS],
            "comfort": [c.comfort for c in CAMPAIGNS],
            "appetite": [c.appetite for c in CAMPAIGNS],
            "months": [c.months for c in CAMPAIGNS],
            "held_out_share": [HELD_OUT_SHARE] * len(CAMPAIGNS),
        }
    )


def _named(rows: Rows) -> pa.Array:
    years = range(2023, 2024 + int(rows["year"].max(initial=2023) - 2023))
    names = [f"{campaign.name}_{year}" for year in years for campaign in CAMPAIGNS]
    return words(names, (rows["year"] - 2023) * len(CAMPAIGNS) + rows["campaign"])
