"""Alerts: set on the page, watched by one of its tabs, told in several ways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import marks
from tests.browser.conftest import ACTION_TIMEOUT_MS, Visitor, capture
from tests.browser.test_hidden_tab import HIDEABLE
from tests.browser.test_looks import OVERFLOWING, PHONE
from tests.exchange.process import ExchangeProcess
from tests.support.waiting import wait_until

# The notifications that the page shows, where a headless browser shows none.
HEAR_NOTIFICATIONS = """(permission) => {
  window.shown = [];
  window.Notification = class extends EventTarget {
    static permission = permission;
    static asked = 0;
    static async requestPermission() {
      Notification.asked += 1;
      Notification.permission = "granted";
      return "granted";
    }
    constructor(title, options) {
      super();
      window.shown.push({ title, ...options, notification: this });
    }
    close() {}
  };
}"""
PAIR = "SOLUSDT"
UNMOVED = "LTCUSDT"  # its candles, which the server keeps, know of no test's prices
SIZES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, **PHONE},
    "narrow": {"viewport": {"width": 360, "height": 740}, **PHONE},
}
SCHEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")


def alerts(page: Page) -> Locator:
    return page.locator("[data-panel=alerts]")


def fired(page: Page) -> Locator:
    return alerts(page).get_by_role("list", name="Fired").get_by_role("listitem")


def listed(page: Page) -> Locator:
    return alerts(page).locator("[data-alert]")


def form(page: Page) -> Locator:
    return page.get_by_role("dialog")


def price_of(page: Page) -> float:
    marks.expect_live(page)
    expect(marks.pair_panel(page)).to_have_attribute("data-freshness", re.compile("live|quiet"))
    return float(marks.field(marks.pair_panel(page), "price").inner_text().replace(",", ""))


def set_alert(page: Page, threshold: str, pair: str = PAIR, **choices: str) -> None:
    page.get_by_role("button", name=f"Set an alert on {pair}").click()
    for name, value in choices.items():
        form(page).locator(f"select[name={name}]").select_option(value)
    expect(form(page).locator("[data-alert-now]")).to_contain_text("Now")
    form(page).get_by_role("textbox", name="Price").fill(threshold)
    form(page).get_by_role("button", name="Set alert").click()
    expect(form(page)).to_have_count(0)


@pytest.fixture
def page(visitor: Visitor, url: str) -> Page:
    return visitor.open(f"{url}?pair={PAIR}")


@pytest.fixture
def moved(exchange: ExchangeProcess) -> Iterator[ExchangeProcess]:
    """The exchange, whose prices a test moves: they go back afterwards."""
    yield exchange
    exchange.control.reset()


def test_an_alert_fires_on_the_page_and_outlives_a_reload(page: Page, moved: ExchangeProcess):
    price = price_of(page)
    expect(alerts(page).locator("[data-alerts-empty]")).to_be_visible()
    set_alert(page, f"{price * 1.05:.2f}")
    expect(listed(page)).to_contain_text(re.compile(r"rises to .*Watching", re.DOTALL))
    page.reload()
    expect(listed(page)).to_contain_text("away")
    moved.control.set_price(PAIR, price * 1.06)
    expect(fired(page)).to_contain_text("rose to")
    expect(listed(page)).to_contain_text("Done")
    expect(page.locator("[data-alerts-said]")).to_contain_text("Alert: ")
    page.reload()
    expect(fired(page)).to_have_count(1)
    alerts(page).get_by_role("button", name="Clear fired").click()
    expect(listed(page)).to_have_count(0)
    expect(alerts(page).locator("[data-alerts-empty]")).to_be_visible()


def test_a_notification_is_asked_for_only_when_wanted_and_leads_to_the_pair(
    visitor: Visitor, url: str, moved: ExchangeProcess
):
    visitor.context.add_init_script(f"({HEAR_NOTIFICATIONS})('default')")
    page = visitor.open(f"{url}?pair={PAIR}")
    price = price_of(page)
    page.get_by_role("button", name=f"Set an alert on {PAIR}").click()
    wanted = form(page).get_by_role("checkbox", name=re.compile("Also show a notification"))
    expect(wanted).not_to_be_checked()
    form(page).get_by_role("textbox", name="Price").fill(f"{price * 1.05:.2f}")
    assert page.evaluate("Notification.asked") == 0
    wanted.check()
    form(page).get_by_role("button", name="Set alert").click()
    expect(alerts(page).get_by_role("checkbox", name="Notifications")).to_be_checked()
    assert page.evaluate("Notification.asked") == 1

    marks.row(page, "ETHUSDT").get_by_role("link").click()
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", "ETHUSDT")
    moved.control.set_price(PAIR, price * 1.06)
    wait_until(lambda: page.evaluate("shown.length") == 1, "it is shown")
    assert "rose to" in page.evaluate("shown[0].title")
    page.evaluate("shown[0].notification.onclick()")
    expect(marks.pair_panel(page)).to_have_attribute("data-symbol", PAIR)


@pytest.mark.parametrize(
    ("without", "words"),
    [
        (f"({HEAR_NOTIFICATIONS})('denied')", "does not let this page show notifications"),
        ("delete window.Notification", "no notifications for this page"),
    ],
)
def test_where_notifications_are_forbidden_the_page_says_what_remains(
    visitor: Visitor, url: str, moved: ExchangeProcess, without: str, words: str
):
    visitor.context.add_init_script(without)
    page = visitor.open(f"{url}?pair={PAIR}")
    price = price_of(page)
    set_alert(page, f"{price * 0.95:.2f}")
    expect(alerts(page)).to_contain_text(words)
    expect(alerts(page)).to_contain_text("Sound and this list remain")
    moved.control.set_price(PAIR, price * 0.94)
    expect(fired(page)).to_contain_text("fell to")


@pytest.mark.with_worker
def test_where_a_page_may_not_show_a_notification_the_service_worker_does(
    visitor: Visitor, url: str, moved: ExchangeProcess
):
    visitor.context.grant_permissions(["notifications"], origin=url.removesuffix("/markets"))
    visitor.context.add_init_script(
        """(() => {
          const allowed = class { constructor() { throw new TypeError("Illegal constructor"); } };
          Object.defineProperty(allowed, "permission", { value: "granted" });
          window.Notification = allowed;
          window.shown = [];
          ServiceWorkerRegistration.prototype.showNotification = async (title, options) => {
            window.shown.push({ title, ...options });
          };
        })()"""
    )
    page = visitor.open(f"{url}?pair={PAIR}")
    price = price_of(page)
    page.evaluate("navigator.serviceWorker.ready")
    set_alert(page, f"{price * 1.05:.2f}")
    alerts(page).get_by_role("checkbox", name="Notifications").check()
    moved.control.set_price(PAIR, price * 1.06)
    wait_until(lambda: page.evaluate("shown.length") == 1, "it is shown")
    assert PAIR in page.evaluate("shown[0].data.url")


def test_a_number_that_makes_no_sense_or_is_reached_already_is_told_in_words(page: Page):
    price = price_of(page)
    page.keyboard.press("a")
    field = form(page).get_by_role("textbox", name="Price")
    expect(field).to_be_focused()
    expect(field).not_to_have_value("")
    field.fill("soon")
    page.keyboard.press("Enter")
    expect(form(page)).to_contain_text("write a number")
    expect(field).to_have_attribute("aria-invalid", "true")
    form(page).locator("select[name=direction]").select_option("above")
    field.fill(f"{price * 0.9:.2f}")
    page.keyboard.press("Enter")
    expect(form(page)).to_contain_text("would fire at once")
    capture(page, "alerts-form-already")
    page.keyboard.press("Escape")
    expect(form(page)).to_have_count(0)
    expect(listed(page)).to_have_count(0)
    page.keyboard.press("a")
    form(page).locator("select[name=direction]").select_option("above")
    field.fill(f"{price * 0.9:.2f}")
    page.keyboard.press("Enter")
    form(page).get_by_role("button", name="Set it anyway").click()
    expect(fired(page)).to_have_count(1)


def test_an_alert_is_paused_changed_deleted_and_put_back(page: Page):
    price = price_of(page)
    set_alert(page, f"{price * 1.5:.2f}")
    alerts(page).get_by_role("button", name=re.compile("^Pause alert")).click()
    expect(listed(page)).to_contain_text("Paused")
    resume = alerts(page).get_by_role("button", name=re.compile("^Resume alert"))
    expect(resume).to_be_focused()
    resume.click()
    expect(listed(page)).to_contain_text("Watching")
    alerts(page).get_by_role("button", name=re.compile("^Edit alert")).click()
    form(page).get_by_role("radio", name="Spread").check(force=True)
    expect(form(page).locator("[data-alert-now]")).to_contain_text("bps")
    form(page).get_by_role("textbox", name="Basis points").fill("9999.5")
    form(page).get_by_role("button", name="Save").click()
    expect(listed(page)).to_contain_text("spread widens to 9,999.5 bps")
    alerts(page).get_by_role("button", name=re.compile("^Delete alert")).click()
    expect(listed(page)).to_have_count(0)
    undo = alerts(page).get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    undo.click()
    expect(listed(page)).to_contain_text("9,999.5 bps")


def test_a_hidden_tab_watches_on_with_little(page: Page, moved: ExchangeProcess):
    price = price_of(page)
    set_alert(page, f"{price * 1.05:.2f}")
    page.evaluate(HIDEABLE)
    sockets = moved.control.counts("spot")["ws"]
    page.evaluate("hide(true)")
    light = {f"{PAIR.lower()}@miniTicker": 1, "btcusdt@miniTicker": 1}
    wait_until(
        lambda: moved.control.counts("spot")["ws"]["subscriptions"] == light,
        "only what is watched flows",
        within_seconds=60,  # the grace of 30 s is over
    )
    before = moved.control.counts("spot")["ws"]
    page.wait_for_timeout(5_000)
    after = moved.control.counts("spot")["ws"]
    assert after["open"] == 1
    assert after["attempts"] == sockets["attempts"], "the socket that was there goes on"
    assert after["messages_out"] - before["messages_out"] <= 15
    moved.control.set_price(PAIR, price * 1.06)
    expect(fired(page)).to_have_count(1)
    assert page.title().startswith("(1) ")
    page.evaluate("hide(false)")
    marks.expect_live(page)
    expect(alerts(page).locator("[data-alerts-unread]")).to_be_hidden(timeout=10_000)
    assert not page.title().startswith("(")


def test_two_tabs_fire_once(visitor: Visitor, url: str, moved: ExchangeProcess):
    visitor.context.add_init_script(f"({HEAR_NOTIFICATIONS})('granted')")
    first = visitor.open(f"{url}?pair={PAIR}")
    price = price_of(first)
    set_alert(first, f"{price * 1.05:.2f}")
    alerts(first).get_by_role("checkbox", name="Notifications").check()
    second = visitor.open(f"{url}?pair={PAIR}")
    price_of(second)
    expect(listed(second)).to_contain_text("Watching")
    first.close()
    third = visitor.open(f"{url}?pair={PAIR}")
    price_of(third)
    expect(listed(third)).to_contain_text("Watching")
    moved.control.set_price(PAIR, price * 1.06)
    for page in (second, third):
        expect(fired(page)).to_have_count(1)
    shown = [page.evaluate("shown.length") for page in (second, third)]
    assert sum(shown) == 1


def test_what_was_missed_while_no_page_was_open_is_told_with_its_minutes(
    browser: Browser, url: str, exchange: ExchangeProcess, context_options: dict[str, Any]
):
    candles = requests.get(
        f"{url.removesuffix('/markets')}/api/v1/klines/spot/{UNMOVED}?interval=1m&limit=40",
        timeout=30,
    ).json()["data"]["candles"]
    price = float(candles[-1][4])
    missed = candles[3:38]
    rise = max(float(row[2]) for row in missed)
    fall = min(float(row[3]) for row in missed)
    is_rise = rise - price > price - fall
    level = (rise + price) / 2 if is_rise else (fall + price) / 2
    context = browser.new_context(**context_options, service_workers="block")
    page = context.new_page()
    page.clock.install(time=candles[1][0] / 1000 + 2)
    page.goto(f"{url}?pair={UNMOVED}")
    price_of(page)
    set_alert(page, f"{level:.4f}", pair=UNMOVED, direction="above" if is_rise else "below")
    expect(listed(page)).to_contain_text("Watching")
    page.close()
    kept = context.storage_state()  # a clock that is installed stays with its context
    context.close()
    context = browser.new_context(storage_state=kept, service_workers="block", **context_options)
    page = context.new_page()
    page.goto(f"{url}?pair={UNMOVED}")
    expect(listed(page)).to_contain_text("Not watched: ")
    expect(fired(page)).to_contain_text("while this page did not watch")
    since = datetime.fromtimestamp(candles[1][0] / 1000).astimezone()
    is_today = since.date() == datetime.now().astimezone().date()
    day = "" if is_today else f"{since:%b} {since.day} "  # yesterday's minutes have it
    minutes = re.compile(rf"Not watched: {day}\d\d:\d\d–\d\d:\d\d")
    expect(listed(page)).to_contain_text(minutes)
    capture(page, "alerts-not-watched")
    context.close()


def test_a_line_that_is_cut_off_is_told_as_not_watched(
    troubled_visitor: Visitor, url: str, moved: ExchangeProcess
):
    page = troubled_visitor.open(f"{url}?pair={PAIR}")
    price = price_of(page)
    set_alert(page, f"{price * 1.5:.2f}")
    expect(listed(page)).to_contain_text("Watching")
    moved.control.fault("refuse", venue="spot")
    moved.control.drop()
    expect(listed(page)).to_contain_text("Not watched: since", timeout=40_000)
    expect(listed(page)).to_have_attribute("data-state", "lost")
    moved.control.clear()
    expect(listed(page)).to_have_attribute("data-state", "watching", timeout=40_000)
    expect(listed(page)).to_contain_text(re.compile(r"Not watched: \d\d:\d\d"))


def test_without_javascript_the_panel_says_that_it_needs_it(browser: Browser, url: str):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url)
    expect(alerts(page).get_by_text("need JavaScript")).to_be_visible()
    expect(alerts(page).locator("[data-alerts-empty]")).to_be_hidden()
    expect(page.get_by_role("button", name=re.compile("Set an alert"))).to_be_hidden()
    context.close()


@pytest.mark.parametrize("size", SIZES)
def test_the_panel_and_the_form_are_captured(
    browser: Browser, url: str, moved: ExchangeProcess, size: str
):
    page = browser.new_context(**SIZES[size], service_workers="block").new_page()
    page.set_default_timeout(ACTION_TIMEOUT_MS)
    page.goto(f"{url}?pair={PAIR}")
    price = price_of(page)
    alerts(page).scroll_into_view_if_needed()
    capture(page, f"alerts-{size}-empty")
    set_alert(page, f"{price * 1.05:.2f}")
    set_alert(page, f"{price * 0.8:.2f}")
    page.get_by_role("button", name=f"Set an alert on {PAIR}").click()
    form(page).get_by_role("radio", name="Move").check(force=True)
    form(page).locator("input[name=repeats]").check()
    form(page).locator("input[name=note]").fill("news about the fork")
    expect(form(page).locator("[data-alert-now]")).to_contain_text("Now")
    assert page.evaluate(OVERFLOWING) == []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        capture(page, f"alerts-{size}-form-{scheme}")
    form(page).get_by_role("button", name="Set alert").click()
    moved.control.set_price(PAIR, price * 1.06)
    expect(fired(page)).not_to_have_count(0)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        alerts(page).scroll_into_view_if_needed()
        capture(page, f"alerts-{size}-fired-{scheme}")
    assert page.evaluate(OVERFLOWING) == []
    if size != "desktop":
        alerts(page).get_by_role("button", name="Show alerts").click()
        expect(listed(page).first).to_be_hidden()
    page.context.close()
