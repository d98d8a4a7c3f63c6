"""Stand-ins spare the measuring of words and change nothing that is drawn."""

from __future__ import annotations

import pytest
import vl_convert

from okaeri.base.text import LANGUAGES
from okaeri.charts.render import svg, svg_of
from okaeri.charts.standins import put_back, stand_in
from okaeri.reports.contents import FigureBlock
from tests.reports import worlds

DRAWN = [block for block in worlds.blocks() if block.figure]
NAMES = ["А", "Б", "", "a <b> & 'c'", '"][round(0)', "Прага", "東京", " two  blanks "]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("block", DRAWN, ids=lambda block: f"{block.result.metric.id}-{block.result.grain}")
def test_a_drawing_is_the_one_that_its_own_words_would_give(block: FigureBlock, lang: str) -> None:
    assert block.figure
    svg(block.figure, lang=lang)  # registers the fonts
    spec = block.figure.spec(lang=lang)

    drawn = svg_of(spec)

    plain = str(vl_convert.vegalite_to_svg(spec))
    assert drawn[drawn.index(" xmlns") :] == plain[plain.index(" xmlns") :]


def test_any_name_comes_back_as_it_was() -> None:
    phrases: dict[str, str] = {}
    spec = {"values": [{"words": name} for name in NAMES], "labelExpr": '["А", "\\"][round(0)"][round(datum.value)]'}

    stood_in = stand_in(spec, phrases=phrases)

    assert [phrases.get(value["words"], "") for value in stood_in["values"]] == NAMES
    assert stood_in["labelExpr"] == '["А", "Г"][round(datum.value)]'
    assert put_back("<text>В</text>", phrases=phrases) == "<text>a &lt;b&gt; &amp; 'c'</text>"


def test_thousands_of_phrases_keep_apart() -> None:
    phrases: dict[str, str] = {}

    stand_in([{"words": str(number)} for number in range(10_000)], phrases=phrases)

    assert list(phrases.values()) == [str(number) for number in range(10_000)]
