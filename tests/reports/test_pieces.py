"""The pieces of a report one by one: drawings, headlines, formulas, sections, fonts, the notebook's fragment."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from okaeri.base.calendar import Grain
from okaeri.base.measurement import Measurement
from okaeri.base.text import LANGUAGES, use_language
from okaeri.charts import figure_of
from okaeri.metrics.catalogue import METRICS
from okaeri.metrics.metric import Metric
from okaeri.reports import arrange, headline, result_html
from okaeri.reports.contents import FigureBlock
from okaeri.reports.drawings import adaptive, printed
from okaeri.reports.fonts import font_faces
from okaeri.reports.formulas import INPUTS, WORKED, worked
from okaeri.reports.glass import exemplar, glass_box
from okaeri.reports.svg import SVG, adapt, plain
from okaeri.reports.views import report_view
from tests.reports import worlds

ARITHMETIC = [
    metric
    for metric in METRICS.values()
    if metric.id in WORKED and set(re.findall(r"{(\w+)}", WORKED[metric.id])) <= metric.example.inputs.keys()
]
DRAWN = [block for block in worlds.blocks() if block.figure]


@pytest.mark.parametrize("block", DRAWN, ids=lambda block: f"{block.result.metric.id}-{block.result.grain}")
def test_a_drawing_carries_both_modes_and_only_shapes(block: FigureBlock) -> None:
    assert block.figure
    drawing = adaptive(block.figure, name="x-", width=470)

    root = ElementTree.fromstring(drawing.markup)

    assert root.get("role") == "img" and root.get("aria-label") == str(block.figure.alt)
    assert {e.tag.removeprefix(f"{{{SVG}}}") for e in root.iter()} <= {
        "svg",
        "g",
        "path",
        "text",
        "line",
        "rect",
        "defs",
        "clipPath",
    }
    assert not [
        name for e in root.iter() for name in e.attrib if name == "style" or name.startswith("on") or "href" in name
    ]
    assert any(light != dark for _paint, light, dark in drawing.paints)
    colours = {e.get("fill") for e in root.iter()} | {e.get("stroke") for e in root.iter()}
    assert colours <= {None, "none", "transparent"}


def test_ids_of_two_drawings_never_meet() -> None:
    group = '<g clip-path="url(#c)"><path id="c" d="M0,0h1" fill="#000"/></g>'
    clipped = f'<svg xmlns="{SVG}" viewBox="0 0 9 9">{group}</svg>'
    drawing = adapt(clipped, paints={}, name="one-", label="")

    assert 'clip-path="url(#one-c)"' in drawing.markup and 'id="one-c"' in drawing.markup


def test_a_paper_drawing_keeps_its_colours_and_loses_what_could_act() -> None:
    hostile = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'
        '<script>x</script><image xlink:href="http://evil.example/x"/><foreignObject/>'
        '<a href="javascript:x"><path d="M0,0"/></a>'
        '<path d="M0,0h1" fill="#0f766e" onclick="x" style="y"/></svg>'
    )

    kept = plain(hostile)

    assert 'fill="#0f766e"' in kept
    for word in ("script", "evil", "foreignObject", "javascript", "onclick", "style"):
        assert word not in kept


def test_paper_gets_the_light_colours() -> None:
    assert DRAWN[0].figure

    assert "#0f766e" in printed(DRAWN[0].figure)


def test_a_headline_is_compared_only_with_the_period_just_before() -> None:
    result = worlds.people("crr")
    holes = replace(
        result, measurements=tuple(m for m in result.measurements if m.period and m.period.label != "2024-04")
    )

    whole, broken = headline(result), headline(holes)

    assert whole and whole.earlier and whole.earlier.period and whole.earlier.period.label == "2024-04"
    assert broken and broken.earlier is None


def test_there_is_no_headline_without_a_complete_period() -> None:
    result = worlds.people("crr")

    assert headline(replace(result, measurements=result.measurements[-1:])) is None


def test_a_change_within_chance_is_not_coloured_as_good_or_bad() -> None:
    with use_language("en"):
        view = report_view(worlds.report("en"))

    change = view.headline[0].change
    assert change and (change.tone, change.way) == ("neutral", "level")
    assert "could be chance" in change.against


@pytest.mark.parametrize("metric", ARITHMETIC, ids=lambda metric: metric.id)
def test_every_formula_gives_the_answer_of_the_metrics_own_example(metric: Metric) -> None:
    example = metric.example
    measurement = Measurement(
        metric=metric.id, version=1, value=example.expect, unit=metric.unit, cutoff=worlds.CUTOFF, inputs=example.inputs
    )

    assert worked(measurement) is not None


def test_only_curves_and_totals_have_no_filled_formula() -> None:
    without = """
        survival time_to_second cohort_revenue active_customers agent_scorecard ces_ranked csat_ranked
        first_reply_time first_reply_time_business mrr nps_ranked reply_p80 resolution_time resolution_time_business"""

    assert METRICS.keys() - WORKED.keys() == set(without.split())
    assert len(ARITHMETIC) >= len(WORKED) - 2


def test_an_equation_that_does_not_hold_is_never_shown() -> None:
    measurement = worlds.people("churn").measurements[0]

    assert worked(measurement) is not None
    assert worked(replace(measurement, value=0.5)) is None
    assert worked(replace(measurement, inputs={"lost": 1, "cs": 0})) is None


def test_every_input_of_every_result_has_a_name() -> None:
    keys = {key for block in worlds.blocks() for m in block.result.measurements for key in m.inputs}

    assert keys <= INPUTS.keys()


@pytest.mark.parametrize("block", DRAWN, ids=lambda block: f"{block.result.metric.id}-{block.result.grain}")
def test_what_stands_for_a_result_is_a_figure_that_may_be_compared(block: FigureBlock) -> None:
    chosen = exemplar(block.result)

    assert chosen and chosen.state == "complete" and chosen.value is not None


def test_a_curve_is_told_where_enough_customers_were_followed() -> None:
    chosen = exemplar(worlds.curve("survival"))

    assert chosen and chosen.inputs["at_risk"] >= 10


def test_the_glass_box_has_everything_a_doubter_asks_for() -> None:
    with use_language("en"):
        box = glass_box(worlds.people("crr"), customers=1240)

    names = {name for name, _value in box.rows}
    assert names >= {
        "Value",
        "State",
        "n",
        "Interval",
        "Method",
        "Customers counted",
        "Definition",
        "Source",
        "Who counts",
        "Data until",
    }
    assert box.sql and box.caveats and box.worked
    assert dict(box.rows)["Data until"] == "June 17, 2024 (Asia/Tokyo)"


def test_sections_come_in_reading_order() -> None:
    sections = arrange(worlds.blocks())

    found = [section.id for section in sections]
    assert found == ["retention", "rivals", "cohorts", "survival", "repeat", "value", "acquisition"]
    assert sections[1].blocks[0].result.metric.id == "churn"


def test_every_block_is_somewhere() -> None:
    blocks = worlds.blocks()

    arranged = [block for section in arrange(blocks) for block in section.blocks]

    assert {id(block) for block in arranged} == {id(block) for block in blocks}


def test_a_page_in_english_carries_cjk_letters_only_when_it_needs_them() -> None:
    assert "Noto" not in font_faces("Retention", lang="en")
    assert "Noto Sans CJK JP" in font_faces("木漏れ日", lang="en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_notebook_shows_a_result_with_styles_of_its_own(lang: str) -> None:
    result = worlds.people("crr")
    with use_language(lang):
        fragment = result_html(result, figure_of(result))

    rules = fragment.split("<style>")[1].split("</style>")[0].splitlines()
    own = (".okaeri-result", "[data-jp-theme", ".fill-", ".stroke-")
    assert fragment.strip().startswith("<div") and "<script" not in fragment and "http" not in fragment.replace(SVG, "")
    assert all(rule.startswith(own) for rule in rules if rule)
    assert "select" in fragment and str(exemplar(result)) in fragment


def test_a_notebook_shows_a_number_without_a_picture() -> None:
    fragment = result_html(worlds.purchases("lifespan", Grain.YEAR))

    assert '<p class="num">' in fragment
