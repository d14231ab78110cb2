"""What becomes of the watchlists in a browser when somebody signs in there, or out."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.database import DatabaseAway
from webapp.extensions import get_watchlists
from webapp.markets.own_lists import KNOWN_COOKIE, cookie_lists, note_opened
from webapp.markets.watchlist import forget_lists, read_watchlist
from webapp.watchlists.lists import NamedKeys, join
from webapp.watchlists.store import TooMuch, account_tag
from webapp.words import words

# That somebody signed out here: the script then leaves nothing of theirs in the browser.
_SIGNED_OUT_COOKIE = "signed-out"
_DAY_SECONDS = 24 * 3600


def bring_lists(response: Response, person_id: str) -> None:
    """What the browser kept for nobody in particular is the person's own from now on.

    It is moved, not copied: who signs in here next is to find nothing of it. Where there is no room
    for it, it stays. The script does the same with what only it knows.
    """
    tag = account_tag(person_id)
    if read_watchlist(request).of not in ("", tag):  # of somebody whose sign-in ended by itself
        forget_lists(response)
    opened, aside = cookie_lists()
    brought = [it for it in (*aside, opened) if it.keys]
    if not brought:
        return
    with suppress(TooMuch, DatabaseAway):
        for each in brought:
            name = each.name or str(words().watchlist.default_name)
            wanted = NamedKeys(name, each.keys)
            kept = get_watchlists().edit(person_id, partial(join, wanted))
        forget_lists(response)
        if opened.keys:
            lists = get_watchlists().lists_of(kept)
            same = next(it for it in lists if it.name == name)
            note_opened(response, same, tag)


def leave_no_lists(response: BaseResponse) -> None:
    """Take the person's lists out of this browser."""
    forget_lists(response)
    response.delete_cookie(KNOWN_COOKIE)
    response.set_cookie(
        _SIGNED_OUT_COOKIE, "1", max_age=_DAY_SECONDS, samesite="Lax", secure=request.is_secure
    )
