"""What customers do in the app and in their first weeks: sign-ins, brew logs, and the steps of onboarding."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from okaeri.demo.columns import DAY_SECONDS, Flags, Ints, chance, identifiers, instants, pick, same, words
from okaeri.demo.month import Month, Rows, in_order
from okaeri.demo.people import People
from okaeri.demo.seasons import Seasons, seconds_of_day

_EVENTS = ("sign_in", "brew_logged", "recipe_viewed")
_METHODS = ("pour_over", "french_press", "espresso", "cold_brew", "aeropress")
_PER_DAY = 0.14
_FADES_TO = 0.25
_LATE_SHARE = 0.012
STEPS = ("welcome_opened", "taste_quiz", "first_brew", "second_order")
_STEP_ODDS = {True: (0.93, 0.82, 0.84, 0.7), False: (0.6, 0.3, 0.25, 0.15)}


def use_the_app(month: Month, leaving: Flags, rng: np.random.Generator) -> Rows:
    """This month's events: `customer`, `day`. Usage fades in the month in which a customer leaves."""
    people, who = month.people, month.who
    habit = np.where(people.engaged[who], 1.0, 0.2) * people.app[who] * np.where(leaving, _FADES_TO, 1.0)
    rows, days = month.times(rng, _PER_DAY * habit * month.pull)
    return {"customer": who[rows], "day": days}


def events_table(people: People, rows: Rows, seasons: Seasons, *, first_id: int, seed: int) -> pa.Table:
    """All events; telephones without a network report some of them days later."""
    rng = chance(seed, people.first, "events")
    rows = {**rows, "second": seconds_of_day(rng, len(rows["day"]))}
    first_day = rows["day"] == people.joined[rows["customer"]]
    joined = people.joined_second[rows["customer"]] + 600
    rows["second"] = np.where(first_day, np.maximum(rows["second"], joined), rows["second"])
    rows = in_order(rows, "day", "second", "customer")
    count = len(rows["day"])
    kind = pick(rng, (0.5, 0.35, 0.15), count)
    return pa.table(
        {
            "event_id": identifiers("E", np.arange(count) + first_id, groups=3),
            "customer_id": people.ids(rows["customer"]),
            "name": words(_EVENTS, kind),
            "occurred_at": instants(rows["day"], rows["second"]),
            "received_at": _received(rows, seasons, rng),
            "properties": _properties(kind, rng),
        }
    )


def steps_table(people: People, left_day: Ints, seasons: Seasons, *, seed: int) -> pa.Table:
    """How far each customer came through onboarding; a step follows the one before it."""
    rng = chance(seed, people.first, "steps")
    odds = np.where(people.engaged[:, None], _STEP_ODDS[True], _STEP_ODDS[False])
    done = np.logical_and.accumulate(rng.random(odds.shape) < odds, axis=1)
    day = people.joined[:, None] + np.cumsum(rng.geometric([0.7, 0.35, 0.2, 0.06], odds.shape), axis=1)
    customer, step = np.nonzero(done & (day < left_day[:, None]) & (day < seasons.end))
    count = len(customer)
    return pa.table(
        {
            "customer_id": people.ids(customer),
            "flow": same("onboarding", count),
            "step": words(STEPS, step),
            "done_at": instants(day[customer, step], seconds_of_day(rng, count)),
        }
    )


def _received(rows: Rows, seasons: Seasons, rng: np.random.Generator) -> pa.Array:
    count = len(rows["day"])
    lag = 1 + rng.integers(0, 4, count)
    late = rng.random(count) < _LATE_SHARE
    lag = np.where(late, rng.integers(DAY_SECONDS, 10 * DAY_SECONDS, count), lag)
    known = np.minimum(rows["day"] * DAY_SECONDS + rows["second"] + lag, seasons.end * DAY_SECONDS - 1)
    known = np.maximum(known, rows["day"] * DAY_SECONDS + rows["second"])
    return instants(known // DAY_SECONDS, known % DAY_SECONDS)


def _properties(kind: Ints, rng: np.random.Generator) -> pa.Array:
    whole = ["{}", *(f'{{"method":"{method}"}}' for method in _METHODS)]
    method = 1 + rng.integers(0, len(_METHODS), len(kind))
    return words(whole, np.where(kind == _EVENTS.index("brew_logged"), method, 0))
