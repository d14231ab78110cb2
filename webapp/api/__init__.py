"""The JSON API: thin views over the services."""

from webapp.api import market_data_views, symbol_views, watchlist_views
from webapp.api.blueprint import blueprint

__all__ = ["blueprint", "market_data_views", "symbol_views", "watchlist_views"]
