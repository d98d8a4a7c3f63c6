"""One target and where it is written: `[[targets]]` in `okaeri.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import Text, _
from okaeri.base.units import Unit, show
from okaeri.facts.workspace import Workspace
from okaeri.metrics import find

SECTION = "targets"
GRAINS = ("day", "week", "month", "quarter", "year")
_NUMBERS = ("at_least", "at_most")


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What a metric should reach in each period: `at_least` or `at_most`, in the metric's unit (0.8 for 80%).

    `segment` is `plan=pro`: one label of one column; `currency` picks one of several.

    >>> Target(metric="crr", at_least=0.8, owner="Aki").key
    ('crr', 'month', '', '', '')
    """

    metric: str
    at_least: float | None = None
    at_most: float | None = None
    by: str = "month"
    owner: str = ""
    department: str = ""
    segment: str = ""
    currency: str = ""

    def __post_init__(self) -> None:
        metric = find(self.metric)
        if self.by not in GRAINS:
            raise unknown(_("period length"), self.by, GRAINS, listed_by="okaeri target --help")
        if (self.at_least is None) == (self.at_most is None):
            raise OkaeriError(
                _("The target for {metric} needs one bound.").format(metric=self.metric),
                advice=_("Say --at-least or --at-most, one of the two."),
            )
        if metric.unit is Unit.RATE and not 0 <= self.bound <= 1:
            raise OkaeriError(
                _("{metric} is a share, and {bound:g} is none.").format(metric=self.metric, bound=self.bound),
                advice=_("Write 0.8 for 80%."),
            )
        if self.segment and not all(self.segment.partition("=")):
            raise OkaeriError(
                _("{segment} names no segment.").format(segment=self.segment),
                advice=_("Write column=label, for example plan=pro."),
            )

    @property
    def bound(self) -> float:
        """The number to reach or to stay under."""
        bound = self.at_least if self.at_least is not None else self.at_most
        assert bound is not None
        return bound

    @property
    def key(self) -> tuple[str, ...]:
        """What tells targets apart: setting one with the same key replaces it."""
        return self.metric, self.by, self.segment, self.currency, self.department

    @property
    def column(self) -> str | None:
        """The column its segment is of."""
        return self.segment.partition("=")[0] or None

    @property
    def label(self) -> str | None:
        """The label its figures carry."""
        return self.segment.partition("=")[2] or None

    @property
    def sentence(self) -> Text:
        """The target as a person says it."""
        shown = show(self.bound, find(self.metric).unit, currency=self.currency or None)
        words = _("at least {bound}") if self.at_least is not None else _("at most {bound}")
        return words.format(bound=shown)

    def as_entry(self) -> dict[str, Any]:
        """The target as it is written: only what was said."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in said.items() if value not in (None, "")}


def read_targets(workspace: Workspace) -> tuple[Target, ...]:
    """The targets of a workspace in the order they are written; raises `OkaeriError` for one that cannot be read."""
    return tuple(_target(entry) for entry in workspace.entries(SECTION))


def set_target(workspace: Workspace, target: Target) -> None:
    """Write a target; one with the same key is replaced."""
    with workspace.editing():
        kept = [entry for entry in workspace.entries(SECTION) if _target(entry).key != target.key]
        workspace.save_entries(SECTION, [*kept, target.as_entry()])


def remove_targets(workspace: Workspace, metric: str, **said: str | None) -> tuple[Target, ...]:
    """Remove the targets of a metric, those alone that are as `said` (by, segment, currency, department, owner).

    Returns what was removed; raises `OkaeriError` when there is no such target.
    """
    with workspace.editing():
        entries = workspace.entries(SECTION)
        gone = tuple(target for target in map(_target, entries) if target.metric == metric and _is_as(target, said))
        if not gone:
            raise OkaeriError(
                _("There is no such target for {metric}.").format(metric=metric),
                advice=_("`{command}` lists them.").format(command="okaeri target list"),
            )
        workspace.save_entries(SECTION, [entry for entry in entries if _target(entry) not in gone])
    return gone


def _is_as(target: Target, said: Mapping[str, str | None]) -> bool:
    return all(value is None or getattr(target, name) == value for name, value in said.items())


def _target(entry: Mapping[str, Any]) -> Target:
    known = [field.name for field in fields(Target)]
    for name in entry:
        if name not in known:
            raise unknown(_("part of a target"), name, known)
    if "metric" not in entry:
        raise OkaeriError(
            _("A target in okaeri.toml names no metric."), advice=_('Give it one, for example metric = "crr".')
        )
    return Target(**{name: _read(name, value) for name, value in entry.items()})


def _read(name: str, value: Any) -> Any:
    if name in _NUMBERS and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if name not in _NUMBERS and isinstance(value, str):
        return value
    raise OkaeriError(
        _("{name} of a target is {value!r}.").format(name=name, value=value),
        advice=_("It must be a number.") if name in _NUMBERS else _("It must be text."),
    )
