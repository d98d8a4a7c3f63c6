"""Why a customer was given their probability, in the words of the features; one voice per theme.

Reasons go together with leaving. They are not proven causes: whether acting on one keeps anybody is for a trial.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from okaeri.base.text import Text, _
from okaeri.predictions.churn.examples import Examples, Feature, Floats

TOP = 3
SLIGHT = 0.1
"""Log-odds below which nothing is named: a tenth of the odds."""
CAVEAT = _("Reasons go together with leaving; they are not proven causes.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Contributions:
    """Log-odds of each row = `base` + the sum of its row of `added`, shape (rows, ids).

    `base` is the log-odds of the average row learned from, so a contribution says how far a feature's value moves a
    customer away from those.
    """

    ids: tuple[str, ...]
    base: float
    added: Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One feature's value, what it adds to the log-odds, and its plain words.

    `of_theme` is what all features of its theme add together; reasons are ranked by it.
    """

    feature: Feature
    value: Any
    contribution: float
    of_theme: float
    says: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Reasons:
    """What speaks for leaving and what for staying, the strongest first."""

    leaving: tuple[Reason, ...]
    staying: tuple[Reason, ...]

    def told(self) -> tuple[Text, ...]:
        """Whole sentences for a reader."""
        found = []
        if self.leaving:
            found.append(_("What speaks for leaving: {reasons}").format(reasons=_joined(self.leaving)))
        if self.staying:
            found.append(_("What speaks for staying: {reasons}").format(reasons=_joined(self.staying)))
        return tuple(found) or (_("Nothing known about this customer moves the odds far from the average."),)


def reasons_of(
    examples: Examples, found: Contributions, *, named: Collection[str], top: int = TOP
) -> tuple[Reasons, ...]:
    """The reasons of each row; only features in `named` lend their words."""
    features = {feature.id: feature for feature in examples.features}
    themes = sorted({features[name].theme for name in found.ids})
    members = [[place for place, name in enumerate(found.ids) if features[name].theme == theme] for theme in themes]
    of_theme = np.stack([found.added[:, places].sum(axis=1) for places in members], axis=1) if themes else None
    if of_theme is None:
        return tuple(Reasons(leaving=(), staying=()) for _row in range(len(examples)))
    voices = [[place for place in places if found.ids[place] in named] for places in members]
    speaking = _Speaking(examples, found, features, voices, of_theme)
    return tuple(
        Reasons(leaving=speaking.of(row, 1, top), staying=speaking.of(row, -1, top)) for row in range(len(examples))
    )


@dataclass(frozen=True, slots=True)
class _Speaking:
    """Everything that is needed to find one row's reasons."""

    examples: Examples
    found: Contributions
    features: dict[str, Feature]
    voices: Sequence[Sequence[int]]
    of_theme: Floats

    def of(self, row: int, sign: int, top: int) -> tuple[Reason, ...]:
        """The strongest themes that pull the way of `sign`, each by its strongest voice."""
        pull = sign * self.of_theme[row]
        ranked = [int(theme) for theme in np.argsort(-pull, kind="stable") if pull[theme] >= SLIGHT]
        found = (self._voice(row, sign, theme) for theme in ranked)
        return tuple(reason for reason in found if reason is not None)[:top]

    def _voice(self, row: int, sign: int, theme: int) -> Reason | None:
        own = [(sign * float(self.found.added[row, place]), place) for place in self.voices[theme]]
        strongest, place = max(own, key=lambda each: (each[0], -each[1]), default=(0.0, -1))
        if strongest < SLIGHT:
            return None
        feature = self.features[self.found.ids[place]]
        value = _value(self.examples, feature, row)
        return Reason(
            feature=feature,
            value=value,
            contribution=sign * strongest,
            of_theme=float(self.of_theme[row, theme]),
            says=feature.says(value),
        )


def _value(examples: Examples, feature: Feature, row: int) -> Any:
    return str(examples.labels[feature.id][row]) if feature.labelled else float(examples.numbers[feature.id][row])


def _joined(reasons: Sequence[Reason]) -> Text:
    first, *others = (reason.says for reason in reasons)
    for other in others:
        first = _("{first} {second}").format(first=first, second=other)
    return first
