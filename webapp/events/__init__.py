"""Server-sent events: what changed on the exchange, told to whoever keeps a connection open."""
