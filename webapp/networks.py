"""Who counts as one caller."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address, ip_network


@lru_cache(maxsize=1024)  # an address is read far oftener than there are callers
def network_of(address: str) -> str:
    """The address, or of an IPv6 one the network that one customer has."""
    try:
        known = ip_address(address)
    except ValueError:
        return "unknown"
    if known.version == 4:
        return str(known)
    mapped = known.ipv4_mapped
    return str(mapped or ip_network(f"{known}/64", strict=False))
