"""Keeping a measurement: what is new or different is written down; a past figure told differently is a restatement.

What the facts did in between is looked up in `causes`, and only when there is something to explain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from okaeri.facts.workspace import Workspace
from okaeri.metrics.result import MetricResult
from okaeri.restatements.causes import changes_between, erased_between
from okaeri.restatements.figures import Figure, Place, figures_of, is_settled, span_of
from okaeri.restatements.log import Batch, Folder, figures_in, folder_of, vouching
from okaeri.restatements.question import question_of
from okaeri.restatements.restatement import Change, Restatement

Known = Mapping[Place, Figure]


def keep(
    result: MetricResult,
    workspace: Workspace,
    *,
    asked: Mapping[str, Any],
    versions: Mapping[str, int],
    now: datetime,
) -> tuple[Restatement, ...]:
    """Write a result into the log; returns the past figures it tells differently.

    `asked` is how the question was put, `versions` those of the tables it was answered from. A result that says
    nothing new writes nothing, and neither does one from facts older than those of the last batch.
    """
    figures = figures_of(result, asked=asked)
    batch = Batch(
        question=question_of(result.metric, workspace, asked=asked),
        taken_at=now,
        cutoff=result.cutoff,
        presence=result.presence.code,
        versions=versions,
        span=span_of([*figures]),
        figures=figures,
    )
    folder = folder_of(workspace.path, batch.question)
    with folder.writing():
        return _append(folder, batch, workspace)


def _append(folder: Folder, batch: Batch, workspace: Workspace) -> tuple[Restatement, ...]:
    earlier = folder.batches()
    if earlier and _is_behind(batch, earlier[-1]):
        return ()
    known = figures_in(earlier)
    different = {
        place: figure
        for place, figure in batch.figures.items()
        if place not in known or not figure.equals(known[place])
    }
    if not different:
        return ()
    told = {place: vouching(place, earlier) for place, figure in different.items() if _is_other(place, figure, known)}
    restated = tuple(_restated(batch, told, known, workspace))
    whole = folder.is_whole_due()
    kept = {**known, **different} if whole else different
    folder.append(replace(batch, figures=kept, whole=whole), restated=[each.as_json() for each in restated])
    return restated


def _is_other(place: Place, figure: Figure, known: Known) -> bool:
    return place in known and not figure.says(known[place])


def _is_behind(batch: Batch, last: Batch) -> bool:
    """Whether another process has already measured newer facts: the older figures would look like a restatement."""
    return any(version < last.versions.get(table, -1) for table, version in batch.versions.items())


def _restated(batch: Batch, told: Mapping[Place, Batch], known: Known, workspace: Workspace) -> Iterator[Restatement]:
    """The settled figures that are told differently, with what changed since the batch that vouches for the old one."""
    settled = [
        place
        for place, said in told.items()
        if is_settled(place, known[place], cutoff=said.cutoff)
        and is_settled(place, batch.figures[place], cutoff=batch.cutoff)
    ]
    for said in {id(told[place]): told[place] for place in settled}.values():
        places = [place for place in settled if told[place] is said]
        changes = changes_between(
            workspace, old=said.versions, new=batch.versions, periods=[(place.start, place.end) for place in places]
        )
        erased = erased_between(workspace, after=said.taken_at, until=batch.taken_at)
        for place in places:
            found = _restatement(
                place, said, batch, old=known[place], changes=changes[place.start, place.end], erased=erased
            )
            if not _has_ripened(found):
                yield found


def _has_ripened(found: Restatement) -> bool:
    """Whether time alone made a figure of an undefined one, such as a payback that needed more days to show."""
    later = found.new_cutoff > found.old_cutoff
    return found.old.value is None and later and not any(change.touches for change in found.changes)


def _restatement(
    place: Place, said: Batch, batch: Batch, *, old: Figure, changes: tuple[Change, ...], erased: int
) -> Restatement:
    return Restatement(
        metric=batch.question.metric,
        version=batch.question.version,
        by=batch.question.by,
        segment_column=batch.question.segment,
        place=place,
        old=old,
        new=batch.figures[place],
        said_at=said.taken_at,
        restated_at=batch.taken_at,
        old_cutoff=said.cutoff,
        new_cutoff=batch.cutoff,
        old_presence=said.presence,
        new_presence=batch.presence,
        changes=changes,
        erased_customers=erased,
    )
