"""The restatement log: each measurement taken is kept, and a past figure that changes is shown with what changed it."""

from __future__ import annotations

import json
from pathlib import Path

from okaeri.restatements.forgetting import follow_erasures
from okaeri.restatements.keeping import keep
from okaeri.restatements.log import folders
from okaeri.restatements.recalling import erasure_notes, recalled
from okaeri.restatements.restatement import Change, Restatement, restatement_from
from okaeri.restatements.words import reasons

__all__ = [
    "Change",
    "Restatement",
    "erasure_notes",
    "follow_erasures",
    "keep",
    "reasons",
    "recalled",
    "restatements",
]


def restatements(root: Path, *, metric: str | None = None) -> tuple[Restatement, ...]:
    """The restatements in a workspace's folder, of all metrics or of one, oldest first.

    >>> restatements(Path("nowhere"))
    ()
    """
    texts = [
        folder.restated(path).read_text("utf-8")
        for folder in folders(root, metric=metric)
        for path in folder.paths()
        if folder.restated(path).exists()
    ]
    found = [restatement_from(each) for text in texts for each in json.loads(text)]
    return tuple(sorted(found, key=lambda each: (each.restated_at, each.metric, each.place)))
