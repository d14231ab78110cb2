"""Ports on the loopback interface."""

from __future__ import annotations

import random
import socket

HOST = "127.0.0.1"


class PortError(Exception):
    """A port cannot be used; the text says which and what to do."""


def wanted(text: str) -> int:
    """The port that ``PORT`` names, if it is free."""
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 65536):
        raise PortError("PORT: must be a number from 1 to 65535")
    if not _is_free(int(text)):
        raise PortError(f"PORT: {text} is in use; choose another, as in: make run PORT=8080")
    return int(text)


def free_range(count: int) -> int:
    """The first of ``count`` neighbouring free ports."""
    for _ in range(200):
        first = random.randrange(20_000, 30_000)
        if all(_is_free(first + offset) for offset in range(count)):
            return first
    raise PortError(f"no {count} neighbouring ports are free on {HOST}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
