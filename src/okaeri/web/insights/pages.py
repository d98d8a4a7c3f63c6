"""Which page tells which parts; a part that the facts cannot answer is left out of its page."""

from __future__ import annotations

from dataclasses import dataclass

from okaeri.base.text import Text, _


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of figures; `parts` are the names of readings without their "part:"."""

    name: str
    title: Text
    words: Text
    parts: tuple[str, ...]


PAGES = {
    page.name: page
    for page in (
        Page(
            name="retention",
            title=_("Retention"),
            words=_("Who stays, for how long, and how others would count it."),
            parts=("retention", "cohorts", "survival", "rivals"),
        ),
        Page(
            name="revenue",
            title=_("Revenue"),
            words=_("What contracts bring in each month, and what became of it."),
            parts=("revenue",),
        ),
        Page(
            name="value",
            title=_("Customer value"),
            words=_("How often customers come back, what they spend, and what it costs to win them."),
            parts=("repeat", "value", "acquisition", "expected"),
        ),
        Page(
            name="voice",
            title=_("Voice of customers"),
            words=_("What customers answer when they are asked."),
            parts=("voice",),
        ),
        Page(
            name="support",
            title=_("Support"),
            words=_("How quickly customers are helped, and whether it held."),
            parts=("support",),
        ),
        Page(
            name="programme",
            title=_("Programme"),
            words=_("Who takes part, uses the product and spends points."),
            parts=("programme", "engagement"),
        ),
        Page(
            name="predictions",
            title=_("Predictions"),
            words=_("Who may leave, what deserves attention, and how good earlier predictions were."),
            parts=("leaving", "attention", "record", "groups"),
        ),
    )
}
