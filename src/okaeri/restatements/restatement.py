"""What a restatement says: the old figure, the new one, and what changed in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from okaeri.base.calendar import Grain, Period
from okaeri.base.units import Unit, show
from okaeri.metrics.metric import METRICS
from okaeri.restatements.figures import Figure, Place


@dataclass(frozen=True, kw_only=True, slots=True)
class Landed:
    """A file that was imported in between: rows of the whole file, whichever days they are of."""

    file: str
    at: str
    new: int
    replaced: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What happened to one table: rows that touch the period's days, and rows that touch earlier days only.

    `counted` is False when the older version of the table is no longer kept: then no row can be counted, and only
    `files` are known. `examples` are keys of rows that are new or replaced.
    """

    table: str
    counted: bool = True
    new: int = 0
    replaced: int = 0
    gone: int = 0
    earlier: int = 0
    examples: tuple[str, ...] = ()
    files: tuple[Landed, ...] = ()

    @property
    def touches(self) -> bool:
        """Whether it can have moved the figure.

        >>> Change(table="orders", new=1).touches, Change(table="orders").touches
        (True, False)
        """
        return not self.counted or bool(self.new or self.replaced or self.gone or self.earlier)


@dataclass(frozen=True, kw_only=True, slots=True)
class Restatement:
    """A figure of a past period that a later measuring told differently."""

    metric: str
    version: int
    by: str
    segment_column: str
    place: Place
    old: Figure
    new: Figure
    said_at: datetime
    restated_at: datetime
    old_cutoff: date
    new_cutoff: date
    old_presence: str
    new_presence: str
    changes: tuple[Change, ...] = ()
    erased_customers: int = 0

    @property
    def period(self) -> Period:
        """The period it is about."""
        grain = Grain(self.by) if self.by in {each.value for each in Grain} else Grain.ALL
        return Period(date.fromisoformat(self.place.start), date.fromisoformat(self.place.end), grain)

    def shown(self, figure: Figure) -> str:
        """The old or new figure as a person writes it."""
        unit = METRICS[self.metric].unit if self.metric in METRICS else Unit.RATIO
        return show(figure.value, unit, currency=self.place.currency or None)

    def as_json(self) -> dict[str, Any]:
        """The restatement as it is kept, and as the command line prints it."""
        found = asdict(self)
        found["place"] = self.place._asdict()
        found |= {name: getattr(self, name)._asdict() for name in ("old", "new")}
        found |= {name: getattr(self, name).isoformat() for name in _MOMENTS}
        return found


_MOMENTS = ("said_at", "restated_at", "old_cutoff", "new_cutoff")


def restatement_from(found: Mapping[str, Any]) -> Restatement:
    """The restatement that was kept."""
    changes = [
        Change(**{**each, "examples": tuple(each["examples"]), "files": tuple(Landed(**f) for f in each["files"])})
        for each in found["changes"]
    ]
    return Restatement(
        **{
            **found,
            "place": Place(**found["place"]),
            "old": Figure(**found["old"]),
            "new": Figure(**found["new"]),
            "said_at": datetime.fromisoformat(found["said_at"]),
            "restated_at": datetime.fromisoformat(found["restated_at"]),
            "old_cutoff": date.fromisoformat(found["old_cutoff"]),
            "new_cutoff": date.fromisoformat(found["new_cutoff"]),
            "changes": tuple(changes),
        }
    )
