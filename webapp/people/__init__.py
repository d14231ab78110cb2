"""People with accounts: passwords, sign-ins, codes by mail, API tokens. Knows no Flask."""
