"""Every rival definition against plain counting on one dataset, and what its sentence says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pyarrow as pa
import pytest

from okaeri.base.calendar import Calendar
from okaeri.base.errors import OkaeriError
from okaeri.base.measurement import State
from okaeri.base.text import use_language
from okaeri.base.units import Unit
from okaeri.frames import facts_of
from okaeri.metrics.rivals.definitions import DEFINITIONS
from okaeri.metrics.rivals.switchboard import COLUMNS, QUANTITIES, Switchboard, switchboard
from tests.metrics import oracle
from tests.metrics.revenues import Deal, movements, random_deals, runs_of, table

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def on(month: int, day: int = 1) -> datetime:
    return datetime(2024, month, day, 12, tzinfo=UTC)


def board_of(deals: list[Deal], *, zone: str = "UTC", period: str | None = None, by: str = "month") -> Switchboard:
    measurer = facts_of({"subscriptions": table(deals)}, calendar=Calendar(zone=zone), now=NOW)
    return switchboard(measurer, period=period, by=by)


def story() -> list[Deal]:
    """February: 40 at the start, 4 of them leave, 5 come, 2 more come and go, one leaves and is back, one pays more."""
    stay = [Deal(f"stay{n}", on(1, 5), None, "100") for n in range(34)]
    lost = [Deal(f"lost{n}", on(1, 5), on(2, 10), "100") for n in range(4)]
    grown = [Deal("grown", on(1, 5), on(2, 10), "100"), Deal("grown", on(2, 10), None, "180")]
    back = [Deal("back", on(1, 5), on(2, 5), "100"), Deal("back", on(2, 20), None, "100")]
    come = [Deal(f"come{n}", on(2, 12), None, "100") for n in range(5)]
    passing = [Deal(f"pass{n}", on(2, 12), on(2, 22), "100") for n in range(2)]
    return [*stay, *lost, *grown, *back, *come, *passing, Deal("later", on(3, 5), None, "100")]


def test_every_definition_gives_the_number_one_gets_by_hand() -> None:
    board = board_of(story())

    found = {line.definition.id: line.measurement.value for line in board.lines}
    assert board.period.label == "2024-02"
    assert found["opening_base"] == found["chartmogul_b2b"] == 4 / 40
    assert found["chartmogul_b2b_gross_mrr"] == pytest.approx(400 / 4000)
    assert found["chartmogul_b2b_net_mrr"] == pytest.approx((400 - 80) / 4000)
    assert found["posthog"] == found["stripe"] == (4 + 2) / (40 + 5 + 2)
    assert found["baremetrics"] == (4 + 2) / 40
    # back leaves on the 5th of 40, four on the 10th of 39, the passing two on the 22nd of 35 + 7 + 1
    assert found["chartmogul_b2c"] == pytest.approx(1 / 40 + 4 / 39 + 2 / 43)
    assert found["opening_base_retention"] == 36 / 40
    assert found["chartmogul_net_mrr_retention"] == pytest.approx(1 - (400 - 80) / 4000)
    assert found["posthog_retention"] == pytest.approx(1 - 6 / 47)
    assert found["baremetrics_nrr"] == pytest.approx(1 - (400 - 80) / 4000)
    assert found["opening_base_ltv"] == pytest.approx(100 / 0.1)
    arpa = (41 * 100 + 80) / 41
    assert found["posthog_ltv"] == pytest.approx(arpa / (6 / 47))
    assert found["baremetrics_ltv"] == pytest.approx(arpa / (6 / 40))


def test_each_line_says_why_with_the_numbers_of_the_data() -> None:
    board = board_of(story())

    said = {line.definition.id: str(line.why) for line in board.lines}
    assert said["opening_base"].startswith("4 of the 40 customers at the start were gone")
    assert "the 2 customers who came and went are left out" in said["chartmogul_b2b"]
    assert said["baremetrics"].startswith("Came and went inside the period: 2.")
    assert said["posthog"].startswith("7 customers joined in the period and enlarge the base to 47; 2 of them")
    assert said["chartmogul_b2c"].startswith("It adds up the rate of each day: 7 departures against 40 customers")
    assert "€80.00 of expansion and reactivation are set against €400.00" in said["chartmogul_b2b_net_mrr"]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_counts_and_days_equal_those_by_hand(seed: int, zone: str) -> None:
    random = Random(f"board {seed}")
    deals = [replace(d, currency="EUR") for n in range(8) for d in random_deals(random, prefix=f"{n}/")]
    stays = oracle.stays_of_contracts([(d.customer, d.start, d.end) for d in deals], zone=zone, grace_days=0)

    board = board_of(deals, zone=zone)

    start, end = board.period.start, board.period.end
    counts = oracle.counts(stays, start=start, end=end)
    passing, base = counts["came_and_went"], counts["cs"] + counts["cn"] + counts["came_and_went"]
    days = [start + timedelta(days=n) for n in range((end - start).days)]
    daily = [(oracle.present(stays, day), oracle.present(stays, day + timedelta(days=1))) for day in days]
    moved = movements(runs_of(deals, zone=zone, grace_days=0), "EUR", start=start, end=end)
    value = {line.definition.id: line.measurement.value for line in board.lines}
    assert value["opening_base"] == counts["lost"] / counts["cs"]
    assert value["posthog"] == (counts["lost"] + passing) / base
    assert value["baremetrics"] == (counts["lost"] + passing) / counts["cs"]
    assert value["chartmogul_b2c"] == pytest.approx(sum(len(a - b) / len(a) for a, b in daily if a))
    assert value["chartmogul_b2b_gross_mrr"] == pytest.approx(
        float(moved["churned"] + moved["contraction"]) / float(moved["opening"])
    )


def test_chartmoguls_lifetime_value_takes_the_mean_churn_of_the_months_before() -> None:
    deals = [Deal(f"stay{n}", on(1, 5), None, "100") for n in range(40)]
    deals += [Deal(f"gone{n}", on(1, 5), on(2 + n % 3, 10), "100") for n in range(9)]

    board = board_of([*deals, Deal("later", on(6, 5), None, "100")], period="2024-05")

    line = board.line("chartmogul_ltv")
    mean = (3 / 49 + 3 / 46 + 3 / 43) / 3
    assert line.measurement.inputs["mean_churn"] == pytest.approx(mean)
    assert line.measurement.value == pytest.approx(100 / mean)
    assert "over 3 of six months, where this month's is 0.0%" in str(line.why)


def test_without_churn_the_standard_gives_a_bound_and_the_products_show_nothing() -> None:
    deals = [Deal(f"stay{n}", on(1, 5), None, "100") for n in range(40)]

    board = board_of([*deals, Deal("later", on(3, 5), None, "100")])

    ours, theirs = board.line("opening_base_ltv"), board.line("posthog_ltv")
    assert ours.measurement.value is None and ours.measurement.interval and (ours.measurement.interval.low or 0) > 100
    assert theirs.measurement.value is None
    assert str(theirs.why) == "Nobody left, and this product shows no lifetime value then."


def test_orders_have_the_definitions_on_customers_and_say_which_do_not_apply() -> None:
    random = Random("orders")
    who = [f"c{n % 30}" for n in range(300)]
    when = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=random.randrange(24 * 200)) for _ in who]
    orders = pa.table({"customer_id": who, "ordered_at": when, "amount": [10.0] * 300})
    measurer = facts_of({"orders": orders}, calendar=Calendar(), now=NOW)

    board = switchboard(measurer, presence="orders:30d")

    unmeasured = {line.definition.id for line in board.lines if line.measurement.state is State.UNDEFINED}
    assert unmeasured == {
        "chartmogul_b2b_gross_mrr",
        "chartmogul_b2b_net_mrr",
        "chartmogul_net_mrr_retention",
        "baremetrics_nrr",
        "opening_base_ltv",
        "chartmogul_ltv",
        "baremetrics_ltv",
    }
    assert all("no contracts" in str(line.why) for line in board.lines if line.definition.id in unmeasured)
    assert any("do not apply" in str(note) for note in board.notes)


def test_product_use_alone_has_churn_and_no_money() -> None:
    when = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(100)]
    events = pa.table({"customer_id": [f"c{n % 7}" for n in range(100)], "name": ["visit"] * 100, "occurred_at": when})
    measurer = facts_of({"events": events}, calendar=Calendar(), now=NOW)

    board = switchboard(measurer, presence="events:30d")

    assert board.line("opening_base").measurement.value is not None
    assert board.line("posthog_ltv").measurement.value is None


def test_several_currencies_have_a_line_each_and_none_are_added() -> None:
    won = [replace(deal, customer="w" + deal.customer, currency="KRW", mrr="50000") for deal in story()]

    board = board_of([*story(), *won])

    euro, korean = (board.line("chartmogul_b2b_gross_mrr", currency=code) for code in ("EUR", "KRW"))
    assert (euro.measurement.inputs["opening"], korean.measurement.inputs["opening"]) == (4000.0, 2_000_000.0)
    assert len([line for line in board.lines if line.definition.id == "opening_base"]) == 1
    assert any("several currencies" in str(note) for note in board.notes)


def test_a_partial_period_is_marked_so_and_may_be_asked_for() -> None:
    board = board_of(story(), period="2024-03")

    assert {line.measurement.state for line in board.lines} <= {State.PARTIAL, State.UNDEFINED}
    assert board.line("opening_base").measurement.state is State.PARTIAL


def test_a_quarter_has_its_lines_and_says_what_needs_months() -> None:
    board = board_of([*story(), Deal("last", on(5, 5), None, "100")], by="quarter")

    assert board.period.start == date(2024, 1, 1)
    assert str(board.line("chartmogul_ltv").why) in (
        "Its page speaks of six months: measure by month.",
        "Nobody was a customer at the start of the period.",
    )


def test_a_period_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(OkaeriError, match="2024-02"):
        board_of(story(), period="2031-01")


def test_every_definition_names_its_page_and_is_said_in_three_languages() -> None:
    board = board_of(story())

    for line in board.lines:
        said = []
        for language in ("en", "ja", "ko"):
            with use_language(language):
                said.append((str(line.definition.divides), str(line.why)))
        assert len(set(said)) == 3, line.definition.id
        assert line.definition.source.startswith("https://") or "opening_base" in line.definition.id
    assert {definition.quantity for definition in DEFINITIONS} == set(QUANTITIES)


def test_a_report_can_print_the_lines_as_a_table_of_words() -> None:
    rows = [[str(cell) for cell in line.cells] for line in board_of(story()).of("churn")]

    assert [len(row) for row in rows] == [len(COLUMNS)] * 8
    assert rows[0][:3] == ["Opening base", "Lost customers / customers at the start", "10.0%"]


def test_the_json_has_every_line_with_its_source_and_units_a_reader_expects() -> None:
    said = board_of(story()).as_json()

    assert (said["period"], said["presence"]) == ("2024-02", "subscriptions")
    assert len(said["lines"]) == len(DEFINITIONS)
    assert {row["unit"] for row in said["lines"] if row["quantity"] != "ltv"} == {Unit.RATE.value}
    assert all(
        {"definition", "divides", "why", "source", "value", "n", "inputs", "low"} <= set(row) for row in said["lines"]
    )
