"""Who counts as one caller."""

from __future__ import annotations

import socket
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network


def network_of(address: str) -> str:
    """The address, or of an IPv6 one the network that one customer has."""
    try:
        socket.inet_pton(socket.AF_INET, address)
    except (OSError, ValueError):  # the latter of a NUL
        return _network_of_ipv6(address)
    return address


@lru_cache(maxsize=1024)  # to read one takes time, and most callers ask again
def _network_of_ipv6(address: str) -> str:
    try:
        known = IPv6Address(address)
    except ValueError:
        return "unknown"
    return str(known.ipv4_mapped or IPv6Network(f"{known}/64", strict=False))
