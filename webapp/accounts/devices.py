"""What a browser is called that calls itself ``Mozilla/5.0 (…) AppleWebKit/… Chrome/…``."""

from __future__ import annotations

from ua_parser import parse

from webapp.words import fill, words


def device_name(agent: str) -> str:
    """As in "Firefox on Windows"; what it calls itself where nobody knows it."""
    known = parse(agent)
    browser, system = known.user_agent, known.os
    if browser and system:
        return str(fill(words().account.devices.name, browser=browser.family, system=system.family))
    return browser.family if browser else agent or str(words().account.devices.unknown)
