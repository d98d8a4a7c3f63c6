"""A file in an S3 store, or one that speaks as S3 does: one signed request, straight to an address that was checked.

The makers' own clients follow a store that sends them elsewhere, also to where cloud machines keep their secrets.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import quote, urlsplit

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.web.core.intake.kinds.addresses import check_host, connected
from okaeri.web.core.intake.kinds.kind import SECONDS

_NOTHING = hashlib.sha256(b"").hexdigest()
_REGION = re.compile(r"[a-z0-9-]{1,40}")
_MESSAGE = re.compile(rb"<Message>([^<]{1,300})</Message>")


@dataclass(frozen=True, kw_only=True, slots=True)
class Bucket:
    """Where a bucket is, and who asks; nobody in particular where there is no `key`."""

    name: str
    endpoint: str
    region: str
    key: str = ""
    secret: str = ""

    @contextmanager
    def reading(self, path: str, *, now: datetime) -> Iterator[HTTPResponse]:
        """The content of a file as it comes; raises `OkaeriError` with what the store said, or that it did not."""
        parts = urlsplit(self.endpoint)
        where = f"{parts.path.rstrip('/')}/{self.name}/{quote(path.lstrip('/'), safe='/-_.~')}"
        headers = {"Host": parts.netloc, "x-amz-content-sha256": _NOTHING}
        if self.key:
            headers = signed(where, headers, bucket=self, now=now)
        try:
            connection = _connection(self.endpoint)
            connection.request("GET", where, headers=headers)
            answer = connection.getresponse()
        except (OSError, HTTPException) as error:
            raise refused(str(error) or type(error).__name__) from None
        try:
            if answer.status != 200:
                raise self._refused(answer)
            yield answer
        finally:
            connection.close()

    def _refused(self, answer: HTTPResponse) -> OkaeriError:
        elsewhere = answer.getheader("x-amz-bucket-region", "")
        if elsewhere != self.region and _REGION.fullmatch(elsewhere):
            return OkaeriError(
                _("The bucket is in another region, {region}.").format(region=elsewhere),
                advice=_("Write that into the field of the region."),
            )
        said = _MESSAGE.search(answer.read(4096))
        return refused(said[1].decode("utf-8", "replace") if said else f"{answer.status} {answer.reason}")


def refused(why: str) -> OkaeriError:
    """What the store said."""
    return OkaeriError(
        _("The store refused: {why}").format(why=why.splitlines()[0][:200]),
        advice=_("See that the bucket, the path and the keys are right."),
    )


def endpoint_of(text: str) -> str:
    """The address of a store; raises `OkaeriError` when it cannot be read, or leads where connections may not go."""
    parts = urlsplit(text.strip())
    try:
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username and parts.port != 0
    except ValueError:  # a port that is none
        known = False
    if not known:
        raise OkaeriError(
            _("The address of the store cannot be read."),
            advice=_("Write it like {example}.").format(example="https://s3.example.com"),
        )
    check_host(parts.hostname or "")
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def region_of(text: str, *, default: str) -> str:
    """The name of a region; raises `OkaeriError` for what cannot be one."""
    name = text.strip() or default
    if not _REGION.fullmatch(name):
        raise OkaeriError(
            _("There is no region called {region}.").format(region=name),
            advice=_("Write it like {example}.").format(example="ap-northeast-1"),
        )
    return name


def signed(
    path: str, headers: Mapping[str, str], *, bucket: Bucket, now: datetime, verb: str = "GET"
) -> dict[str, str]:
    """The headers of a request for `path` with a signature, as AWS Signature Version 4 has it."""
    moment = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    told = {**headers, "x-amz-date": moment}
    by_name = sorted((name.lower(), value.strip()) for name, value in told.items())
    names = ";".join(name for name, _value in by_name)
    canonical = "\n".join(
        [verb, path, "", *(f"{name}:{value}" for name, value in by_name), "", names, told["x-amz-content-sha256"]]
    )
    scope = f"{moment[:8]}/{bucket.region}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{bucket.secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    credential = f"Credential={bucket.key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**told, "Authorization": f"AWS4-HMAC-SHA256 {credential}"}


def _connection(endpoint: str) -> HTTPConnection:
    """A connection to the very address that was looked at; its certificate still has to be the host's."""
    parts = urlsplit(endpoint)
    host, secure = parts.hostname or "", parts.scheme == "https"
    reached = connected(check_host(host), parts.port or (443 if secure else 80))
    connection = HTTPConnection(host, timeout=SECONDS)
    connection.sock = ssl.create_default_context().wrap_socket(reached, server_hostname=host) if secure else reached
    return connection
