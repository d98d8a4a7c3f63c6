"""The log on the disk: for each question a folder of numbered batches, written once, each in one step.

A batch has only what had changed. `NNNNNN.json` counts when it is there; what was restated lies beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from okaeri.facts.locks import held
from okaeri.facts.parquet import write_safely
from okaeri.restatements.figures import Figure, Place, Span
from okaeri.restatements.question import Question

FOLDER = "measurements"
_WHOLE_EVERY = 50  # each so many batches one has everything, so that no more need to be read


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """One measuring: when, on what, and the figures that were new or different."""

    question: Question
    taken_at: datetime
    cutoff: date
    presence: str
    versions: Mapping[str, int]
    span: Span
    figures: Mapping[Place, Figure] = field(default_factory=dict)
    whole: bool = False

    def written(self) -> str:
        """The batch as it lies on the disk."""
        return json.dumps(
            {
                "question": asdict(self.question),
                "taken_at": self.taken_at.isoformat(),
                "cutoff": self.cutoff.isoformat(),
                "presence": self.presence,
                "versions": dict(self.versions),
                "span": asdict(self.span),
                "whole": self.whole,
                "figures": [[*place, *figure] for place, figure in self.figures.items()],
            },
            ensure_ascii=False,
            separators=(",", ":"),
            default=str,
        )

    @classmethod
    def read(cls, text: str) -> Batch:
        """The batch that was written."""
        found = json.loads(text)
        size = len(Place._fields)
        return cls(
            question=Question(**found["question"]),
            taken_at=datetime.fromisoformat(found["taken_at"]),
            cutoff=date.fromisoformat(found["cutoff"]),
            presence=found["presence"],
            versions=found["versions"],
            span=Span(**found["span"]),
            figures={Place(*row[:size]): Figure(*row[size:]) for row in found["figures"]},
            whole=found["whole"],
        )


@dataclass(frozen=True, slots=True)
class Folder:
    """The batches of one question."""

    path: Path

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only one who writes here."""
        with held(self.path / ".lock"):
            yield

    def batches(self, *, until: datetime | None = None) -> list[Batch]:
        """The batches from the last whole one on (of those up to a moment), oldest first."""
        found: list[Batch] = []
        for path in reversed(self.paths()):
            batch = Batch.read(path.read_text("utf-8"))
            if until is None or batch.taken_at <= until:
                found.append(batch)
                if batch.whole:
                    break
        return found[::-1]

    def paths(self) -> list[Path]:
        """The files of the batches, oldest first."""
        return sorted(path for path in self.path.glob("*.json") if path.stem.isdigit())

    def restated(self, path: Path) -> Path:
        """Where lies what a batch restated."""
        return path.with_suffix(".restated.json")

    def append(self, batch: Batch, *, restated: Sequence[Mapping[str, Any]]) -> None:
        """Write a batch after the others; what it restated comes first, so that no batch is without it."""
        paths = self.paths()
        number = int(paths[-1].stem) + 1 if paths else 1
        path = self.path / f"{number:06}.json"
        if restated:
            write_safely(self.restated(path), json.dumps(list(restated), ensure_ascii=False, default=str))
        write_safely(path, batch.written())

    def is_whole_due(self) -> bool:
        """Whether the next batch should have everything."""
        return len(self.paths()) % _WHOLE_EVERY == 0


def folder_of(root: Path, question: Question) -> Folder:
    """Where a question's batches are; `root` is the workspace's folder."""
    return Folder(root / FOLDER / question.metric / question.digest)


def folders(root: Path, *, metric: str | None = None) -> list[Folder]:
    """The folders of all questions, or of those about one metric."""
    return [Folder(path) for path in sorted((root / FOLDER).glob(f"{metric or '*'}/*/")) if path.is_dir()]


def figures_in(batches: Sequence[Batch]) -> dict[Place, Figure]:
    """What was last said at each place."""
    return {place: figure for batch in batches for place, figure in batch.figures.items()}


def vouching(place: Place, batches: Sequence[Batch]) -> Batch:
    """The last batch that can vouch for a place: one that speaks of its days and leaves it out found it unchanged."""
    written = next(batch for batch in reversed(batches) if place in batch.figures)
    return next((batch for batch in reversed(batches) if batch.span.covers(place)), written)
