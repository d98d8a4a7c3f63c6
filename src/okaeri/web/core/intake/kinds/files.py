"""A file that is written anew by something else: in the allowed folder, or in an S3 or Google store."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.web.core.intake.kinds.addresses import check_host
from okaeri.web.core.intake.kinds.inside import inside
from okaeri.web.core.intake.kinds.kind import SECONDS, Field, Place, Values

_CHUNK = 1 << 22
_SCHEMES = ("s3", "gs")


def check(values: Values) -> None:
    """Raise `OkaeriError` for a place that cannot be read from here."""
    path = values.get("path", "").strip()
    scheme = urlsplit(path).scheme
    if scheme in _SCHEMES:
        if values.get("endpoint"):
            _endpoint(values["endpoint"])
        return
    if scheme:
        raise OkaeriError(
            _("Files are not read from {scheme}: addresses.").format(scheme=scheme),
            advice=_("Write s3://bucket/file.csv, gs://bucket/file.csv, or a path in the allowed folder."),
        )
    inside(path, allowed=settings.OKAERI.files)


def fetch(values: Values, target: Path, rows: int) -> int:
    """Copy the file; 0, since its rows are counted only when it is imported."""
    check(values)
    path = values["path"].strip()
    most = settings.OKAERI.upload_mb * 1_000_000
    if urlsplit(path).scheme not in _SCHEMES:
        found = inside(path, allowed=settings.OKAERI.files)
        if found.stat().st_size > most:
            raise _too_large()
        shutil.copyfile(found, target)
        return 0
    try:
        _download(values, path, target, most)
    except OkaeriError:
        raise
    except OSError as error:  # what the store's library raises
        raise OkaeriError(
            _("The store refused: {why}").format(why=str(error).splitlines()[0][:200]),
            advice=_("See that the bucket, the path and the keys are right."),
        ) from None
    return 0


def _download(values: Values, path: str, target: Path, most: int) -> None:
    parts = urlsplit(path)
    with _store(values, parts.scheme).open_input_stream(f"{parts.netloc}{parts.path}") as source:
        copied = 0
        with target.open("wb") as out:
            while chunk := source.read(_CHUNK):
                copied += len(chunk)
                if copied > most:
                    raise _too_large()
                out.write(chunk)


def _store(values: Values, scheme: str) -> Any:
    from pyarrow import fs  # heavy: only where a store is asked

    if scheme == "gs":
        return fs.GcsFileSystem(anonymous=not values.get("key"), access_token=values.get("secret") or None)
    named: dict[str, Any] = {"connect_timeout": SECONDS, "request_timeout": SECONDS}
    if values.get("key"):
        named |= {"access_key": values["key"], "secret_key": values.get("secret", "")}
    else:
        named["anonymous"] = True  # never the machine's own role: that is not the web user's to use
    if values.get("region"):
        named["region"] = values["region"]
    if values.get("endpoint"):
        parts = _endpoint(values["endpoint"])
        named |= {"endpoint_override": parts.netloc, "scheme": parts.scheme}
    return fs.S3FileSystem(**named)


def _endpoint(text: str) -> Any:
    parts = urlsplit(text.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise OkaeriError(
            _("The address of the store cannot be read."),
            advice=_("Write it like {example}.").format(example="https://s3.example.com"),
        )
    check_host(parts.hostname)
    return parts


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
        Field(name="key", label=_("Access key"), hint=_("Empty for a bucket that is open."), needed=False),
        Field(name="secret", label=_("Secret key"), hint=_("Kept encrypted and never shown again."), secret=True,
              needed=False),
        Field(name="region", label=_("Region"), example="ap-northeast-1", needed=False),
        Field(name="endpoint", label=_("Address of the store"), hint=_("Only where it is not Amazon’s own."),
              example="https://s3.example.com", needed=False),
    ),
    check=check,
    fetch=fetch,
)  # fmt: skip
