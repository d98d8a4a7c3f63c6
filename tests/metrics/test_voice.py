"""What customers say, against a count by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import mean
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import okaeri as ok
from okaeri.base.calendar import Calendar, Period
from okaeri.base.errors import OkaeriError
from okaeri.base.intervals import nps_adjusted_wald, t_mean, wilson
from okaeri.base.measurement import Measurement, State
from okaeri.metrics.metric import find
from tests.metrics.oracle import local_day
from tests.metrics.surveys import CUTS, START, Answer, csat, customers, nps, occasions, table, tickets, world

ZONES = ["UTC", "Asia/Tokyo", "America/Los_Angeles"]
SPLITS = [None, "survey", "question", "agent", "plan"]
JANUARY = datetime(2024, 1, 5, tzinfo=UTC)


def measure(metric: str, answers: Sequence[Answer], **asked: Any) -> list[Measurement]:
    calendar = Calendar(zone=asked.pop("zone", "UTC"))
    found = ok.measure(
        metric, answers=table(answers), tickets=tickets(), customers=customers(), calendar=calendar, **asked
    )
    return list(found.measurements)


def whole(metric: str, answers: Sequence[Answer], **asked: Any) -> Measurement:
    found = measure(metric, answers, by="all", **asked)
    assert len(found) == 1
    return found[0]


def counts(found: Measurement) -> Mapping[str, Any]:
    changes = {"change", "change_low", "change_high", "distinguishable"}
    return {name: value for name, value in found.inputs.items() if name not in changes}


def in_period(answers: Sequence[Answer], m: Measurement, *, zone: str, split: str | None) -> list[Answer]:
    """The scored answers that a measurement should count, on or off their scale."""
    assert m.period
    start, end = m.period.start, min(m.period.end, m.cutoff)
    return [a for a in answers if a.score is not None and start <= a.day(zone) < end and a.label(split) == m.segment]


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cutoff", [None, date(2024, 1, 20)])
def test_nps_equals_the_count_by_hand(zone: str, split: str | None, cutoff: date | None) -> None:
    answers = [a for a in world(Random(f"nps {zone} {split}"), 1_200) if a.instrument == "nps"]

    found = measure("nps", answers, zone=zone, segment=split, by="week", cutoff=cutoff)

    assert len(found) > 8
    for m in found:
        here = in_period(answers, m, zone=zone, split=split)
        scores = [a.score for a in here if a.fits and a.score is not None]
        promoters, detractors = sum(s >= 9 for s in scores), sum(s <= 6 for s in scores)
        assert counts(m) == {
            "promoters": promoters,
            "passives": len(scores) - promoters - detractors,
            "detractors": detractors,
            "answers": len(scores),
            "off_scale": len(here) - len(scores),
        }
        assert m.value == (100 * (promoters - detractors) / len(scores) if scores else None)
        assert m.interval == (nps_adjusted_wald(promoters, detractors, len(scores)) if scores else None)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("zone", ZONES)
def test_satisfaction_and_effort_equal_the_count_by_hand(zone: str, split: str | None) -> None:
    answers = world(Random(f"csat {zone} {split}"), 900)

    for metric, instrument, part in (("csat", "csat", "satisfied"), ("ces_low_effort", "ces", "low_effort")):
        for m in measure(metric, answers, zone=zone, segment=split):
            here = [a for a in in_period(answers, m, zone=zone, split=split) if a.instrument == instrument]
            good = [a for a in here if a.fits]
            cut = sum((a.score or 0) >= (5 if instrument == "ces" else CUTS[int(a.highest)]) for a in good)
            assert counts(m) == {part: cut, "answers": len(good), "off_scale": len(here) - len(good)}
            assert m.value == (cut / len(good) if good else None)
            assert m.interval == (wilson(cut, len(good)) if good else None)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("zone", ZONES)
def test_effort_is_the_mean_of_the_scores_with_students_interval(zone: str, split: str | None) -> None:
    answers = world(Random(f"ces {zone} {split}"), 900)

    for m in measure("ces", answers, zone=zone, segment=split):
        here = [a for a in in_period(answers, m, zone=zone, split=split) if a.instrument == "ces"]
        scores = [a.score for a in here if a.fits and a.score is not None]
        assert m.value == (pytest.approx(mean(scores)) if scores else None)
        if len(set(scores)) > 1:
            around = t_mean(scores)
            assert m.interval and m.interval.low is not None and around.low is not None and around.high is not None
            assert m.interval.low == pytest.approx(max(1.0, around.low), abs=1e-9)
            assert m.interval.high == pytest.approx(min(7.0, around.high), abs=1e-9)
        else:
            assert m.interval is None


@pytest.mark.parametrize("split", [None, "survey", "agent", "plan"])
@pytest.mark.parametrize("zone", ZONES)
def test_cli_equals_the_count_by_hand_of_whole_occasions(zone: str, split: str | None) -> None:
    answers = occasions(Random(f"cli {zone}"), 300)
    latest: dict[tuple[Any, ...], dict[str, Answer]] = defaultdict(dict)
    for a in sorted((a for a in answers if a.fits), key=lambda a: (a.at, -(a.score or 0))):
        asked = a.asked_at or a.day(zone)
        latest[a.customer_id, a.survey, a.about, asked][a.question] = a

    found = measure("cli", answers, zone=zone, segment=split)

    counted = 0
    for m in found:
        assert m.period
        means, incomplete = [], 0
        for occasion in latest.values():
            day = max(a.day(zone) for a in occasion.values())
            if next(iter(occasion.values())).label(split) == m.segment and m.period.start <= day < m.period.end:
                if len(occasion) == 3:
                    means.append(mean(120 - 20 * (a.score or 0) for a in occasion.values()))
                else:
                    incomplete += 1
        assert (m.n, m.inputs["incomplete"]) == (len(means), incomplete)
        assert m.value == (pytest.approx(mean(means)) if means else None)
        counted += len(means)
    assert counted > 20


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cutoff", [None, date(2024, 1, 20)])
def test_the_response_rate_equals_the_count_by_hand(zone: str, split: str | None, cutoff: date | None) -> None:
    answers = world(Random(f"response {zone} {split}"), 500)

    for m in measure("response_rate", answers, zone=zone, segment=split, cutoff=cutoff):
        assert m.period
        start, end = m.period.start, min(m.period.end, m.cutoff)
        mine = [a for a in answers if a.label(split) == m.segment]
        asked: dict[tuple[Any, ...], bool] = {}
        for a in (a for a in mine if a.asked_at and start <= local_day(a.asked_at, zone) < end):
            said = a.score is not None or bool((a.text or "").strip())
            key = (a.customer_id, a.survey, a.about, a.asked_at)
            asked[key] = asked.get(key, False) or (said and a.day(zone) < m.cutoff)
        unasked = sum(a.asked_at is None and start <= a.day(zone) < end for a in mine)
        assert counts(m) == {"asked": len(asked), "answered": sum(asked.values()), "unasked": unasked}
        assert m.value == (sum(asked.values()) / len(asked) if asked else None)


@pytest.mark.parametrize("split", [None, "plan"])
def test_weighted_csat_equals_the_count_by_hand(split: str | None) -> None:
    answers = [a for a in world(Random("weighted"), 1_500) if a.instrument == "csat"]

    found = measure("csat_weighted", answers, segment=split)

    assert {m.segment for m in found} == ({"all"} if split is None else {"", "free", "paid", "all"})
    for m in found:
        assert m.period
        strata: dict[tuple[str, str], list[Answer]] = defaultdict(list)
        for a in answers:
            inside = a.asked_at and m.period.start <= local_day(a.asked_at, "UTC") < min(m.period.end, m.cutoff)
            if inside and m.segment in (a.label(split), "all"):
                strata[a.label(split), a.survey].append(a)
        heard = {key: [a for a in asked if a.fits] for key, asked in strata.items()}
        asked = sum(len(strata[key]) for key, good in heard.items() if good)
        expected = sum(
            len(strata[key]) * sum((a.score or 0) >= CUTS[int(a.highest)] for a in good) / len(good)
            for key, good in heard.items()
            if good
        )
        assert m.inputs["asked"] == asked and m.inputs["expected"] == pytest.approx(expected)
        assert m.inputs["unheard"] == sum(len(strata[key]) for key, good in heard.items() if not good)
        assert m.value == (pytest.approx(expected / asked) if asked else None)


def test_the_score_distribution_adds_up_to_one_and_gives_the_nps() -> None:
    answers = [a for a in world(Random("distribution"), 900)]

    found = measure("score_distribution", answers)
    score = whole("nps", answers)

    shares: dict[tuple[str, float], dict[float, float]] = defaultdict(dict)
    for m in found:
        assert m.value is not None
        shares[m.inputs["instrument"], m.inputs["scale"]][m.inputs["score"]] = m.value
    assert set(shares) == {("nps", 10), ("csat", 5), ("csat", 7), ("csat", 10), ("ces", 7), ("cli", 6)}
    assert all(sum(each.values()) == pytest.approx(1) for each in shares.values())
    assert [m.segment for m in found if m.inputs["instrument"] == "cli"] == [f"cli {n}/6" for n in range(1, 7)]
    of_ten = shares["nps", 10]
    assert score.value == pytest.approx(100 * sum(s * ((n >= 9) - (n <= 6)) for n, s in of_ten.items()))


def examples() -> dict[str, list[Answer]]:
    """Logs that give each metric the inputs of its example."""
    at = START
    people = [f"c{n}" for n in range(400)]
    scores = [9] * 90 + [7] * 70 + [6] * 40
    asked = [
        Answer(customer_id=who, instrument="csat", asked_at=at, survey="mail" if n < 100 else "chat", score=score)
        for n, (who, score) in enumerate(
            zip(people, [5] * 45 + [1] * 5 + [None] * 50 + [4] * 15 + [2] * 15 + [None] * 270, strict=True)
        )
    ]
    easy = [Answer(customer_id="aki", instrument="ces", score=s, answered_at=at) for s in [6] * 32 + [4] * 8]
    loyal = [
        Answer(customer_id=who, instrument="cli", score=s, question=q, answered_at=at)
        for who, three in (("a", (1, 2, 3)), ("b", (1, 1, 2)), ("c", (3, 2, 3)))
        for q, s in zip("rbt", three, strict=True)
    ]
    mailed = [Answer(customer_id=who, instrument="csat", asked_at=at, score=5 if n < 70 else None)
              for n, who in enumerate(people[:200])]  # fmt: skip
    return {
        "nps": [nps(s, who=who) for s, who in zip(scores, people, strict=False)],
        "csat": [csat(5 if n < 45 else 2) for n in range(60)],
        "ces": easy,
        "ces_low_effort": easy,
        "cli": loyal,
        "response_rate": mailed,
        "csat_weighted": asked,
    }


@pytest.mark.parametrize("metric", ["nps", "csat", "ces", "ces_low_effort", "cli", "response_rate", "csat_weighted"])
def test_a_metric_gives_the_number_its_page_prints(metric: str) -> None:
    found = whole(metric, examples()[metric])

    assert found.value == pytest.approx(find(metric).example.expect, rel=1e-12)
    assert find(metric).example.inputs.items() <= found.inputs.items()


def test_one_score_is_given_as_often_as_its_page_prints() -> None:
    found = measure("score_distribution", [nps(9) for _ in range(30)] + [nps(3) for _ in range(170)])

    assert [m.value for m in found if m.segment == "nps 9/10"] == [find("score_distribution").example.expect]


FEW_AND_MANY: dict[str, list[Answer]] = {
    "csat_ranked": [csat(5, survey="few")] * 3 + [csat(5, survey="many")] * 140 + [csat(1, survey="many")] * 60,
    "nps_ranked": [nps(9, survey="few")] * 3 + [nps(score, survey="many") for score in [9] * 100 + [7] * 50 + [0] * 50],
    "ces_ranked": [Answer(customer_id="aki", instrument="ces", score=7, survey="few", answered_at=START)] * 3
    + [Answer(customer_id="aki", instrument="ces", score=s, survey="many", answered_at=START) for s in (4, 6) * 100],
}


@pytest.mark.parametrize("metric", ["csat_ranked", "nps_ranked", "ces_ranked"])
def test_three_ratings_are_drawn_towards_the_others_as_the_page_prints_and_put_nobody_first(metric: str) -> None:
    many, few = measure(metric, FEW_AND_MANY[metric], segment="survey")

    assert few.value == pytest.approx(find(metric).example.expect, abs=5e-5)
    assert (many.segment, many.inputs["rank"], few.segment, few.inputs["rank"]) == ("many", 1, "few", None)
    assert many.value is not None and few.value is not None and many.value < few.value < few.inputs["raw"]
    assert few.interval and few.interval.low is not None and few.interval.low < few.value


def test_a_ranking_needs_a_split_and_says_so() -> None:
    found = whole("csat_ranked", [csat(5)])

    assert found.state is State.UNDEFINED and "--segment agent" in str(found.reason)


def test_two_surveys_of_one_instrument_are_one_figure_until_they_are_split() -> None:
    answers = [nps(10, survey="spring"), nps(0, survey="autumn", who="chiyo")]

    assert whole("nps", answers).value == 0.0
    assert [m.value for m in measure("nps", answers, by="all", segment="survey")] == [-100.0, 100.0]


def test_a_ticket_that_stands_twice_counts_its_answer_once_and_with_its_latest_agent() -> None:
    found = measure("csat", [csat(5, about="T1"), csat(1, about="T2")], by="all", segment="agent")

    assert [(m.segment, m.n, m.value) for m in found] == [("Haruka", 1, 1.0), ("Soo-ah", 1, 0.0)]


def test_answers_about_one_ticket_stay_several_answers() -> None:
    answers = [csat(5, about="T1") for _ in range(4)]

    assert whole("csat", answers, segment="agent").n == 4


def test_a_customer_with_two_contracts_answers_once() -> None:
    contracts = pa.table({"customer_id": ["aki"] * 2, "started_at": [START, START], "plan": ["free", "paid"]})

    found = ok.measure("nps", answers=table([nps(10)]), subscriptions=contracts, segment="plan", by="all")

    assert sum(m.n or 0 for m in found.measurements) == 1


def test_answers_without_any_time_are_refused_with_the_column_that_is_missing() -> None:
    answers = pa.table({"customer_id": ["aki"], "instrument": ["nps"], "score": [9.0]})

    with pytest.raises(OkaeriError, match="no column answered_at"):
        ok.measure("nps", answers=answers)


def test_where_satisfaction_begins_is_a_rule(tmp_path: Any) -> None:
    shop = ok.create(tmp_path / "shop")
    (tmp_path / "a.csv").write_text(
        "customer_id,instrument,score,answered_at\naki,csat,4,2024-01-05\nb,csat,3,2024-01-05\n"
    )
    shop.import_file(tmp_path / "a.csv", table="answers")
    settings = shop.workspace.path / "okaeri.toml"

    before = shop.measure("csat", by="all").measurements[0].value
    settings.write_text(settings.read_text("utf-8") + "\n[rules]\ncsat_cut_5 = 3\n", "utf-8")
    after = ok.open(shop.workspace.path).measure("csat", by="all").measurements[0].value

    assert (before, after) == (0.5, 1.0)


def test_answers_without_an_instant_of_asking_leave_the_response_rate_undefined_not_at_100_percent() -> None:
    found = whole("response_rate", [csat(5), csat(4, who="chiyo")])

    assert (found.value, found.inputs["unasked"]) == (None, 2)
    assert "who stayed silent is not known" in str(found.reason)


def test_a_period_without_answers_is_undefined_with_the_reason() -> None:
    found = measure("nps", [nps(9, at=JANUARY), nps(9, at=JANUARY + timedelta(days=70))])

    assert [m.state for m in found] == [State.COMPLETE, State.UNDEFINED, State.PARTIAL]
    assert str(found[1].reason) == "Nobody answered in the period."


def test_answers_that_are_all_the_same_give_no_interval_to_a_mean() -> None:
    answers = [Answer(customer_id="aki", instrument="ces", score=7, answered_at=START) for _ in range(5)]

    assert whole("ces", answers).interval is None


def test_each_period_says_how_far_it_moved_and_whether_that_is_more_than_chance() -> None:
    months = [JANUARY + timedelta(days=31 * n) for n in range(4)]
    shares = (0.9, 0.3, 0.32, 0.9)
    answers = [
        nps(10 if n < 200 * share else 0, at=at) for at, share in zip(months, shares, strict=True) for n in range(200)
    ]

    found = measure("nps", answers)

    assert [m.inputs["distinguishable"] for m in found] == [None, True, False, None]
    assert found[1].inputs["change"] == pytest.approx(-120)
    assert found[1].inputs["change_low"] < -120 < found[1].inputs["change_high"] < 0
    assert found[3].state is State.PARTIAL and found[3].inputs["change"] is None


def test_periods_that_may_overlap_are_not_compared() -> None:
    periods = (Period(date(2024, 1, 1), date(2024, 1, 6)), Period(date(2024, 1, 6), date(2024, 1, 9)))

    found = measure("nps", [nps(9, at=JANUARY), nps(1, at=JANUARY + timedelta(days=5))], periods=periods)

    assert [m.inputs["change"] for m in found] == [None, None]


@pytest.mark.parametrize("shares", [(0.5, 0.3, 0.2), (0.9, 0.08, 0.02), (0.33, 0.34, 0.33), (0.2, 0.5, 0.3)])
def test_the_interval_of_the_nps_holds_the_truth_often_enough(shares: tuple[float, float, float]) -> None:
    rng = np.random.default_rng(2016)
    truth = 100 * (shares[0] - shares[2])

    held = []
    for n in (5, 10, 30, 100):
        for promoters, _passives, detractors in rng.multinomial(n, shares, size=600).tolist():
            around = nps_adjusted_wald(promoters, detractors, n)
            assert around.low is not None and around.high is not None
            held.append(around.low <= truth <= around.high)

    assert np.mean(held) >= 0.94


def test_the_interval_of_a_weighted_csat_holds_the_truth_often_enough() -> None:
    from okaeri.metrics.voice.answers import _weighted, weighted_cell

    rng = np.random.default_rng(1979)
    asked, responding, satisfied = np.array([400, 300, 80]), np.array([0.1, 0.4, 0.5]), np.array([0.6, 0.8, 0.95])
    truth = float(asked @ satisfied / asked.sum())

    held = []
    for _ in range(1_500):
        answers = rng.binomial(asked, responding)
        happy = rng.binomial(answers, satisfied)
        strata = [
            {"asked": int(a), "answers": int(n), "satisfied": int(s)}
            for a, n, s in zip(asked, answers, happy, strict=True)
        ]
        around = weighted_cell(find("csat_weighted"), _weighted(strata)).interval
        assert around and around.low is not None and around.high is not None
        held.append(around.low <= truth <= around.high)

    assert np.mean(held) >= 0.94
