"""A file on its way from the browser: written to the workspace piece by piece, never held in memory."""

from __future__ import annotations

import os
import uuid
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopFutureHandlers
from django.http import HttpRequest

from okaeri.web.core.intake.places import upload_path


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
        self._id = uuid.uuid4()
        self._stream: IO[bytes] | None = None
        self._begun = False

    def new_file(self, *args: Any, **named: Any) -> None:
        """A file begins."""
        super().new_file(*args, **named)
        if self._begun:
            raise SkipFile
        self._begun = True
        handle = os.open(upload_path(self._id), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
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
        return Arrived(upload_id=self._id, name=self.file_name, size=file_size)

    def upload_interrupted(self) -> None:
        """The browser went away in the middle."""
        self._give_up()

    def _give_up(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
            upload_path(self._id).unlink(missing_ok=True)
