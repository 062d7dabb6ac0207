"""Restrict connections to public IP addresses, unless the user permits others."""

import ipaddress
import socket
from collections.abc import Iterable

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool

from scraper.fetching.deadline import DeadlineConnection, DeadlineHTTPSConnection

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddress(Exception):
    """A host name resolves to an address that is not on the public internet."""


def is_public(address: str) -> bool:
    """Return whether an IP address is public; IPv4 addresses embedded in IPv6 ones are checked too.

    Loopback, private, link-local (which includes cloud metadata services), shared, reserved and multicast
    ranges are not public (IANA special-purpose registries, RFC 6890).

    >>> is_public("169.254.169.254"), is_public("::ffff:10.0.0.1"), is_public("114.114.114.114")
    (False, False, True)
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    return all(each.is_global and not each.is_multicast for each in (found, *_embedded_ipv4(found)))


def _embedded_ipv4(address: Address) -> Iterable[Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    inside = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        inside.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in inside if each is not None]


def require_public(host: str, addresses: Iterable[str]) -> None:
    """Raise PrivateAddress unless every address of a host is public."""
    for address in addresses:
        if not is_public(address):
            raise PrivateAddress(
                f"{host} resolves to {address}, which is not a public address; --allow-private permits it"
            )


class _GuardedConnection(DeadlineConnection):
    """Checks the resolved addresses before connecting, and the peer before anything is sent."""

    def _new_conn(self) -> socket.socket:
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        require_public(self.host, (str(entry[4][0]) for entry in found))
        connected = super()._new_conn()
        try:
            require_public(self.host, [connected.getpeername()[0]])  # DNS may have changed in between
        except PrivateAddress:
            connected.close()
            raise
        return connected


class _GuardedHTTPSConnection(_GuardedConnection, DeadlineHTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _GuardedConnection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _GuardedHTTPSConnection


GUARDED_POOLS = {"http": _Pool, "https": _SecurePool}
