"""The Chromium of this machine, started for tests."""

from __future__ import annotations

import shutil

from playwright.sync_api import Browser, BrowserType, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The address bar's popups, pages themselves: half a second of processor time per window.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
)


def launch(playwright: Playwright) -> Browser:
    return start(playwright.chromium)


def start(kind: BrowserType, *more_arguments: str) -> Browser:
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    assert executable, "Chromium is needed: apt-get install chromium"
    return kind.launch(executable_path=executable, args=[*ARGUMENTS, *more_arguments])
