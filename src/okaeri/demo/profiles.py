"""The customer list of the demo shop, as its owner would export it and as the lake keeps it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from okaeri.demo.addresses import addresses
from okaeri.demo.columns import instants, same, words
from okaeri.demo.people import People
from okaeri.demo.words import AREAS, CHANNELS, COLOURS, COUNTRIES, DESIGNS, FAMILY_NAMES, GIVEN_NAMES, PLANS


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
