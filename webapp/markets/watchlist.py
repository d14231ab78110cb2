"""The open watchlist in this browser: one cookie, which the page's script reads too.

The cookie's text is ``spot:BTCUSDT,futures:ETHUSDT,+12,id=main,name=Majors``: the pairs, how many
more the browser knows that found no room, which of its lists it is, and its name. With
``of=<tag>`` it is a list of an account, kept for the time in which the database is away.
``static/js/lib/watchlist-cookie.js`` reads and writes the same. Lists that were put aside without
JavaScript wait in a second cookie, one after the other, with ``;`` between them, until they are
opened again or the script takes them over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from flask import Request, Response
from werkzeug.wrappers import Response as BaseResponse

from webapp.watchlists.keys import WatchKey, clean_name, parse_keys

COOKIE = "watchlist"
ASIDE_COOKIE = "watchlists-aside"
COOKIE_MAX_AGE_SECONDS = 365 * 24 * 3600
COOKIE_MAX_BYTES = 3_800  # browsers drop one of more than 4,096 bytes with its attributes
ASIDE_MAX_BYTES = 2_000  # both, with the other cookies, have to fit in a header of 8 KiB
MAX_ENTRIES = 150


class CookieIsFull(ValueError):
    """The cookie has no room for one more pair, or for one more list."""


@dataclass(frozen=True)
class Watchlist:
    """The list that is open; every edit gives a new one."""

    keys: tuple[WatchKey, ...] = ()
    name: str = ""
    id: str = ""
    more: int = 0  # pairs at its end that only the browser's script knows
    of: str = ""  # the tag of the account whose list it is

    @classmethod
    def parse(cls, text: str) -> Watchlist:
        """Read the cookie's text; what cannot be understood is left out."""
        parts = text.split(",")
        count = _after(parts, "+")
        return cls(
            keys=parse_keys(text, MAX_ENTRIES),
            name=clean_name(unquote(_after(parts, "name="))),
            id=_after(parts, "id="),
            of=_after(parts, "of="),
            more=int(count) if count.isdecimal() and len(count) < 6 else 0,
        )

    def __str__(self) -> str:
        parts = [
            *map(str, self.keys),
            f"+{self.more}" if self.more else "",
            f"of={self.of}" if self.of else "",
            f"id={self.id}" if self.id else "",
            f"name={quote(self.name, safe='')}" if self.name else "",
        ]
        return ",".join(filter(None, parts))

    def add(self, key: WatchKey) -> Watchlist:
        """The list with the pair at its end; raises ``CookieIsFull``."""
        if key in self.keys:
            return self
        longer = replace(self, keys=(*self.keys, key))
        if len(longer.keys) > MAX_ENTRIES or not longer.fits:
            raise CookieIsFull
        return longer

    def remove(self, key: WatchKey) -> Watchlist:
        return replace(self, keys=tuple(other for other in self.keys if other != key))

    def up(self, key: WatchKey) -> Watchlist:
        return self._moved(key, -1)

    def down(self, key: WatchKey) -> Watchlist:
        return self._moved(key, 1)

    @property
    def fits(self) -> bool:
        return len(quote(str(self), safe="")) <= COOKIE_MAX_BYTES

    def cut_to_fit(self) -> Watchlist:
        cut = replace(self, keys=self.keys[:MAX_ENTRIES])
        while cut.keys and not cut.fits:
            cut = replace(cut, keys=cut.keys[:-1])
        return cut

    def _moved(self, key: WatchKey, step: int) -> Watchlist:
        if key not in self.keys:
            return self
        others = [other for other in self.keys if other != key]
        others.insert(max(0, self.keys.index(key) + step), key)
        return replace(self, keys=tuple(others))


EDITS: dict[str, Callable[[Watchlist, WatchKey], Watchlist]] = {
    "add": Watchlist.add,
    "remove": Watchlist.remove,
    "up": Watchlist.up,
    "down": Watchlist.down,
}


def read_watchlist(request: Request) -> Watchlist:
    """The list in the person's cookie, its oldest pair first."""
    return Watchlist.parse(unquote(request.cookies.get(COOKIE, "")))


def write_watchlist(response: Response, watchlist: Watchlist, secure: bool) -> None:
    """Keep the list in the person's cookie; a script reads it too, to show it with no server."""
    response.set_cookie(
        COOKIE,
        quote(str(watchlist.cut_to_fit()), safe=""),
        max_age=COOKIE_MAX_AGE_SECONDS,
        samesite="Lax",
        secure=secure,
        httponly=False,
    )


def read_aside(request: Request) -> tuple[Watchlist, ...]:
    """The lists that were put aside without JavaScript."""
    texts = unquote(request.cookies.get(ASIDE_COOKIE, "")).split(";")
    return tuple(aside for text in texts if (aside := Watchlist.parse(text)).keys)


def forget_lists(response: BaseResponse) -> None:
    """Take both cookies away."""
    for name in (COOKIE, ASIDE_COOKIE):
        response.delete_cookie(name)


def write_aside(response: Response, lists: Iterable[Watchlist], secure: bool) -> None:
    """Keep the lists that are put aside; raises ``CookieIsFull`` when they find no room."""
    value = quote(";".join(map(str, lists)), safe="")
    if len(value) > ASIDE_MAX_BYTES:
        raise CookieIsFull
    response.set_cookie(
        ASIDE_COOKIE,
        value,
        max_age=COOKIE_MAX_AGE_SECONDS if value else 0,
        samesite="Lax",
        secure=secure,
        httponly=False,
    )


def _after(parts: Iterable[str], prefix: str) -> str:
    """What follows the prefix in the first part that has it."""
    found = (part.removeprefix(prefix) for part in parts if part.startswith(prefix))
    return next(found, "")
