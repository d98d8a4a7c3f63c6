"""Where a request comes from: behind a proxy that is trusted, its word counts; anybody else may claim anything."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

_ONE_LINE = 64  # bits of an IPv6 address: whoever has one address of a line has all of them


def address_of(request: HttpRequest) -> str | None:
    """The address a request was sent from: the last one that no trusted proxy speaks for; None when unknown.

    An IPv6 address is told as the network of its line.
    """
    found = _read(request.META.get("REMOTE_ADDR", ""))
    claims = request.headers.get("X-Forwarded-For", "").split(",")
    while found is not None and claims and _is_proxy(found):
        before = _read(claims.pop())
        if before is None:
            break
        found = before
    return None if found is None else _told(found)


def _is_proxy(address: IPv4Address | IPv6Address) -> bool:
    return any(address in ip_network(each) for each in settings.OKAERI.proxies)


def _read(said: str) -> IPv4Address | IPv6Address | None:
    """An address as proxies write it, some with the port behind it."""
    said = said.strip()
    if said.startswith("["):
        said = said[1:].partition("]")[0]
    elif said.count(":") == 1:
        said = said.partition(":")[0]
    try:
        found = ip_address(said.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _told(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _ONE_LINE), strict=False).network_address)
    return str(address)
