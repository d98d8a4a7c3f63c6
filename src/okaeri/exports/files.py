"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A name to write to in the same folder, which becomes `path` when the block ends well and goes when it fails.

    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "figures.csv"
    >>> with whole(target) as half:
    ...     _ = half.write_text("value\\n"), target.exists()
    >>> target.read_text()
    'value\\n'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}")
    try:
        yield half
        with open(half, "rb") as written:
            os.fsync(written.fileno())
        os.replace(half, path)
    finally:
        half.unlink(missing_ok=True)
