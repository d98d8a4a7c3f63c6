"""Which hosts a connection may speak to: never the addresses that cloud machines keep their own secrets at."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.web.core.intake.kinds.kind import SECONDS

_METADATA = frozenset({"fd00:ec2::254", "100.100.100.200", "168.63.129.16"})


def check_host(host: str) -> tuple[str, ...]:
    """The addresses of a host, to be connected to as they are: asked again, its name may lead elsewhere.

    Raises `OkaeriError` for a host there is none of, and for link-local, multicast and metadata addresses.
    """
    addresses = _addresses(host)
    for address in map(_inner, addresses):
        if address.is_link_local or address.is_multicast or address.is_unspecified or str(address) in _METADATA:
            raise OkaeriError(
                _("{host} is an address that machines keep for themselves.").format(host=host),
                advice=_("Name the host of the database or of the store."),
            )
    return tuple(dict.fromkeys(map(str, addresses)))


def connected(addresses: tuple[str, ...], port: int) -> socket.socket:
    """A connection to the first of these addresses that answers; raises `OSError` when none does."""
    for address in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, port), timeout=SECONDS)
    return socket.create_connection((addresses[-1], port), timeout=SECONDS)


def _addresses(host: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM) if host else []
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise OkaeriError(
            _("There is no host called {host}.").format(host=host or "“”"), advice=_("See that the name is right.")
        )
    return [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]


def _inner(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An IPv4 address that is written as an IPv6 one is still that address."""
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped if mapped is not None else address
