"""The page by its source: what it promises about safety, completeness and truth."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from okaeri.base.measurement import State
from okaeri.base.text import LANGUAGES, use_language
from okaeri.charts import figure_of
from okaeri.reports import arrange, report_html
from okaeri.reports.contents import FigureBlock
from okaeri.reports.glass import exemplar
from tests.reports import worlds
from tests.reports.conftest import Made

HOSTILE = '<script>alert("x")</script>\'"><img src=//evil.example/x onerror=alert(1)>{{ 7 * 7 }}'


class Reading(HTMLParser):
    """A page as a browser reads it: its tags with their attributes, and the words between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" not in self.inside:
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_the_policy_allows_this_very_style_and_nothing_from_elsewhere(page_of: Made) -> None:
    page = page_of("en")
    style = re.search(r"<style>(.*?)</style>", page, re.S)

    policy = next(m["content"] for m in Reading(page).all("meta") if m.get("http-equiv") == "Content-Security-Policy")

    assert style and policy
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; font-src data:")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_runs_and_nothing_is_fetched(page_of: Made, lang: str) -> None:
    page = Reading(page_of(lang))

    attributes = [(name, value or "") for _tag, each in page.tags for name, value in each.items()]

    assert not page.all("script") and not page.all("iframe") and not page.all("object")
    assert not [name for name, _value in attributes if name == "style" or name.startswith("on")]
    addresses = [value for name, value in attributes if name in ("href", "src", "action", "xlink:href")]
    assert addresses and all(value.startswith(("#", "data:")) for value in addresses)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_its_language_and_is_not_heavy(page_of: Made, lang: str) -> None:
    page = page_of(lang)

    assert f'<html lang="{lang}">' in page
    assert len(page.encode()) < 3_000_000


def test_every_figure_opens_to_its_formula_and_its_sql(page_of: Made) -> None:
    page = page_of("en")
    report = worlds.report("en")
    shown = [block.result for section in report.sections for block in section.blocks]

    boxes = re.findall(r'<details class="how">.*?</details>', page, re.S)

    assert len(boxes) == len(shown) + len(report.headline)
    for box in boxes:
        assert "select" in box and "How this was counted" in box
    text = Reading(page).text
    for result in shown:
        assert str(result.metric.formula) in text
        assert f"{result.metric.id}, v{result.metric.version}" in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_numbers_on_the_page_are_those_of_the_results(page_of: Made, lang: str) -> None:
    text = Reading(page_of(lang)).text

    with use_language(lang):
        for block in worlds.blocks():
            chosen = exemplar(block.result)
            assert chosen is not None and str(chosen) in text
            if (block.figure.kind if block.figure else "") == "lines":
                for measurement in block.result.measurements:
                    assert str(measurement) in text


def test_a_key_figure_is_the_last_complete_period_never_the_partial_one() -> None:
    key = worlds.report("en").headline[0]

    assert key.measurement.state is State.COMPLETE
    assert key.result.measurements[-1].state is State.PARTIAL
    assert key.measurement == key.result.measurements[-2]


def test_the_filled_formula_of_the_retention_rate_is_on_the_page(page_of: Made) -> None:
    inputs = worlds.report("en").headline[0].measurement.inputs

    worked = f"({inputs['ce']} − {inputs['cn']}) / {inputs['cs']} = 86.0%"

    assert worked in Reading(page_of("en")).text


def test_hostile_names_of_segments_and_workspaces_stay_words() -> None:
    result = worlds.people("crr", segments=(HOSTILE, "plain"))
    blocks = [FigureBlock(result=result, figure=figure_of(result)), FigureBlock(result=result)]
    report = replace(worlds.report("en"), workspace_name=HOSTILE, sections=arrange(blocks), headline=())

    page = Reading(report_html(report))

    assert HOSTILE in page.text
    assert not page.all("script") and not page.all("img")
    assert all(not name.startswith("on") for _tag, each in page.tags for name in each)


def test_the_same_report_is_the_same_page() -> None:
    report = replace(worlds.report("en"), sections=arrange([FigureBlock(result=worlds.people("churn"))]))

    assert report_html(report) == report_html(report)


def test_what_was_left_out_is_said_in_numbers_with_its_reason(page_of: Made) -> None:
    text = Reading(page_of("en")).text

    assert "The amount is not a number. 17" in text
    assert "orders-2024-06.csv orders 18,455 18,420 12 3 20" in text


def test_an_empty_workspace_still_gets_a_page() -> None:
    report = replace(worlds.report("en"), headline=(), sections=(), facts=(), imports=())

    text = Reading(report_html(report)).text

    assert "No row was left out." in text
    assert "Glossary" in text
