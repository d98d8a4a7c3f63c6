"""What pages read: readings, and how fresh they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from okaeri.base.calendar import Grain
from okaeri.base.errors import unknown
from okaeri.base.text import Text, _, current_language
from okaeri.metrics import find
from okaeri.reports.glass import show_cutoff
from okaeri.targets import read_targets
from okaeri.web.core.jobs.contracts import JobSeen
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.queries import job_seen
from okaeri.web.core.shops import workspace
from okaeri.web.insights.cards import unpack
from okaeri.web.insights.layouts import GRAINS as LAYOUT_GRAINS
from okaeri.web.insights.layouts import Layout
from okaeri.web.insights.measuring import SHAPE, facts_state
from okaeri.web.insights.models import Reading
from okaeri.web.insights.naming import people
from okaeri.web.insights.questions import Question
from okaeri.web.insights.scores import key_of

_HELLOS = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Freshness:
    """When what is shown was measured; `stale` says that the facts have moved on since."""

    made_at: datetime
    cutoff: date | None
    stale: bool

    @property
    def until(self) -> str:
        """The last day that was observed, in words."""
        return show_cutoff(self.cutoff) if self.cutoff else "–"


@dataclass(frozen=True, kw_only=True, slots=True)
class Hello:
    """Those to say hello to; `listed` is how many the whole list holds."""

    people: tuple[dict[str, Any], ...]
    listed: int


def _kept() -> QuerySet[Reading]:
    return Reading.objects.filter(language=current_language(), state__startswith=SHAPE)


def reading(name: str) -> dict[str, Any] | None:
    """One reading in the current language, None while it was never measured."""
    found = _kept().filter(name=name).first()
    return dict(found.data) if found else None


def readings(names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Several readings in the current language, in the order asked; those never measured are left out."""
    found = {each.name: each.data for each in _kept().filter(name__in=names)}
    return {name: found[name] for name in names if name in found}


def tabs(parts: Iterable[str]) -> dict[str, str]:
    """The parts of a page that the facts can answer, with their titles, in the page's order."""
    known = reading("tabs") or {}
    return {part: known[part] for part in parts if part in known}


def part(name: str, *, customers: bool) -> dict[str, Any] | None:
    """One part of a page; without leave to see `customers`, the tables that name them are left out."""
    found = reading(f"part:{name}")
    if found is None:
        return None
    open_tables = [table for table in found["tables"] if customers or not table["names_customers"]]
    listed = [row[0] for table in open_tables if table["names_customers"] for row in table["rows"]]
    return {**found, "tables": open_tables, "hidden": len(open_tables) < len(found["tables"]), "people": people(listed)}


def hello(home: Mapping[str, Any]) -> Hello:
    """Whom to say hello to today: the first few with their names, and how many there are in all."""
    listed = home["hello"][:_HELLOS]
    known = people([each["customer"] for each in listed])
    return Hello(people=tuple({**each, **known[each["customer"]]} for each in listed), listed=len(home["hello"]))


def voices() -> list[dict[str, Any]]:
    """What customers wrote last, with their names."""
    said = (reading("voices") or {"said": []})["said"]
    known = people([each["customer"] for each in said])
    return [{**each, **known[each["customer"]]} for each in said]


def laid_out(layout: Layout) -> dict[str, Any] | None:
    """A part as somebody asked for it, None while it was never measured so; where it could not be, it says why."""
    found = reading(layout.name)
    if found is None:
        return None
    return {**found, "part": {**found["part"], "hidden": False, "people": {}} if found["part"] else None}


def written_targets() -> list[dict[str, Any]]:
    """The targets as they are written now, judged or not yet."""
    return [
        {
            "key": key_of(each),
            "label": str(find(each.metric).label),
            "sentence": str(each.sentence),
            "segment": each.segment,
        }
        for each in read_targets(workspace())
    ]


def still_written(judged: dict[str, Any] | None, written: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The scorecard without targets that were removed or changed since."""
    if judged is None:
        return None
    known = {_said(each) for each in written}
    groups = [
        {**group, "lines": [line for line in group["lines"] if _said(line) in known]} for group in judged["groups"]
    ]
    return {**judged, "groups": [group for group in groups if group["lines"]]}


def unjudged(judged: dict[str, Any] | None, written: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The targets that wait for a verdict."""
    known = {_said(line) for group in (judged or {"groups": ()})["groups"] for line in group["lines"]}
    return [each for each in written if _said(each) not in known]


def _said(target: Mapping[str, Any]) -> tuple[str, ...]:
    # PostgreSQL keeps the keys of JSON in an order of its own
    return (*(str(value) for _name, value in sorted(target["key"].items())), target["sentence"])


def card(question: Question) -> dict[str, Any] | None:
    """The kept card of a question in the current language; None while it was never measured.

    `failed` says what happened and what helps where it could not be measured; `key` is the same as a small key figure.
    """
    return reading(question.name)


def card_freshness(question: Question) -> Freshness | None:
    """How fresh the kept card of a question is; None while there is none."""
    return oldest([question.name])


def broken(name: str) -> JobSeen | None:
    """The last attempt at the reading of a name, when it broke for a reason that is not the question's."""
    last = Job.objects.filter(key=name).select_related("asked_by").order_by("-asked_at").first()
    return job_seen(last) if last and last.state == JobState.FAILED else None


def drawing(card: str, *, size: str, mode: str) -> bytes | None:
    """The JSON of a card's live chart in the current language; None for a card or a size there is not."""
    found = (reading(f"live:{card}") or {}).get(f"{size}-{mode}")
    return unpack(found) if found else None


def paints(cards: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """The colours of the drawings of some cards, each once: a page says them in its head."""
    return sorted({(paint[0], paint[1], paint[2]) for card in cards for paint in card["paints"]})


GRAINS: dict[Grain, Text] = {
    Grain.DAY: _("By day"),
    Grain.WEEK: _("By week"),
    Grain.MONTH: _("By month"),
    Grain.QUARTER: _("By quarter"),
    Grain.YEAR: _("By year"),
    Grain.ALL: _("All at once"),
}


def grains() -> list[tuple[str, str]]:
    """Every length of a period with its name."""
    return [(grain.value, str(name)) for grain, name in GRAINS.items()]


def layout_grains() -> list[tuple[str, str]]:
    """The lengths of a period a whole part can be laid out by, with their names."""
    return [(grain.value, str(GRAINS[grain])) for grain in LAYOUT_GRAINS]


def segments(*, chosen: str | None = None) -> list[str]:
    """What figures can be split by: columns of few labels, and the one that is chosen already."""
    offered = list((reading("choices") or {}).get("segments", ()))
    return offered if chosen is None or chosen in offered else [*offered, chosen]


def check_segment(column: str) -> None:
    """Raises `OkaeriError` for a column that is not offered: its labels could name customers."""
    offered = segments()
    if column not in offered:
        raise unknown(_("customer attribute"), column, offered)


def freshness() -> Freshness | None:
    """How fresh the pages in the current language are; None while nothing was measured."""
    return oldest(["home"])


def oldest(names: Iterable[str]) -> Freshness | None:
    """How fresh the oldest of some readings in the current language is; None while there is none of them."""
    found = _kept().filter(name__in=list(names)).only("made_at", "cutoff", "state").order_by("made_at").first()
    if found is None:
        return None
    return Freshness(made_at=found.made_at, cutoff=found.cutoff, stale=found.state != facts_state())
