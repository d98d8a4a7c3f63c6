"""The e-mail addresses of the demo shop's customers."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from okaeri.demo.columns import Ints, chance, same, words
from okaeri.demo.people import People
from okaeri.demo.words import FAMILY_NAMES, GIVEN_NAMES, ROMAN

DOMAINS = ("example.com", "example.net", "example.org", "mail.example.com")
_SHARES = (0.45, 0.25, 0.2, 0.1)
UNKNOWN_SHARE = 0.08


def addresses(people: People, *, seed: int) -> pa.Array:
    """An address made of each name, at a domain that is nobody's; null for some, as in real lists."""
    rng, count = chance(seed, people.first, "addresses"), len(people)
    domain, unknown = rng.choice(len(DOMAINS), count, p=_SHARES), rng.random(count) < UNKNOWN_SHARE
    whose = people.really
    number = pa.array(whose + people.first).cast(pa.string())
    parts = (
        _local_part(people, GIVEN_NAMES, people.given),
        ".",
        _local_part(people, FAMILY_NAMES, people.family),
        number,
    )
    made = pc.binary_join_element_wise(
        *(same(part, count) if isinstance(part, str) else part for part in parts),
        same("@", count),
        words(DOMAINS, domain[whose]),
        "",
    )
    return pc.if_else(pa.array(unknown[whose]), pa.scalar(None, pa.string()), made)


def _local_part(people: People, names: dict[str, tuple[str, ...]], drawn: Ints) -> pa.Array:
    """Each customer's name in small Latin letters."""
    written = [
        words([ROMAN.get(name, name.lower()) for name in names[language]], drawn % len(names[language]))
        for language in ("ja", "ko", "en")
    ]
    return pc.choose(pa.array(people.language), *written)
