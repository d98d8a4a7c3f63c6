"""Who the customers are: when and how they came, what they chose, and their temper, before anything happens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from okaeri.demo.columns import Flags, Floats, Ints, chance, day_numbers, identifiers, pick
from okaeri.demo.seasons import ONBOARDING_CHANGE, Seasons, seconds_of_day
from okaeri.demo.words import AREAS, COLOURS, DESIGNS, LANGUAGE_OF

NO_PLAN, MONTHLY, ANNUAL = range(3)
_COUNTRY_SHARES = (0.82, 0.1, 0.03, 0.03, 0.02)
_CHANNEL_SHARES = (0.26, 0.14, 0.13, 0.19, 0.17, 0.11)
_PLAN_SHARES = np.array([  # by channel: marketplace shoppers rarely subscribe
    [0.5, 0.33, 0.17], [0.4, 0.38, 0.22], [0.62, 0.25, 0.13], [0.5, 0.36, 0.14], [0.5, 0.4, 0.1], [0.86, 0.11, 0.03],
])  # fmt: skip
_APP_SHARE = 0.35
_SECOND_SHARE = 0.006
_ENGAGED_BEFORE, _ENGAGED_AFTER = 0.66, 0.9


@dataclass(frozen=True, kw_only=True, slots=True)
class People:
    """One block of customers, sorted by the day they joined; every array has shape (customers,).

    `first` numbers the block's first customer; `rate` is one-off orders per day, `mood` shifts what they answer,
    `really` is the place of the person behind a second account, and everybody else's own.
    """

    first: int
    joined: Ints
    joined_second: Ints
    country: Ints
    area: Ints
    channel: Ints
    plan: Ints
    guided: Flags
    engaged: Flags
    app: Flags
    rate: Floats
    mood: Floats
    colour: Ints
    design: Ints
    family: Ints
    given: Ints
    really: Ints

    def __len__(self) -> int:
        return len(self.joined)

    @property
    def language(self) -> Ints:
        """Each customer's language: 0 ja, 1 ko, 2 en."""
        order = [("ja", "ko", "en").index(language) for language in LANGUAGE_OF]
        return np.asarray(order)[self.country]

    def ids(self, rows: Ints) -> pa.Array:
        """The customer ids of the given rows."""
        return identifiers("C", rows + self.first)


def draw_people(seasons: Seasons, *, first: int, customers: int, seed: int) -> People:
    """Draw a block of customers whose joining follows the shop's growth and seasons."""
    rng = chance(seed, first, "people")
    joined = np.sort(seasons.day_on(seasons.joins, rng.random(customers) * seasons.joins[-1]))
    channel = pick(rng, _CHANNEL_SHARES, customers)
    plan = (rng.random(customers)[:, None] > np.cumsum(_PLAN_SHARES[channel], axis=1)[:, :2]).sum(axis=1)
    guided = joined >= day_numbers(ONBOARDING_CHANGE, ONBOARDING_CHANGE)[0]
    morning = seconds_of_day(rng, customers) // 2 + 6 * 3_600  # so that the first order follows
    country = pick(rng, _COUNTRY_SHARES, customers)
    really = second_accounts(country, first=first, seed=seed)
    return People(
        first=first,
        joined=joined,
        joined_second=morning,
        country=country,
        area=pick(rng, [1 / (k + 1.5) for k in range(len(AREAS))], customers),
        channel=channel,
        plan=plan.astype(np.int64),
        guided=guided,
        engaged=rng.random(customers) < np.where(guided, _ENGAGED_AFTER, _ENGAGED_BEFORE),
        app=rng.random(customers) < _APP_SHARE,
        rate=rng.gamma(1.6, 1 / 1.6, customers) * np.where(plan == NO_PLAN, 0.028, 0.008),
        mood=rng.normal(0, 1.1, customers),
        colour=rng.integers(0, len(COLOURS), customers),
        design=rng.integers(0, len(DESIGNS), customers),
        family=rng.integers(0, 2**31, customers)[really],
        given=rng.integers(0, 2**31, customers)[really],
        really=really,
    )


def second_accounts(country: Ints, *, first: int, seed: int) -> Ints:
    """For each customer the place of the one they really are: their own, or an earlier one of the same country.

    >>> second_accounts(np.zeros(1000, np.int64), first=0, seed=7).tolist()[:3]
    [0, 1, 2]
    """
    rng, count = chance(seed, first, "second accounts"), len(country)
    before = np.full(count, -1)
    order = np.argsort(country, kind="stable")
    alike = country[order[1:]] == country[order[:-1]]
    before[order[1:][alike]] = order[:-1][alike]
    again = (rng.random(count) < _SECOND_SHARE) & (before >= 0)
    again &= ~again[before]  # nobody comes a third time
    return np.where(again, before, np.arange(count))
