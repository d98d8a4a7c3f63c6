"""Days and boundaries as bits, against plain loops over dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.base.calendar import Calendar, Grain
from okaeri.engines.engine import Columns
from okaeri.metrics.timetable import EPOCH, PERIODS_PER_CHUNK, Timetable, day_number

GRAINS = st.sampled_from([Grain.DAY, Grain.WEEK, Grain.MONTH])


@st.composite
def timetables(draw: st.DrawFn) -> Timetable:
    """Up to 150 periods, so that there are chunks to cross; the cutoff lies inside the last period or at its end."""
    first = draw(st.dates(date(1969, 6, 1), date(2030, 1, 1)))
    grain, length = draw(GRAINS), draw(st.integers(0, 149))
    periods = Calendar().periods(grain, first=first, last=first + timedelta(days=length))
    cutoff = day_number(periods[-1].start) + draw(st.integers(1, periods[-1].days))
    return Timetable(periods=periods, cutoff=cutoff, first_day=day_number(periods[0].start) - draw(st.integers(0, 40)))


def rows_of(columns: Columns) -> list[dict[str, int]]:
    """A small table row by row."""
    values = zip(*(given for _kind, given in columns.values()), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in values]


def unpacked(masks: Columns, column: str) -> dict[int, set[int]]:
    """Per day the boundaries or periods whose bits are set; a boundary two chunks share counts once."""
    found: dict[int, set[int]] = {}
    for row in rows_of(masks):
        bits = {bit for bit in range(64) if row[column] >> bit & 1}
        found.setdefault(row["day"], set()).update(row["chunk"] * PERIODS_PER_CHUNK + bit for bit in bits)
    return nonempty(found)


def nonempty(found: dict[int, set[int]]) -> dict[int, set[int]]:
    return {day: bits for day, bits in found.items() if bits}


@given(timetables())
def test_every_day_knows_its_period(timetable: Timetable) -> None:
    for row in rows_of(timetable.days()):
        day = EPOCH + timedelta(days=row["day"])
        observed = row["day"] < timetable.cutoff
        holding = [n for n, p in enumerate(timetable.periods) if observed and p.start <= day < p.end]

        if holding:
            assert row["period"] == holding[0]
            assert row["chunk"] * PERIODS_PER_CHUNK + row["bit"].bit_length() - 1 == holding[0]
        else:
            assert row["bit"] == 0
            assert row["period"] == (-1 if day < timetable.periods[0].start else len(timetable.periods))


@given(timetables())
def test_a_period_knows_the_bits_of_its_two_ends(timetable: Timetable) -> None:
    for row in rows_of(timetable.period_rows()):
        place = row["chunk"] * PERIODS_PER_CHUNK
        assert place + row["at_start"].bit_length() - 1 == row["period"]
        assert place + row["at_end"].bit_length() - 1 == row["period"] + 1
        assert EPOCH + timedelta(days=row["start_day"]) == timetable.periods[row["period"]].start


@given(timetables(), st.integers(1, 400))
def test_a_visit_covers_the_boundaries_of_the_next_w_days_not_its_own(timetable: Timetable, window: int) -> None:
    ends = list(enumerate(timetable.boundaries.tolist()))

    covered = unpacked(timetable.bits_of_day(window), "present")

    days = timetable.every_day.tolist()
    assert covered == nonempty({d: {n for n, at in ends if d < at <= d + window} for d in days})


@given(timetables(), st.integers(1, 400))
def test_a_visit_is_active_in_the_period_of_its_day_alone(timetable: Timetable, window: int) -> None:
    active = unpacked(timetable.bits_of_day(window), "active")

    expected = {row["day"]: {row["period"]} for row in rows_of(timetable.days()) if row["bit"]}
    assert active == expected


@given(timetables())
def test_a_contract_is_at_the_boundaries_after_its_start_and_until_its_end(timetable: Timetable) -> None:
    ends = list(enumerate(timetable.boundaries.tolist()))
    days = timetable.every_day.tolist()

    after, until = unpacked(timetable.bits_from(), "present"), unpacked(timetable.bits_until(), "present")

    assert after == nonempty({d: {n for n, at in ends if at > d} for d in days})
    assert until == nonempty({d: {n for n, at in ends if at <= d} for d in days})


@given(timetables())
def test_a_contract_is_active_from_the_period_of_its_start_to_that_of_its_end(timetable: Timetable) -> None:
    ends = timetable.boundaries.tolist()
    spans = [(n, ends[n], ends[n + 1]) for n in range(len(timetable.periods))]
    days = timetable.every_day.tolist()

    since, until = unpacked(timetable.bits_from(), "active"), unpacked(timetable.bits_until(), "active")

    assert until == nonempty({d: {n for n, start, _ in spans if start <= d} for d in days})
    inside = [d for d in days if d < ends[-1]]
    assert {d: since[d] for d in inside} == {d: {n for n, _, end in spans if end > d} for d in inside}


@given(timetables())
def test_masks_fit_into_a_signed_word(timetable: Timetable) -> None:
    """Spark and DuckDB have no unsigned 64 bits in common."""
    for masks in (timetable.bits_of_day(90), timetable.bits_from(), timetable.bits_until()):
        assert all(row["present"] >= 0 and row["active"] >= 0 for row in rows_of(masks))
        assert all(row["present"] or row["active"] for row in rows_of(masks))


@pytest.mark.parametrize(
    ("day", "number"),
    [(date(1970, 1, 1), 0), (date(1969, 12, 31), -1), (date(2024, 2, 29), 19782)],
)
def test_days_are_numbered_from_1970(day: date, number: int) -> None:
    assert day_number(day) == number
