"""Who the customers are: when and how they came, what they chose, and their temper, before anything happens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from okaeri.demo.addresses import addresses, second_accounts
from okaeri.demo.columns import Flags, Floats, Ints, chance, day_numbers, identifiers, instants, pick, same, words
from okaeri.demo.seasons import ONBOARDING_CHANGE, Seasons, seconds_of_day
from okaeri.demo.words import (
    AREAS,
    CHANNELS,
    COLOURS,
    COUNTRIES,
    DESIGNS,
    FAMILY_NAMES,
    GIVEN_NAMES,
    LANGUAGE_OF,
    PLANS,
)

NO_PLAN, MONTHLY, ANNUAL = range(3)
_COUNTRY_SHARES = (0.82, 0.1, 0.03, 0.03, 0.02)
_CHANNEL_SHARES = (0.26, 0.14, 0.13, 0.19, 0.17, 0.11)
_PLAN_SHARES = np.array([  # by channel: marketplace shoppers rarely subscribe
    [0.5, 0.33, 0.17], [0.4, 0.38, 0.22], [0.62, 0.25, 0.13], [0.5, 0.36, 0.14], [0.5, 0.4, 0.1], [0.86, 0.11, 0.03],
])  # fmt: skip
_APP_SHARE = 0.35
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


def profiles(people: People, *, seed: int) -> pa.Table:
    """The customer list as a shop would export it: one plain column per attribute, first to join first."""
    everyone = np.arange(len(people))
    at_home = people.country == COUNTRIES.index("JP")
    return pa.table(
        {
            "customer_id": people.ids(everyone),
            "joined_at": instants(people.joined, people.joined_second),
            "name": _names(people),
            "email": addresses(people, seed=seed),
            "country": words(COUNTRIES, people.country),
            "prefecture": words([*AREAS, None], np.where(at_home, people.area, len(AREAS))),
            "language": words(("ja", "ko", "en"), people.language),
            "channel": words(CHANNELS, people.channel),
            "plan": words(PLANS, people.plan),
            "onboarding": words(("classic", "guided"), people.guided.astype(np.int64)),
            "favourite_colour": words(COLOURS, people.colour),
            "newsletter_design": words(DESIGNS, people.design),
        }
    )


def as_attributes(table: pa.Table) -> pa.Array:
    """Every column but the id and the day of joining, as one JSON object of strings per row; nulls are left out."""
    rows = table.num_rows
    parts = []
    for name in table.column_names:
        if name not in ("customer_id", "joined_at"):
            value = table[name].combine_chunks()
            pair = pc.binary_join_element_wise(same(f'"{name}":"', rows), value, same('"', rows), "")
            parts.append(pair)
    joined = pc.binary_join_element_wise(*parts, ",", null_handling="skip")
    return pc.binary_join_element_wise(same("{", rows), joined, same("}", rows), "")


def _names(people: People) -> pa.Array:
    """Family name first in Japanese and Korean, last in English."""
    written = []
    for language in ("ja", "ko", "en"):
        family, given = FAMILY_NAMES[language], GIVEN_NAMES[language]
        whole = [_full_name(language, f, g) for f in family for g in given]
        written.append(words(whole, people.family % len(family) * len(given) + people.given % len(given)))
    return pc.choose(pa.array(people.language), *written)


def _full_name(language: str, family: str, given: str) -> str:
    return {"ja": f"{family} {given}", "ko": f"{family}{given}", "en": f"{given} {family}"}[language]
