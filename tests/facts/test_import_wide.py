"""Surveys with a row per respondent and a column per question; and answers that are not there."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import okaeri as ok
from okaeri.base.errors import OkaeriError
from okaeri.facts.importing import ImportSummary, WideSurvey, import_file
from okaeri.facts.lake import Lake
from okaeri.facts.workspace import Workspace
from okaeri.opening import open_facts
from tests.facts.imports import NOW, counts, quarantine_of, rows

WIDE = """who,day,Shop,Staff,Wi-Fi,city
aki,2024-05-01,5,4,6,Osaka
chiyo,2024-05-02,,6.0,2,Seoul
min-jun,2024-05-03,1,n/a,7,
"""
SURVEY = WideSurvey(questions=("Shop", "Staff", "Wi-Fi"), instrument="csat", scale=5, not_an_answer=("6",))
MAPPING = {"customer_id": "who", "answered_at": "day"}
YEARS = range(2010, 2015)


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "shop", zone="Asia/Tokyo")


def bring(
    shop: Workspace,
    text: str,
    *,
    wide: WideSurvey | None = SURVEY,
    mapping: dict[str, str] | None = None,
    name: str = "survey.csv",
) -> ImportSummary:
    file = shop.path / name
    file.write_text(text, "utf-8")
    return import_file(shop, file, table="answers", now=NOW, wide=wide, mapping=mapping)


def test_each_cell_with_an_answer_becomes_a_row_and_the_others_are_counted(shop: Workspace) -> None:
    summary = bring(shop, WIDE, mapping=MAPPING)

    assert counts(summary) == (5, 4, 0, 0, 1)
    assert summary.not_answers == 4
    assert rows(shop, "customer_id, question, score, scale, instrument", table="answers") == [
        ("aki", "Shop", 5.0, 5.0, "csat"),
        ("aki", "Staff", 4.0, 5.0, "csat"),
        ("chiyo", "Wi-Fi", 2.0, 5.0, "csat"),
        ("min-jun", "Shop", 1.0, 5.0, "csat"),
    ]
    assert summary.mapping["question"] == "Shop, Staff, Wi-Fi"


def test_a_score_outside_the_scale_goes_to_quarantine_with_its_line_and_the_reason(shop: Workspace) -> None:
    (left_out,) = quarantine_of(bring(shop, WIDE, mapping=MAPPING))

    assert (left_out["line"], left_out["value"], left_out["reason"]) == ("4", "7", "score is not on the scale")


def test_the_same_wide_file_again_changes_nothing_and_a_corrected_one_replaces(shop: Workspace) -> None:
    bring(shop, WIDE, mapping=MAPPING)

    again = bring(shop, WIDE, mapping=MAPPING)
    corrected = bring(shop, WIDE.replace("aki,2024-05-01,5", "aki,2024-05-01,3"), mapping=MAPPING)

    assert (counts(again), again.not_answers) == ((5, 0, 0, 4, 1), 4)
    assert counts(corrected) == (5, 0, 1, 3, 1)


def test_the_questions_are_remembered_for_the_next_file_that_has_them(shop: Workspace) -> None:
    bring(shop, WIDE, mapping=MAPPING)

    later = bring(shop, WIDE.replace("2024-05", "2024-04"), wide=None, name="later.csv")
    other = bring(shop, "customer_id,instrument,score,answered_at\naki,nps,9,2024-05-01\n", wide=None, name="long.csv")

    assert counts(later) == (5, 4, 0, 0, 1)
    assert counts(other) == (1, 1, 0, 0, 0)
    assert Lake(shop.lake_path).rows("answers") == 9


def test_respondents_nobody_names_get_an_id_of_their_own_also_when_they_answer_alike(shop: Workspace) -> None:
    text = "Shop,Staff\n5,5\n5,5\n4,\n"
    survey = WideSurvey(questions=("Shop", "Staff"), instrument="csat", day=date(2024, 5, 1), survey="spring")

    summary = bring(shop, text, wide=survey)
    again = bring(shop, text, wide=survey, name="renamed.csv")
    autumn = bring(shop, text, wide=WideSurvey(day=date(2024, 5, 20), survey="autumn"))

    assert (counts(summary), counts(again), counts(autumn)) == ((5, 5, 0, 0, 0), (5, 0, 0, 5, 0), (5, 5, 0, 0, 0))
    assert len({row[0] for row in rows(shop, "customer_id", table="answers")}) == 6


def test_questions_answered_in_words_keep_the_words(shop: Workspace) -> None:
    wide = WideSurvey(questions=("Why?",), instrument="text", day=date(2024, 5, 1))

    bring(shop, "who,Why?,Shop\naki,Lovely beans,5\nchiyo,,4\n", wide=wide, mapping={"customer_id": "who"})

    assert rows(shop, "customer_id, question, text, score", table="answers") == [("aki", "Why?", "Lovely beans", None)]


def test_one_person_in_two_surveys_answers_twice(shop: Workspace) -> None:
    text = "who,Shop\naki,5\n"

    for survey in ("spring", "autumn"):
        wide = WideSurvey(questions=("Shop",), instrument="csat", day=date(2024, 5, 1), survey=survey)
        bring(shop, text, wide=wide, mapping={"customer_id": "who"})

    assert rows(shop, "customer_id, survey", table="answers", order="2") == [("aki", "autumn"), ("aki", "spring")]


@pytest.mark.parametrize(
    ("wide", "mapping", "advice"),
    [
        (WideSurvey(questions=("Shopp",), instrument="csat"), MAPPING, "Shop"),
        (WideSurvey(questions=("Shop",)), MAPPING, "--questions Q1,Q2 --instrument csat"),
        (WideSurvey(questions=("Shop",), instrument="csat"), {"answered_at": "days"}, "header"),
        (WideSurvey(questions=("Shop",), instrument="csat"), {"score": "Shop"}, "Leave out --map score"),
        (WideSurvey(questions=("Shop",), instrument="csat", day=date(2024, 1, 1)), MAPPING, "Leave out --date"),
    ],
)
def test_what_cannot_be_known_of_a_wide_file_is_asked_for(
    shop: Workspace, wide: WideSurvey, mapping: dict[str, str], advice: str
) -> None:
    with pytest.raises(OkaeriError, match=advice):
        bring(shop, WIDE, wide=wide, mapping=mapping)


def test_a_wide_file_without_a_day_asks_for_it(shop: Workspace) -> None:
    with pytest.raises(OkaeriError, match="--date 2013-05-15"):
        bring(shop, "Shop\n5\n", wide=WideSurvey(questions=("Shop",), instrument="csat"))


def test_only_answers_can_be_wide(shop: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(WIDE)

    with pytest.raises(OkaeriError, match="--as answers"):
        import_file(shop, tmp_path / "a.csv", table="orders", now=NOW, wide=SURVEY)


def test_who_was_asked_and_stayed_silent_is_kept_and_a_row_without_any_time_is_not(shop: Workspace) -> None:
    text = """answer_id,customer_id,instrument,score,asked_at,answered_at
