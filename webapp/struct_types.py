"""What msgspec works out of each type of struct, worked out before there are threads."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec


def read_all_structs() -> None:
    """Have msgspec read the fields of every struct that is defined by now.

    It would do so when the first value is decoded, and does it unguarded: in msgspec 0.22 a second
    thread that decodes the same struct meanwhile brings the process down (SIGSEGV).
    """
    for struct in _below(msgspec.Struct):
        msgspec.json.Decoder(struct)


def _below(struct: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for child in struct.__subclasses__():
        yield child
        yield from _below(child)
