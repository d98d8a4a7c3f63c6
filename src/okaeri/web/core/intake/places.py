"""Where uploaded files lie: in the workspace, under names that nobody outside chose."""

from __future__ import annotations

import uuid
from pathlib import Path

from okaeri.web.core.shops import workspace_path


def uploads_folder() -> Path:
    """The folder of uploaded files, made when it is first needed; only its owner may read it."""
    folder = workspace_path() / "uploads"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def upload_path(upload_id: uuid.UUID) -> Path:
    """Where one file lies; it has no ending, as what it is shows in its content alone."""
    return uploads_folder() / upload_id.hex


def quarantine_path(name: str) -> Path:
    """A file of rows set aside, by its plain name."""
    return workspace_path() / "quarantine" / Path(name).name
