"""The report on paper, read back by the tools a reader has."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace

import pytest

from okaeri.base.text import LANGUAGES, use_language
from okaeri.charts import figure_of
from okaeri.reports import arrange, report_pdf
from okaeri.reports.appendix import definitions, tables
from okaeri.reports.contents import FigureBlock
from okaeri.reports.views import result_card
from tests.conftest import missing
from tests.reports import worlds
from tests.reports.conftest import Kept

TITLES = {"en": "Which customers come back", "ja": "戻ってきてくださるお客様", "ko": "다시 찾아오시는 고객"}


def told(tool: str, *arguments: str) -> str:
    """What a tool of poppler says."""
    if not shutil.which(tool):
        missing(f"No {tool}: install poppler-utils.")
    return subprocess.run([tool, *arguments], check=True, capture_output=True, text=True, encoding="utf-8").stdout


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_font_is_embedded_and_subset(pdf_of: Kept, lang: str) -> None:
    fonts = [line.split() for line in told("pdffonts", str(pdf_of(lang))).splitlines()[2:]]

    assert any("Inter" in font[0] for font in fonts) and (
        lang == "en" or any("NotoSansCJK" in font[0] for font in fonts)
    )
    assert all(font[-5:-2] == ["yes", "yes", "yes"] for font in fonts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_words_can_be_read_and_copied(pdf_of: Kept, lang: str) -> None:
    text = told("pdftotext", "-layout", str(pdf_of(lang)), "-")

    assert TITLES[lang] in text
    assert worlds.NAMES[lang] in text
    assert "86.0%" in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_short_and_leaves_the_queries_to_the_page(pdf_of: Kept, lang: str) -> None:
    text = told("pdftotext", "-layout", str(pdf_of(lang)), "-")

    pages = int(told("pdfinfo", str(pdf_of(lang))).split("Pages:")[1].split()[0])
    assert pages <= 17
    assert "--sql" in text
    assert "select " not in text


def test_each_definition_and_the_table_of_each_picture_is_printed_once() -> None:
    result = worlds.people("churn")
    churn, plain = FigureBlock(result=result, figure=figure_of(result)), FigureBlock(result=worlds.people("crr"))
    with use_language("en"):
        cards = [result_card(churn, id="a"), result_card(churn, id="b"), result_card(plain, id="c")]

        said, shown = definitions(cards), list(tables(cards))

    assert [entry["label"] for entry in said] == ["Churn rate", "Customer retention rate"]
    assert [len(entry["figures"]) for entry in said] == [1, 1]
    assert len(shown) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_a4_tagged_and_titled(pdf_of: Kept, lang: str) -> None:
    facts = told("pdfinfo", str(pdf_of(lang)))

    assert f"Title:           {TITLES[lang]} · {worlds.NAMES[lang]}" in facts
    assert "Tagged:          yes" in facts
    assert "595.276 x 841.89 pts (A4)" in facts
    assert f"/Lang({lang})".encode() in pdf_of(lang).read_bytes()


def test_the_same_report_is_the_same_file() -> None:
    report = replace(worlds.report("en"), sections=arrange([FigureBlock(result=worlds.people("churn"))]))

    assert report_pdf(report) == report_pdf(report)


def test_a_name_cannot_write_in_the_language_of_the_page() -> None:
    report = replace(worlds.report("en"), workspace_name='#panic("x") $x$ *y* @z <w>', headline=(), sections=())

    assert report_pdf(report).startswith(b"%PDF-")
