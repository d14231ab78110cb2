"""What a person looks at right now, asked of Binance when somebody wants it: books, candles."""
