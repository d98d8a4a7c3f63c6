"""Attributes of customers: today's values without a history, so that a past day shows what was written after it.

A label that came to stand for leaving is caught as a suspect. A number that only changes with time, such as a count of
orders, passes for an honest cause and flatters the model; so numbers wait until somebody vouches for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.predictions.churn.examples import Examples
from okaeri.predictions.churn.features.family import ATTRIBUTE

_NAMED = 3


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Vouched:
    """Examples without the numeric attributes nobody named, and the ids of those left out."""

    examples: Examples
    left_out: tuple[str, ...]


def dated_only(examples: Examples) -> Examples:
    """The same rows without any attribute: what was written on a past day is not known."""
    return examples.without(*_attributes(examples))


def without_undated(examples: Examples, *, use: Collection[str] = ()) -> Vouched:
    """The rows without numeric attributes, but for those that `use` names, by id or by their own name.

    Raises `OkaeriError` when `use` names what is no attribute of these customers.
    """
    asked = {name if name.startswith(ATTRIBUTE) else f"{ATTRIBUTE}{name}" for name in use}
    _check(asked, _attributes(examples))
    left_out = tuple(name for name in _attributes(examples) if name in examples.numbers and name not in asked)
    return Vouched(examples=examples.without(*left_out), left_out=left_out)


def notes_on(*, used: Collection[str], left_out: Collection[str]) -> tuple[Text, ...]:
    """What a reader must know of the attributes among the features in `used`, and of those left out."""
    found = []
    if told := sorted(name for name in used if name.startswith(ATTRIBUTE)):
        found.append(
            _(
                "Attributes such as {names} are today's values without a history; one that changes when customers "
                "leave would flatter the model."
            ).format(names=_listed(told[:_NAMED]))
        )
    if left_out:
        found.append(
            _(
                "Numbers written on the customers today were left out, as nobody knows what they were on past days: "
                "{names}. A number that never changes after the start can be named with `--use`."
            ).format(names=_listed(left_out))
        )
    return tuple(found)


def _attributes(examples: Examples) -> tuple[str, ...]:
    return tuple(sorted(feature.id for feature in examples.features if feature.id.startswith(ATTRIBUTE)))


def _check(asked: Iterable[str], there: Collection[str]) -> None:
    unknown = sorted(set(asked) - set(there))
    if not unknown:
        return
    advice = (
        _("These attributes can be used: {names}.").format(names=_listed(there))
        if there
        else _("No attribute of these customers says something about more than one of them.")
    )
    raise OkaeriError(_("There is no attribute {names} to use.").format(names=_listed(unknown)), advice=advice)


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(f"'{name.removeprefix(ATTRIBUTE)}'" for name in ids)
