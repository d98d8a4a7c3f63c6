"""The report as one HTML file: no script, nothing fetched, a policy that says so."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from html import unescape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from okaeri.base.text import _, use_language
from okaeri.reports.contents import Report
from okaeri.reports.drawings import BROAD, Sized, sized
from okaeri.reports.fonts import font_faces
from okaeri.reports.svg import paint_rules
from okaeri.reports.views import CardView, PartView, ReportView, report_view

if TYPE_CHECKING:
    from jinja2 import Environment


def report_html(report: Report) -> str:
    """The whole report as one HTML document in `report.lang`.

    Raises `OkaeriError` when the fonts for pictures are not installed.
    """
    with use_language(report.lang):
        view = report_view(report)
        drawings = _drawings(view)
        body = (
            environment()
            .get_template("report.html")
            .render(view=view, drawings=drawings, spans=_spans(view), _=_, mark=safe(_mark()))
        )
        style = _style(body, drawings, lang=view.lang)
        return (
            environment()
            .get_template("page.html")
            .render(view=view, body=safe(body), style=safe(style), policy=policy(style), icon=_icon())
        )


def policy(style: str) -> str:
    """The page's content security policy: this very style, pictures and fonts from the page itself, nothing else.

    >>> policy("p{}").split(";")[0]
    "default-src 'none'"
    """
    digest = b64encode(sha256(style.encode("utf-8")).digest()).decode("ascii")
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def environment() -> Environment:
    """The templates, escaping whatever they are given."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # heavy: only when a page is made

    return Environment(
        loader=PackageLoader("okaeri.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def safe(markup: str) -> Any:
    """Markup that templates take as it is: only what this package wrote and escaped itself."""
    from markupsafe import Markup

    return Markup(markup)


def template_text(name: str) -> str:
    """A file of the templates folder as it stands."""
    return files("okaeri.reports").joinpath("templates", name).read_text("utf-8")


def _drawings(view: ReportView) -> dict[str, tuple[Sized, ...]]:
    cards: list[CardView] = [card for part in view.parts for card in part.cards]
    paired = paired_cards(view.parts)
    return {card.id: sized(card.figure, name=card.id, paired=card.id in paired) for card in cards if card.figure}


def _spans(view: ReportView) -> dict[str, str]:
    paired = paired_cards(view.parts)
    return {card.id: "c-6" if card.id in paired else "c-12" for part in view.parts for card in part.cards}


def paired_cards(parts: Iterable[PartView], *, lead: bool = True) -> frozenset[str]:
    """Which pictures stand two in a row: no dense one, not an odd one out, nor a part's first one as `lead`."""
    paired: set[str] = set()
    for part in parts:
        pictures = [card for card in part.cards if card.figure]
        loose = [card for card in pictures[lead:] if card.figure and card.figure.kind not in BROAD]
        paired |= {card.id for card in loose[len(loose) % 2 :]}
    return frozenset(paired)


def _style(body: str, drawings: dict[str, tuple[Sized, ...]], *, lang: str) -> str:
    paints = {paint for group in drawings.values() for one in group for paint in one.drawing.paints}
    return "\n".join((font_faces(unescape(body), lang=lang), template_text("report.css"), paint_rules(paints)))


def _mark() -> str:
    return template_text("mark.svg").strip()


def _icon() -> str:
    return "data:image/svg+xml;base64," + b64encode(_mark().encode("utf-8")).decode("ascii")