1,aki,nps,9,2024-05-01,2024-05-02
2,chiyo,nps,,2024-05-01,
3,min-jun,nps,8,,2024-05-03
4,ben,nps,8,,
5,ann,nps,11,2024-05-01,2024-05-03
6,joe,csat,0,2024-05-01,2024-05-03
"""

    summary = bring(shop, text, wide=None)

    assert counts(summary) == (6, 3, 0, 0, 3)
    assert {(each.code, each.count) for each in summary.left_out} == {("missing", 1), ("off_scale", 2)}
    rate = open_facts(shop, now=NOW).measure("response_rate", by="all").measurements[0]
    assert (rate.inputs["asked"], rate.inputs["answered"], rate.inputs["unasked"]) == (2, 1, 1)


def test_an_answer_file_without_any_time_is_refused(shop: Workspace) -> None:
    with pytest.raises(OkaeriError, match="--map answered_at=HEADER"):
        bring(shop, "customer_id,instrument,score\naki,nps,9\n", wide=None)


@pytest.mark.parametrize(
    ("column", "value", "advice"), [("answered_at", None, "asked_at"), ("score", 11.0, "okaeri tables")]
)
def test_the_lake_refuses_what_no_answer_can_be(shop: Workspace, column: str, value: object, advice: str) -> None:
    import pyarrow as pa

    from okaeri.facts.contracts import TABLES

    row = {"answer_id": "1", "customer_id": "aki", "instrument": "nps", "score": 9.0, "answered_at": NOW, column: value}
    batch = pa.Table.from_pylist([row], schema=TABLES["answers"].arrow_schema())

    with pytest.raises(OkaeriError, match=advice):
        Lake(shop.lake_path).land("answers", batch, batch_id="b", now=NOW)


@pytest.mark.real_data
def test_five_years_of_an_airports_survey_give_the_satisfaction_that_plain_python_counts(
    tmp_path: Path, data_dir: Path
) -> None:
    shop = ok.create(tmp_path / "airport", clock=lambda: datetime(2024, 1, 1, tzinfo=UTC))
    truth: Counter[tuple[str, str, bool]] = Counter()
    for year in YEARS:
        file = data_dir / "survey" / f"sfo_{year}.csv"
        with file.open(newline="") as stream:
            people = list(csv.DictReader(stream))
        questions = tuple(name for name in people[0] if name)
        survey = WideSurvey(
            questions=questions, instrument="csat", scale=5, not_an_answer=("0", "6"), day=date(year, 5, 15)
        )

        summary = shop.import_file(file, table="answers", wide=survey)

        answers = [(name, row[name]) for row in people for name in questions if row[name] in tuple("12345")]
        assert counts(summary) == (len(answers), len(answers), 0, 0, 0)
        assert summary.not_answers == len(people) * len(questions) - len(answers)
        truth.update((name, str(year), score in ("4", "5")) for name, score in answers)

    found = shop.measure("csat", segment="question", by="year").measurements

    measured = {(str(m.segment), m.period.label): m for m in found if m.period and m.n}
    assert set(measured) == {(name, year) for name, year, _happy in truth}
    assert len(measured) > 70
    for (name, label), m in measured.items():
        happy, unhappy = truth[name, label, True], truth[name, label, False]
        assert (m.inputs["satisfied"], m.n) == (happy, happy + unhappy)
        assert m.value == happy / (happy + unhappy)
