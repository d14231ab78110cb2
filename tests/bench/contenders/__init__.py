"""What the product is measured against: each a few lines, as people write them.

Each runs with two workers in an environment with packages of its own (``requirements.txt``), and
reads ``REDIS_URL`` and ``BINANCE_SPOT_URL``. None compresses but those whose place in the field is
that they do.
"""
