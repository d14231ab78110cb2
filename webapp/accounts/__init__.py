"""The account's pages: signing up, in and out, all that is kept of a person. No script needed."""

from webapp.accounts.views import blueprint

__all__ = ["blueprint"]
