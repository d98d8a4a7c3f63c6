"""From a report's parts, which are words and figures, to JSON that a template can lay out: drawings are made here."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass, replace
from datetime import date
from typing import Any

from okaeri.charts.figure import Figure
from okaeri.metrics.metric import Metric
from okaeri.metrics.result import MetricResult
from okaeri.reports.contents import Section
from okaeri.reports.drawings import CROP, size_widths, sized
from okaeri.reports.outlook import LEAVING_HEAD
from okaeri.reports.views import CardView, PartView
from okaeri.signals.telling import LIST_HEAD
from okaeri.web.insights.wording import said_here

COHORTS = ("cohort", "cohort_unbounded")


def part_data(part: PartView, section: Section, *, paired: frozenset[str]) -> dict[str, Any]:
    """One part, JSON-ready, in the current language; each card says which question it answers."""
    results: list[MetricResult | None] = [block.result for block in section.blocks]
    results += [None] * (len(part.cards) - len(results))
    bare = plain(replace(part, cards=()))
    for table in bare["tables"]:
        table["names_customers"] = table["head"][0] in {str(head[0]) for head in (LEAVING_HEAD, LIST_HEAD)}
    bare["remarks"] = [said_here(remark) for remark in bare["remarks"]]
    cards = [
        card_data(card, result=one, paired=card.id in paired) for card, one in zip(part.cards, results, strict=True)
    ]
    return {**bare, "cards": cards}


def card_data(
    card: CardView,
    *,
    result: MetricResult | None = None,
    question: Mapping[str, Any] | None = None,
    paired: bool = False,
) -> dict[str, Any]:
    """One card, JSON-ready, with its drawings for narrow and wide pages; `result` is what it tells of, if a metric.

    `question` is what was asked where that is more than the result says itself; `starts` gives each period's first day.
    """
    figure = card.figure
    bare = plain(replace(card, figure=None))
    bare |= {
        "question": dict(question) if question else question_of(result) if result else None,
        "behind": behind(result.metric) if result else "",
        "starts": _starts(result) if result and behind(result.metric) else {},
        "span": "c-6" if paired else "c-12",
    }
    if figure is None:
        return {**bare, "drawings": [], "paints": [], "kind": "", "alt": "", "notes": [], "live": False}
    drawn = sized(figure, name=card.id, paired=paired)
    return {
        **bare,
        "kind": figure.kind,
        "live": True,
        "alt": str(figure.alt),
        "notes": [str(note) for note in figure.notes],
        "drawings": [{"size": one.size, "drawing": {"markup": one.drawing.markup}} for one in drawn],
        "paints": sorted({paint for one in drawn for paint in one.drawing.paints}),
    }


def live_specs(figure: Figure, *, language: str, paired: bool = False) -> dict[str, str]:
    """The specifications of the chart that answers to the pointer, by size and mode, each packed.

    They are as wide as the drawings they take the place of; `CROP` is the edge those have lost.
    """
    return {
        f"{size.split()[0]}-{mode}": pack(
            pointable(figure.spec(mode=mode, lang=language, width=width + 2 * CROP, titled=False))
        )
        for size, width in size_widths(figure, paired=paired).items()
        for mode in ("light", "dark")
    }


def pointable(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A specification whose lines can be pointed at: each of their points gets a mark that is felt and not seen."""
    if "layer" not in spec:
        return dict(spec)
    felt = [_felt(layer) for layer in spec["layer"] if _is_line(layer)]
    return {**spec, "layer": [*spec["layer"], *felt]}


def _is_line(layer: Mapping[str, Any]) -> bool:
    mark, values = layer.get("mark"), layer.get("data", {}).get("values", ())
    return isinstance(mark, Mapping) and mark.get("type") == "line" and any("told" in value for value in values)


def _felt(layer: Mapping[str, Any]) -> dict[str, Any]:
    titles = {"when": " ", "told": "\u00a0", "range": "95%"}
    encoding = {channel: layer["encoding"][channel] for channel in ("x", "y")}
    encoding["tooltip"] = [{"field": name, "title": title, "type": "nominal"} for name, title in titles.items()]
    mark = {"type": "point", "filled": True, "size": 260, "opacity": 0, "aria": False}
    return {"data": layer["data"], "mark": mark, "encoding": encoding}


def pack(spec: Mapping[str, Any]) -> str:
    """A specification as text a tenth as long.

    >>> unpack(pack({"mark": "line"}))
    b'{"mark":"line"}'
    """
    words = json.dumps(spec, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(words.encode("utf-8"), level=6)).decode("ascii")


def unpack(packed: str) -> bytes:
    """The JSON of a packed specification."""
    return zlib.decompress(base64.b64decode(packed))


def behind(metric: Metric) -> str:
    """Which customers can be listed behind a metric: of a period's "states", of a "cohort", or none.

    >>> from okaeri.metrics import find
    >>> behind(find("crr")), behind(find("cohort")), behind(find("csat"))
    ('states', 'cohort', '')
    """
    if metric.id in COHORTS:
        return "cohort"
    return "states" if "presence" in metric.needs else ""


def _starts(result: MetricResult) -> dict[str, str]:
    periods = [m.period for m in result.measurements if m.period]
    return {name: each.start.isoformat() for each in periods for name in (each.label, each.short)}


def question_of(result: MetricResult) -> dict[str, Any]:
    """What has to be asked to get this result again."""
    return {"metric": result.metric.id, "by": result.grain, "segment": result.segment_column}


def plain(value: Any) -> Any:
    """Any contract of the library as JSON-ready values; sentences become words of the current language."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, frozenset):
        return sorted(plain(each) for each in value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
