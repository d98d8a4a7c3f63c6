"""What a workspace has decided about its figures: cuts, windows, hours and prices that have no one right value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import _


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """The `[rules]` of `okaeri.toml`; each field is a key there and a column of the input `rules`.

    `csat_cut_5` is the lowest satisfied answer of five, and so on; `engaged_days` is how long a member counts as
    active after earning or spending; `reply_promise_hours` is the first reply that was promised; `point_value` is the
    money one point costs when spent, 0 while unknown; `gross_margin` is the share of revenue left after its costs;
    `business_hours` is `mon-fri 09:00-18:00`, `holidays` are ISO dates; `repeat_issue_days` is how soon a ticket on
    the same topic counts as the same trouble.

    >>> Rules().csat_cut_5
    4
    """

    csat_cut_5: int = 4
    csat_cut_7: int = 6
    csat_cut_10: int = 8
    engaged_days: int = 90
    reply_promise_hours: float = 24.0
    repeat_issue_days: int = 30
    point_value: float = 0.0
    gross_margin: float = 1.0
    business_hours: str = "mon-fri 09:00-18:00"
    holidays: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.gross_margin <= 1:
            raise OkaeriError(
                _("A gross margin of {share} is not a share.").format(share=self.gross_margin),
                advice=_("Write 0.6 for 60%."),
            )
        for name in ("engaged_days", "reply_promise_hours", "repeat_issue_days"):
            if getattr(self, name) <= 0:
                raise OkaeriError(
                    _("The rule {name} must be above 0.").format(name=name), advice=_("Mend it in `okaeri.toml`.")
                )


def rules_of(values: Mapping[str, Any]) -> Rules:
    """The rules as written in `okaeri.toml`; raises `OkaeriError` for an unknown name or a value of the wrong kind.

    >>> rules_of({"csat_cut_7": 5}).csat_cut_7
    5
    """
    kinds: dict[str, type] = {field.name: type(field.default) for field in fields(Rules)}
    read: dict[str, Any] = {}
    for name, value in values.items():
        if name not in kinds:
            raise unknown(_("rule"), name, list(kinds), listed_by="okaeri doctor")
        read[name] = _read(name, value, kinds[name])
    return Rules(**read)


def _read(name: str, value: object, kind: type) -> object:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind is tuple and isinstance(value, list):
        return tuple(str(each) for each in value)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise OkaeriError(
            _("The rule {name} is {value!r}.").format(name=name, value=value),
            advice=_("Give it the kind of value it has by default."),
        )
    return value
