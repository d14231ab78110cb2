"""The symbol catalogue: which USDT pairs trade, kept fresh and always at hand. Knows no Flask."""
