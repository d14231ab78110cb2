"""Whose lists the page shows: those of the account that is signed in, else those of the cookies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import msgspec
from flask import Response, request

from webapp.database import DatabaseAway
from webapp.extensions import get_watchlists
from webapp.markets.account_form import account_edit, opened_of
from webapp.markets.query import MarketsQuery
from webapp.markets.watch_form import Lists
from webapp.markets.watchlist import (
    Watchlist,
    forget_lists,
    read_aside,
    read_watchlist,
    write_watchlist,
)
from webapp.people.sign_ins import SignedIn
from webapp.watchlists.lists import AccountList
from webapp.watchlists.store import Kept, account_tag
from webapp.who import require_answer

# Up to which version this browser knows the lists of which account: "<tag>.<version>".
KNOWN_COOKIE = "watchlists-known"


class OwnLists(NamedTuple):
    """What the page shows, and what its script is told of the account.

    ``account`` is JSON: null when nobody is signed in; it is None when that cannot be told now.
    """

    lists: Lists
    account: str | None
    are_of_account: bool = False


def own_lists() -> OwnLists:
    """The lists of whoever asks; one query for those who are signed in."""
    try:
        person = require_answer()
        if person is None:
            return OwnLists(cookie_lists(), "null")
        return _of_account(person, get_watchlists().read(person.person_id))
    except DatabaseAway:
        return OwnLists(Lists(read_watchlist(request), read_aside(request)), None)


def cookie_lists() -> Lists:
    """Those of a browser in which nobody is signed in; not what is left of somebody who was."""
    opened = read_watchlist(request)
    return Lists(Watchlist() if opened.of else opened, read_aside(request))


def forget_those_of_others(response: Response, shown: OwnLists) -> None:
    """When a sign-in is over, the copy that was kept for bad times goes too."""
    if shown.account == "null" and read_watchlist(request).of:
        forget_lists(response)


def edit_in_account(
    response: Response, person: SignedIn, query: MarketsQuery, shared_name: str
) -> None:
    """Do what the form asks for, and note which list is open then.

    Raises ``BadEdit``, ``ListIsFull``, ``TooMuch``, ``NobodyThere`` and ``DatabaseAway``.
    """
    tag = account_tag(person.person_id)
    opens, values_of = account_edit(request.form, _opened_id(tag), query, shared_name)
    kept = get_watchlists().edit(person.person_id, values_of)
    lists = get_watchlists().lists_of(kept)
    note_opened(response, opened_of(lists, opens), tag)


def note_opened(response: Response, opened: AccountList, tag: str) -> None:
    """Have the browser keep which list is open, and as much of it as there is room for."""
    whole = _as_watchlist(opened, tag)
    cut = whole.cut_to_fit()
    more = len(whole.keys) - len(cut.keys)
    write_watchlist(response, replace(cut, more=more), secure=request.is_secure)


def _of_account(person: SignedIn, kept: Kept) -> OwnLists:
    tag = account_tag(person.person_id)
    lists = get_watchlists().lists_of(kept)
    opened = opened_of(lists, _opened_id(tag))
    others = tuple(_as_watchlist(it, tag) for it in lists if it is not opened)
    shown = Lists(_as_watchlist(opened, tag), others)
    return OwnLists(shown, _told(tag, kept), are_of_account=True)


def _opened_id(tag: str) -> str:
    cookie = read_watchlist(request)
    return cookie.id if cookie.of == tag else ""


def _told(tag: str, kept: Kept) -> str:
    """With all registers for a browser that does not know them, so that its script has no wait."""
    told: dict[str, Any] = {"tag": tag, "version": kept.version}
    if request.cookies.get(KNOWN_COOKIE) != f"{tag}.{kept.version}":
        told["registers"] = kept.registers
    return msgspec.json.encode(told).decode()


def _as_watchlist(one: AccountList, tag: str) -> Watchlist:
    return Watchlist(one.keys, one.name, one.id, of=tag)
