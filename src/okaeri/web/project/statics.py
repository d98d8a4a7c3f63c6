"""The files a browser is served: gathered once per version, under names that tell their content, packed small."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.compress import Compressor  # type: ignore[import-untyped]  # ships no types
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]  # as above

from okaeri.facts.locks import held

_STAMP = ".made-from"
_OURS = ("okaeri/", "django_htmx/htmx-2.min")


class Packed(Compressor):  # type: ignore[misc]  # as above
    """Packs nearly as small as can be, in a tenth of the time."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        """Pack for browsers of today."""
        import brotli  # type: ignore[import-untyped]  # as above, and only when files are made

        return bytes(brotli.compress(data, quality=9))


class Statics(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # as above
    """What every page loads is packed; the admin, which owners see now and then, is served as it is."""

    keep_only_hashed_files = True

    def create_compressor(self, **options: Any) -> Compressor:
        """The one that is quick."""
        return Packed(use_gzip=False, **options)

    def compress_files(self, paths: Any) -> Any:
        """Pack our own files alone."""
        return super().compress_files([path for path in paths if path.startswith(_OURS)])


def make_statics() -> bool:
    """Gather the files if any of them changed since; whether that was needed."""
    place = Path(settings.STATIC_ROOT)
    with held(place.with_name(f"{place.name}.lock")):
        now, stamp = _made_from(), place / _STAMP
        if stamp.is_file() and stamp.read_text("utf-8") == now:
            return False
        stamp.unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)
        stamp.write_text(now, "utf-8")
        return True


def _made_from() -> str:
    digest = hashlib.sha256()
    for line in sorted(_sources()):
        digest.update(line.encode("utf-8"))
    return digest.hexdigest()


def _sources() -> Iterator[str]:
    for finder in get_finders():
        for name, storage in finder.list(ignore_patterns=None):
            seen = Path(storage.path(name)).stat()
            yield f"{name} {seen.st_size} {seen.st_mtime_ns}\n"
