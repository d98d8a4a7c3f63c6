"""Which hosts a connection may speak to: never the addresses that cloud machines keep their own secrets at."""

from __future__ import annotations

import ipaddress
import socket

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _

_METADATA = frozenset({"fd00:ec2::254", "100.100.100.200", "168.63.129.16"})


def check_host(host: str) -> None:
    """Raise `OkaeriError` for a host that leads to a link-local, multicast or metadata address."""
    for address in _addresses(host):
        if address.is_link_local or address.is_multicast or address.is_unspecified or str(address) in _METADATA:
            raise OkaeriError(
                _("{host} is an address that machines keep for themselves.").format(host=host),
                advice=_("Name the host of the database or of the store."),
            )


def _addresses(host: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    if not host:
        return []
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise OkaeriError(
            _("There is no host called {host}.").format(host=host), advice=_("See that the name is right.")
        ) from None
    addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    return [_inner(each) for each in addresses]


def _inner(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An IPv4 address that is written as an IPv6 one is still that address."""
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped if mapped is not None else address
