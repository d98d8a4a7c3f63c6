"""A store as Amazon's speak: enough of S3 for the real client to find a file and read it, piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote, urlsplit

from okaeri.web.core.intake.kinds.bucket import Bucket, signed

SIGNED = re.compile(r"SignedHeaders=([^,]+),")
RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass(kw_only=True)
class Store:
    """Files by bucket and path; with a `key`, only who signs with it is answered; `leads_to` sends everybody away."""

    files: dict[str, bytes]
    key: str = ""
    secret: str = ""
    region: str = "us-east-1"
    leads_to: str = ""
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def listening(store: Store) -> Iterator[Store]:
    """The store, answering for the block."""

    class Answers(_Answers):
        kept = store

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    store.port = server.server_address[1]
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    kept: Store

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        self.kept.asked.append(f"{self.command} {self.path}")
        if self.kept.leads_to:
            self._say(307, b"", with_body=False, Location=f"{self.kept.leads_to}{self.path}")
            return
        if self.kept.key and not self._is_signed():
            refused = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
            self._say(403, refused, with_body=with_body, **{"x-amz-bucket-region": self.kept.region})
            return
        content = self.kept.files.get(unquote(urlsplit(self.path).path).strip("/"))
        if content is None:
            missing = b"<Error><Code>NoSuchKey</Code><Message>There is no such key.</Message></Error>"
            self._say(404, missing, with_body=with_body)
            return
        self._part(content, with_body=with_body)

    def _is_signed(self) -> bool:
        """Whether the signature is what the secret makes of the request, with the headers it says it covers."""
        told = SIGNED.search(self.headers.get("Authorization", ""))
        if told is None:
            return False
        moment = datetime.strptime(self.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        covered = {name: self.headers[name] for name in told[1].split(";") if name != "x-amz-date"}
        bucket = Bucket(name="", endpoint="", region=self.kept.region, key=self.kept.key, secret=self.kept.secret)
        wanted = signed(self.path, covered, bucket=bucket, now=moment, verb=self.command)
        return wanted["Authorization"] == self.headers["Authorization"]

    def _part(self, content: bytes, *, with_body: bool) -> None:
        wanted = RANGE.fullmatch(self.headers.get("Range", ""))
        if wanted is None:
            self._say(200, content, with_body=with_body)
            return
        start, end = int(wanted[1]), min(int(wanted[2] or len(content)), len(content) - 1)
        told = {"Content-Range": f"bytes {start}-{end}/{len(content)}"}
        self._say(206, content[start : end + 1], with_body=with_body, **told)

    def _say(self, status: int, body: bytes, *, with_body: bool, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), "Accept-Ranges": "bytes", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""
