"""Which kind of file this is, by its content and never by its name, and the source over it."""

from __future__ import annotations

from pathlib import Path

from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.base.text import _
from okaeri.facts.reading.contents import Contents, digest_of, examine
from okaeri.facts.reading.delimited import open_delimited
from okaeri.facts.reading.records import open_json, open_parquet
from okaeri.facts.reading.source import Connection, Source
from okaeri.facts.reading.workbook import open_workbook

_PACKED = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"7z\xbc\xaf", "7z"), (b"(\xb5/\xfd", "zstd"), (b"%PDF", "PDF"))

_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".json", ".jsonl", ".parquet")
_FEW = 5


def check_file(path: Path) -> None:
    """Raise `OkaeriError` unless `path` is a file with something in it that may be read."""
    try:
        with path.open("rb") as stream:
            empty = not stream.read(1)
    except FileNotFoundError:
        raise OkaeriError(
            _("There is no file {path}.").format(path=path), advice=_("Look at the name and the folder again.")
        ) from None
    except IsADirectoryError:
        raise _is_folder(path) from None
    except OSError as error:
        raise OkaeriError(
            _("{path} cannot be opened: {why}.").format(path=path, why=error.strerror),
            advice=_("Name one file that you may read."),
        ) from None
    if empty:
        raise NothingUsable(
            _("{file} is empty.").format(file=path.name), advice=_("Export it again and look whether it has rows.")
        )


def _is_folder(path: Path) -> OkaeriError:
    files = sorted(entry.name for entry in path.iterdir() if entry.suffix.lower() in _ENDINGS)
    listed = ", ".join(files[:_FEW]) + (" …" if len(files) > _FEW else "")
    return OkaeriError(
        _("{path} is a folder.").format(path=path),
        advice=_("Name one file in it, for instance: {files}.").format(files=listed)
        if files
        else _("Name one file; this folder has none that ends in {endings}.").format(endings=", ".join(_ENDINGS)),
    )


def fingerprint(path: Path) -> tuple[str, Contents | None]:
    """SHA-256 of the file and, for a text file, everything else one pass over it tells."""
    kind = _kind(path)
    if kind in ("parquet", "excel"):
        return digest_of(path), None
    contents = examine(path)
    return contents.digest, contents


def open_source(
    path: Path, contents: Contents | None, connection: Connection, *, folder: Path, mend_quotes: bool = False
) -> Source:
    """The rows of a file; `folder` takes temporary copies, `contents` is what `fingerprint` found.

    Raises `OkaeriError` when the file cannot be read or has no header.
    """
    if contents is None:
        return open_parquet(path, connection) if _kind(path) == "parquet" else open_workbook(path, connection)
    if _looks_like_json(contents):
        return open_json(contents, folder, connection)
    return open_delimited(contents, folder, mend_quotes=mend_quotes)


def _kind(path: Path) -> str:
    with path.open("rb") as stream:
        magic = stream.read(8)
    if magic.startswith(b"PAR1"):
        return "parquet"
    if magic.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "excel"
    for sign, name in _PACKED:
        if magic.startswith(sign):
            raise NothingUsable(
                _("{file} is a {kind} file.").format(file=path.name, kind=name),
                advice=_("Unpack it, or export it as CSV, Excel, JSON Lines or Parquet."),
            )
    return "text"


def _looks_like_json(contents: Contents) -> bool:
    codec = "utf-8-sig" if contents.codec == "utf-8" else contents.codec
    start = contents.head.decode(codec, errors="ignore").lstrip()
    return start.startswith("{") or (start.startswith("[") and start[1:].lstrip()[:1] in ("{", "]"))
