"""A person's watchlists: named values that know when each was set, so that copies merge."""
