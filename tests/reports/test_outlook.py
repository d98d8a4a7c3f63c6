"""What a report says of the days to come: what is kept is told, what is not says why, and nothing is learned here."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

import okaeri as ok
from okaeri.base.errors import OkaeriError
from okaeri.base.text import LANGUAGES, Text, use_language
from okaeri.outlook import outlook_of
from okaeri.predictions.risk.leaving import predict_leaving
from okaeri.reporting import contents
from okaeri.reports import report_html, report_pdf
from okaeri.reports.contents import Report, Section
from okaeri.reports.outlook import AtRiskNow, Outlook, look_ahead
from okaeri.shop import Shop
from tests.coffee import NOW, company, copied, opened
from tests.conftest import missing
from tests.reports import worlds
from tests.reports.conftest import Made

PARTS = ["attention", "leaving", "expected", "record", "groups"]
ORDERS = """order_id,customer_id,ordered_at,amount
1,Aki,2024-01-05,10
2,Aki,2024-02-05,12
3,Chiyo,2024-01-25,30
"""


@pytest.fixture(scope="module")
def shop(foreseen: Path, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The coffee shop with its models kept; nobody changes it here."""
    return copied(foreseen, tmp_path_factory.mktemp("told"))


@pytest.fixture(scope="module")
def outlook(shop: Shop) -> Outlook:
    return shop.ask(lambda measurer: outlook_of(shop, measurer))


@pytest.fixture(scope="module")
def parts(outlook: Outlook) -> dict[str, Section]:
    return {section.id: section for section in look_ahead(outlook)}


@pytest.fixture(scope="module")
def page_of(outlook: Outlook) -> Made:
    """The page of nothing but the outlook, made once in each language."""
    return cache(lambda lang: report_html(report_of(outlook, lang)))


def report_of(outlook: Outlook, lang: str = "en") -> Report:
    """A report of nothing but the outlook."""
    with use_language(lang):
        return replace(worlds.report(lang), sections=look_ahead(outlook), headline=())


def words_of(section: Section) -> str:
    cells = [cell for table in section.tables for row in table.rows for cell in row]
    return " ".join((*(table.caption for table in section.tables), *cells, *section.remarks))


def test_the_parts_stand_after_the_measured_ones_in_reading_order(shop: Shop) -> None:
    sections = [section.id for section in contents(shop, lang="en", now=NOW).sections]

    assert sections[-len(PARTS) :] == PARTS
    assert len(sections) == len(set(sections)) > len(PARTS)


def test_signals_are_told_by_kind_and_by_customer(outlook: Outlook, parts: dict[str, Section]) -> None:
    found = outlook.signals
    assert found is not None and not isinstance(found, Text)
    kinds, weightiest = parts["attention"].tables

    assert len(kinds.rows) == len(found.counts)
    assert sum(int(row[1].replace(",", "")) for row in kinds.rows) == found.total
    assert [(row[0], row[1]) for row in weightiest.rows] == [
        (signal.customer, signal.seen_on.isoformat()) for signal in found.signals
    ]
    assert all(row[3] and row[4] for row in weightiest.rows) and len(weightiest.rows) <= 15


def test_the_risk_list_has_chance_interval_value_reasons_and_step(outlook: Outlook, parts: dict[str, Section]) -> None:
    found = outlook.leaving
    assert isinstance(found, AtRiskNow)
    customers = parts["leaving"].tables[0]

    assert [row[0] for row in customers.rows] == [each.customer_id for each in found.told]
    at_risk = [each.at_risk or 0.0 for each in found.told]
    assert at_risk == sorted(at_risk, reverse=True)
    for row, each in zip(customers.rows, found.told, strict=True):
        assert row[1] == f"{each.chance:.0%}" and "–" in row[2] and "¥" in row[4]
        assert row[5] == " ".join(map(str, each.reasons.told())) and row[6] == str(each.step)


def test_the_card_says_how_far_to_trust_the_list(parts: dict[str, Section]) -> None:
    leaving = parts["leaving"]
    text = words_of(leaving)

    assert "How far to trust this" in text and "Log-loss" in text
    assert "Learned from" in text and "Judged on" in text and "not proven causes" in text
    assert [figure.kind for figure in leaving.pictures] == ["calibration"]


def test_what_customers_bring_has_ranges_and_the_ways_that_were_tried(parts: dict[str, Section]) -> None:
    totals, choice = parts["expected"].tables

    assert [row[0].split(",")[0] for row in totals.rows] == ["Purchases", "Spend", "Value"]
    assert all("–" in row[2] for row in totals.rows)
    assert "✓" in [row[1] for row in choice.rows]


def test_groups_have_a_table_each_with_named_medians_that_add_up(parts: dict[str, Section]) -> None:
    tables = parts["groups"].tables

    assert len(tables) >= 3
    for table in tables:
        assert not [word for word in table.head if "_" in word]
        assert sum(float(row[2].rstrip("%")) for row in table.rows) == pytest.approx(100, abs=0.5)


def test_before_a_horizon_is_over_the_record_says_when_it_will_be(parts: dict[str, Section]) -> None:
    assert parts["record"].pictures == ()
    assert "The horizon of no kept prediction is over yet" in words_of(parts["record"])


def test_what_came_is_drawn_once_there_are_outcomes(shop: Shop, tmp_path: Path) -> None:
    from okaeri.foretelling import past_days, replay_churn

    other = copied(shop.workspace.path, tmp_path)
    replay_churn(other, days=past_days(other, horizon_days=90, count=1))

    found = other.ask(lambda measurer: outlook_of(other, measurer))

    record = next(section for section in look_ahead(found) if section.id == "record")
    assert "foretold" in [figure.kind for figure in record.pictures]
    assert "were replayed" in " ".join(record.remarks)


