"""How fast the product is, beside others and beside its goals: ``make bench``."""
