"""A file that is written anew by something else: in the allowed folder, or in an S3 or Google store."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from time import monotonic
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.web.core.intake.kinds.bucket import Bucket, endpoint_of, refused, region_of
from okaeri.web.core.intake.kinds.inside import inside
from okaeri.web.core.intake.kinds.kind import Field, Limits, Place, Values

_CHUNK = 1 << 22
_SCHEMES = ("s3", "gs")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,250}")
_WHOLE = (b"PAR1", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # read from their end, so that a beginning is nothing
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Readable(Protocol):
    """What gives bytes, so many at a time."""

    def read(self, amount: int, /) -> bytes:
        """The next of them; none at the end."""


def check(values: Values) -> None:
    """Raise `OkaeriError` for a place that cannot be read from here."""
    path = values.get("path", "").strip()
    scheme = urlsplit(path).scheme
    if scheme in _SCHEMES:
        _bucket(values)
        return
    if scheme:
        raise OkaeriError(
            _("Files are not read from {scheme}: addresses.").format(scheme=scheme),
            advice=_("Write s3://bucket/file.csv, gs://bucket/file.csv, or a path in the allowed folder."),
        )
    inside(path, allowed=settings.OKAERI.files)


def fetch(values: Values, target: Path, limits: Limits) -> None:
    """Copy the file, for a trial its beginning; raises `OkaeriError` when it is larger than uploads may be."""
    check(values)
    path = values["path"].strip()
    if urlsplit(path).scheme in _SCHEMES:
        with _bucket(values).reading(urlsplit(path).path, now=datetime.now(UTC)) as source:
            _copy(source, target, limits)
        return
    with inside(path, allowed=settings.OKAERI.files).open("rb") as source:
        _copy(source, target, limits)


def _copy(source: Readable, target: Path, limits: Limits) -> None:
    copied, until = 0, monotonic() + limits.seconds
    try:
        with target.open("wb") as out:
            while chunk := source.read(_CHUNK):
                beginning = limits.trial and not copied and not chunk.startswith(_WHOLE)
                chunk = _whole_lines(chunk) if beginning and len(chunk) == _CHUNK else chunk
                copied += len(chunk)
                if copied > settings.OKAERI.upload_mb * 1_000_000:
                    raise _too_large()
                if monotonic() > until:
                    raise refused(str(_("It took longer than {n} seconds.").format(n=limits.seconds)))
                out.write(chunk)
                if beginning:
                    break
    except (OSError, HTTPException) as error:
        raise refused(str(error) or type(error).__name__) from None


def _whole_lines(chunk: bytes) -> bytes:
    return chunk if chunk.startswith(_UTF_16) else chunk[: chunk.rfind(b"\n") + 1] or chunk


def _bucket(values: Values) -> Bucket:
    """The bucket a path names. Google's store speaks as S3 does to whoever has an HMAC key."""
    parts = urlsplit(values["path"].strip())
    if not _NAME.fullmatch(parts.netloc) or not parts.path.strip("/"):
        raise OkaeriError(
            _("The path does not name a bucket and a file in it."),
            advice=_("Write it like {example}.").format(example="s3://shop-exports/orders.csv"),
        )
    google = parts.scheme == "gs"
    region = region_of(values.get("region", ""), default="auto" if google else "us-east-1")
    own = "https://storage.googleapis.com" if google else f"https://s3.{region}.amazonaws.com"
    return Bucket(
        name=parts.netloc,
        endpoint=endpoint_of(values["endpoint"]) if values.get("endpoint") else own,
        region=region,
        key=values.get("key", ""),  # never the machine's own role: that is not the web user's to use
        secret=values.get("secret", ""),
    )


def _too_large() -> OkaeriError:
    return OkaeriError(
        _("The file is larger than {n} MB.").format(n=settings.OKAERI.upload_mb),
        advice=_("Split it, or raise `upload_mb` in [web] of okaeri.toml."),
    )


FILES = Place(
    name="files",
    title=_("A file that is renewed"),
    words=_("CSV or Parquet in an S3 or Google bucket, or in the folder of this machine that is allowed."),
    fields=(
        Field(
            name="path",
            label=_("Path"),
            hint=_("In a bucket, or below the allowed folder."),
            example="s3://shop-exports/orders.csv",
        ),
        Field(name="key", label=_("Access key"), hint=_("Empty for a bucket that is open; for Google an HMAC key."),
              needed=False),
        Field(name="secret", label=_("Secret key"), hint=_("Kept encrypted and never shown again."), secret=True,
              needed=False),
        Field(name="region", label=_("Region"), example="ap-northeast-1", needed=False),
        Field(name="endpoint", label=_("Address of the store"), hint=_("Only where it is not Amazon’s own."),
              example="https://s3.example.com", needed=False),
    ),
    check=check,
    fetch=fetch,
)  # fmt: skip
