"""Binance's public REST API: asked politely, read with suspicion. Knows no Flask."""
