"""What a form of the watchlist asks for, done to the lists that the person's cookies hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from webapp.markets.query import MarketsQuery
from webapp.markets.watchlist import EDITS, Watchlist
from webapp.watchlists.keys import WatchKey, parse_key


class BadEdit(ValueError):
    """The form asks for nothing that can be done; names the word that says why."""

    def __init__(self, word: str, value: str = "") -> None:
        super().__init__(word)
        self.word = word
        self.value = value


class Lists(NamedTuple):
    """The open list, and those that were put aside."""

    opened: Watchlist
    aside: tuple[Watchlist, ...] = ()


def edited(form: Mapping[str, str], lists: Lists, query: MarketsQuery, shared_name: str) -> Lists:
    """The lists after the edit; raises ``BadEdit`` and ``CookieIsFull``.

    A shared list that has no name is kept under ``shared_name``.
    """
    if "keep" in form:
        return _keep(lists, replace(query, shared_name=query.shared_name or shared_name))
    if "open" in form:
        return _open(lists, form["open"])
    for name, edit in EDITS.items():
        if name in form:
            return lists._replace(opened=edit(lists.opened, key_in(form[name])))
    raise BadEdit("nothing_to_do")


def key_in(text: str) -> WatchKey:
    """The pair that a form's button names; raises ``BadEdit``."""
    key = parse_key(text)
    if key is None:
        raise BadEdit("no_such_pair", text[:40])
    return key


def _keep(lists: Lists, query: MarketsQuery) -> Lists:
    """The shared list becomes a list of one's own, and the open one."""
    if not query.shared:
        raise BadEdit("nothing_shared")
    kept = Watchlist(query.shared, query.shared_name).cut_to_fit()
    return Lists(kept, _put_aside(lists.aside, lists.opened))


def _open(lists: Lists, place: str) -> Lists:
    if not place.isdecimal() or int(place) >= len(lists.aside):
        raise BadEdit("no_such_list")
    opened = lists.aside[int(place)]
    others = tuple(other for other in lists.aside if other is not opened)
    return Lists(opened, _put_aside(others, lists.opened))


def _put_aside(aside: tuple[Watchlist, ...], opened: Watchlist) -> tuple[Watchlist, ...]:
    """What the browser's script keeps whole needs no more than its first pairs here."""
    return (*aside, replace(opened, more=0)) if opened.keys else aside
