"""Templates that one app has compiled, for the next: a page needs twenty of them."""

from __future__ import annotations

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache


class CompiledTemplates(BytecodeCache):
    """Kept in this process; a template that has changed since is compiled anew."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


def keep_compiled_templates() -> None:
    """Let all apps of this process share them from now on."""
    Flask.jinja_options["bytecode_cache"] = CompiledTemplates()
