"""A file on its way in: written to the workspace piece by piece, never held in memory, and gone if nobody keeps it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopFutureHandlers
from django.http import HttpRequest

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.web.core.intake.models import Upload
from okaeri.web.core.intake.places import upload_path

LONGEST_NAME = 200
_ROOM_FOR_FORM = 100_000
_LONGEST_SIZE = 20


class Arrived(UploadedFile):
    """A file that has come whole; it lies under its `upload_id` already."""

    def __init__(self, *, upload_id: uuid.UUID, name: str | None, size: int) -> None:
        super().__init__(None, name, None, size)
        self.upload_id = upload_id


class ToWorkspace(FileUploadHandler):
    """Writes one file to the workspace and gives up once it is larger than allowed, or a second one comes."""

    def __init__(self, request: HttpRequest | None = None, *, most_bytes: int) -> None:
        super().__init__(request)
        self.most_bytes = most_bytes
        self.too_large = False
        self.upload_id = uuid.uuid4()
        self._stream: IO[bytes] | None = None
        self._begun = False

    def new_file(self, *args: Any, **named: Any) -> None:
        """A file begins."""
        super().new_file(*args, **named)
        if self._begun:
            raise SkipFile
        self._begun = True
        handle = os.open(upload_path(self.upload_id), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        self._stream = os.fdopen(handle, "wb")
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """A piece of it."""
        if self._stream is None:
            raise SkipFile
        if start + len(raw_data) > self.most_bytes:
            self.too_large = True
            self._give_up()
            raise SkipFile
        self._stream.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """All of it is there."""
        if self._stream is None:
            return None
        self._stream.close()
        self._stream = None
        return Arrived(upload_id=self.upload_id, name=self.file_name, size=file_size)

    def upload_interrupted(self) -> None:
        """The browser went away in the middle."""
        self._give_up()

    def forget(self) -> None:
        """Take away what came, whole or not."""
        self._give_up()
        if self._begun:
            upload_path(self.upload_id).unlink(missing_ok=True)

    def _give_up(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
            upload_path(self.upload_id).unlink(missing_ok=True)


@contextmanager
def arriving(request: HttpRequest) -> Iterator[Callable[[], Arrived]]:
    """Lay the way of one file to the disk; what is yielded gives the file once it came as `file`.

    A file that nothing was written down of is gone after the block, whatever stood in the way.

    Raises `RequestDataTooBig`, before anything is read where the size is told, and `OkaeriError` when no file came.
    """
    most = settings.OKAERI.upload_mb * 1_000_000
    told = str(request.META.get("CONTENT_LENGTH") or "0")
    if told.isascii() and told.isdigit() and int(told[:_LONGEST_SIZE]) > most + _ROOM_FOR_FORM:
        raise RequestDataTooBig
    handler = ToWorkspace(request, most_bytes=most)
    request.upload_handlers = [handler]
    try:
        yield lambda: _come(request, handler)
    finally:
        if not Upload.objects.filter(pk=handler.upload_id).exists():
            handler.forget()


def _come(request: HttpRequest, handler: ToWorkspace) -> Arrived:
    found = request.FILES.get("file")
    if handler.too_large:
        raise RequestDataTooBig
    if not isinstance(found, Arrived):
        raise OkaeriError(_("No file was chosen."), advice=_("Send it as the field `file` of a multipart form."))
    if not found.size:
        raise OkaeriError(
            _("{file} is empty.").format(file=shown_name(found.name or "")),
            advice=_("Export it again and look whether it has rows."),
        )
    return found


def shown_name(name: str) -> str:
    """The name a browser gave, fit to be shown: its last part, without signs that cannot be seen.

    >>> shown_name("../../etc/\\x00passwd"), shown_name("")
    ('passwd', 'file')
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:LONGEST_NAME].strip() or "file"
