"""Models that lie as JSON in a workspace's `models/`, and are taken up again while they are young.

What cannot be read is None and learned anew from the facts, which are the truth.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text
from okaeri.facts.parquet import write_safely
from okaeri.metrics.timetable import EPOCH
from okaeri.predictions.churn.hazard import HazardModel
from okaeri.predictions.churn.model import ChurnModel
from okaeri.predictions.churn.words import text_as_data, text_from_data

if TYPE_CHECKING:
    from okaeri.facts.workspace import Workspace
    from okaeri.metrics.measuring import Measurer
    from okaeri.predictions.clv.choice import Choice
    from okaeri.predictions.clv.predict import Learnt
    from okaeri.predictions.risk.leaving import Leaving

KEPT_DAYS = 35


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptChurn:
    """What was learned of leaving: who, and, where that could be learned, when."""

    model: ChurnModel
    when: HazardModel | None


T = TypeVar("T")


def keep_churn(workspace: Workspace, leaving: Leaving) -> None:
    """Keep the model that was learned, with the day and the rule of presence it was learned under."""
    assert leaving.model is not None
    model = {"leaving": leaving.model.as_data(), "when": leaving.when.as_data() if leaving.when else None}
    _keep(workspace, "churn", leaving.horizon_days, as_of=leaving.as_of, presence=leaving.presence.code, model=model)


def kept_churn(workspace: Workspace, measurer: Measurer, *, horizon_days: int) -> KeptChurn | None:
    """The kept models of who leaves and when, while no older than 35 days of facts and presence is still the same."""
    rule = measurer.presence().code
    return _kept(workspace, "churn", horizon_days, measurer, presence=rule, read=_churn_from)


def _churn_from(kept: Mapping[str, Any]) -> KeptChurn:
    when = HazardModel.from_data(kept["when"]) if kept["when"] else None
    return KeptChurn(model=ChurnModel.from_data(kept["leaving"]), when=when)


def keep_value(workspace: Workspace, learnt: Learnt, *, horizon_days: int) -> None:
    """Keep what was learned about purchases and what they bring, with the record of how it was chosen."""
    model = {
        "model": learnt.model.as_data(),
        "choice": _choice_as_data(learnt.choice),
        "doubts": [text_as_data(doubt) for doubt in learnt.doubts],
    }
    as_of = EPOCH + timedelta(days=learnt.model.learnt_on)
    _keep(workspace, "clv", horizon_days, as_of=as_of, presence=None, model=model)


def kept_value(workspace: Workspace, measurer: Measurer, *, horizon_days: int) -> Learnt | None:
    """The kept model of what customers bring, when it is no older than 35 days of facts."""
    return _kept(workspace, "clv", horizon_days, measurer, presence=None, read=_learnt_from)


def forget_models(workspace: Workspace) -> None:
    """Drop every kept model: what it was learned from may hold words of a customer who is to be forgotten."""
    for path in (workspace.path / "models").glob("*.json"):
        path.unlink(missing_ok=True)


def _learnt_from(kept: Mapping[str, Any]) -> Learnt:
    from okaeri.predictions.clv.predict import Learnt
    from okaeri.predictions.clv.valuing import ValueModel

    return Learnt(
        model=ValueModel.from_data(kept["model"]),
        choice=_choice_from(kept["choice"]),
        doubts=tuple(text_from_data(doubt) for doubt in kept["doubts"]),
    )


def _choice_as_data(choice: Choice) -> dict[str, Any]:
    standings = [
        {field.name: _plain(getattr(standing, field.name)) for field in fields(standing)}
        for standing in choice.standings
    ]
    return {"chosen": list(choice.chosen), "reason": text_as_data(choice.reason), "standings": standings}


def _choice_from(kept: Mapping[str, Any]) -> Choice:
    from okaeri.predictions.clv.choice import Choice, Standing

    standings = [Standing(**{name: _words(value) for name, value in each.items()}) for each in kept["standings"]]
    names = {each.candidate: str(each.name) for each in standings}
    # the names are said in the language of now, not in the one of the day they were kept
    named = ", ".join(names.get(name, name) for name in kept["chosen"])
    reason = text_from_data(kept["reason"])
    return Choice(chosen=tuple(kept["chosen"]), reason=reason.format(names=named), standings=tuple(standings))


def _plain(value: Any) -> Any:
    return text_as_data(value) if isinstance(value, Text) else value


def _words(value: Any) -> Any:
    return text_from_data(value) if isinstance(value, Mapping) else value


def _path(workspace: Workspace, what: str, horizon_days: int) -> Path:
    return workspace.path / "models" / f"{what}-{horizon_days}d.json"


def _keep(
    workspace: Workspace, what: str, horizon_days: int, *, as_of: date, presence: str | None, model: Mapping[str, Any]
) -> None:
    kept = {"as_of": as_of.isoformat(), "horizon_days": horizon_days, "presence": presence, what: model}
    text = json.dumps(kept, ensure_ascii=False, allow_nan=False)
    write_safely(_path(workspace, what, horizon_days), text)


def _kept(
    workspace: Workspace,
    what: str,
    horizon_days: int,
    measurer: Measurer,
    *,
    presence: str | None,
    read: Callable[[Mapping[str, Any]], T],
) -> T | None:
    path = _path(workspace, what, horizon_days)
    if not path.exists():
        return None
    try:
        kept = json.loads(path.read_text("utf-8"))
        learned, model = date.fromisoformat(kept["as_of"]), read(kept[what])
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OkaeriError):
        return None
    young = timedelta(0) <= measurer.until() - learned <= timedelta(days=KEPT_DAYS)
    return model if young and kept.get("presence") == presence else None
