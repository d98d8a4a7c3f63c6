"""Targets: how they are written, when one is met, missed or not to be told, and how good the forecast is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import okaeri as ok
from okaeri.base.calendar import Grain, Period
from okaeri.base.errors import OkaeriError
from okaeri.base.intervals import clopper_pearson, wilson
from okaeri.base.measurement import Interval, Measurement, State
from okaeri.base.units import Unit
from okaeri.facts.lake import Lake
from okaeri.targets import Target, Verdict, read_targets, remove_targets, set_target
from okaeri.targets.forecast import FEWEST, MOST, Course, backtest, band, forecast
from okaeri.targets.verdict import judge
from tests.facts.lakes import NOON, batch, order

JANUARY = Period(date(2024, 1, 1), date(2024, 2, 1), Grain.MONTH)


@pytest.fixture
def shop(tmp_path: Path) -> ok.Shop:
    """Eight months of orders until 1 March 2026; the last month has its first day."""
    settings = {"zone": "UTC", "currency": "JPY", "threads": 1, "presence": "orders:30d"}
    made = ok.create(tmp_path / "shop", settings=settings, clock=lambda: NOON)
    land(made, [order(f"{day}", f"c{day % 7}", amount=100 + day % 3, day=day) for day in range(-240, 60)])
    return made


def land(shop: ok.Shop, rows: list[dict[str, Any]], *, table: str = "orders") -> None:
    lake = Lake(shop.workspace.lake_path)
    lake.land(table, batch(rows, table=table), batch_id=f"{table}-{lake.version(table)}", now=NOON)


def figure(
    value: float | None, interval: Interval | None = None, *, n: int = 100, unit: Unit = Unit.RATE
) -> Measurement:
    return Measurement(
        metric="crr", version=1, value=value, unit=unit, n=n, cutoff=date(2024, 2, 10), period=JANUARY,
        interval=interval, state=State.COMPLETE if value is not None else State.UNDEFINED,
    )  # fmt: skip


def toml(shop: ok.Shop) -> str:
    return (shop.workspace.path / "okaeri.toml").read_text("utf-8")


def test_a_target_is_written_and_read_back(shop: ok.Shop) -> None:
    wanted = Target(metric="crr", at_least=0.8, by="quarter", owner="Aki", department="CX", segment="plan=pro")
    set_target(shop.workspace, wanted)

    assert read_targets(shop.workspace) == (wanted,)
    assert '[[targets]]\nmetric = "crr"\nat_least = 0.8' in toml(shop)


def test_setting_a_target_again_replaces_it_and_no_other(shop: ok.Shop) -> None:
    for target in (
        Target(metric="crr", at_least=0.8, department="CX"),
        Target(metric="crr", at_least=0.6, department="Sales"),
        Target(metric="crr", at_least=0.9, department="CX"),
    ):
        set_target(shop.workspace, target)

    assert [(each.department, each.bound) for each in read_targets(shop.workspace)] == [("Sales", 0.6), ("CX", 0.9)]


def test_what_people_wrote_by_hand_stays(shop: ok.Shop) -> None:
    """A comment beside a target, a whole number, and no `by`."""
    hand = '\n# agreed in May\n[[targets]]\nmetric = "apv"  # in yen\nat_least = 90\n\n[rules]\ncsat_cut_5 = 3\n'
    path = shop.workspace.path / "okaeri.toml"
    path.write_text(toml(shop) + hand, "utf-8")
    set_target(shop.workspace, Target(metric="crr", at_least=0.8))
    remove_targets(shop.workspace, "crr")

    assert [each.bound for each in read_targets(shop.workspace)] == [90.0]
    assert all(words in toml(shop) for words in ("# agreed in May", "# in yen", "at_least = 90\n", "csat_cut_5 = 3"))


def test_removing_takes_those_that_were_meant(shop: ok.Shop) -> None:
    for by in ("month", "quarter"):
        set_target(shop.workspace, Target(metric="crr", at_least=0.8, by=by))
    gone = remove_targets(shop.workspace, "crr", by="quarter")

    assert [each.by for each in gone] == ["quarter"]
    assert [each.by for each in read_targets(shop.workspace)] == ["month"]
    remove_targets(shop.workspace, "crr")
    assert "targets" not in toml(shop)


def test_removing_what_is_not_there_is_an_error(shop: ok.Shop) -> None:
    with pytest.raises(OkaeriError, match="`okaeri target list` lists them"):
        remove_targets(shop.workspace, "crr")


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ({"metric": "crm", "at_least": 1}, "Use 'crr'"),
        ({"metric": "crr"}, "Say --at-least or --at-most"),
        ({"metric": "crr", "at_least": 0.1, "at_most": 0.2}, "one of the two"),
        ({"metric": "crr", "at_least": 80}, r"Write 0\.8 for 80%"),
        ({"metric": "crr", "at_least": 0.8, "by": "all"}, "There is no period length called 'all'"),
        ({"metric": "crr", "at_least": 0.8, "segment": "pro"}, "Write column=label"),
    ],
)
def test_a_target_that_makes_no_sense_says_how_to_write_it(said: dict[str, Any], advice: str) -> None:
    with pytest.raises(OkaeriError, match=advice):
        Target(**said)


@pytest.mark.parametrize(
    ("lines", "advice"),
    [
        ('[[targets]]\nmetric = "crr"\nat_lest = 0.8\n', "at_least"),
        ("[[targets]]\nat_least = 0.8\n", "Give it one"),
        ('[[targets]]\nmetric = "crr"\nat_least = "many"\n', "It must be a number"),
        ('[[targets]]\nmetric = "crr"\nat_least = true\n', "It must be a number"),
        ('[targets]\nmetric = "crr"\n', r"Begin each of them with a line \[\[targets\]\]"),
    ],
)
def test_a_line_that_cannot_be_read_says_which(shop: ok.Shop, lines: str, advice: str) -> None:
    (shop.workspace.path / "okaeri.toml").write_text(toml(shop) + lines, "utf-8")

    with pytest.raises(OkaeriError, match=advice):
        read_targets(shop.workspace)


def test_three_processes_setting_targets_lose_none(shop: ok.Shop) -> None:
    code = (
        "import sys; from okaeri.facts.workspace import Workspace; from okaeri.targets import Target, set_target\n"
        "for n in range(10):\n"
        "    wanted = Target(metric='crr', at_least=0.5, department=f'{sys.argv[2]}{n}')\n"
        "    set_target(Workspace.open(sys.argv[1]), wanted)"
    )
    line = [sys.executable, "-c", code, str(shop.workspace.path)]
    writers = [subprocess.Popen([*line, name]) for name in ("aki", "min-jun", "chiyo")]
    ended = [each.wait(timeout=120) for each in writers]

    assert ended == [0, 0, 0]
    assert len(read_targets(shop.workspace)) == 30


@pytest.mark.parametrize(
    ("low", "high", "at_least", "at_most"),
    [
        (0.81, 0.9, Verdict.MET, Verdict.MISSED),
        (0.8, 0.9, Verdict.MET, Verdict.UNCLEAR),
        (0.7, 0.9, Verdict.UNCLEAR, Verdict.UNCLEAR),
        (0.7, 0.8, Verdict.UNCLEAR, Verdict.MET),
        (0.7, 0.79, Verdict.MISSED, Verdict.MET),
        (0.81, None, Verdict.MET, Verdict.MISSED),
        (0.7, None, Verdict.UNCLEAR, Verdict.UNCLEAR),
        (None, 0.79, Verdict.MISSED, Verdict.MET),
    ],
)
def test_the_whole_interval_decides(low: float | None, high: float | None, at_least: Verdict, at_most: Verdict) -> None:
    measured = figure(0.8, Interval(low=low, high=high, method="t"))

    assert judge(measured, Target(metric="crr", at_least=0.8)).verdict is at_least
    assert judge(measured, Target(metric="crr", at_most=0.8)).verdict is at_most


def test_a_share_is_judged_by_the_exact_interval() -> None:
    """Of 98 in 100 the score interval begins at 0.92999, the exact one at 0.92962: 0.9298 is not certain."""
    score, exact = wilson(98, 100), clopper_pearson(98, 100)
    assert score.low is not None and exact.low is not None and exact.low < 0.9298 < score.low
    judged = judge(figure(0.98, score), Target(metric="crr", at_least=0.9298))

    assert judged.verdict is Verdict.UNCLEAR
    assert judged.interval == exact


@pytest.mark.parametrize(("value", "verdict"), [(0.8, Verdict.MET), (0.79, Verdict.MISSED), (None, Verdict.UNCLEAR)])
def test_without_an_interval_the_figure_itself_is_compared(value: float | None, verdict: Verdict) -> None:
    assert judge(figure(value), Target(metric="crr", at_least=0.8)).verdict is verdict


def test_a_bound_alone_can_meet_a_target() -> None:
    """LTV at no churn: no value, yet "more than 500"."""
    bound = Interval(low=500.0, high=None, method="one-sided")
    judged = judge(figure(None, bound, unit=Unit.MONEY), Target(metric="apv", at_least=400))

    assert judged.verdict is Verdict.MET


def test_the_band_leaves_out_as_many_as_the_level_allows() -> None:
    found = [band(list(range(size))) for size in (6, 9, 18, 19, 29)]

    assert [(low, high) for low, high, _level in found] == [(0, 5), (0, 8), (0, 17), (1, 17), (2, 26)]
    assert [level for _low, _high, level in found] == pytest.approx([5 / 7, 0.8, 17 / 19, 0.8, 0.8])


@pytest.mark.parametrize("size", [6, 9, 12, 19])
def test_the_band_holds_the_next_move_as_often_as_it_says(size: int) -> None:
    """Heavy tails and skew do not matter, only that the moves are alike."""
    rng = np.random.default_rng(7)
    draws = np.exp(rng.standard_t(3, size=(4000, size + 1)))
    bands = [band(list(row[:-1])) for row in draws]
    held = np.mean([low <= row[-1] <= high for (low, high, _level), row in zip(bands, draws, strict=True)])

    assert held == pytest.approx(bands[0][2], abs=0.025)


def test_a_forecast_needs_six_earlier_periods() -> None:
    few = forecast(0.5, [Course(0.5, 0.4)] * (FEWEST - 1), unit=Unit.RATE)
    enough = forecast(0.5, [Course(0.5, 0.4)] * FEWEST, unit=Unit.RATE)

    assert few.value is None and "Only 5 earlier periods" in str(few.reason)
    assert enough.value == pytest.approx(0.4) and enough.reason is None


def test_a_count_grows_by_a_ratio_and_a_share_moves_by_a_difference() -> None:
    courses = [Course(0.2, 0.1)] * FEWEST

    assert forecast(0.4, courses, unit=Unit.COUNT).value == pytest.approx(0.2)
    assert forecast(0.4, courses, unit=Unit.RATE).value == pytest.approx(0.3)


def test_a_count_that_began_at_nothing_moves_by_a_difference() -> None:
    courses = [Course(0, 10), *[Course(5, 15)] * FEWEST]

    assert forecast(0, courses, unit=Unit.COUNT).value == 10


def test_a_share_stays_a_share() -> None:
    found = forecast(0.95, [Course(0.5, 0.6 + step / 100) for step in range(FEWEST)], unit=Unit.RATE)

    assert found.interval is not None
    assert (found.value, found.interval.high) == (1.0, 1.0)


def test_only_the_latest_periods_are_looked_at() -> None:
    found = forecast(1.0, [*[Course(1, 100)] * 50, *[Course(1, 2)] * MOST], unit=Unit.RATIO)

    assert (found.periods, found.value) == (MOST, 2.0)


def test_a_backtest_forecasts_each_period_from_those_before_it() -> None:
    moves = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 3.5, 100.0, 50.0]

    assert backtest(moves) == (2, 3)


def scorecard_of(shop: ok.Shop, *targets: Target) -> list[Any]:
    for target in targets:
        set_target(shop.workspace, target)
    return list(shop.check().lines)


def test_the_latest_complete_period_counts_and_the_current_one_is_told_beside_it(shop: ok.Shop) -> None:
    (line,) = scorecard_of(shop, Target(metric="apv", at_least=100))

    assert (line.latest.measurement.period.label, line.verdict) == ("2026-02", Verdict.MET)
    assert line.current.measurement.period.label == "2026-03"
    assert line.current.measurement.state is State.PARTIAL


def test_a_forecast_starts_from_the_same_day_of_earlier_periods(shop: ok.Shop) -> None:
    """Redone by hand: what each month's figure was after one day, and at its end."""
    (line,) = scorecard_of(shop, Target(metric="apv", at_least=100))

    days = {day: 100 + day % 3 for day in range(-240, 60)}
    courses = list(months(days))[-MOST:]
    by_hand = forecast(days[59], courses, unit=Unit.MONEY)
    assert line.forecast.periods == len(courses) == 9
    assert line.forecast.value == pytest.approx(by_hand.value)


