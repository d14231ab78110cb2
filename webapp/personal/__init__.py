"""A person's own lists: by their testnet key, else their mainnet key. Knows no Flask."""
