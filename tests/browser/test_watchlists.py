"""Any number of watchlists: switching, order, undo, files, links, two tabs, no server."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import marks
from tests.browser.conftest import SHELL_IS_KEPT, Visitor, capture
from tests.exchange.process import ExchangeProcess
from tests.support.site import Site

THREE = "spot:BTCUSDT,spot:ETHUSDT,futures:SOLUSDT"
# Sortable leaves a mark of its own on the body whose rows it drags.
CAN_BE_DRAGGED = """() => Object.keys(document.querySelector("#watchlist-body"))
  .some((name) => name.startsWith("Sortable"))"""
DESKTOP: dict[str, Any] = {
    "viewport": {"width": 1440, "height": 900},
    "service_workers": "block",
}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


def watch(visitor: Visitor, url: str, keys: str = THREE) -> Page:
    """A page whose cookie, from an older page, watches these."""
    cookie = {"name": "watchlist", "value": quote(keys, safe=""), "url": url}
    visitor.context.add_cookies([cookie])  # type: ignore[list-item]
    page = visitor.open(url)
    expect_keys(page, *keys.split(","))
    return page


def expect_keys(page: Page, *keys: str) -> None:
    rows = page.locator("#watchlist-body [data-row]")
    expect(rows).to_have_count(len(keys))
    for place, key in enumerate(keys):
        market, _, symbol = key.partition(":")
        expect(rows.nth(place)).to_have_attribute("data-symbol", symbol)
        expect(rows.nth(place)).to_have_attribute("data-market", market)


def choice(page: Page) -> Locator:
    return page.get_by_role("combobox", name="List", exact=True)


def undo_line(page: Page) -> Locator:
    return page.locator("[data-undo-line]")


def act(page: Page, item: str) -> None:
    page.get_by_role("button", name="List actions").click()
    page.get_by_role("menuitem", name=item).click()


def grip(page: Page, symbol: str, market: str = "spot") -> Locator:
    return marks.watched_row(page, symbol, market).locator("[data-grip]")


def name_list(page: Page, item: str, name: str) -> None:
    act(page, item)
    page.get_by_role("dialog").get_by_label("Name").fill(name)
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_lists_are_made_named_switched_and_deleted_and_survive_a_reload(visitor: Visitor, url: str):
    page = watch(visitor, url)
    name_list(page, "New list", "Majors")
    expect(choice(page).locator("option:checked")).to_have_text("Majors")
    expect(page.locator("[data-watchlist-empty]")).to_be_visible()
    marks.row(page, "XRPUSDT").get_by_role("button", name="Watch XRPUSDT").click()
    expect(undo_line(page)).to_contain_text("XRP/USDT⁩ added to ⁨Majors")
    expect_keys(page, "spot:XRPUSDT")

    page.reload()
    expect_keys(page, "spot:XRPUSDT")
    expect(choice(page).locator("option:checked")).to_have_text("Majors")
    choice(page).select_option("Watchlist")
    expect_keys(page, *THREE.split(","))
    star = marks.row(page, "XRPUSDT").get_by_role("button", name="Watch XRPUSDT")
    expect(star).to_have_attribute("aria-pressed", "false")
    name_list(page, "Rename", "Core")
    expect(choice(page)).to_contain_text("Core")

    act(page, "Delete list")
    expect(choice(page)).not_to_contain_text("Core")
    expect_keys(page, "spot:XRPUSDT")
    undo_line(page).get_by_role("button", name="Undo").click()
    expect_keys(page, *THREE.split(","))
    expect(choice(page).locator("option:checked")).to_have_text("Core")


def test_every_edit_is_taken_back_by_ctrl_z_but_not_while_typing(visitor: Visitor, url: str):
    page = watch(visitor, url)
    marks.watched_row(page, "ETHUSDT").get_by_role("button", name="Watch ETHUSDT").click()
    expect_keys(page, "spot:BTCUSDT", "futures:SOLUSDT")
    grip(page, "SOLUSDT", "futures").press("ArrowUp")
    expect_keys(page, "futures:SOLUSDT", "spot:BTCUSDT")
    marks.picker(page).press("Control+z")
    expect_keys(page, "futures:SOLUSDT", "spot:BTCUSDT")
    marks.picker(page).press("Escape")
    marks.pair_panel(page).click()
    page.locator("#desk").press("Control+z")
    expect_keys(page, "spot:BTCUSDT", "futures:SOLUSDT")
    expect(undo_line(page)).to_contain_text("Undone: ⁨SOL/USDT⁩ on futures moved to 1 of 2.")
    page.locator("#desk").press("Control+z")
    expect_keys(page, *THREE.split(","))
    expect(undo_line(page).get_by_role("button", name="Undo")).to_be_hidden()


def test_rows_are_ordered_by_keyboard_and_the_focus_goes_with_them(visitor: Visitor, url: str):
    page = watch(visitor, url)
    handle = grip(page, "BTCUSDT")
    handle.press("ArrowDown")
    expect_keys(page, "spot:ETHUSDT", "spot:BTCUSDT", "futures:SOLUSDT")
    expect(handle).to_be_focused()
    expect(undo_line(page)).to_contain_text("BTC/USDT⁩ moved to 2 of 3.")
    handle.press("End")
    expect_keys(page, "spot:ETHUSDT", "futures:SOLUSDT", "spot:BTCUSDT")
    link = marks.watched_row(page, "BTCUSDT").get_by_role("link")
    link.press("Alt+ArrowUp")
    expect_keys(page, "spot:ETHUSDT", "spot:BTCUSDT", "futures:SOLUSDT")
    expect(link).to_be_focused()
    handle.press("Enter")
    page.get_by_role("menuitem", name="Move up").press("Enter")
    expect_keys(page, *THREE.split(","))
    page.keyboard.press("Escape")
    expect(handle).to_be_focused()
    page.reload()
    expect_keys(page, *THREE.split(","))


def test_rows_are_dragged_with_the_mouse(visitor: Visitor, url: str):
    page = watch(visitor, url)
    grip(page, "ETHUSDT").hover()
    marks.wait_for(page, CAN_BE_DRAGGED)
    drag(page, grip(page, "BTCUSDT"), marks.watched_row(page, "SOLUSDT", "futures"))
    expect_keys(page, "spot:ETHUSDT", "futures:SOLUSDT", "spot:BTCUSDT")
    expect(undo_line(page)).to_contain_text("moved to 3 of 3.")
    marks.expect_price_to_move(marks.watched_row(page, "BTCUSDT"))
    page.reload()
    expect_keys(page, "spot:ETHUSDT", "futures:SOLUSDT", "spot:BTCUSDT")


def drag(page: Page, handle: Locator, target: Locator) -> None:
    start, end = marks.box(handle), marks.box(target)
    x = start["x"] + start["width"] / 2
    page.mouse.move(x, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(x, start["y"] + start["height"] + 4, steps=4)
    page.mouse.move(x, end["y"] + end["height"] - 4, steps=8)
    page.mouse.up()


def test_rows_are_dragged_with_a_finger_and_the_page_does_not_scroll(browser: Browser, url: str):
    context = browser.new_context(**PHONE, service_workers="block")
    page = watch(Visitor(context), url)
    marks.watched_row(page, "BTCUSDT").scroll_into_view_if_needed()
    marks.wait_for(page, CAN_BE_DRAGGED)
    handle = grip(page, "BTCUSDT")
    box, target = marks.box(handle), marks.box(marks.watched_row(page, "ETHUSDT"))
    assert min(box["width"], box["height"]) >= 40
    scrolled = page.evaluate("scrollY")
    touch = context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    steps = [y, y + 8, y + 20, y + 34, target["y"] + target["height"] - 6]
    for step, kind in zip(steps, ["touchStart", *["touchMove"] * 4], strict=True):
        points = [{"x": x, "y": step}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect_keys(page, "spot:ETHUSDT", "spot:BTCUSDT", "futures:SOLUSDT")
    assert page.evaluate("scrollY") == scrolled
    context.close()


def test_adding_a_pair_keeps_the_rows_that_are_there_and_shows_its_price_at_once(
    visitor: Visitor, url: str, exchange: ExchangeProcess
):
    page = watch(visitor, url)
    marks.expect_live(page)
    expect(marks.row(page, "XRPUSDT")).to_have_attribute("data-freshness", "live")
    page.evaluate("document.querySelector('#watchlist-body [data-row]').mine = true")
    shown = page.evaluate("""() => {
      document.querySelector('#markets [data-symbol="XRPUSDT"] button.star').click();
      const row = document.querySelector('#watchlist-body [data-symbol="XRPUSDT"]');
      return row.querySelector('[data-field="price"]').textContent;
    }""")
    assert re.fullmatch(r"[\d,.]+", shown)
    # The server's own row takes the place of the one that the browser made.
    expect(marks.watched_row(page, "XRPUSDT").locator(".c-sparkline img")).to_have_count(1)
    assert page.evaluate("document.querySelector('#watchlist-body [data-row]').mine")
    marks.expect_to_follow(exchange, marks.watched_row(page, "XRPUSDT"), marks.row(page, "XRPUSDT"))


def test_two_tabs_edit_the_same_lists_and_lose_nothing(visitor: Visitor, url: str):
    one = watch(visitor, url)
    two = visitor.open(url)
    marks.row(one, "XRPUSDT").get_by_role("button", name="Watch XRPUSDT").click()
    marks.row(two, "DOGEUSDT").get_by_role("button", name="Watch DOGEUSDT").click()
    for page in (one, two):
        expect_keys(page, *THREE.split(","), "spot:XRPUSDT", "spot:DOGEUSDT")
    name_list(two, "New list", "Second")
    expect(choice(one).locator("option:checked")).to_have_text("Second")
    star = marks.row(one, "XRPUSDT").get_by_role("button", name="Watch XRPUSDT")
    expect(star).to_have_attribute("aria-pressed", "false")


def test_the_pairs_opened_last_are_a_list_by_themselves(visitor: Visitor, url: str):
    page = watch(visitor, url)
    marks.row(page, "XRPUSDT").get_by_role("link").click()
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "XRPUSDT")
    marks.row(page, "ETHUSDT").get_by_role("link").click()
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "ETHUSDT")
    choice(page).select_option("Recent")
    expect_keys(page, "spot:ETHUSDT", "spot:XRPUSDT")
    expect(grip(page, "ETHUSDT")).to_be_hidden()
    marks.watched_row(page, "XRPUSDT").get_by_role("button", name="Watch XRPUSDT").click()
    expect(undo_line(page)).to_contain_text("added to ⁨Watchlist")
    expect_keys(page, "spot:ETHUSDT", "spot:XRPUSDT")
    choice(page).select_option("Watchlist")
    expect_keys(page, *THREE.split(","), "spot:XRPUSDT")


@pytest.mark.parametrize("kind", ["json", "txt"])
def test_lists_go_into_a_file_and_come_back(
    visitor: Visitor, browser: Browser, url: str, tmp_path: Path, kind: str
):
    page = watch(visitor, url)
    name_list(page, "New list", "币安 & more")
    marks.row(page, "XRPUSDT").get_by_role("button", name="Watch XRPUSDT").click()
    act(page, "Export")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Lists").select_option("all")
    dialog.get_by_label("Format").select_option(kind)
    with page.expect_download() as downloaded:
        dialog.get_by_role("link", name="Download").click()
    path = tmp_path / downloaded.value.suggested_filename
    assert path.name == f"watchlists.{kind}"
    downloaded.value.save_as(path)
    assert path.read_text() == dialog.get_by_label("Content").input_value()
    if kind == "txt":
        assert path.read_text().startswith("###Watchlist\nBINANCE:BTCUSDT\n")
        assert "BINANCE:SOLUSDT.P" in path.read_text()
    else:
        assert json.loads(path.read_text())["version"] == 1

    stranger = Visitor(browser.new_context(**DESKTOP))
    theirs = stranger.open(url)
    act(theirs, "Import")
    theirs.get_by_role("dialog").get_by_label("File").set_input_files(path)
    theirs.get_by_role("dialog").get_by_role("button", name="Import").click()
    expect(theirs.get_by_role("dialog")).to_be_hidden()
    expect(undo_line(theirs)).to_contain_text("2 lists imported.")
    expect_keys(theirs, *THREE.split(","))
    choice(theirs).select_option("币安 & more")
    expect_keys(theirs, "spot:XRPUSDT")
    stranger.context.close()


def test_what_an_import_does_not_understand_is_told(visitor: Visitor, url: str):
    page = watch(visitor, url)
    act(page, "Import")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Or paste its text").fill(
        "###Mixed,BINANCE:BTCUSDT.P,KRAKEN:XBTUSD,<b>what</b>,BINANCE:BTCUSDT"
    )
    dialog.get_by_role("button", name="Import").click()
    expect(dialog).to_contain_text("1 list imported. 2 pairs in all.")
    expect(dialog).to_contain_text("2 entries were not taken over:")
    expect(dialog).to_contain_text("No. 3: ⁨KRAKEN:XBTUSD⁩ (another exchange)")
    expect(dialog).to_contain_text("No. 4: ⁨<b>what</b>⁩ (no pair that could be read)")
    capture(page, "watchlist-import")
    dialog.get_by_label("Or paste its text").fill("{")
    dialog.get_by_role("button", name="Import").click()
    expect(dialog).to_contain_text("looks like JSON but cannot be read")
    dialog.get_by_role("button", name="Close").click()
    expect_keys(page, "futures:BTCUSDT", "spot:BTCUSDT")
    expect(page.get_by_role("button", name="List actions")).to_be_focused()


def test_a_link_carries_a_list_and_its_name_to_another_browser(
    visitor: Visitor, browser: Browser, url: str
):
    page = watch(visitor, url)
    name_list(page, "Rename", "Ann's picks")
    act(page, "Share")
    link = page.get_by_role("dialog").get_by_label("Link").input_value()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()

    stranger = Visitor(browser.new_context(**DESKTOP))
    theirs = watch(stranger, url, "spot:DOGEUSDT")
    theirs.goto(link)
    expect(theirs.get_by_role("heading", name="Shared list: Ann's picks")).to_be_visible()
    expect_keys(theirs, *THREE.split(","))
    capture(theirs, "watchlist-shared")
    theirs.get_by_role("link", name="Show mine").click()
    expect_keys(theirs, "spot:DOGEUSDT")
    # This browser's own list is shown at once, before the server's page and its place in history.
    expect(theirs).not_to_have_url(re.compile("list="))
    theirs.go_back()
    expect_keys(theirs, *THREE.split(","))
    theirs.get_by_role("button", name="Keep as a new list").click()
    expect(choice(theirs).locator("option:checked")).to_have_text("Ann's picks")
    expect(theirs).not_to_have_url(re.compile("list="))
    theirs.reload()
    expect_keys(theirs, *THREE.split(","))
    choice(theirs).select_option("Watchlist")
    expect_keys(theirs, "spot:DOGEUSDT")
    stranger.context.close()


def test_a_list_too_long_for_the_cookie_and_for_a_link_is_whole_all_the_same(
    troubled_visitor: Visitor, url: str
):
    # So many lines of a day are more than Binance is asked for at once: some stay empty.
    page = troubled_visitor.open(url)
    symbols = page.locator("#pairs [data-row]").evaluate_all(
        "(rows) => rows.slice(0, 200).map((row) => row.dataset.symbol)"
    )
    assert len(symbols) == 200
    act(page, "Import")
    text = "###Long\n" + "\n".join(f"BINANCE:{symbol}" for symbol in symbols)
    page.get_by_role("dialog").get_by_label("Or paste its text").fill(text)
    page.get_by_role("dialog").get_by_role("button", name="Import").click()
    rows = page.locator("#watchlist-body [data-row]")
    expect(rows).to_have_count(200)
    page.reload()
    expect(rows).to_have_count(200)
    expect(rows.last).to_have_attribute("data-symbol", symbols[-1])
    act(page, "Share")
    expect(page.get_by_role("dialog")).to_contain_text("Long is too long for a link")
    expect(page.get_by_role("dialog").get_by_role("button", name="Copy")).to_be_hidden()


def test_what_was_edited_without_javascript_is_taken_over(
    visitor: Visitor, browser: Browser, url: str
):
    page = watch(visitor, url)
    name_list(page, "New list", "Other")
    choice(page).select_option("Watchlist")
    state = visitor.context.storage_state()
    options: dict[str, Any] = {"storage_state": state, "java_script_enabled": False}
    plain_context = browser.new_context(**options)
    plain = plain_context.new_page()
    plain.goto(url)
    expect_keys(plain, *THREE.split(","))
    marks.watched_row(plain, "BTCUSDT").get_by_role("button", name="Watch BTCUSDT").click()
    marks.row(plain, "XRPUSDT").get_by_role("button", name="Watch XRPUSDT").click()
    plain.get_by_text("Edit order").click()
    plain.get_by_role("button", name="Move XRPUSDT up").click()
    expect_keys(plain, "spot:ETHUSDT", "spot:XRPUSDT", "futures:SOLUSDT")
    expect(plain.get_by_role("button", name="Move XRPUSDT up")).to_be_visible()
    capture(plain, "watchlist-without-javascript")
    plain.goto(f"{url}?list=spot:DOGEUSDT&name=Kept")
    plain.get_by_role("button", name="Keep as a new list").click()
    expect_keys(plain, "spot:DOGEUSDT")

    visitor.context.add_cookies(plain_context.cookies())  # type: ignore[arg-type]
    plain_context.close()
    page.reload()
    expect_keys(page, "spot:DOGEUSDT")
    expect(choice(page).locator("option:checked")).to_have_text("Kept")
    choice(page).select_option("Watchlist")
    assert set(keys_of(page)) == {*THREE.split(","), "spot:XRPUSDT"} - {"spot:BTCUSDT"}
    expect(choice(page)).to_contain_text("Other")


def keys_of(page: Page) -> list[str]:
    rows: list[str] = page.locator("#watchlist-body [data-row]").evaluate_all(
        "(rows) => rows.map(({ dataset }) => `${dataset.market}:${dataset.symbol}`)"
    )
    return rows


@pytest.mark.with_worker
def test_without_the_server_lists_go_on(
    troubled_visitor: Visitor, own_site: Site, exchange: ExchangeProcess
):
    page = watch(troubled_visitor, f"{own_site.url}/markets")
    marks.expect_live(page)
    page.evaluate(SHELL_IS_KEPT)
    own_site.stop()
    name_list(page, "New list", "Offline")
    marks.row(page, "XRPUSDT").get_by_role("button", name="Watch XRPUSDT").click()
    marks.row(page, "DOGEUSDT").get_by_role("button", name="Watch DOGEUSDT").click()
    grip(page, "DOGEUSDT").press("ArrowUp")
    expect_keys(page, "spot:DOGEUSDT", "spot:XRPUSDT")
    marks.expect_to_follow(exchange, marks.watched_row(page, "DOGEUSDT"))
    own_site.start()
    page.reload()
    expect_keys(page, "spot:DOGEUSDT", "spot:XRPUSDT")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_watchlist_is_captured(visitor: Visitor, browser: Browser, url: str, scheme: Any):
    keys = f"{THREE},spot:币安人生USDT,spot:GONEUSDT,futures:1000PEPEUSDT,futures:BTCUSDT"
    page = watch(visitor, url, keys)
    page.emulate_media(color_scheme=scheme)
    marks.expect_live(page)
    grip(page, "ETHUSDT").press("ArrowDown")
    capture(page, f"watchlist-desktop-{scheme}")
    page.get_by_role("button", name="List actions").click()
    capture(page, f"watchlist-menu-{scheme}")
    page.get_by_role("menuitem", name="Export").click()
    capture(page, f"watchlist-export-{scheme}")
    for width in (360, 390):
        options = {**PHONE, "viewport": {"width": width, "height": 844}}
        context = browser.new_context(**options, service_workers="block", color_scheme=scheme)
        phone = watch(Visitor(context), url, keys)
        marks.expect_live(phone)
        phone.locator("#watchlist").evaluate("(panel) => panel.scrollIntoView()")
        grip(phone, "BTCUSDT").tap()
        phone.get_by_role("menuitem", name="Move down").tap()
        capture(phone, f"watchlist-phone-{width}-{scheme}")
        context.close()