def months(amounts: dict[int, int]) -> Iterator[Course]:
    first = date(2026, 1, 1)
    for year, month in [(2025, month) for month in range(6, 13)] + [(2026, 1), (2026, 2)]:
        start, end = date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
        inside = [amounts[day] for day in range((start - first).days, (end - first).days) if day in amounts]
        begun = amounts.get((start - first).days)
        if begun is not None:
            yield Course(float(begun), sum(inside) / len(inside))


def test_a_metric_that_cannot_be_measured_cannot_be_told(shop: ok.Shop) -> None:
    (line,) = scorecard_of(shop, Target(metric="churn_could_have", at_most=0.1))

    assert line.verdict is Verdict.UNCLEAR
    assert line.reason


def test_a_segment_of_one_customer_or_of_none_cannot_be_told(shop: ok.Shop) -> None:
    homes = {"c1": "Osaka", "c2": "Osaka", "c3": "Osaka", "c4": "Kobe"}
    rows = [{"customer_id": name, "attributes": json.dumps({"home": home})} for name, home in homes.items()]
    land(shop, rows, table="customers")
    osaka, kobe, nowhere = scorecard_of(
        shop,
        Target(metric="apv", at_least=50, segment="home=Osaka"),
        Target(metric="apv", at_least=50, segment="home=Kobe"),
        Target(metric="apv", at_least=100, segment="home=Atlantis"),
    )

    assert osaka.verdict is Verdict.MET
    assert (kobe.verdict, str(kobe.latest.reason)) == (Verdict.UNCLEAR, "There are too few rows for an interval.")
    assert (nowhere.verdict, str(nowhere.reason)) == (Verdict.UNCLEAR, "There is no figure for home=Atlantis.")


