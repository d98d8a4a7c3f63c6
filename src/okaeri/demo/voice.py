"""What customers say: survey answers (NPS, CSAT, CES) and public reviews, in their own language."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from okaeri.demo.columns import INSTANT, Flags, Floats, Ints, chance, identifiers, instants, pick, same, words
from okaeri.demo.month import Month, Rows, only
from okaeri.demo.people import People
from okaeri.demo.seasons import Seasons
from okaeri.demo.support import is_slow
from okaeri.demo.truth import NEVER, REASONS
from okaeri.demo.words import COMMENTS

_FIRST_ASKED_MONTH, _ASKED_EVERY_MONTHS = 2, 6
_ANSWER_SHARE = 0.35
_COMMENT_SHARE = 0.4
_SOURCES = ("google", "rakuten", "instagram", "naver")
_LANGUAGES = ("ja", "ko", "en")
_NEUTRAL, _HAPPY = "neutral", "happy"
_TROUBLES = ("late_delivery", "bad_support", "quality")


def answer_nps(month: Month, grief: Sequence[Floats], rng: np.random.Generator) -> Rows:
    """Who is asked this month: `customer`, `day`, and of those who answer `score` and the `trouble` behind it.

    Trouble is a number, or that of none; who stays silent has a score of −1.
    """
    people, who = month.people, month.who
    age = month.number - _month_of(people.joined[who], month.seasons)
    asked = (age >= _FIRST_ASKED_MONTH) & ((age - _FIRST_ASKED_MONTH) % _ASKED_EVERY_MONTHS == 0)
    reached = asked & (month.high > month.low)
    answering = rng.random(len(who)) < _ANSWER_SHARE
    rows, silent = np.flatnonzero(reached & answering), np.flatnonzero(reached & ~answering)
    weight = np.stack([trouble[who[rows]] for trouble in grief])
    pain = np.minimum(weight.sum(axis=0), 2.0)
    felt = 8.7 + people.mood[who[rows]] - 3.0 * pain - 2.2 * ~people.engaged[who[rows]] + rng.normal(0, 0.8, len(rows))
    day = month.days_of(rng, rows)
    nothing = np.full(len(silent), -1, np.int64)
    return {
        "customer": np.concatenate([who[rows], who[silent]]),
        "day": np.concatenate([day, month.days_of(rng, silent)]),
        "score": np.concatenate([np.clip(np.round(felt), 0, 10).astype(np.int64), nothing]),
        "trouble": np.concatenate([np.where(pain > 0.4, weight.argmax(axis=0), len(_TROUBLES)), nothing]),
    }


def heard(nps: Rows) -> Rows:
    """Those who answered.

    >>> heard({"score": np.array([9, -1])})["score"].tolist()
    [9]
    """
    return only(nps, nps["score"] >= 0)


def answers_table(
    people: People, nps: Rows, tickets: Rows, left_day: Ints, seasons: Seasons, *, first_id: int, seed: int
) -> pa.Table:
    """NPS and loyalty twice a year, and CSAT and CES after a resolved ticket, also of those who never answered.

    `tickets` also carries `resolved` in seconds.
    """
    rng = chance(seed, people.first, "answers")
    ticket_ids = identifiers("K", np.arange(len(tickets["day"])) + first_id, groups=3)
    asked, unrated = _rated_tickets(tickets, np.minimum(left_day, seasons.end), rng)
    slow = is_slow(tickets)[asked]
    mood = people.mood[tickets["customer"][asked]]
    csat = np.clip(np.round(4.4 + 0.4 * mood - 1.7 * slow + rng.normal(0, 0.7, len(asked))), 1, 5)
    ces = np.clip(np.round(5.8 + 0.4 * mood - 2.0 * slow + rng.normal(0, 0.9, len(asked))), 1, 7)
    after = [_after_ticket(people, tickets, asked, score, ticket_ids, rng) for score in (csat, ces)]
    parts = [_nps_answers(people, heard(nps), rng)]
    parts += _loyalty_answers(parts[0], heard(nps)["score"], chance(seed, people.first, "loyalty"))
    for instrument, columns in zip(("csat", "ces"), after, strict=True):
        parts.append({**columns, **_asked_by(instrument, len(asked))})
    parts += _silence(people, only(nps, nps["score"] < 0), only(tickets, unrated), ticket_ids.filter(unrated), rng)
    table = pa.concat_tables([pa.table(part).select([*_COLUMNS]) for part in parts])
    ids = identifiers("A", np.arange(table.num_rows) + first_id, groups=3)
    return table.add_column(0, "answer_id", ids)


_COLUMNS = (
    *("customer_id", "survey", "question", "instrument", "score", "scale"),
    *("text", "answered_at", "asked_at", "about"),
)
_SURVEYS = {
    "nps": ("twice_a_year", "recommend", 10.0),
    "csat": ("after_ticket", "satisfied", 5.0),
    "ces": ("after_ticket", "easy", 7.0),
    "cli": ("twice_a_year", "recommend_again", 6.0),
}


def mentions_table(
    people: People, nps: Rows, left_day: Ints, reason: Ints, seasons: Seasons, *, first_id: int, seed: int
) -> pa.Table:
    """Public posts by the delighted and the disappointed; most writers are not known by name."""
    rng = chance(seed, people.first, "mentions")
    nps = heard(nps)
    loud = only(nps, (rng.random(len(nps["day"])) < 0.07) & ((nps["score"] >= 9) | (nps["score"] <= 4)))
    gone = np.flatnonzero((left_day < NEVER) & (rng.random(len(left_day)) < 0.03))
    writer = np.concatenate([loud["customer"], gone])
    day = np.concatenate([loud["day"] + 1, left_day[gone] + rng.integers(1, 11, len(gone))])
    happy = np.concatenate([loud["score"] >= 9, np.zeros(len(gone), bool)])
    theme = np.where(happy, _theme(_HAPPY), np.concatenate([_themes_of(loud["trouble"]), _by_reason(reason[gone])]))
    inside = day < seasons.end
    writer, day, happy, theme = writer[inside], day[inside], happy[inside], theme[inside]
    count = len(writer)
    ids = identifiers("M", np.arange(count) + first_id, groups=3)
    return pa.table(
        {
            "mention_id": ids,
            "customer_id": _where(people.ids(writer), rng.random(count) < 0.3),
            "source": words(_SOURCES, pick(rng, (0.4, 0.35, 0.2, 0.05), count)),
            "posted_at": instants(day, rng.integers(7 * 3_600, 23 * 3_600, count)),
            "text": _said(people.language[writer], theme, rng),
            "rating": pa.array(
                np.where(happy, 5 - (rng.random(count) < 0.2), 1 + (rng.random(count) < 0.4)).astype(float)
            ),
            "url": pa.array([f"https://reviews.example/{name}" for name in ids.to_pylist()]),
        }
    )


def _nps_answers(people: People, nps: Rows, rng: np.random.Generator) -> dict[str, pa.Array]:
    count = len(nps["day"])
    theme = np.where(nps["score"] >= 9, _theme(_HAPPY), np.where(nps["score"] >= 7, _theme(_NEUTRAL), -1))
    theme = np.where(theme < 0, _themes_of(nps["trouble"]), theme)
    second = rng.integers(8 * 3_600, 22 * 3_600, count)
    return {
        "customer_id": people.ids(nps["customer"]),
        "score": pa.array(nps["score"].astype(float)),
        "text": _where(_said(people.language[nps["customer"]], theme, rng), rng.random(count) < _COMMENT_SHARE),
        "answered_at": instants(nps["day"], second),
        "asked_at": instants(nps["day"], second - rng.integers(60, 6 * 3_600, count)),
        "about": same("", count),
        **_asked_by("nps", count),
    }


def _loyalty_answers(nps: dict[str, pa.Array], score: Ints, rng: np.random.Generator) -> list[dict[str, pa.Array]]:
    """Half of those who answered went on to the three questions on loyalty: 1 definitely, 6 definitely not."""
    going_on = rng.random(len(score)) < 0.5
    asked = {name: column.filter(pa.array(going_on)) for name, column in nps.items() if name not in ("score", "text")}
    count = int(going_on.sum())
    parts = []
    for question in ("recommend_again", "buy_again", "try_others"):
        felt = 6 - score[going_on] / 2 + rng.normal(0, 0.7, count)
        parts.append(
            {
                **asked,
                **_asked_by("cli", count),
                "question": same(question, count),
                "score": pa.array(np.clip(np.round(felt), 1, 6)),
                "text": pa.nulls(count, pa.string()),
            }
        )
    return parts


def _silence(
    people: People, nps: Rows, tickets: Rows, ticket_ids: pa.Array, rng: np.random.Generator
) -> list[dict[str, pa.Array]]:
    """The surveys nobody answered: the instant of asking, and nothing else."""
    second = rng.integers(2 * 3_600, 21 * 3_600, len(nps["day"]))
    sent = tickets["resolved"] + 3_600
    asked = {
        "nps": (nps["customer"], instants(nps["day"], second), same("", len(second))),
        "csat": (tickets["customer"], instants(sent // 86_400, sent % 86_400), ticket_ids),
    }
    asked["ces"] = asked["csat"]
    return [
        {
            "customer_id": people.ids(customer),
            "score": pa.nulls(len(customer), pa.float64()),
            "text": pa.nulls(len(customer), pa.string()),
            "answered_at": pa.nulls(len(customer), INSTANT),
            "asked_at": at,
            "about": about,
            **_asked_by(instrument, len(customer)),
        }
        for instrument, (customer, at, about) in asked.items()
    ]


def _rated_tickets(tickets: Rows, last_day: Ints, rng: np.random.Generator) -> tuple[Ints, Flags]:
    """Tickets resolved in time for an answer before the customer left or the story ends: rated, and asked in vain."""
    inside = tickets["resolved"] + 2 * 86_400 < last_day[tickets["customer"]] * 86_400
    rated = inside & (rng.random(len(inside)) < _ANSWER_SHARE)
    return np.flatnonzero(rated), inside & ~rated


def _after_ticket(
    people: People, tickets: Rows, asked: Ints, score: Floats, ticket_ids: pa.Array, rng: np.random.Generator
) -> dict[str, pa.Array]:
    sent = tickets["resolved"][asked] + 3_600
    answered = sent + rng.integers(120, 86_400, len(asked))
    return {
        "customer_id": people.ids(tickets["customer"][asked]),
        "score": pa.array(score),
        "text": pa.nulls(len(asked), pa.string()),
        "answered_at": instants(answered // 86_400, answered % 86_400),
        "asked_at": instants(sent // 86_400, sent % 86_400),
        "about": ticket_ids.take(pa.array(asked)),
    }


def _asked_by(instrument: str, rows: int) -> dict[str, pa.Array]:
    survey, question, scale = _SURVEYS[instrument]
    names = {"survey": survey, "question": question, "instrument": instrument}
    return {**{name: same(word, rows) for name, word in names.items()}, "scale": pa.array(np.full(rows, scale))}


def _said(language: Ints, theme: Ints, rng: np.random.Generator) -> pa.Array:
    """A comment on each theme in each language, from a bank of what people write."""
    banks = [COMMENTS[name][tongue] for name in COMMENTS for tongue in _LANGUAGES]
    first = np.cumsum([0, *(len(bank) for bank in banks[:-1])])
    size = np.asarray([len(bank) for bank in banks])
    bank = theme * len(_LANGUAGES) + language
    chosen = first[bank] + rng.integers(0, 2**31, len(theme)) % size[bank]
    return words([comment for one in banks for comment in one], chosen)


def _where(values: pa.Array, keep: Flags) -> pa.Array:
    rows = np.arange(len(keep), dtype=np.int64)
    return values.take(pa.array(rows, mask=~keep))


def _theme(name: str) -> int:
    return list(COMMENTS).index(name)


def _themes_of(trouble: Ints) -> Ints:
    return np.asarray([*(_theme(name) for name in _TROUBLES), _theme("never_engaged")])[trouble]


def _by_reason(reason: Ints) -> Ints:
    return np.asarray([_theme(name) if name in COMMENTS else _theme(_NEUTRAL) for name in REASONS])[reason]


def _month_of(days: Ints, seasons: Seasons) -> Ints:
    return np.searchsorted(seasons.months, days, side="right") - 1
