"""Addresses that a crawl may talk to: public ones, unless the user says otherwise."""

import ipaddress
import socket
from collections.abc import Iterable

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool

from scraper.fetching.deadline import Timed, TimedSecure

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddress(Exception):
    """A host name leads to an address that is not on the public internet."""


def is_public(address: str) -> bool:
    """Say whether an address is one of the public internet, also when it stands inside an IPv6 one.

    Loopback, private, link-local (with the metadata services of clouds), shared, reserved and multicast
    ranges are not (IANA special-purpose registries, RFC 6890).

    >>> is_public("169.254.169.254"), is_public("::ffff:10.0.0.1"), is_public("114.114.114.114")
    (False, False, True)
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    return all(each.is_global and not each.is_multicast for each in (found, *_embedded(found)))


def _embedded(address: Address) -> Iterable[Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    inside = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        inside.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in inside if each is not None]


def check(host: str, addresses: Iterable[str]) -> None:
    """Raise PrivateAddress unless every address of a host is public."""
    for address in addresses:
        if not is_public(address):
            raise PrivateAddress(
                f"{host} leads to {address}, which is no public address (--allow-private permits it)"
            )


class _Guarded(Timed):
    """Looks where a name leads before it connects, and where it got to before it sends anything."""

    def _new_conn(self) -> socket.socket:
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        check(self.host, (str(entry[4][0]) for entry in found))
        connected = super()._new_conn()
        try:
            check(self.host, [connected.getpeername()[0]])  # the name may have moved in between
        except PrivateAddress:
            connected.close()
            raise
        return connected


class _GuardedSecure(_Guarded, TimedSecure):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Guarded


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _GuardedSecure


GUARDED_POOLS = {"http": _Pool, "https": _SecurePool}