def test_two_currencies_are_no_one_figure_unless_one_is_named(shop: ok.Shop) -> None:
    land(shop, [{**order("e", "c1", amount=5, day=50), "currency": "EUR"}])
    both, yen = scorecard_of(shop, Target(metric="apv", at_least=90), Target(metric="apv", at_least=90, currency="JPY"))

    assert (both.verdict, yen.verdict) == (Verdict.UNCLEAR, Verdict.MET)
    assert "several figures for a period" in str(both.reason)


def test_a_cohort_triangle_takes_no_target(shop: ok.Shop) -> None:
    (line,) = scorecard_of(shop, Target(metric="cohort", at_least=0.5))

    assert line.verdict is Verdict.UNCLEAR
    assert "several figures for a period" in str(line.reason)


def test_checking_goes_into_the_restatement_log_once_for_each_target(shop: ok.Shop) -> None:
    scorecard_of(shop, Target(metric="apv", at_least=100))

    kept = list((shop.workspace.path / "measurements").rglob("0*.json"))
    assert [path.parent.parent.name for path in kept] == ["apv"]


def test_a_scorecard_as_json_has_a_line_for_each_target(shop: ok.Shop) -> None:
    set_target(shop.workspace, Target(metric="apv", at_least=100, owner="Aki"))
    set_target(shop.workspace, Target(metric="apv", at_most=50, by="quarter"))
    said = shop.check().as_json()

    assert {name: said[name] for name in ("met", "missed", "cannot_tell")} == {"met": 1, "missed": 1, "cannot_tell": 0}
    first = said["targets"][0]
    assert (first["target"]["owner"], first["verdict"], first["latest"]["period_start"]) == ("Aki", "met", "2026-02-01")
    assert set(first["forecast"]["backtest"]) == {"held", "tested"}
    assert NOON - timedelta(days=400) < datetime.fromisoformat(first["latest"]["period_start"] + "T00:00+00:00") < NOON
