"""The front door: a workspace opened, asked, filled and emptied, also by several processes at once."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import okaeri as ok
from okaeri.base.calendar import rolling
from okaeri.base.errors import OkaeriError
from okaeri.facts.lake import Lake
from tests.facts.lakes import NOON, batch, order

ROOT = Path(__file__).resolve().parents[1]
WINDOW = "orders:30d"


class Clock:
    """A clock that stands still until somebody moves it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(tmp_path: Path, clock: Clock) -> ok.Shop:
    """Aki buys in January and February, Min-jun only in January, Chiyo only in February."""
    made = ok.create(tmp_path / "shop", settings={"zone": "Asia/Tokyo", "currency": "JPY", "threads": 1}, clock=clock)
    land(
        made, [order("1", "aki"), order("2", "min-jun", day=3), order("3", "aki", day=35), order("4", "chiyo", day=57)]
    )
    return made


def land(shop: ok.Shop, rows: list[dict[str, Any]], *, table: str = "orders", at: datetime = NOON) -> None:
    lake = Lake(shop.workspace.lake_path)
    lake.land(table, batch(rows, table=table), batch_id=f"{table}-{lake.version(table)}", now=at)


def labels(result: ok.Result) -> list[str]:
    return [m.period.label for m in result.measurements if m.period]


def test_a_created_workspace_can_be_opened_and_says_the_same(shop: ok.Shop, clock: Clock) -> None:
    opened = ok.open(shop.workspace.path, clock=clock)

    assert opened.workspace.settings == shop.workspace.settings
    assert opened.retention(presence=WINDOW).rows == shop.retention(presence=WINDOW).rows != []


def test_where_no_workspace_is_the_error_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(OkaeriError, match="okaeri init --workspace"):
        ok.open(tmp_path)


def test_a_second_workspace_in_one_folder_is_refused(shop: ok.Shop) -> None:
    with pytest.raises(OkaeriError, match="There is a workspace in"):
        ok.create(shop.workspace.path)


def test_an_empty_workspace_says_what_to_import(tmp_path: Path) -> None:
    with pytest.raises(OkaeriError, match=r"okaeri import orders\.csv --as orders"):
        ok.create(tmp_path / "new").retention()


def test_retention_counts_who_was_here_and_still_is(shop: ok.Shop) -> None:
    """Aki's 30 days were over on 31 January and Min-jun's in February; Aki came back, Chiyo is new."""
    result = shop.retention(presence=WINDOW, start=date(2026, 2, 1), end=date(2026, 2, 28))

    (february,) = result.measurements
    counts = ("cs", "retained", "lost", "acquired", "returned", "ce")
    assert [february.inputs[name] for name in counts] == [1, 0, 1, 1, 1, 2]
    assert labels(result) == ["2026-02"]


@pytest.mark.parametrize(
    ("ask", "metric"),
    [
        (lambda shop: shop.retention(), "crr"),
        (lambda shop: shop.churn(), "churn"),
        (lambda shop: shop.cohorts(), "cohort"),
        (lambda shop: shop.cohorts(kind="unbounded"), "cohort_unbounded"),
        (lambda shop: shop.cohorts(kind="revenue"), "cohort_revenue"),
        (lambda shop: shop.survival(), "survival"),
        (lambda shop: shop.repeat(), "repeat_rate"),
        (lambda shop: shop.value(), "clv_historical"),
    ],
)
def test_every_named_question_is_its_metric(shop: ok.Shop, ask: Callable[[ok.Shop], ok.Result], metric: str) -> None:
    result = ask(shop)

    assert result.metric.id == metric
    assert result.measurements


@pytest.mark.parametrize(
    ("metric", "question", "advice"),
    [
        ("crrr", {}, "no metric called 'crrr'. Use 'crr'"),
        ("weather", {}, "`okaeri metrics` lists them"),
        ("crr", {"by": "monht"}, "Use 'month'"),
        ("crr", {"segment": "plan"}, "Nothing is known about customers to split them by plan"),
        ("crr", {"presence": "orders:90"}, "Use subscriptions, orders:90d"),
        ("crr", {"presence": "events:30d"}, "Import events, or choose another presence rule"),
        ("crr", {"start": date(2026, 2, 1), "end": date(2026, 2, 1)}, "The end is not included"),
        ("crr", {"start": date(2031, 1, 1), "end": date(2031, 2, 1)}, "Choose earlier periods, or import newer facts"),
        ("churn_could_have", {}, "Import subscriptions"),
    ],
)
def test_a_question_that_cannot_be_answered_says_what_to_ask_instead(
    shop: ok.Shop, metric: str, question: dict[str, Any], advice: str
) -> None:
    with pytest.raises(OkaeriError, match=advice):
        shop.measure(metric, **question)


