"""Structs that many threads decode."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import msgspec
from flask import Flask


def structs_below(parent: type) -> list[type]:
    children: list[type] = parent.__subclasses__()
    return [*children, *(struct for child in children for struct in structs_below(child))]


def test_no_thread_finds_a_struct_that_another_is_reading(app: Flask):
    """msgspec reads a struct's fields at its first use, and a half-read one ends the process."""
    read: list[str] = []

    def watch(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call" and frame.f_code.co_name == "get_class_annotations":
            read.append(str(frame.f_locals))

    all_structs = structs_below(msgspec.Struct)
    structs = [struct for struct in all_structs if struct.__module__.startswith("webapp")]
    sys.setprofile(watch)
    try:
        for struct in structs:
            msgspec.json.Decoder(struct)
    finally:
        sys.setprofile(None)
    assert len(structs) > 30
    assert read == []
