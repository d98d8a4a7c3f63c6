"""Chart pictures made fit for a strict page: parsed, stripped to an allow-list, light and dark in one drawing.

Colours become classes whose rules the page writes once; nothing here knows what a chart shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

SVG = "http://www.w3.org/2000/svg"
_TAGS = frozenset(
    {"svg", "g", "path", "rect", "line", "circle", "ellipse", "polygon", "polyline", "text", "tspan", "defs"}
    | {"clipPath", "pattern", "linearGradient", "radialGradient", "stop", "mask"}
)
_KEPT = frozenset(
    "id d x y x1 x2 y1 y2 dx dy cx cy r rx ry width height points transform viewBox fill stroke opacity fill-opacity "
    "stroke-opacity stroke-width stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit "
    "text-anchor font-size font-weight font-style clip-path mask patternUnits patternTransform patternContentUnits "
    "gradientUnits gradientTransform offset stop-color stop-opacity display clip-rule fill-rule clipPathUnits".split()
)
_PAINTS = ("fill", "stroke", "stop-color")
_USELESS = {
    "opacity": "1",
    "fill-opacity": "1",
    "stroke-opacity": "1",
    "font-weight": "normal",
    "transform": "translate(0,0)",
}
HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")
_NUMBER = re.compile(r"-?\d+\.\d{3,}")


@dataclass(frozen=True, slots=True)
class Drawing:
    """One chart as markup, and its colours as (attribute, on a light page, on a dark page).

    >>> Drawing("<svg/>", frozenset()).rules
    ''
    """

    markup: str
    paints: frozenset[tuple[str, str, str]]

    @property
    def rules(self) -> str:
        """The style rules of this drawing's colours."""
        return paint_rules(self.paints)


def adapt(drawing: str, *, paints: Mapping[str, tuple[str, str]], name: str, label: str, edge: int = 0) -> Drawing:
    """A drawing that follows the page's colour scheme: its colours stand for the pairs that `paints` tells.

    `name` keeps ids apart from those of other drawings; `label` is read out in place of the picture; `edge` is the
    empty margin in pixels that is cut off all round.

    >>> svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0,0" fill="#000001"/></svg>'
    >>> adapt(svg, paints={"#000001": ("#ffffff", "#161412")}, name="a", label="A dot").paints
    frozenset({('fill', '#ffffff', '#161412')})
    """
    root = _opened(drawing)
    used = frozenset(_paint(root, paints))
    _clean(root, name)
    root.attrib = {"viewBox": _cropped(root, edge), "role": "img", "aria-label": label}
    ElementTree.register_namespace("", SVG)
    return Drawing(ElementTree.tostring(root, encoding="unicode"), used)


def plain(drawing: str, *, edge: int = 0) -> str:
    """The drawing without scripts, links or pictures from elsewhere, its own colours and fonts kept.

    >>> plain('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script><path d="M0,0" style="x"/></svg>')
    '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0,0" /></svg>'
    """
    root = _opened(drawing)
    _clean(root, "", also=frozenset({"font-family"}))
    root.attrib = {"viewBox": _cropped(root, edge)} if root.get("viewBox") else {}
    ElementTree.register_namespace("", SVG)
    return ElementTree.tostring(root, encoding="unicode")


def paint_rules(paints: Iterable[tuple[str, str, str]]) -> str:
    """Style rules for colour classes, each written once whatever the number of drawings.

    >>> paint_rules([("fill", "#000000", "#ffffff")])
    '.fill-000000-ffffff{fill:light-dark(#000000,#ffffff)}'
    """
    return "\n".join(
        f".{_name(*paint)}{{{paint[0]}:light-dark({paint[1]},{paint[2]})}}" for paint in sorted(set(paints))
    )


def _opened(drawing: str) -> ElementTree.Element:
    """The drawing as a tree, without the sheet it lies on: the card shows through."""
    root = ElementTree.fromstring(drawing)
    if len(root) and _local(root[0].tag) == "rect":
        root.remove(root[0])
    return root


def _cropped(root: ElementTree.Element, edge: int) -> str:
    x, y, width, height = (float(number) for number in root.get("viewBox", "0 0 0 0").split())
    return f"{x + edge:g} {y + edge:g} {width - 2 * edge:g} {height - 2 * edge:g}"


def _paint(root: ElementTree.Element, paints: Mapping[str, tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    for element in root.iter():
        found = [(paint, *paints[element.attrib.pop(paint)]) for paint in _PAINTS if element.get(paint) in paints]
        element.attrib.pop("class", None)
        if found:
            element.set("class", " ".join(_name(*one) for one in found))
        yield from found


def _clean(root: ElementTree.Element, name: str, *, also: frozenset[str] = frozenset()) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            if _local(child.tag) not in _TAGS or child.get("display") == "none":
                parent.remove(child)
    _strip(root, name, _KEPT | also | ({"class"} if name else set()))
    while _prune(root):
        pass


def _strip(root: ElementTree.Element, name: str, kept: frozenset[str] | set[str]) -> None:
    for element in root.iter():
        for key, value in list(element.attrib.items()):
            if key not in kept or _USELESS.get(key) == value:
                del element.attrib[key]
            elif key == "id":
                element.set(key, name + value)
            elif "url(" in value:
                element.set(
                    key, re.sub(r"url\(\s*['\"]?#", f"url(#{name}", value).replace("')", ")").replace('")', ")")
                )
            elif key in ("d", "transform", "points"):
                element.set(key, _NUMBER.sub(lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), value))


def _prune(root: ElementTree.Element) -> int:
    """Take out what draws nothing: what cannot be seen, empty groups, paths of no extent, boxes without paint."""
    dead = [(parent, child) for parent in root.iter() for child in parent if _draws_nothing(child)]
    for parent, child in dead:
        parent.remove(child)
    return len(dead)


def _draws_nothing(element: ElementTree.Element) -> bool:
    tag = _local(element.tag)
    if element.get("opacity") == "0":
        return True
    if tag == "path":
        return element.get("d", "") in ("", "M0,0h0v0h0Z") or _unpainted_box(element)
    return tag in ("g", "text", "defs") and len(element) == 0 and not (element.text or "").strip()


def _unpainted_box(element: ElementTree.Element) -> bool:
    bare = {"fill", "stroke", "class", "clip-path"}.isdisjoint(element.keys())
    return bare and re.fullmatch(r"M[-\d.,]+h[-\d.]+v[-\d.]+h[-\d.]+Z", element.get("d", "")) is not None


def _local(tag: str) -> str:
    return tag.removeprefix(f"{{{SVG}}}")


def _name(paint: str, light: str, dark: str) -> str:
    return f"{paint}-{light[1:]}-{dark[1:]}"
