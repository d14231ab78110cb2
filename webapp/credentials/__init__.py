"""People's own keys at Binance: sealed at rest, checked, never shown again. Knows no Flask."""
