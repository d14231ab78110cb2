"""The account's pages: signing up, in and out, all that is kept of a person. No script needed."""

from webapp.accounts import key_views, list_views, views, watchlists
from webapp.accounts.pages import blueprint

__all__ = ["blueprint", "key_views", "list_views", "views", "watchlists"]
