"""One message over HTTP to an address somebody else chose: never into our own network, never further than asked.

The name is resolved once, every address it has is judged, and the connection goes to an address that was judged: a
name that answers differently the second time gains nothing.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _

TIMEOUT_SECONDS = 10.0
_READ_BYTES = 500
_METADATA = frozenset({"fd00:ec2::254", "100.100.100.200", "168.63.129.16"})
_look_up = socket.getaddrinfo
# addresses that carry an IPv4 address inside, and would lead to it
_TRANSLATED = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("2002::/16"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """What came back: the status, or None with the reason in `answer`; `wait_seconds` is what was asked for."""

    status: int | None
    answer: str
    wait_seconds: int | None = None

    @property
    def arrived(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300


def may_stay_inside() -> bool:
    """Whether messages may go to private addresses: only where the setting says so, and in the demo."""
    return bool(settings.OKAERI.private_webhooks or settings.OKAERI.demo)


def check_address(url: str) -> SplitResult:
    """The parts of an address; raises `OkaeriError` when it is none that messages may go to."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
        parts = urlsplit("")
    schemes = ("https", "http") if may_stay_inside() else ("https",)
    if not host or parts.scheme not in schemes or port == 0 or not url.isascii() or not url.isprintable() or " " in url:
        raise OkaeriError(
            _("{url} is no address that messages can be sent to.").format(url=url[:100]),
            advice=_("Write it like {example}.").format(example="https://example.com/hooks/okaeri"),
        )
    if parts.username or parts.password:
        raise OkaeriError(
            _("The address holds a user name or a password."),
            advice=_("Leave them out; the signature tells the receiver who is sending."),
        )
    literal = _literal(host)
    if literal and not may_be_reached(literal):
        raise _inside(host)
    return parts


def _literal(host: str) -> str | None:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None


def _inside(host: str) -> OkaeriError:
    return OkaeriError(
        _("{host} leads into a private network.").format(host=host),
        advice=_("Use an address on the public internet, or allow private ones in the settings of the server."),
    )


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet.

    >>> [is_public(each) for each in ("8.8.8.8", "10.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254")]
    [True, False, False, False, False]
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return is_public(str(found.ipv4_mapped))
        if any(found in network for network in _TRANSLATED):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def may_be_reached(address: str) -> bool:
    """Whether a message may go to an IP address; never to one that a machine keeps for itself."""
    if is_public(address):
        return True
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(found, "ipv4_mapped", None) or found
    kept = inner.is_link_local or inner.is_multicast or inner.is_unspecified or str(inner) in _METADATA
    return may_stay_inside() and not kept


def resolve(host: str, port: int) -> str:
    """The address to connect to; raises `OkaeriError` when any address of the name is private."""
    found = [str(each[4][0]) for each in _look_up(host, port, type=socket.SOCK_STREAM)]
    if not all(may_be_reached(each) for each in found):
        raise _inside(host)
    return found[0]


def send(url: str, body: bytes, headers: Mapping[str, str], *, timeout: float = TIMEOUT_SECONDS) -> Sent:
    """Post a message once; redirects are not followed. What goes wrong on the way is told, not raised."""
    try:
        parts = check_address(url)
        connection = _connection(parts, timeout=timeout)
        with closing(connection), _deadline(connection, seconds=timeout):
            connection.request("POST", _path(parts), body=body, headers={**headers, "User-Agent": "Okaeri-Webhooks/1"})
            response = connection.getresponse()
            answer = response.read(_READ_BYTES).decode("utf-8", "replace")
            return Sent(
                status=response.status, answer=_told(answer), wait_seconds=_wait(response.headers.get("Retry-After"))
            )
    except OkaeriError as error:
        return Sent(status=None, answer=str(error.what))
    except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
        return Sent(status=None, answer=_told(f"{type(error).__name__}: {error}"))


@contextmanager
def _deadline(connection: http.client.HTTPConnection, *, seconds: float) -> Iterator[None]:
    """Connect, and hang up when all of it takes longer: a socket's own timeout begins anew with each byte."""
    connection.connect()
    line = connection.sock
    watch = threading.Timer(seconds, _hang_up, args=(line,))
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):  # it has ended by itself
        line.shutdown(socket.SHUT_RDWR)


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _told(answer: str) -> str:
    return answer.replace("\x00", "")[:_READ_BYTES]


def _wait(said: str | None) -> int | None:
    return min(int(said), 86_400) if said and said.isascii() and said.isdigit() and len(said) < 10 else None


def _connection(parts: SplitResult, *, timeout: float) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = resolve(host, port)
    if parts.scheme == "https":
        return _PinnedTLS(host, port, timeout=timeout, context=ssl.create_default_context(), address=address)
    return _Pinned(host, port, timeout=timeout, address=address)


class _Pinned(http.client.HTTPConnection):
    """A connection that goes to the address that was judged, whatever the name says now."""

    def __init__(self, host: str, port: int, *, timeout: float, address: str) -> None:
        super().__init__(host, port, timeout=timeout)
        self.address = address

    def connect(self) -> None:
        """Connect without asking for the name again."""
        self.sock = socket.create_connection((self.address, self.port), self.timeout)


class _PinnedTLS(http.client.HTTPSConnection):
    """The same over TLS: the certificate is checked for the name."""

    def __init__(self, host: str, port: int, *, timeout: float, context: ssl.SSLContext, address: str) -> None:
        super().__init__(host, port, timeout=timeout, context=context)
        self.address, self.context = address, context

    def connect(self) -> None:
        """Connect without asking for the name again."""
        plain = socket.create_connection((self.address, self.port), self.timeout)
        self.sock = self.context.wrap_socket(plain, server_hostname=self.host)
