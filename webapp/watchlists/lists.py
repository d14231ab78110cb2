"""The lists that registers hold, and what edits set.

The registers of a list ``id`` are ``"id name"``, ``"id place"`` among the lists (None when the list
is deleted) and ``"id spot:BTCUSDT"``, the rank of a pair (None when it is removed).
``static/js/state/watchlists.js`` reads and edits the same.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from webapp.watchlists.keys import KEYS_MAX, NAME_LENGTH_MAX, WatchKey, parse_key
from webapp.watchlists.registers import Register, Registers, Value

FIRST_ID = "main"  # in every copy: the lists that people start with are one
_NAME, _PLACE = "name", "place"
_ID = re.compile(r"[0-9A-Za-z_-]{1,40}")
_UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}  # not those that are merely newer than our Unicode

Values = Mapping[str, Value]


class NamedKeys(NamedTuple):
    """A list as people see it."""

    name: str
    keys: tuple[WatchKey, ...]


class ListIsFull(ValueError):
    """The list can take no more pairs."""


class NoSuchList(ValueError):
    """It was deleted meanwhile, or never was."""


@dataclass
class _Found:
    name: str | None = None
    place: float | None = None
    ranks: dict[WatchKey, float] = field(default_factory=dict)


@dataclass(frozen=True)
class AccountList:
    """One list with its place among the lists and the rank of each pair, in the person's order."""

    id: str
    name: str
    place: float
    ranks: Mapping[WatchKey, float]

    @property
    def keys(self) -> tuple[WatchKey, ...]:
        return tuple(self.ranks)

    def register(self, name: str | WatchKey) -> str:
        return f"{self.id} {name}"


def lists_in(registers: Registers, first_name: str) -> tuple[AccountList, ...]:
    """All lists in their order, at least one; one without a name is called ``first_name``."""
    found: dict[str, _Found] = {}
    for name, (value, _) in registers.items():
        list_id, _, part = name.partition(" ")
        _note(found.setdefault(list_id, _Found()), part, value)
    lists = [
        AccountList(list_id, it.name or first_name, it.place, _in_order(it.ranks))
        for list_id, it in found.items()
        if it.place is not None
    ]
    lists.sort(key=lambda it: (it.place, it.id))
    return tuple(lists) or (AccountList(FIRST_ID, first_name, 0, {}),)


def acceptable(name: str, value: Value) -> bool:
    """Whether a register is one of a list's, with a value that such a one may have."""
    list_id, _, part = name.partition(" ")
    if not _ID.fullmatch(list_id):
        return False
    if part == _NAME:
        return value is None or (isinstance(value, str) and _is_name(value))
    is_place_or_rank = value is None or isinstance(value, (int, float))
    return is_place_or_rank and (part == _PLACE or str(parse_key(part)) == part)


def without_deleted(registers: Registers, before_ms: int) -> dict[str, Register]:
    """Forget all of a list that was deleted before then, its name included."""
    gone = {
        name.partition(" ")[0]
        for name, (value, at_ms) in registers.items()
        if name.endswith(f" {_PLACE}") and value is None and at_ms < before_ms
    }
    return {
        name: register
        for name, register in registers.items()
        if name.partition(" ")[0] not in gone or register.at_ms >= before_ms
    }


def add(to: AccountList, keys: Iterable[WatchKey]) -> Values:
    """Those that it does not hold yet at its end; raises ``ListIsFull``."""
    fresh = [key for key in dict.fromkeys(keys) if key not in to.ranks]
    if len(to.ranks) + len(fresh) > KEYS_MAX:
        raise ListIsFull
    rank = 1 + max(to.ranks.values(), default=-1)
    ranks = {to.register(key): rank + count for count, key in enumerate(fresh)}
    return {**_kept(to), **ranks} if fresh else {}


def remove(of: AccountList, key: WatchKey) -> Values:
    return {of.register(key): None} if key in of.ranks else {}


def move(of: AccountList, key: WatchKey, step: int) -> Values:
    """One or more places up (below 0) or down."""
    if key not in of.ranks:
        return {}
    others = [other for other in of.keys if other != key]
    before = of.keys.index(key)
    place = max(0, min(len(others), before + step))
    if place == before:
        return {}
    above = of.ranks[others[place - 1]] if place else None
    below = of.ranks[others[place]] if place < len(others) else None
    rank = _between(above, below)
    if rank is not None:
        return {of.register(key): rank}
    others.insert(place, key)
    return {of.register(other): count for count, other in enumerate(others)}


def make(wanted: NamedKeys, lists: Sequence[AccountList], list_id: str) -> Values:
    """A new list after the others, under its name or the next free one like it."""
    ranks = {f"{list_id} {key}": rank for rank, key in enumerate(wanted.keys[:KEYS_MAX])}
    name = _free_name(wanted.name, {it.name for it in lists})
    place = 1 + max(it.place for it in lists)
    return {f"{list_id} {_NAME}": name, f"{list_id} {_PLACE}": place, **ranks}


def join(wanted: NamedKeys, lists: Sequence[AccountList]) -> Values:
    """What it holds goes to the list of the same name, at its end; else it is made anew."""
    same = next((it for it in lists if it.name == wanted.name), None)
    if same is None:
        return make(wanted, lists, new_list_id())
    return add(same, wanted.keys[: KEYS_MAX - len(same.ranks)])


def rename(one: AccountList, name: str, lists: Sequence[AccountList]) -> Values:
    free = _free_name(name, {it.name for it in lists if it.id != one.id})
    return {**_kept(one), one.register(_NAME): free}


def delete(one: AccountList) -> Values:
    gone = {one.register(key): None for key in one.keys}
    return {one.register(_PLACE): None, **gone}


def new_list_id() -> str:
    return secrets.token_hex(8)


def _note(found: _Found, part: str, value: Value) -> None:
    if isinstance(value, str):
        found.name = value
    elif value is not None and part == _PLACE:
        found.place = value
    elif value is not None and (key := parse_key(part)):
        found.ranks[key] = value


def _in_order(ranks: Mapping[WatchKey, float]) -> dict[WatchKey, float]:
    """Of the same rank by their letters, as JavaScript compares them."""
    return dict(sorted(ranks.items(), key=lambda it: (it[1], str(it[0]).encode("utf-16-be"))))


def _kept(one: AccountList) -> Values:
    """That it is there, set anew: who adds to a list that another deletes keeps it."""
    return {one.register(_PLACE): one.place}


def _between(above: float | None, below: float | None) -> float | None:
    """A number between the two, one of which may be missing; None when there is none left."""
    if above is None or below is None:
        return below - 1 if below is not None else 1 + (above or 0)
    middle = (above + below) / 2
    return middle if above < middle < below else None


def _free_name(name: str, taken: set[str]) -> str:
    count, free = 1, name
    while free in taken:
        count += 1
        free = f"{name} {count}"
    return free


def _is_name(text: str) -> bool:
    is_short = 0 < len(text) <= NAME_LENGTH_MAX + len(" 1000")  # beside others of the same name
    return is_short and not any(unicodedata.category(char) in _UNPRINTABLE for char in text)