def test_a_kind_of_cohorts_that_does_not_exist_is_refused(shop: ok.Shop) -> None:
    with pytest.raises(OkaeriError, match=r"no metric called 'cohort_revenu'\. Use 'cohort_revenue'"):
        shop.cohorts(kind="revenu")


def test_a_segment_is_an_attribute_of_customers(shop: ok.Shop) -> None:
    people = [
        {"customer_id": "aki", "attributes": '{"home town": "京都"}'},
        {"customer_id": "chiyo", "attributes": '{"home town": "서울", "plan": "pro"}'},
    ]
    land(shop, people, table="customers")

    result = shop.measure("apv", by="all", segment="home town")

    assert {m.segment: m.inputs["orders"] for m in result.measurements} == {"": 1, "京都": 2, "서울": 1}


def test_custom_and_rolling_periods_may_overlap(shop: ok.Shop) -> None:
    windows = rolling(days=30, last=date(2026, 2, 20), count=3, step=10)

    result = shop.repeat(periods=windows)

    assert [m.period for m in result.measurements] == list(windows)
    assert [m.inputs["customers"] for m in result.measurements] == [1, 1, 1]


def test_an_order_in_the_future_is_not_observed_yet(shop: ok.Shop, clock: Clock) -> None:
    land(shop, [order("5", "aki", day=100)])

    before = shop.retention(presence=WINDOW).cutoff
    clock.now += timedelta(days=365)
    later = ok.open(shop.workspace.path, clock=clock).retention(presence=WINDOW).cutoff

    assert (before, later) == (date(2026, 2, 28), date(2026, 4, 12))


def test_as_of_shows_what_was_known_then(shop: ok.Shop, clock: Clock) -> None:
    known = shop.retention(presence=WINDOW).rows
    clock.now += timedelta(days=90)
    land(shop, [order("2", "min-jun", day=3, amount=99.0), order("9", "dan", day=80)], at=clock.now)

    then = ok.open(shop.workspace.path, clock=clock, as_of=NOON + timedelta(days=1))

    assert then.retention(presence=WINDOW).rows == known
    assert shop.retention(presence=WINDOW).rows != known


def test_as_of_does_not_look_into_the_future_of_that_day(shop: ok.Shop, clock: Clock) -> None:
    """An order dated ahead was known, but had not happened."""
    land(shop, [order("5", "aki", day=100)])
    clock.now += timedelta(days=365)

    then = ok.open(shop.workspace.path, clock=clock, as_of=NOON + timedelta(days=1))

    assert then.retention(presence=WINDOW).cutoff == date(2026, 2, 28)


def test_a_naive_as_of_is_in_the_zone_of_the_workspace(shop: ok.Shop, clock: Clock) -> None:
    noon_in_tokyo = datetime(2026, 3, 1, 21)

    assert ok.open(shop.workspace.path, clock=clock, as_of=noon_in_tokyo).retention().rows
    with pytest.raises(OkaeriError, match="Nothing had been imported by 2026-03-01 11:59 UTC"):
        ok.open(shop.workspace.path, clock=clock, as_of=noon_in_tokyo - timedelta(seconds=1)).retention()


def test_customers_are_the_people_behind_the_counts(shop: ok.Shop) -> None:
    result = shop.retention(presence=WINDOW)

    for measurement in result.measurements:
        counts = {
            state: len(result.customers(period=measurement.period, state=state)) for state in ("lost", "retained")
        }
        assert counts == {state: measurement.inputs[state] for state in counts}
    assert result.customers(period=date(2026, 2, 10), state="acquired") == ["chiyo"]
    assert result.customers(period="2026-01", state="came_and_went") == ["aki"]


def test_customers_of_a_state_or_period_that_does_not_exist_are_refused(shop: ok.Shop) -> None:
    result = shop.retention(presence=WINDOW)

    with pytest.raises(OkaeriError, match="Use 'retained'"):
        result.customers(state="retaind")
    with pytest.raises(OkaeriError, match="It holds 2026-01, 2026-02"):
        result.customers(period="2019-01")


def test_an_older_result_still_names_its_customers_after_the_facts_changed(shop: ok.Shop) -> None:
    old = shop.retention(presence=WINDOW)
    land(shop, [order("5", "eve", day=57)])
    new = shop.retention(presence=WINDOW)
    shop.forget("min-jun")

    assert old.customers(period="2026-01", state="came_and_went") == ["aki"]
    assert new.customers(period="2026-02", state="acquired") == ["chiyo", "eve"]


def test_a_forgotten_customer_is_in_no_answer_and_in_no_file(shop: ok.Shop) -> None:
    shop.retention(presence=WINDOW)

    receipt = shop.forget("min-jun")

    assert receipt.rows == {"orders": 1}
    assert shop.tables() == {"orders": 3}
    assert shop.value().rows[0]["inputs"]["customers"] == 2
    assert not [path for path in shop.workspace.path.rglob("*") if path.is_file() and b"min-jun" in path.read_bytes()]


