"""What a form of the watchlist asks for, of the lists that an account holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from webapp.markets.query import MarketsQuery
from webapp.markets.watch_form import BadEdit, key_in
from webapp.watchlists import lists as account
from webapp.watchlists.keys import WatchKey, clean_name
from webapp.watchlists.lists import AccountList, NamedKeys, Values


class AccountEdit(NamedTuple):
    """Which list is open afterwards, and what is to be set, given all lists as they stand then."""

    opens: str
    values_of: Callable[[Sequence[AccountList]], Values]


_PAIR_EDITS: dict[str, Callable[[AccountList, WatchKey], Values]] = {
    "add": lambda opened, key: account.add(opened, [key]),
    "remove": account.remove,
    "up": lambda opened, key: account.move(opened, key, -1),
    "down": lambda opened, key: account.move(opened, key, 1),
}


def account_edit(
    form: Mapping[str, str], opened_id: str, query: MarketsQuery, shared_name: str
) -> AccountEdit:
    """The edit of the open list or of all; raises ``BadEdit``.

    A shared list that has no name is kept under ``shared_name``.
    """

    def of_opened(values_of: Callable[[AccountList], Values]) -> AccountEdit:
        return AccountEdit(opened_id, lambda lists: values_of(opened_of(lists, opened_id)))

    if "keep" in form:
        if not query.shared:
            raise BadEdit("nothing_shared")
        return _new(NamedKeys(query.shared_name or shared_name, query.shared))
    if "open" in form:
        return AccountEdit(form["open"], lambda _lists: {})
    if "make" in form:
        return _new(NamedKeys(_name(form), ()))
    if "rename" in form:
        name = _name(form)
        return AccountEdit(
            opened_id, lambda lists: account.rename(opened_of(lists, opened_id), name, lists)
        )
    if "delete" in form:
        return of_opened(account.delete)
    button = next((it for it in _PAIR_EDITS if it in form), None)
    if button is None:
        raise BadEdit("nothing_to_do")
    edit, key = _PAIR_EDITS[button], key_in(form[button])
    return of_opened(lambda opened: edit(opened, key))


def opened_of(lists: Sequence[AccountList], list_id: str) -> AccountList:
    """The list that is open, or the first where that one is gone."""
    return next((it for it in lists if it.id == list_id), lists[0])


def _new(wanted: NamedKeys) -> AccountEdit:
    list_id = account.new_list_id()
    return AccountEdit(list_id, lambda lists: account.make(wanted, lists, list_id))


def _name(form: Mapping[str, str]) -> str:
    name = clean_name(form.get("list_name", ""))
    if not name:
        raise BadEdit("no_name")
    return name
