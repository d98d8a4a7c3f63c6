"""What the bytes of a file say: its digest, its encoding, its lines. Nothing here knows columns."""

from __future__ import annotations

import codecs
import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from okaeri.base.errors import NothingUsable
from okaeri.base.text import _

_CHUNK = 1 << 22
_SAMPLE = 1 << 18
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEGACY = ("cp932", "cp949", "euc_jp", "cp1252")
_SHIFTS = (b"\x1b$B", b"\x1b$@")  # where ISO-2022-JP, which is ASCII to everybody else, turns to kanji
_OF_LEDGERS = frozenset("年月日時分円金額番号注文会員顧客様商品名数量合計")
_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (BOM)",
    "utf-16": "UTF-16",
    "utf-32": "UTF-32",
    "cp932": "CP932 (Shift_JIS)",
    "cp949": "CP949 (EUC-KR)",
    "euc_jp": "EUC-JP",
    "iso2022_jp": "ISO-2022-JP",
    "cp1252": "Windows-1252",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """One pass over a file: SHA-256 of its bytes, Python codec name, and counts of bytes that matter to a reader."""

    path: Path
    digest: str
    size: int
    head: bytes
    codec: str
    nuls: int
    newlines: int
    blank_lines: int
    quotes: int

    @property
    def encoding(self) -> str:
        """The encoding as people call it."""
        return _NAMES[self.codec]


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def examine(path: Path) -> Contents:
    """Read a text file once, decode it strictly, and say what it is.

    Raises `NothingUsable` when no encoding fits or the file is not text.
    """
    whole, utf8, ends_blank = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")("strict"), b""
    size = nuls = newlines = blank = quotes = 0
    head, is_utf8 = b"", True
    for chunk in _chunks(path):
        head = head or chunk[:_SAMPLE]
        whole.update(chunk)
        size += len(chunk)
        nuls += chunk.count(b"\0")
        newlines += chunk.count(b"\n")
        quotes += chunk.count(b'"')
        joined = ends_blank + chunk
        blank += joined.count(b"\n\n") + joined.count(b"\n\r\n")
        ends_blank = chunk[-1:] if chunk.endswith(b"\n") else b""
        is_utf8 = is_utf8 and _feeds(utf8, chunk)
    is_utf8 = is_utf8 and _feeds(utf8, b"", final=True)
    codec = next((name for bom, name in _BOMS if head.startswith(bom)), None)
    if codec is None and is_utf8 and any(shift in head for shift in _SHIFTS) and _decodes(path, "iso2022_jp"):
        codec = "iso2022_jp"
    codec = codec or ("utf-8" if is_utf8 else _legacy_codec(path, head))
    if nuls > size // 100 and codec not in ("utf-16", "utf-32"):
        raise NothingUsable(
            _("{file} is not a text file.").format(file=path.name),
            advice=_("Export it as CSV, Excel, JSON Lines or Parquet."),
        )
    return Contents(
        path=path, digest=whole.hexdigest(), size=size, head=head, codec=codec,
        nuls=nuls, newlines=newlines, blank_lines=blank, quotes=quotes,
    )  # fmt: skip


def codec_of(content: bytes) -> str | None:
    """The encoding of a text that is at hand; None when none fits."""
    codec = next((name for bom, name in _BOMS if content.startswith(bom)), None)
    if codec or _feeds(codecs.getincrementaldecoder("utf-8")("strict"), content, final=True):
        return codec or "utf-8"
    decodes = [each for each in _LEGACY if _feeds(codecs.getincrementaldecoder(each)("strict"), content, final=True)]
    return _likeliest(content[:_SAMPLE], decodes)


def as_utf8(contents: Contents, folder: Path) -> Path:
    """The same text as plain UTF-8 without BOM or NUL: the file itself, or a copy in `folder`.

    Raises `NothingUsable` when the bytes do not fit the encoding they announce.
    """
    if contents.codec == "utf-8" and not contents.nuls:
        return contents.path
    copy = folder / "text.utf8"
    decoder = codecs.getincrementaldecoder(contents.codec)("strict")
    try:
        with copy.open("wb") as out:
            for chunk in (*_chunks(contents.path), b""):
                text = decoder.decode(chunk, final=not chunk)
                out.write(text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8"))
    except UnicodeDecodeError as error:
        raise _undecodable(contents.path, contents.encoding, error.start) from None
    return copy


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _feeds(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _legacy_codec(path: Path, head: bytes) -> str:
    best = _likeliest(head, [name for name in _LEGACY if _decodes(path, name)])
    if best is None:
        raise _undecodable(path, _NAMES["utf-8"], None)
    return best


def _likeliest(head: bytes, codecs_that_fit: Sequence[str]) -> str | None:
    scores = {name: _likeness(head, name) for name in codecs_that_fit}
    best = max(scores, key=lambda name: scores[name], default=None)
    return best if best is not None and scores[best] > 0 else None


def _decodes(path: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    return all(_feeds(decoder, chunk) for chunk in _chunks(path)) and _feeds(decoder, b"", final=True)


def _likeness(head: bytes, codec: str) -> float:
    """How much the characters beyond ASCII look like a language that is written in this encoding, per byte."""
    text = head.decode(codec, errors="ignore")
    score = sum(_weight(character, codec) for character in text if character > "\x7f")
    return score / max(1, sum(byte > 0x7F for byte in head))


def _weight(character: str, codec: str) -> float:
    name = unicodedata.name(character, "")
    if codec == "cp932":
        if name.startswith(("HIRAGANA", "KATAKANA")):
            return 2.0
        return 1.2 if name.startswith("CJK UNIFIED") else 0.2 if "FULLWIDTH" in name else -0.5
    if codec == "euc_jp":  # its kanji are Korean syllables to the others, so that what any ledger has tells them apart
        if name.startswith("CJK UNIFIED"):
            return 3.0 if character in _OF_LEDGERS else 1.0
        return 2.0 if name.startswith(("HIRAGANA", "KATAKANA")) else 0.2 if "FULLWIDTH" in name else -0.5
    if codec == "cp949":
        if name.startswith("HANGUL SYLLABLE"):
            return 2.0 if _in_euc_kr(character) else -1.0
        return 0.5 if name.startswith("CJK UNIFIED") else 0.2 if "FULLWIDTH" in name else -0.5
    return 0.5 if "LATIN" in name or character in "£€’‘“”–—°®©½" else -0.5


def _in_euc_kr(character: str) -> bool:
    try:
        return len(character.encode("euc_kr")) == 2
    except UnicodeEncodeError:
        return False


def _undecodable(path: Path, encoding: str, position: int | None) -> NothingUsable:
    what = _("The text of {file} could not be decoded as {encoding}.").format(file=path.name, encoding=encoding)
    if position is not None:
        what = _("The text of {file} is announced as {encoding} but has other bytes in it.").format(
            file=path.name, encoding=encoding
        )
    return NothingUsable(what, advice=_("Export it again as UTF-8; CP932 (Shift_JIS) and CP949 (EUC-KR) are read too."))
