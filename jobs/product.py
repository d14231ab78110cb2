"""The product's services, as the jobs ask them."""

from __future__ import annotations

from functools import cache
from typing import Any

from webapp import create_app


@cache
def product() -> dict[str, Any]:
    """This process's services by name, built on first use."""
    return create_app().extensions