def never(*_asked: Any, **_more: Any) -> Any:
    raise AssertionError("a report learns nothing")


def test_a_report_learns_nothing(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("okaeri.predictions.churn.learning.chosen", never)
    monkeypatch.setattr("okaeri.predictions.clv.predict.learn_value", never)
    monkeypatch.setattr("okaeri.foretelling.predict_leaving", never)
    bare = opened(tmp_path)

    kept = shop.ask(lambda measurer: outlook_of(shop, measurer))
    found = bare.ask(lambda measurer: outlook_of(bare, measurer))

    assert isinstance(kept.leaving, AtRiskNow)
    assert "okaeri predict churn" in str(found.leaving) and "okaeri predict clv" in str(found.value)
    assert found.record is None


def test_too_few_outcomes_are_said_as_learning_would_say_them(shop: Shop) -> None:
    early = ok.open(shop.workspace.path, clock=lambda: datetime(2023, 8, 20, tzinfo=UTC))

    found = early.ask(lambda measurer: outlook_of(early, measurer))

    learned = early.ask(predict_leaving)
    assert str(found.leaving) == str(learned.reason) and str(learned.reason).startswith("Not enough outcomes yet")


def test_facts_without_customers_leave_all_of_it_out() -> None:
    from okaeri.base.calendar import Calendar
    from okaeri.frames import facts_of

    answers = {"customer_id": ["Aki"], "instrument": ["nps"], "score": [9], "answered_at": ["2024-01-05"]}
    measurer = facts_of({"answers": answers}, calendar=Calendar(), now=NOW)

    assert outlook_of(None, measurer) == Outlook()  # type: ignore[arg-type]  # nothing is asked of the shop


def test_a_handful_of_orders_says_what_is_missing(tmp_path: Path) -> None:
    shop = ok.create(tmp_path / "shop", clock=lambda: NOW)
    (tmp_path / "orders.csv").write_text(ORDERS, "utf-8")
    shop.import_file(tmp_path / "orders.csv", table="orders")

    told = {section.id: section for section in contents(shop, lang="en", now=NOW).sections}

    assert "Not enough" in words_of(told["leaving"])
    assert "Not enough customers to divide: 2 of 20." in words_of(told["groups"])


def test_a_family_that_fails_says_so_and_holds_up_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_asked: Any, **_more: Any) -> Any:
        raise OkaeriError("The stars are hidden.", advice="Wait for a clear night.")

    monkeypatch.setattr("okaeri.predictions.risk.record.record", fail)
    monkeypatch.setattr("okaeri.signals.now.signals_now", fail)

    sections = {section.id: section for section in contents(shop, lang="en", now=NOW).sections}

    for part in ("attention", "record"):
        assert sections[part].remarks == ("The stars are hidden. Wait for a clear night.",)
    assert sections["leaving"].tables


def test_nobody_is_named_but_by_id(page_of: Made) -> None:
    page = page_of("en")
    people = company().facts["customers"].to_pylist()
    names = {json.loads(person["attributes"] or "{}").get("name") for person in people} - {None, ""}

    assert names and not [name for name in names if str(name) in page]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_has_the_words_in_the_language_and_a_place_in_the_contents(page_of: Made, lang: str) -> None:
    page = page_of(lang)

    for part in PARTS:
        assert f'<a href="#{part}">' in page and f'id="{part}-title"' in page
    with use_language(lang):
        from okaeri.reports.glossary import glossary

        terms = {word for word, _meaning in glossary([], parts=PARTS)} - {word for word, _meaning in glossary([])}
    assert len(terms) == 4 and all(f"<dt>{term}</dt>" in page for term in terms)


def test_a_table_that_is_laid_out_as_lines_is_still_told_as_a_table(page_of: Made) -> None:
    page = page_of("en")

    stacked = re.findall(r'<table class="stacked" role="table">.*?</table>', page, re.S)
    assert len(stacked) >= 5
    for table in stacked:
        assert table.count("<td") == table.count('role="cell"') == table.count("data-label=")


def test_a_sentence_alone_is_shown() -> None:
    page = report_html(report_of(Outlook(leaving=Text("Not enough outcomes yet."))))

    assert "<span>Not enough outcomes yet.</span>" in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_on_paper_too(outlook: Outlook, lang: str, tmp_path: Path) -> None:
    if not shutil.which("pdftotext"):
        missing("No pdftotext: install poppler-utils.")
    report = report_of(outlook, lang)
    (tmp_path / "report.pdf").write_bytes(report_pdf(report))

    command = ["pdftotext", "-layout", str(tmp_path / "report.pdf"), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout

    told = outlook.leaving
    assert isinstance(told, AtRiskNow)
    assert all(each.customer_id in text for each in told.told)
    with use_language(lang):
        assert all(str(section.title) in text for section in report.sections)


@pytest.mark.browser
@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_runs_over_and_sentences_have_room(browser: Browser, page_of: Made, lang: str, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(page_of(lang), "utf-8")
    page = browser.new_page(color_scheme="dark")
    page.goto(path.as_uri())
    for width in (360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})

        assert page.evaluate("document.documentElement.scrollWidth") <= width
        sentences = "[...document.querySelectorAll('.stacked td.words:not(:empty)')]"
        assert page.evaluate(f"Math.min(...{sentences}.map(e => e.clientWidth))") >= 120
        cut = "[...document.querySelectorAll('.stacked')].filter(e => e.scrollWidth > e.parentElement.clientWidth)"
        assert page.evaluate(f"{cut}.length") == 0
    page.close()