def test_two_currencies_are_never_added_and_a_note_says_so(shop: ok.Shop) -> None:
    land(shop, [{**order("5", "aki", day=40), "currency": "KRW"}])

    result = shop.value()

    assert {m.currency: m.inputs["revenue"] for m in result.measurements} == {"JPY": 40.0, "KRW": 10.0}
    assert any("several currencies" in str(note) for note in result.notes)


def test_pandas_and_arrow_have_the_same_rows_with_a_column_per_input(shop: ok.Shop) -> None:
    result = shop.retention(presence=WINDOW)

    arrow, frame = result.to_arrow(), result.to_pandas()

    assert arrow.column("cs").to_pylist() == [m.inputs["cs"] for m in result.measurements] == frame["cs"].tolist()
    assert arrow.column_names == list(frame.columns)
    assert arrow.num_rows == len(result.measurements)


def test_without_pandas_a_frame_is_refused_with_the_way_to_get_one(
    shop: ok.Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(OkaeriError, match=r"pip install pandas.*to_arrow"):
        shop.retention(presence=WINDOW).to_pandas()


def test_a_notebook_shows_a_fragment_that_fetches_nothing(shop: ok.Shop) -> None:
    html = shop.retention(presence=WINDOW)._repr_html_()

    assert "<svg" in html and "<table" in html
    assert "<script" not in html and "http-equiv" not in html and 'src="http' not in html


def test_a_chart_is_a_vega_lite_chart_with_the_measured_values(shop: ok.Shop) -> None:
    result = shop.retention(presence=WINDOW)

    spec = result.chart(mode="dark", lang="ko").to_dict()

    assert "vega-lite" in spec["$schema"]
    assert spec != result.chart(mode="light", lang="ko").to_dict()


def test_an_explanation_is_in_the_language_asked_for(shop: ok.Shop) -> None:
    result = shop.retention(presence=WINDOW)

    english, japanese = result.explain(), result.explain(lang="ja")

    assert str(result.metric.definition) in english
    assert result.metric.source in english and result.metric.source in japanese
    assert "お客様" in japanese
    assert result.explain() == english


def test_importing_a_file_is_seen_by_the_next_question(shop: ok.Shop, tmp_path: Path) -> None:
    csv = tmp_path / "march.csv"
    csv.write_text("order_id,customer_id,ordered_at,amount,currency\n7,aki,2026-02-28 10:00,12,JPY\n")
    before = shop.value().rows[0]["inputs"]["revenue"]

    summary = shop.import_file(csv, table="orders")

    assert (summary.read, summary.new) == (1, 1)
    assert shop.value().rows[0]["inputs"]["revenue"] == before + 12


MEASURER = """
    asked = 0
    while not (path / "stop").exists() or not asked:
        result = shop.retention(presence="orders:30d")
        result.customers(period="2026-01", state="acquired")
        spent = ok.open(path, clock=lambda: NOON).value().rows[0]["inputs"]
        assert spent["revenue"] == 10.0 * spent["orders"], spent
        asked += 1
"""
KEEPER = """
    lake = Lake(path / "lake")
    for n in range(6):
        rows = [f"{n}-{k},c{n}-{k},2026-01-{k + 1:02d} 12:00,10,JPY" for k in range(5)]
        file = path.parent / f"{n}.csv"
        file.write_text("\\n".join(["order_id,customer_id,ordered_at,amount,currency", *rows]))
        assert shop.import_file(file, table="orders").new == 5
        if n % 2:
            lake.compact("orders", now=NOON)
            shop.forget(f"c{n}-0")
    (path / "stop").touch()
"""


def process(code: str, workspace: Path) -> subprocess.Popen[str]:
    head = """
        import sys; from pathlib import Path
        import okaeri as ok; from okaeri.facts.lake import Lake; from tests.facts.lakes import NOON
        path = Path(sys.argv[1]); shop = ok.open(path, clock=lambda: NOON)
    """
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(head) + textwrap.dedent(code), str(workspace)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
    )


def test_two_measure_while_a_third_imports_compacts_and_forgets_and_nobody_sees_an_error(shop: ok.Shop) -> None:
    path = shop.workspace.path
    everybody = [process(MEASURER, path), process(MEASURER, path), process(KEEPER, path)]
    try:
        said = [everybody[2].communicate(timeout=60)[1]]
        (path / "stop").touch()
        said += [each.communicate(timeout=60)[1] for each in everybody[:2]]
    finally:
        for each in everybody:
            each.kill()

    assert said == ["", "", ""]
    assert [each.returncode for each in everybody] == [0, 0, 0]
    assert shop.tables() == {"orders": 4 + 6 * 5 - 3}
