"""What every chart owes its readers: contrast, letters, words for those who cannot see it, a place on any page."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont

from okaeri.base.errors import OkaeriError
from okaeri.base.text import use_language
from okaeri.charts import Figure, fonts, png, svg
from okaeri.charts.colours import READABLE, contrast, ink_on, ramp
from okaeri.charts.fonts import families, font_files
from okaeri.charts.theme import PALETTES, palette
from tests.charts.walking import FIGURES, LANGUAGES, MODES, WIDTHS, axis_words, words

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(params=FIGURES.values(), ids=list(FIGURES))
def figure(request: pytest.FixtureRequest) -> Figure:
    make: Callable[[], Figure] = request.param
    return make()


@pytest.mark.parametrize("mode", MODES)
def test_every_word_reads_on_its_own_ground(figure: Figure, mode: str) -> None:
    spec = figure.spec(mode=mode)

    poor = [value for value in words(spec) if contrast(value["ink"], value["ground"]) < READABLE]
    axis = spec["config"]["axis"]
    assert poor == []
    assert contrast(axis["labelColor"], spec["config"]["background"]) >= READABLE


@pytest.mark.parametrize("mode", MODES)
def test_every_colour_a_cell_can_have_takes_an_ink(mode: str) -> None:
    look = PALETTES[mode]
    fills = [ramp(look.ramp, step / 500) for step in range(501)]

    assert min(contrast(ink_on(fill, look.cell_inks), fill) for fill in fills) >= READABLE
    assert min(contrast(ink, look.ground) for ink in (*look.series, look.ink, look.quiet)) >= READABLE


def test_the_specification_is_valid_vega_lite(figure: Figure) -> None:
    """In the light; the dark one has other colours and nothing else."""
    import altair as alt

    chart = alt.LayerChart.from_dict(figure.spec(mode="light"), validate=True)

    assert len(chart.layer) >= 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_fonts_have_every_letter(figure: Figure, lang: str) -> None:
    spec = figure.spec(lang=lang)
    letters = set("".join(value["words"] for value in words(spec)) + axis_words(spec))

    assert letters - frozenset().union(*map(_letters_of, font_files(lang))) == set()


@cache
def _letters_of(path: Path) -> frozenset[str]:
    with TTFont(path, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_alternative_text_is_in_the_language(figure: Figure, lang: str) -> None:
    described = figure.spec(lang=lang)["description"]
    with use_language(lang):
        expected = str(figure.alt)

    assert described == expected
    assert (lang == "en") == (described == str(figure.alt))


def test_a_screen_reader_meets_one_picture_with_the_alternative_text(figure: Figure) -> None:
    drawing = ElementTree.fromstring(svg(figure))

    assert (drawing.get("role"), drawing.get("aria-label")) == ("img", str(figure.alt))
    assert [e for e in drawing.iter() if e is not drawing and e.get("aria-label")] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_drawing_is_exactly_as_wide_as_asked(figure: Figure, width: int) -> None:
    drawing = ElementTree.fromstring(svg(figure, width=width))

    assert abs(float(drawing.get("width", "0")) - width) < 1


def test_light_and_dark_differ_in_colours_only(figure: Figure) -> None:
    light, dark = (ElementTree.fromstring(svg(figure, mode=mode, lang="ja")) for mode in MODES)
    shapes = [[(e.tag, e.get("d"), e.get("transform"), e.text) for e in drawing.iter()] for drawing in (light, dark)]

    assert shapes[0] == shapes[1]


def test_a_drawing_asks_nobody_for_anything(figure: Figure) -> None:
    drawing = svg(figure)

    assert "href" not in drawing
    assert drawing.count("http") == drawing.count("http://www.w3.org/")


def test_a_figure_without_title_leaves_the_words_to_the_page(figure: Figure) -> None:
    titled, bare = (figure.spec(titled=titled) for titled in (True, False))

    assert str(figure.title).split()[0] in [value["words"].split()[0] for value in words(titled)]
    assert titled["padding"]["top"] > bare["padding"]["top"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pictures_are_drawn_with_our_fonts(lang: str) -> None:
    figure = FIGURES["retention by plan"]()
    drawing = svg(figure, lang=lang)

    assert drawing.replace("&quot;", "'").count(families(lang)[0]) > 10
    assert png(figure, lang=lang).startswith(b"\x89PNG")


def test_the_weights_of_inter_differ() -> None:
    with TTFont(font_files("en")[0]) as light, TTFont(font_files("en")[1]) as bold:
        assert (light["OS/2"].usWeightClass, bold["OS/2"].usWeightClass) == (400, 600)
        assert "fvar" not in light
        assert light["hmtx"]["n"] != bold["hmtx"]["n"]


def test_an_unknown_mode_is_answered_with_the_nearest() -> None:
    with pytest.raises(OkaeriError, match="Use 'dark'"):
        palette("drak")


def test_a_forked_child_is_refused_rather_than_left_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = FIGURES["amounts"]()
    svg(figure)
    monkeypatch.setattr(os, "getpid", lambda: -1)

    with pytest.raises(OkaeriError, match="spawn"):
        svg(figure)


def test_fonts_are_cut_once_and_kept_for_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(fonts, "_cut", lambda source, weight: b"cut")
    first = fonts._inter(400)
    monkeypatch.setattr(fonts, "_cut", lambda source, weight: b"cut again")
    second = fonts._inter(400)

    assert (first, first.read_bytes()) == (second, b"cut")
    assert tmp_path in first.parents
