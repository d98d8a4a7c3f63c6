"""The story itself, month by month: who is there, what happens to them, who leaves, and for which true reason."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from okaeri.demo.campaigns import Moods, run_campaigns
from okaeri.demo.columns import Flags, Floats, Ints, chance, day_numbers
from okaeri.demo.month import Log, Month, Rows, in_order, only
from okaeri.demo.orders import buy
from okaeri.demo.people import ANNUAL, MONTHLY, People
from okaeri.demo.seasons import PRICE_RISE, Seasons
from okaeri.demo.subscriptions import YEAR_DAYS, pause
from okaeri.demo.support import ask_for_help, is_slow
from okaeri.demo.truth import CHANNEL_WEIGHT, NEVER, PLAN_WEIGHT, PULL, Dose, hazards
from okaeri.demo.usage import use_the_app
from okaeri.demo.voice import answer_nps
from okaeri.demo.words import CHANNELS, PLANS

_MONTH_DAYS = 365.25 / 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Lives:
    """What happened to one block: the day and true reason of leaving, and the raw rows of each kind."""

    left_day: Ints
    reason: Ints
    orders: Rows
    tickets: Rows
    usage: Rows
    pauses: Rows
    nps: Rows
    touches: Rows


def live(people: People, seasons: Seasons, *, seed: int) -> Lives:
    """Let a block of customers live through every month of the story."""
    town = _Town(people, seasons, seed)
    for month in range(len(seasons.months) - 1):
        town.live_one(month)
    rows = {name: log.rows() for name, log in town.logs.items()}
    tickets = in_order(only(rows["tickets"], _before(rows["tickets"], town.left_day)), "day", "customer")
    return Lives(left_day=town.left_day, reason=town.reason, **{**rows, "tickets": tickets})


class _Town:
    """Everybody's state between two months; troubles are remembered and fade."""

    def __init__(self, people: People, seasons: Seasons, seed: int) -> None:
        everyone = len(people)
        self.people, self.seasons = people, seasons
        self.left_day = np.full(everyone, NEVER, np.int64)
        self.reason = np.zeros(everyone, np.int64)
        self.away = np.full(everyone, NEVER, np.int64)
        self.back = np.zeros(everyone, np.int64)
        self.late, self.slow, self.stale = np.zeros((3, everyone))
        self.moods = Moods.calm(everyone)
        self.logs: defaultdict[str, Log] = defaultdict(Log)
        self._plan_weight = np.asarray([PLAN_WEIGHT[plan] for plan in PLANS])[people.plan]
        self._channel_weight = np.asarray([CHANNEL_WEIGHT[channel] for channel in CHANNELS])[people.channel]
        self._joined_month = np.searchsorted(seasons.months, people.joined, side="right") - 1
        self._rng = {name: chance(seed, people.first, name) for name in _ASPECTS}

    def live_one(self, number: int) -> None:
        """One month: leaving, pauses, orders, tickets, usage, answers, letters; then it becomes memory."""
        self.moods.forget(number)
        month = self._opening(number)
        leaving = self._leave(month)
        month = self._until_leaving(month)
        pauses = pause(month, ~leaving & (self.back[month.who] <= month.low), self._rng["pauses"])
        self.away[pauses["customer"]], self.back[pauses["customer"]] = pauses["away"], pauses["back"]
        self.logs["pauses"].add(pauses)
        orders = buy(month, self.moods.appetite[month.who], (self.away, self.back), self._rng["orders"])
        self.logs["orders"].add(orders)
        tickets = ask_for_help(month, orders, self.left_day, self._rng["tickets"])
        self.logs["tickets"].add(tickets)
        self.logs["usage"].add(use_the_app(month, leaving, self._rng["usage"]))
        self.logs["nps"].add(answer_nps(month, (self.late, self.slow, self.stale), self._rng["nps"]))
        self.logs["touches"].add(run_campaigns(month, self.moods, self._rng["touches"]))
        self._remember(orders, tickets)

    def _opening(self, number: int) -> Month:
        first, past = self.seasons.months[number], self.seasons.months[number + 1]
        who = np.flatnonzero((self.people.joined < past) & (self.left_day == NEVER))
        low = np.maximum(self.people.joined[who], first)
        high = np.full(len(who), past)
        return Month(number=number, people=self.people, seasons=self.seasons, who=who, low=low, high=high)

    def _until_leaving(self, month: Month) -> Month:
        high = np.minimum(month.high, self.left_day[month.who])
        return Month(
            number=month.number, people=month.people, seasons=month.seasons, who=month.who, low=month.low, high=high
        )

    def _leave(self, month: Month) -> Flags:
        """Draw who leaves this month, when, and why; paused customers and annual contracts wait."""
        rng, who = self._rng["leaving"], month.who
        may, exposure, day = self._chances(month, rng)
        risk = hazards(self._dose(month)) * np.where(may, exposure, 0.0)
        running = np.cumsum(risk, axis=0)
        leaving: Flags = rng.random(len(who)) < -np.expm1(-running[-1])
        cause = (running < rng.random(len(who)) * running[-1]).sum(axis=0)
        gone = who[leaving]
        self.left_day[gone], self.reason[gone] = day[leaving], np.minimum(cause[leaving], len(risk) - 1)
        return leaving

    def _chances(self, month: Month, rng: np.random.Generator) -> tuple[Flags, Floats, Ints]:
        """Who may leave this month, for how many months' worth of hazard, and on which day."""
        who, days = month.who, month.high - month.low
        joined = self.people.joined[who]
        day = month.low + 1 + (rng.random(len(who)) * (days - 1)).astype(np.int64)
        may = (days >= 2) & (self.back[who] <= month.low)
        annual = self.people.plan[who] == ANNUAL
        renewal = joined + YEAR_DAYS * -(-(month.low - joined) // YEAR_DAYS)
        due = (renewal > joined) & (renewal < month.high)
        may = may & np.where(annual, due, True)
        exposure = np.where(annual, PULL.renewal_weight, days / _MONTH_DAYS)
        return may, exposure, np.where(annual, renewal, day)

    def _dose(self, month: Month) -> Dose:
        who = month.who
        return Dose(
            months_since_joining=month.number - self._joined_month[who],
            engaged=self.people.engaged[who],
            plan_weight=self._plan_weight[who],
            channel_weight=self._channel_weight[who],
            late=self.late[who],
            slow=self.slow[who],
            stale=self.stale[who],
            rise=self._price_shock(month),
            comfort=self.moods.comfort[who],
        )

    def _price_shock(self, month: Month) -> Floats:
        """Hazard from the price rise: only monthly plans that began before it, fading over the months."""
        rise = day_numbers(PRICE_RISE, PRICE_RISE)[0]
        months_after = month.number - int(np.searchsorted(self.seasons.months, rise, side="right")) + 1
        if not 0 <= months_after < len(PULL.price_rise) or rise >= self.seasons.end:
            return np.zeros(len(month.who))
        hit = (self.people.plan[month.who] == MONTHLY) & (self.people.joined[month.who] < rise)
        return np.where(hit, PULL.price_rise[months_after], 0.0)

    def _remember(self, orders: Rows, tickets: Rows) -> None:
        everyone, kept = len(self.people), PULL.memory_kept_monthly
        slow, stale = only(tickets, is_slow(tickets)), only(tickets, tickets["topic"] == 1)
        late = only(orders, orders["late"] == 1)
        self.late = kept * self.late + np.bincount(late["customer"], minlength=everyone)
        self.slow = kept * self.slow + np.bincount(slow["customer"], minlength=everyone)
        self.stale = kept * self.stale + np.bincount(stale["customer"], minlength=everyone)


_ASPECTS = ("touches", "leaving", "pauses", "orders", "tickets", "usage", "nps")


def _before(rows: Rows, left_day: Ints) -> Flags:
    return rows["day"] < left_day[rows["customer"]]
