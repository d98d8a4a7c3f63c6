"""Made-up surveys, and what they come to when counted by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pyarrow as pa

from tests.metrics.oracle import local_day

START = datetime(2023, 11, 20, tzinfo=UTC)
SCALES = {"nps": (10,), "csat": (5, 7, 10), "ces": (7,), "cli": (6,)}
USUAL = {"nps": 10, "csat": 5, "ces": 7, "cli": 6}
CUTS = {5: 4, 7: 6, 10: 8}
AGENTS = {"T1": "Haruka", "T2": "Soo-ah"}
PLANS = {"aki": "free", "chiyo": "paid"}


@dataclass(frozen=True, kw_only=True)
class Answer:
    customer_id: str
    instrument: str
    score: float | None = None
    scale: float | None = None
    survey: str = ""
    question: str = ""
    about: str = ""
    text: str | None = None
    answered_at: datetime | None = None
    asked_at: datetime | None = None

    @property
    def highest(self) -> float:
        return self.scale or USUAL[self.instrument]

    @property
    def fits(self) -> bool:
        """Whether the score is on a scale its instrument is read on."""
        if self.score is None or self.highest not in SCALES[self.instrument]:
            return False
        return (0 if self.highest == 10 else 1) <= self.score <= self.highest

    @property
    def at(self) -> datetime:
        moment = self.answered_at or self.asked_at
        assert moment
        return moment

    def day(self, zone: str) -> date:
        return local_day(self.at, zone)

    def label(self, split: str | None) -> str:
        if split == "agent":
            return AGENTS.get(self.about, "")
        if split == "plan":
            return PLANS.get(self.customer_id, "")
        return {"survey": self.survey, "question": self.question}[split] if split else "all"


def nps(score: float | None, *, at: datetime = START, who: str = "aki", survey: str = "") -> Answer:
    return Answer(customer_id=who, instrument="nps", score=score, answered_at=at, survey=survey)


def csat(score: float | None, *, at: datetime = START, who: str = "aki", about: str = "", survey: str = "") -> Answer:
    return Answer(customer_id=who, instrument="csat", score=score, answered_at=at, about=about, survey=survey)


def table(answers: Iterable[Answer]) -> pa.Table:
    instant = pa.timestamp("us", tz="UTC")
    kinds = {"score": pa.float64(), "scale": pa.float64(), "text": pa.string()}
    kinds |= {"answered_at": instant, "asked_at": instant}
    names = list(Answer.__dataclass_fields__)
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in names])
    return pa.Table.from_pylist([asdict(answer) for answer in answers], schema=schema)


def tickets() -> pa.Table:
    """Two tickets, each of which stands in the table twice."""
    rows = [
        {"ticket_id": ticket, "customer_id": "aki", "opened_at": START + timedelta(hours=hour), "agent": agent}
        for ticket, agent in AGENTS.items()
        for hour, agent in ((0, "nobody"), (1, agent))
    ]
    return pa.Table.from_pylist(rows)


def customers() -> pa.Table:
    return pa.table({"customer_id": list(PLANS), "plan": list(PLANS.values())})


def world(random: Random, count: int) -> list[Answer]:
    """Answers around the turn of months and years, some of them silent, off the scale, or without a ticket."""
    return [_answer(random) for _ in range(count)]


def occasions(random: Random, count: int) -> list[Answer]:
    """Answers to three questions each, some of them missing, off the scale, or given twice."""
    answers = []
    for _ in range(count):
        first = replace(_answer(random), instrument="cli", scale=None)
        for _each in range(random.choice([2, 3, 3, 4, 6])):
            given = first.answered_at and first.answered_at + timedelta(minutes=random.choice([0, 1, 2, 45]))
            score, question = random.choice([1, 2, 3, 4, 5, 6, 6, 7, None]), random.choice("abc")
            answers.append(replace(first, score=score, question=question, answered_at=given))
    return answers


def _answer(random: Random) -> Answer:
    instrument = random.choice(list(SCALES))
    moment = START + timedelta(days=random.randint(0, 90), minutes=random.choice([0, 539, 540, 541, 900, 1439]))
    answer = Answer(
        customer_id=random.choice(["aki", "chiyo", "min-jun"]),
        instrument=instrument,
        scale=random.choice([None, *SCALES[instrument], 9]),
        score=random.choice([None, *range(0, 12)]),
        survey=random.choice(["", "spring", "autumn"]),
        question=random.choice(["a", "b", "c"]),
        about=random.choice(["", "T1", "T2", "T9"]),
        text=random.choice([None, "", " ", "fine"]),
    )
    asked = moment - timedelta(hours=random.choice([1, 30, 700]))
    timing = random.choice(["answered", "both", "asked"])
    if timing == "asked":
        return replace(answer, asked_at=moment)
    return replace(answer, answered_at=moment, asked_at=asked if timing == "both" else None)
